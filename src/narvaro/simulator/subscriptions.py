"""Who wants to be told that something has changed, and telling them. ``modifiedEntites`` is the standard's spelling."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import md5
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Lock
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from narvaro.simulator.parameters import BadRequest
from narvaro.simulator.simulation import Simulation
from narvaro.simulator.words import ENDPOINTS

_LASTS = timedelta(days=90)
_PATIENCE_SECONDS = 5
# Where things of a kind lie, and so whether any has changed.
_TABLES: Mapping[str, str] = {
    "Absence": "absence",
    "Activity": "activity",
    "Attendance": "attendance",
    "CalendarEvent": "calendar_event",
    "Duty": "duty",
    "Group": "team",
    "Organisation": "organisation",
    "Person": "person",
    "Syllabus": "syllabus",
}
Notice = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    id: str
    name: str
    target: str
    kinds: tuple[str, ...]
    expires: datetime

    @property
    def json(self) -> str:
        told = {
            "id": self.id,
            "expires": f"{self.expires:%Y-%m-%dT%H:%M:%SZ}",
            "name": self.name,
            "target": self.target,
            "resourceTypes": [{"resource": kind} for kind in self.kinds],
        }
        return json.dumps(told, ensure_ascii=False)


@dataclass(slots=True)
class Subscriptions:
    """``reshaped``: what is sent in place of a notice."""

    simulation: Simulation
    reshaped: Callable[[Notice], Notice] = lambda notice: notice
    _kept: dict[str, Subscription] = field(default_factory=dict)
    _made: int = 0
    _told: datetime | None = None
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._told = self.simulation.now
        self.simulation.listeners.append(self.tell)

    def close(self) -> None:
        self.simulation.listeners.remove(self.tell)

    def all(self) -> list[Subscription]:
        with self._lock:
            return [each for each in self._kept.values() if each.expires > self.simulation.now]

    def find(self, identifier: str) -> Subscription | None:
        return next((each for each in self.all() if each.id == identifier), None)

    def add(self, wanted: Mapping[str, Any]) -> Subscription:
        name, target, kinds = wanted.get("name"), wanted.get("target"), wanted.get("resourceTypes")
        if not isinstance(name, str) or not isinstance(target, str) or not isinstance(kinds, list):
            raise BadRequest("a subscription has a name, a target and resourceTypes")
        if urlsplit(target).scheme not in ("http", "https") or not urlsplit(target).hostname:
            raise BadRequest("target is no address to post to")
        with self._lock:
            self._made += 1
            text = f"{self.simulation.draws.seed}|subscription|{self._made}"
            made = Subscription(
                id=str(UUID(bytes=md5(text.encode(), usedforsecurity=False).digest(), version=4)),
                name=name,
                target=target,
                kinds=tuple(_kind(each) for each in kinds),
                expires=self.simulation.now + _LASTS,
            )
            self._kept[made.id] = made
        return made

    def renew(self, found: Subscription) -> Subscription:
        with self._lock:
            self._kept[found.id] = replace(found, expires=self.simulation.now + _LASTS)
            return self._kept[found.id]

    def remove(self, found: Subscription) -> None:
        with self._lock:
            self._kept.pop(found.id, None)

    def tell(self) -> None:
        """Posts to everybody who asked for a kind that has changed since the last time; what fails is not repeated."""
        since, self._told = self._told, self.simulation.now
        modified, deleted = _changed(self.simulation, since)
        for each in self.all():
            notice: Notice = {"modifiedEntites": sorted(modified & set(each.kinds))}
            if deleted & set(each.kinds):
                notice["deletedEntities"] = True
            if notice["modifiedEntites"] or "deletedEntities" in notice:
                _post(each.target, self.reshaped(notice))


def _kind(told: object) -> str:
    kind = told.get("resource") if isinstance(told, dict) else None
    if kind not in ENDPOINTS:
        raise BadRequest("resourceTypes holds objects with a resource that the standard knows")
    return str(kind)


def _changed(simulation: Simulation, since: datetime | None) -> tuple[set[str], set[str]]:
    moment = since.replace(tzinfo=None) if since else None
    modified = " UNION ALL ".join(
        f"SELECT '{kind}' WHERE EXISTS (FROM {table} WHERE modified > $since)" for kind, table in _TABLES.items()
    )
    deleted = "SELECT DISTINCT kind FROM tombstone WHERE deleted > $since"
    told = {"since": moment}
    return {row[0] for row in simulation.rows(modified, told)}, {row[0] for row in simulation.rows(deleted, told)}


def _post(target: str, notice: Notice) -> None:
    place = urlsplit(target)
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    try:
        connection = kind(place.hostname or "", place.port, timeout=_PATIENCE_SECONDS)
        where = f"{place.path or '/'}{'?' + place.query if place.query else ''}"
        connection.request("POST", where, json.dumps(notice), {"Content-Type": "application/json"})
        connection.getresponse().read()
        connection.close()
    except (OSError, HTTPException, ValueError):
        pass
