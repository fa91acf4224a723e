"""The provider on a socket: HTTP/1.1 with the standard library, bearer tokens and client credentials."""

import json
import secrets
import socket
import struct
from base64 import b64decode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from narvaro.simulator.answering import Answer, Provider, Request, error_answer
from narvaro.simulator.faults import FAULTS, Delivery, Fault, FaultMenu
from narvaro.simulator.faulty_notices import misspelt
from narvaro.simulator.parameters import BadRequest, Query, last_of, whole_of
from narvaro.simulator.simulation import Simulation
from narvaro.simulator.subscriptions import Subscriptions

LOCAL = "127.0.0.1"
TOKEN_PATH = "/connect/token"  # noqa: S105
STEP_PATH = "/simulator/step"
_TOKEN_SECONDS = 3600
_MOST_HOURS = 24 * 31
_DRIP_SECONDS = 0.5


@dataclass(slots=True)
class Access:
    """Who is let in: with ``token``, or with one got for the client's id and secret."""

    token: str = field(default_factory=lambda: secrets.token_hex(24), repr=False)
    client_id: str = "narvaro"
    client_secret: str = field(default_factory=lambda: secrets.token_hex(24), repr=False)
    _given: set[str] = field(default_factory=set, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def is_open_to(self, authorization: str) -> bool:
        kind, _, token = authorization.partition(" ")
        with self._lock:
            return kind.lower() == "bearer" and (secrets.compare_digest(token, self.token) or token in self._given)

    def revoke(self) -> None:
        """Tokens that were given are worth nothing any more. The first one stands: nobody could get another."""
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
        token = secrets.token_hex(24)
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
    provider: Provider
    access: Access
    faults: FaultMenu
    base_path: str

    def answer(self, method: str, target: str, authorization: str, body: bytes) -> tuple[Answer, Delivery]:
        place = urlsplit(target)
        if place.path == TOKEN_PATH and method == "POST":
            return self.access.give(authorization, body), "whole"
        if not self.access.is_open_to(authorization):
            return _unauthorized(), "whole"
        try:
            query = parse_qsl(place.query, keep_blank_values=True, errors="strict", max_num_fields=1000)
        except ValueError:
            return error_answer(400, "bad_request", "the query is not UTF-8"), "whole"
        if place.path == STEP_PATH and method == "POST":
            return self._step(query), "whole"
        if not place.path.startswith(f"{self.base_path}/"):
            return Answer(404), "whole"
        path = place.path.removeprefix(f"{self.base_path}/")
        return self._with_faults(Request(method=method, path=path, query=query, body=body))

    def _with_faults(self, request: Request) -> tuple[Answer, Delivery]:
        names = self.faults.due(request.path)
        if "token_revoked" in names:
            self.access.revoke()
            return _unauthorized(), "whole"
        due = [FAULTS[name] for name in names]
        answer = self._answered(request, due)
        for fault in due:
            answer = fault.after(request, answer) if fault.after else answer
        return answer, next((fault.delivery for fault in due if fault.delivery != "whole"), "whole")

    def _answered(self, request: Request, due: list[Fault]) -> Answer:
        for fault in due:
            changed = fault.before(request) if fault.before else request
            if isinstance(changed, Answer):
                return changed
            request = changed
        return self.provider.answer(request)

    def _step(self, query: Query) -> Answer:
        """Time goes on; not of the standard."""
        try:
            hours = whole_of("hours", last_of(query, "hours") or "1")
        except BadRequest as error:
            return error_answer(400, "bad_request", str(error))
        self.simulation.step(hours=min(hours, _MOST_HOURS))
        return Answer(200, json.dumps({"now": f"{self.simulation.now:%Y-%m-%dT%H:%M:%SZ}"}))


def _unauthorized() -> Answer:
    answer = error_answer(401, "unauthorized", "A valid bearer token is needed")
    return replace(answer, headers={"WWW-Authenticate": "Bearer"})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Exempelkommun", ""
    disable_nagle_algorithm = True  # else an answer waits for the other side's acknowledgement of its headers
    server: "Server"

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        authorization = self.headers.get("Authorization", "")
        answer, delivery = self.server.service.answer(self.command, self.path, authorization, body)
        self._send(answer, delivery)

    def __getattr__(self, name: str) -> Any:
        """Every method comes to the same place, which knows what is allowed where."""
        if name.startswith("do_"):
            return self._any
        raise AttributeError(name)

    def _send(self, answer: Answer, delivery: Delivery) -> None:
        content = b"" if self.command == "HEAD" else (answer.body or "").encode()
        if delivery == "reset":
            self._reset()
            return
        self.send_response(answer.status)
        if answer.body is not None and "Content-Type" not in answer.headers:
            self.send_header("Content-Type", "application/json; charset=utf-8")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if delivery == "half":
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
        elif delivery == "slow":
            self._drip(content)
        else:
            self.wfile.write(content)

    def _reset(self) -> None:
        """The other side sees the connection die, not end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _drip(self, content: bytes) -> None:
        for place in range(len(content)):
            try:
                self.wfile.write(content[place : place + 1])
            except OSError:  # nobody waits any longer
                self.close_connection = True
                return
            if self.server.is_stopping.wait(_DRIP_SECONDS):
                self.close_connection = True
                return

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The clock of the simulation: what a client keeps as the time of its reading."""
        return format_datetime(self.server.service.simulation.now, usegmt=True)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a query may hold an identity number."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, service: Service, host: str = LOCAL, port: int = 0) -> None:
        self.service = service
        self.is_stopping = Event()
        super().__init__((host, port), _Handler)

    @property
    def address(self) -> str:
        """Where the paths of the standard begin."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}{self.service.base_path}"


def service_for(
    simulation: Simulation, *, access: Access | None = None, base_path: str | None = None, faults: Iterable[str] = ()
) -> Service:
    """``base_path``: where the standard's paths begin, by default the version. ``faults``: met for the whole run."""
    menu = FaultMenu()
    menu.choose(faults)
    path = f"/v{simulation.version}" if base_path is None else base_path.rstrip("/")
    subscriptions = Subscriptions(
        simulation, lambda notice: misspelt(notice) if menu.holds("notices_misspelt") else notice
    )
    return Service(simulation, Provider(simulation, subscriptions), access or Access(), menu, path)


@dataclass(frozen=True, slots=True)
class Served:
    """A provider that answers: where, how one gets in, and the faults that it is to have."""

    address: str
    access: Access
    faults: FaultMenu
    provider: Provider

    @property
    def token_url(self) -> str:
        return self._beside(TOKEN_PATH)

    @property
    def step_url(self) -> str:
        return self._beside(STEP_PATH)

    def _beside(self, path: str) -> str:
        place = urlsplit(self.address)
        return f"{place.scheme}://{place.netloc}{path}"


@contextmanager
def served(
    simulation: Simulation,
    *,
    access: Access | None = None,
    base_path: str | None = None,
    faults: Iterable[str] = (),
    host: str = LOCAL,
    port: int = 0,
) -> Iterator[Served]:
    """The simulation behind a port for as long as it is needed; by default any free one of this machine."""
    service = service_for(simulation, access=access, base_path=base_path, faults=faults)
    with Server(service, host, port) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield Served(server.address, service.access, service.faults, service.provider)
        finally:
            server.is_stopping.set()
            server.shutdown()
            thread.join()
            service.provider.subscriptions.close()
