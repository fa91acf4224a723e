"""Närvaro as its users meet it: the demo in a data directory, web server and worker as processes, one browser."""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.hostile import email_of

PUPILS = 300
STARTED_SECONDS = 60.0
ROOT = Path(__file__).resolve().parents[2]
# Who does each role's journey; the first of the demo's people in the role does the others.
EMAILS = {"attendance_coordinator": "anna.forsberg", "mentor": "maria.sandberg", "principal": "eva.lindgren"}


@dataclass(frozen=True)
class Person:
    email: str
    password: str
    name: str
    role: str


@dataclass(frozen=True)
class Served:
    """``sessions``: an open one for each person, by e-mail address. ``pupils``: some pupils' keys by name."""

    address: str
    data: Path
    people: dict[str, Person]
    sessions: dict[str, str]
    pupils: dict[str, str]

    def session_of(self, who: str) -> str:
        """``who`` is a role of the demo, an address, or "hostile" and a role of the hostile authority."""
        if who.startswith("hostile "):
            return self.sessions[email_of(who.removeprefix("hostile "))]
        return self.sessions[self.people[who].email if who in self.people else who]


def demo_loaded(shared: Path) -> Path:
    """Once a run, whichever of the processes of pytest comes first; the others wait for it."""
    folder = shared / "demo"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            _run(folder, "-m", "narvaro.cli", "demo", "--load", "--pupils", str(PUPILS))
            added = _run(folder, "-m", "tests.browser.additions")
            people = _run(folder, "-m", "narvaro.cli", "accounts", "demo", "--format", "json")
            (folder / "people.json").write_text(people, "utf-8")
            (folder / "added.json").write_text(added, "utf-8")
            (folder / "ready").touch()
    return folder


@contextmanager
def serving(loaded: Path, data: Path) -> Iterator[Served]:
    """On a copy, so that what one process of pytest does is not seen by another's tests."""
    shutil.copytree(loaded, data, ignore=shutil.ignore_patterns("demo-files", "ready"))
    port, log = _free_port(), data / "said.txt"
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "narvaro.cli", "run", "--port", str(port)],
            env=_environment(data),
            cwd=ROOT,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_for(port, process, log)
        added = json.loads((data / "added.json").read_text("utf-8"))
        yield Served(f"http://127.0.0.1:{port}", data, _people(data), added["sessions"], added["pupils"])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def _people(data: Path) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for each in json.loads((data / "people.json").read_text("utf-8")):
        person = Person(each["email"], each["password"], each["name"], each["role"])
        if person.role not in found or person.email.startswith(EMAILS.get(person.role, " ")):
            found[person.role] = person
    return found


def _environment(data: Path) -> dict[str, str]:
    ours = ("NARVARO", "DJANGO", "DATABASE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "NARVARO_DATA": str(data), "NARVARO_EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}


def _run(data: Path, *words: str) -> str:
    command = [sys.executable, *words]
    done = subprocess.run(
        command, env=_environment(data), cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTED_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text("utf-8")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
                assert answer.read() == b"ok"
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not start: {log.read_text('utf-8')}")
