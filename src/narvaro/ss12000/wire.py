"""One request and its whole answer, within a time and a size, to an address that may be asked."""

import logging
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpcore
import httpx

from narvaro.language import Message
from narvaro.ss12000.addresses import refuse_unusable, resolved
from narvaro.ss12000.connection import Connection
from narvaro.ss12000.errors import AddressRefused, AnswerUnusable, Interrupted, SourceRefused

# The library logs whole addresses, with what was asked for in them.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """``seconds``: for one request from the first byte to the last. ``bytes``: of an answer. ``wait``: the longest
    pause in seconds that a source may ask for. ``page``: objects a page."""

    tries: int = 5
    seconds: float = 180.0
    connect_seconds: float = 15.0
    bytes: int = 64 << 20
    pages: int = 10_000
    wait: float = 300.0
    page: int = 1000
    batch: int = 500


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Wire:
    """A client without cookies, redirects or proxies from the environment."""

    def __init__(self, connection: Connection, limits: Limits) -> None:
        """Raises SourceRefused for an address that may not be asked, or certificate files that cannot be used."""
        refuse_unusable(connection.base_url, connection.trusted_hosts)
        if connection.token_url:
            refuse_unusable(connection.token_url, connection.trusted_hosts)
        self.limits = limits
        self._clock = _Clock()
        backend = _GuardedBackend(connection.trusted_hosts, self._clock)
        timeout = httpx.Timeout(limits.seconds, connect=limits.connect_seconds)
        transport = _Transport(_tls(connection), backend)
        self._client = httpx.Client(transport=transport, timeout=timeout, trust_env=False, follow_redirects=False)

    def close(self) -> None:
        self._client.close()

    def send(self, method: str, url: str, **asked: Any) -> Answer:
        """``asked`` as httpx takes it: params, json, data, headers. Raises Interrupted when no whole answer came."""
        self._clock.begin(self.limits.seconds)
        try:
            with self._client.stream(method, url, **asked) as response:
                return Answer(response.status_code, response.headers, self._body(response))
        except httpx.InvalidURL as error:
            raise AddressRefused(Message.of("The address is not a web address.")) from error
        except httpx.HTTPError as error:
            raise _trouble(error) from None

    def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        for piece in response.iter_bytes():
            body += piece
            if len(body) > self.limits.bytes:
                raise AnswerUnusable(
                    Message.of(
                        "An answer of the source is larger than {most} MB. Nothing of it was used; the source must "
                        "answer in pages.",
                        most=self.limits.bytes >> 20,
                    )
                )
        return bytes(body)


def _tls(connection: Connection) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=connection.ca_bundle)
        if connection.certificate:
            context.load_cert_chain(connection.certificate, connection.key)
    except (OSError, ssl.SSLError) as error:
        raise SourceRefused(
            Message.of("The certificate, its key or the list of issuers cannot be read. They must be PEM files.")
        ) from error
    return context


def _trouble(error: httpx.HTTPError) -> SourceRefused:
    if any(isinstance(each, ssl.SSLError) for each in _causes(error)):
        return SourceRefused(
            Message.of("The source's certificate is not valid for its address, or ours is not taken. Nothing was read.")
        )
    if isinstance(error, httpx.TimeoutException):
        return Interrupted(Message.of("The source did not answer in time. Try again later."))
    if isinstance(error, httpx.ConnectError):
        return Interrupted(Message.of("Nothing answers at the source's address. Check it, or try again later."))
    return Interrupted(Message.of("The source broke off in the middle of an answer. Try again later."))


def _causes(error: BaseException | None) -> Iterable[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


class _Transport(httpx.HTTPTransport):
    def __init__(self, context: ssl.SSLContext, backend: httpcore.NetworkBackend) -> None:
        super().__init__(verify=context, trust_env=False)
        # httpx gives no other way to say how its connections are made.
        self._pool = httpcore.ConnectionPool(ssl_context=context, max_connections=2, network_backend=backend)


class _Clock:
    """When the request that is on its way has to be done."""

    def __init__(self) -> None:
        self._end = 0.0

    def begin(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def within(self, timeout: float | None) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if timeout is None else min(timeout, left)


class _GuardedBackend(httpcore.NetworkBackend):
    """Connects to the address that was checked, not to whatever the name means a moment later."""

    def __init__(self, trusted: frozenset[str], clock: _Clock) -> None:
        self._plain = httpcore.SyncBackend()
        self._trusted, self._clock = trusted, clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        *others, last = resolved(host, port, self._trusted)
        for address in others:
            try:
                return self._connected(address, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connected(last, port, timeout)

    def _connected(self, address: str, port: int, timeout: float | None) -> httpcore.NetworkStream:
        return _TimedStream(self._plain.connect_tcp(address, port, self._clock.within(timeout)), self._clock)


class _TimedStream(httpcore.NetworkStream):
    """A source that sends a byte a second meets the end of the request's time all the same."""

    def __init__(self, plain: httpcore.NetworkStream, clock: _Clock) -> None:
        self._plain, self._clock = plain, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._plain.read(max_bytes, self._clock.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._plain.write(buffer, self._clock.within(timeout))

    def close(self) -> None:
        self._plain.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _TimedStream(
            self._plain.start_tls(ssl_context, server_hostname, self._clock.within(timeout)), self._clock
        )

    def get_extra_info(self, info: str) -> Any:
        return self._plain.get_extra_info(info)
