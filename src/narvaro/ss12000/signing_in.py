"""The headers that say who asks, and getting a token when there is none yet."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from narvaro.language import Message
from narvaro.ss12000.connection import Connection
from narvaro.ss12000.errors import SignInRefused
from narvaro.ss12000.patience import Patience
from narvaro.ss12000.wire import Answer, Wire

_SPARE = timedelta(seconds=60)


class Signer:
    """The headers that say who asks."""

    def __init__(self, connection: Connection, wire: Wire, patience: Patience, *, now: Callable[[], datetime]) -> None:
        self._connection, self._wire, self._patience, self._now = connection, wire, patience, now
        self._token, self._until = "", datetime.max.replace(tzinfo=UTC)
        self._fetches = connection.auth in ("client_form", "client_basic")

    def headers(self) -> dict[str, str]:
        """Raises SignInRefused."""
        connection = self._connection
        if connection.auth == "none":
            return {}
        if connection.auth == "header":
            return {connection.header: connection.token}
        if self._fetches and (not self._token or self._now() + _SPARE > self._until):
            self._fetch()
        return {"Authorization": f"Bearer {self._token or connection.token}"}

    def renew(self) -> bool:
        """Whether there is a new token to try with."""
        if self._fetches:
            self._fetch()
        return self._fetches

    def _fetch(self) -> None:
        """OAuth 2.0 client credentials (RFC 6749 4.4)."""
        form = {"grant_type": "client_credentials"}
        if self._connection.scope:
            form["scope"] = self._connection.scope
        answer = self._patience.send(
            lambda: self._wire.send(
                "POST", self._connection.token_url, data=form | self._secrets(), headers=self._basic()
            )
        )
        told = _told(answer)
        token = told.get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise SignInRefused(
                Message.of("No token was given (status {status}). Check the id and the secret.", status=answer.status)
            )
        seconds = told.get("expires_in")
        self._token = token
        if isinstance(seconds, int) and 0 < seconds < 10**8:
            self._until = self._now() + timedelta(seconds=seconds)

    def _secrets(self) -> dict[str, str]:
        if self._connection.auth != "client_form":
            return {}
        return {"client_id": self._connection.client_id, "client_secret": self._connection.client_secret}

    def _basic(self) -> dict[str, str]:
        if self._connection.auth != "client_basic":
            return {}
        pair = f"{quote(self._connection.client_id, safe='')}:{quote(self._connection.client_secret, safe='')}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _told(answer: Answer) -> dict[str, object]:
    try:
        told = json.loads(answer.body) if answer.status == 200 else {}
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
