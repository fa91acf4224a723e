"""The application with the demo municipality in it: server time of the heaviest pages, and requests that come at a
fixed rate whether or not the ones before are answered (an open model), alone and beside a measure run."""

import http.client
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench.budgets import Measured

RATE, SECONDS = 25, 20
LIST = "/to-act-on/"
WAIT = 120.0


@dataclass(frozen=True, slots=True)
class WebMeasured:
    """``pages``: name, median seconds, queries. ``loads``: what ran beside, 50th and 95th percentile, failures."""

    pages: tuple[tuple[str, float, int], ...]
    loads: tuple[tuple[str, float, float, int], ...]

    @property
    def budgets(self) -> list[Measured]:
        pages = [
            Measured(f"{name}, server time ({queries} queries)", took, 0.040) for name, took, queries in self.pages
        ]
        return [
            *pages,
            *(Measured(f"{RATE} requests a second on one core{name}, p95", p95, 0.2) for name, _, p95, _ in self.loads),
        ]


def web(work: Path, pupils: int) -> WebMeasured:
    data = work / "web"
    environment = {**os.environ, "NARVARO_DATA": str(data), "NARVARO_PRACTICE": "1"}
    _narvaro(environment, "demo", "--load", "--pupils", str(pupils))
    people = json.loads(_narvaro(environment, "accounts", "demo", "--format", "json"))
    coordinator = next(each for each in people if each["role"] == "attendance_coordinator")
    pages = json.loads(_python(environment, "bench.pages", coordinator["email"]))
    with _server(environment) as port:
        visitor = _Visitor(port)
        visitor.sign_in(coordinator["email"], coordinator["password"])
        paths = [LIST, *visitor.pupils()]
        loads = [_load("", visitor, paths)]
        with _beside(environment):
            loads.append(_load(" beside a measure run", visitor, paths))
    return WebMeasured(tuple(tuple(each) for each in pages), tuple(loads))


def _narvaro(environment: Mapping[str, str], *arguments: str) -> str:
    return _python(environment, "narvaro.cli", *arguments)


def _python(environment: Mapping[str, str], module: str, *arguments: str) -> str:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=dict(environment)).stdout


@contextmanager
def _server(environment: Mapping[str, str]) -> Iterator[int]:
    """On the first core alone; whoever asks, and the measure run, have the others."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "narvaro.cli", "serve", "--port", str(port), "--workers", "2"]
    cores = sorted(os.sched_getaffinity(0))
    server = subprocess.Popen(
        command,
        env=dict(environment),
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, cores[:1]),
    )
    os.sched_setaffinity(0, cores[1:] or cores)
    try:
        _await(port)
        yield port
    finally:
        os.sched_setaffinity(0, cores)
        server.terminate()
        server.wait(30)


def _await(port: int) -> None:
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the web server did not start")


@contextmanager
def _beside(environment: Mapping[str, str]) -> Iterator[None]:
    """Measure runs one after the other, for as long as it takes."""
    running = subprocess.Popen([sys.executable, "-m", "bench.measuring"], env=dict(environment))
    try:
        yield
        if running.poll() is not None:
            raise RuntimeError("the measure runs ended too soon")
    finally:
        running.send_signal(signal.SIGKILL)
        running.wait()


class _Visitor:
    """A signed-in person's browser, as far as a measurement needs one."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def ask(self, path: str, form: Mapping[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = urlencode(form) if form else None
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST" if form else "GET", path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        connection.close()
        return answer.status, text

    def sign_in(self, email: str, password: str) -> None:
        _, page = self.ask("/account/sign-in")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        token = found[1] if found else ""
        status, _ = self.ask("/account/sign-in", {"login": email, "password": password, "csrfmiddlewaretoken": token})
        if status != 302:
            raise RuntimeError(f"signing in was answered with {status}")

    def pupils(self) -> list[str]:
        """Addresses of the pages of those on the list's first page."""
        _, page = self.ask(LIST)
        return [f"/pupils/{key}/" for key in sorted(set(re.findall(r'href="/to-act-on/([0-9a-f-]{36})/"', page)))]


def _load(name: str, visitor: _Visitor, paths: list[str]) -> tuple[str, float, float, int]:
    """Each request has its moment. What it waits because others are slow counts."""
    started = time.perf_counter() + 0.5
    took: list[float] = []
    wrong: list[int] = []

    def one(number: int) -> None:
        due = started + number / RATE
        time.sleep(max(due - time.perf_counter(), 0))
        path = paths[0] if number % 2 else paths[1 + number // 2 % (len(paths) - 1)]
        try:
            status, _ = visitor.ask(path)
        except OSError:  # it waited so long that a browser would have given up
            status = 0
        took.append(time.perf_counter() - due)
        if status != 200:
            wrong.append(status)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(RATE * SECONDS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    cuts = statistics.quantiles(took, n=100)
    return name, cuts[49], cuts[94], len(wrong)
