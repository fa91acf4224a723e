"""Asking a provider of SS 12000 as plainly as can be: what a client must come to, without a client."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from narvaro.simulator import Served

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True, slots=True)
class Asking:
    """``ask`` is one request; ``every`` follows the pages with token and limit alone, as the standard has it."""

    at: Served

    def ask(self, path: str, method: str = "GET", body: Any = None, token: str | None = None, **query: Any) -> Told:
        place = urlsplit(self.at.address)
        connection = HTTPConnection(place.hostname or "", place.port, timeout=20)
        target = f"{place.path}/{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")
        headers = {"Authorization": f"Bearer {token or self.at.access.token}", "Content-Type": "application/json"}
        try:
            connection.request(method, target, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return Told(answer.status, dict(answer.getheaders()), answer.read().decode())
        finally:
            connection.close()

    def pages(self, path: str, limit: int | None = None, **query: Any) -> Iterator[list[Values]]:
        sized = {} if limit is None else {"limit": limit}
        told = self.ask(path, **query, **sized)
        while True:
            assert told.status == 200, told.text
            yield told.json["data"]
            token = told.json.get("pageToken")
            if not token:
                return
            told = self.ask(path, pageToken=token, **sized)

    def every(self, path: str, limit: int | None = None, **query: Any) -> list[Values]:
        return [item for page in self.pages(path, limit, **query) for item in page]

    def lookup(self, path: str, **body: list[str]) -> list[Values]:
        told = self.ask(f"{path}/lookup", "POST", body)
        assert told.status == 200, told.text
        return told.json
