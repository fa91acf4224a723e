"""A source that answers as a test has written: on this machine, with the standard library."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from narvaro.ss12000.asking import Asker
from narvaro.ss12000.connection import Connection
from narvaro.ss12000.patience import Patience
from narvaro.ss12000.wire import Limits, Wire

LOCAL = frozenset({"127.0.0.1"})
NOW = datetime(2026, 10, 6, 12, tzinfo=UTC)
BASE = "/ss12000/v2.0"


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def one(self, name: str) -> str | None:
        return self.query.get(name, [None])[-1]


@dataclass(frozen=True, slots=True)
class Told:
    """``raw``: what is sent instead of the body, as it stands; the connection then ends."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: Iterator[bytes] | None = None


Answering = Callable[[Asked], Told]


def page(objects: list[Any], token: Any = None) -> Told:
    return Told(body={"data": objects, "pageToken": token})


def objects(count: int, start: int = 0) -> list[dict[str, str]]:
    return [{"id": f"id-{number}"} for number in range(start, start + count)]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "_Server"

    def _any(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(self.command, parts.path, parse_qs(parts.query), dict(self.headers), body)
        self.server.asked.append(asked)
        told = self.server.answering(asked)
        content = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
        self.send_response(told.status)
        for name, value in {"Content-Length": str(len(content)), **told.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        for piece in told.raw or [content]:
            self.wfile.write(piece)
            self.wfile.flush()
        self.close_connection = told.raw is not None

    do_GET = do_POST = _any

    def log_message(self, format: str, *args: Any) -> None: ...


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answering: Answering) -> None:
        self.answering, self.asked = answering, []
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is what some tests want."""


@dataclass(frozen=True, slots=True)
class Scripted:
    address: str
    asked: list[Asked]
    naps: list[float] = field(default_factory=list)

    @property
    def root(self) -> str:
        return self.address.removesuffix(BASE)

    @contextmanager
    def asker(self, limits: Limits | None = None, **connection: Any) -> Iterator[Asker]:
        """Time does not pass for it: pauses are noted in ``naps``."""
        limits = limits or Limits(page=2, pages=20)
        where = {"base_url": self.address, "auth": "none", "trusted_hosts": LOCAL, **connection}
        wire = Wire(Connection(**where), limits)
        patience = Patience(limits, now=lambda: NOW, sleep=self.naps.append, draw=lambda: 0.5)
        try:
            yield Asker(Connection(**where), wire, patience, now=lambda: NOW)
        finally:
            wire.close()


@contextmanager
def scripted(answering: Answering, tls: ssl.SSLContext | None = None) -> Iterator[Scripted]:
    with _Server(answering) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield Scripted(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}{BASE}", server.asked)
        finally:
            server.shutdown()
            thread.join()
