"""The commands that bring the application up, as processes; on a bare data directory where that is what is asked."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from narvaro.config.access_log import route
from tests.databases import OwnDatabase

STARTED_SECONDS = 60.0


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NARVARO", "DJANGO", "DATABASE"))}
    return {**kept, "NARVARO_DATA": str(tmp_path / "data")}


@pytest.fixture
def migrated(environment: dict[str, str], own_database: OwnDatabase) -> dict[str, str]:
    own_database(Path(environment["NARVARO_DATA"]))
    return environment


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "narvaro.cli", *map(str, words)]


def said(environment: dict[str, str], *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*words), env=environment, capture_output=True, text=True, timeout=300, check=False)


def wait_for(port: int, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + STARTED_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, process.communicate()
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not start")


def fetched(port: int, path: str) -> tuple[int, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        return answer.status, answer.read().decode()


def test_web_and_worker_start_on_a_bare_folder_and_stop_together(environment: dict[str, str], port: int) -> None:
    process = subprocess.Popen(
        command("run", "--port", port), env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        wait_for(port, process)
        assert fetched(port, "/health") == (200, "ok")
        status, page = fetched(port, "/?elev=Hemlig")
        assert status == 200
        assert 'lang="sv"' in page
        children = _children(process.pid)
        assert len(children) == 2
    finally:
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
    assert f"http://127.0.0.1:{port}/" in output
    assert "GET /health 200" in output
    assert "Hemlig" not in output


def _children(parent: int) -> list[str]:
    return Path(f"/proc/{parent}/task/{parent}/children").read_text().split()


def test_a_taken_port_ends_both(migrated: dict[str, str], port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        ended = subprocess.run(
            command("run", "--port", port), env=migrated, capture_output=True, text=True, timeout=120, check=False
        )
    assert ended.returncode == 1


def test_the_demo_is_loaded_once_and_told(environment: dict[str, str]) -> None:
    first = said(environment, "demo", "--load", "--pupils", 60)
    assert first.returncode == 0, first.stderr
    started = time.monotonic()
    assert said(environment, "demo", "--load", "--pupils", 60).returncode == 0
    assert time.monotonic() - started < 30
    assert said(environment, "demo", "--load", "--pupils", 61).returncode == 3
    accounts = json.loads(said(environment, "accounts", "demo", "--format", "json").stdout)
    roles = {each["role"] for each in accounts}
    assert {"mentor", "principal", "pupil", "legal_guardian", "system_administrator", "clinician"} <= roles
    one_each = json.loads(said(environment, "accounts", "demo", "--one-a-role", "--format", "json").stdout)
    assert sorted(each["role"] for each in one_each) == sorted(roles)
    audit = said(environment, "verify-audit", "--format", "json")
    assert (audit.returncode, json.loads(audit.stdout)["intact"]) == (0, True)


def test_accounts_without_a_demo_say_what_to_do(migrated: dict[str, str]) -> None:
    told = said(migrated, "accounts", "demo")
    assert told.returncode == 3
    assert "narvaro demo --load" in told.stderr


def test_the_data_directory_is_its_owners_alone(environment: dict[str, str]) -> None:
    assert said(environment, "migrate").returncode == 0
    folder = Path(environment["NARVARO_DATA"])
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "secret.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/health", "/health"),
        ("/pupils/3f2504e0-4f89-41d3-9a0c-0305e82c3301/why", "/pupils/*/why"),
        ("/rows/123/4", "/rows/*/*"),
        ("/notices/1/3f2504e0-4f89-41d3-9a0c-0305e82c3301/db82464f2ec7", "/notices/*"),
        ("/a\r\nGET /b", "/a??GET?/b"),
        ("/" + "x" * 500, "/" + "x" * 199),
    ],
)
def test_the_access_log_names_no_pupil(path: str, shown: str) -> None:
    assert route(path) == shown
