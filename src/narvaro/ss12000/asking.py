"""Questions to a source, signed in; answers as JSON, or why there is none."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from narvaro.language import N_, Message
from narvaro.ss12000.connection import Connection
from narvaro.ss12000.errors import (
    NotAllowed,
    NotOffered,
    QueryRefused,
    SignInRefused,
    SourceRefused,
    TokenGone,
    TooMuchAsked,
    malformed,
)
from narvaro.ss12000.patience import Patience
from narvaro.ss12000.signing_in import Signer
from narvaro.ss12000.wire import Answer, Wire

Params = Mapping[str, str | int | Sequence[str]]
Json = Any  # what json.loads gives, until parsing has judged it

_UNAUTHORISED, _TOO_LARGE = 401, frozenset({503})


class Asker:
    """``began``: the source's clock when it was first asked (ours, where that is behind or the source tells none); what
    is changed later than that is read the next time."""

    def __init__(self, connection: Connection, wire: Wire, patience: Patience, *, now: Callable[[], datetime]) -> None:
        self.limits = wire.limits
        self.began = now()
        self._is_first = True
        self.token_with_filters: set[str] = set()
        self._base = connection.base_url.rstrip("/")
        self._wire, self._patience = wire, patience
        self._signer = Signer(connection, wire, patience, now=now)

    def get(self, path: str, params: Params) -> Json:
        """Raises SourceRefused."""
        return self._asked("GET", path, params=params)

    def post(self, path: str, body: Json, *, params: Params, may_be_halved: bool) -> Json:
        """Raises SourceRefused; TooMuchAsked instead of asking again where the question can be halved."""
        return self._asked("POST", path, ends_at=_TOO_LARGE if may_be_halved else frozenset(), json=body, params=params)

    def patch(self, path: str) -> Json:
        """Without a body, as a subscription is renewed. Raises SourceRefused."""
        return self._asked("PATCH", path)

    def _asked(self, method: str, path: str, *, ends_at: frozenset[int] = frozenset(), **asked: Any) -> Json:
        # urljoin would lose the path of the base address.
        url = self._base + path
        answer = self._sent(method, url, ends_at, asked)
        if answer.status == _UNAUTHORISED and self._signer.renew():
            answer = self._sent(method, url, ends_at, asked)
        if self._is_first:
            self.began, self._is_first = min(self.began, _date(answer) or self.began), False
        refuse(answer.status, path)
        return parsed(answer.body, path)

    def _sent(self, method: str, url: str, ends_at: frozenset[int], asked: dict[str, Any]) -> Answer:
        headers = {"Accept": "application/json", **self._signer.headers()}
        return self._patience.send(lambda: self._wire.send(method, url, headers=headers, **asked), ends_at=ends_at)


_REFUSALS: dict[int, tuple[type[SourceRefused], str]] = {
    400: (QueryRefused, N_("The source did not take the question for {path}. It may follow another standard.")),
    401: (SignInRefused, N_("The source does not take the secret. Check it, or ask for a new one.")),
    403: (NotAllowed, N_("The source does not let us read {path}. Whoever runs it can give the right to.")),
    404: (NotOffered, N_("The source has no {path}. Check that the address ends where SS 12000's paths begin.")),
    410: (TokenGone, N_("The source lost its place in {path} while it was read. Try again.")),
    413: (TooMuchAsked, N_("The source finds the question for {path} too large.")),
}
_REFUSALS |= {422: _REFUSALS[400], 405: _REFUSALS[404], 501: _REFUSALS[404], 503: _REFUSALS[413]}


def refuse(status: int, path: str) -> None:
    """Raises what a status that is no success means."""
    if 200 <= status < 300:
        return
    if status in _REFUSALS:
        kind, text = _REFUSALS[status]
        raise kind(Message.of(text, path=path))
    if 300 <= status < 400:
        raise SourceRefused(
            Message.of("The source sends us on to another address, which is not followed. Give the right address.")
        )
    raise SourceRefused(Message.of("The source answered {path} with status {status}.", path=path, status=status))


def parsed(body: bytes, path: str) -> Json:
    """Raises AnswerUnusable for what is not JSON."""
    try:
        return json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise malformed(path) from None


def _no_constant(text: str) -> None:
    raise ValueError  # NaN and Infinity are no JSON


def _date(answer: Answer) -> datetime | None:
    try:
        told = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
