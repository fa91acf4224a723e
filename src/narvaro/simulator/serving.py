"""The provider on a socket: HTTP/1.1 with the standard library, bearer tokens and client credentials."""

import json
import secrets
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from narvaro.simulator.answering import Answer, Provider, Request, error_answer
from narvaro.simulator.simulation import Simulation

LOCAL = "127.0.0.1"
TOKEN_PATH = "/connect/token"  # noqa: S105
_TOKEN_SECONDS = 3600


@dataclass(slots=True)
class Access:
    """Who is let in: with ``token``, or with one got for the client's id and secret."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    client_id: str = "narvaro"
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    _given: set[str] = field(default_factory=set, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def is_open_to(self, authorization: str) -> bool:
        kind, _, token = authorization.partition(" ")
        with self._lock:
            return kind.lower() == "bearer" and (secrets.compare_digest(token, self.token) or token in self._given)

    def revoke_given(self) -> None:
        with self._lock:
            self._given.clear()

    def give(self, authorization: str, body: bytes) -> Answer:
        """OAuth 2.0 client credentials (RFC 6749 4.4), with the client in the form or by HTTP Basic."""
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        client = (form.get("client_id", ""), form.get("client_secret", ""))
        if authorization.lower().startswith("basic "):
            client = _basic(authorization[6:])
        if form.get("grant_type") != "client_credentials":
            return Answer(400, '{"error":"unsupported_grant_type"}')
        if client != (self.client_id, self.client_secret):
            return Answer(401, '{"error":"invalid_client"}')
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._given.add(token)
        told = {"access_token": token, "token_type": "Bearer", "expires_in": _TOKEN_SECONDS}
        return Answer(200, json.dumps(told), {"Cache-Control": "no-store"})


def _basic(text: str) -> tuple[str, str]:
    try:
        name, _, secret = b64decode(text, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return name, secret


@dataclass(frozen=True, slots=True)
class Service:
    """What a server needs to answer."""

    simulation: Simulation
    access: Access
    base_path: str

    def answer(self, method: str, target: str, authorization: str, body: bytes) -> Answer:
        place = urlsplit(target)
        if place.path == TOKEN_PATH and method == "POST":
            return self.access.give(authorization, body)
        if not self.access.is_open_to(authorization):
            answer = error_answer(401, "unauthorized", "A valid bearer token is needed")
            return Answer(answer.status, answer.body, {"WWW-Authenticate": "Bearer"})
        if not place.path.startswith(f"{self.base_path}/"):
            return Answer(404)
        path = place.path.removeprefix(f"{self.base_path}/")
        try:
            query = parse_qsl(place.query, keep_blank_values=True, errors="strict", max_num_fields=1000)
        except ValueError:
            return error_answer(400, "bad_request", "the query is not UTF-8")
        return Provider(self.simulation).answer(Request(method=method, path=path, query=query, body=body))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Exempelkommun", ""
    disable_nagle_algorithm = True  # else an answer waits for the other side's acknowledgement of its headers
    server: "Server"

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.server.service.answer(self.command, self.path, self.headers.get("Authorization", ""), body)
        self._send(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any

    def _send(self, answer: Answer) -> None:
        content = (answer.body or "").encode()
        self.send_response(answer.status)
        if answer.body is not None:
            self.send_header("Content-Type", "application/json; charset=utf-8")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The clock of the simulation: what a client keeps as the time of its reading."""
        return format_datetime(self.server.service.simulation.now, usegmt=True)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a query may hold an identity number."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, service: Service, host: str = LOCAL, port: int = 0) -> None:
        self.service = service
        super().__init__((host, port), _Handler)

    @property
    def address(self) -> str:
        """Where the paths of the standard begin."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}{self.service.base_path}"


def service_for(simulation: Simulation, access: Access | None = None, base_path: str | None = None) -> Service:
    path = f"/v{simulation.version}" if base_path is None else base_path.rstrip("/")
    return Service(simulation, access or Access(), path)


@dataclass(frozen=True, slots=True)
class Served:
    """A provider that answers: where, and how one gets in."""

    address: str
    access: Access
    service: Service

    @property
    def token_url(self) -> str:
        place = urlsplit(self.address)
        return f"{place.scheme}://{place.netloc}{TOKEN_PATH}"


@contextmanager
def served(
    simulation: Simulation, *, access: Access | None = None, base_path: str | None = None, port: int = 0
) -> Iterator[Served]:
    """The simulation behind a port of this machine for as long as it is needed."""
    service = service_for(simulation, access, base_path)
    with Server(service, port=port) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield Served(server.address, service.access, service)
        finally:
            server.shutdown()
            thread.join()
