"""What is remembered of a source between readings: the roster as last known, and how far it was read.

One file of JSON lines, written beside and renamed, so that roster and cursor always belong together. No identity number
is in it.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from narvaro.ss12000.objects import Activity, Duty, Enrolment, Group, Member, Person, Place, Responsible, Role
from narvaro.ss12000.told import Route

_FILE, _FORM = "roster.jsonl", 2
_INNER: dict[str, Any] = {
    "enrolments": Enrolment,
    "responsibles": Responsible,
    "members": Member,
    "roles": Role,
}


@dataclass(slots=True)
class Mirror:
    """The roster at the source, by id. Only what is wanted of it is in here."""

    places: dict[str, Place] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    duties: dict[str, Duty] = field(default_factory=dict)
    activities: dict[str, Activity] = field(default_factory=dict)

    def copy(self) -> "Mirror":
        return Mirror(
            dict(self.places), dict(self.persons), dict(self.groups), dict(self.duties), dict(self.activities)
        )


_KINDS: dict[str, Any] = {
    "places": Place,
    "persons": Person,
    "groups": Group,
    "duties": Duty,
    "activities": Activity,
}


@dataclass(slots=True)
class Memory:
    """``cursor`` None: never read. ``settings``: what the reading depended on, as a fingerprint. ``tells_deletions``:
    whether the source says what it has deleted. ``route``: by which way attendance was read.
    ``weeks``: by school unit code and Monday, how many lessons were told. ``marked``: whom only registrations mark as
    protected. ``has_absences``: whether announced absence was read, so that changes are enough."""

    mirror: Mirror = field(default_factory=Mirror)
    cursor: datetime | None = None
    settings: str = ""
    tells_deletions: bool = False
    route: Route = "file"
    weeks: dict[str, dict[str, int]] = field(default_factory=dict)
    marked: frozenset[str] = frozenset()
    has_absences: bool = False


def load(folder: Path) -> Memory:
    """An empty memory when there is none, or none that can be read: then everything is read anew."""
    path = folder / _FILE
    if not path.exists():
        return Memory()
    try:
        with path.open(encoding="utf-8") as lines:
            return _loaded(lines)
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return Memory()


def save(folder: Path, memory: Memory) -> None:
    path = folder / _FILE
    fresh = path.with_suffix(".new")
    with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in _lines(memory))
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _lines(memory: Memory) -> Iterator[str]:
    head = {
        "form": _FORM,
        "cursor": memory.cursor.isoformat() if memory.cursor else None,
        "settings": memory.settings,
        "tells_deletions": memory.tells_deletions,
        "route": memory.route,
        "weeks": memory.weeks,
        "marked": sorted(memory.marked),
        "has_absences": memory.has_absences,
        "objects": {kind: len(getattr(memory.mirror, kind)) for kind in _KINDS},
    }
    yield json.dumps(head)
    for kind, made in _KINDS.items():
        names = [each.name for each in fields(made)]
        for obj in getattr(memory.mirror, kind).values():
            yield json.dumps([kind, *(getattr(obj, name) for name in names)], ensure_ascii=False)


def _loaded(lines: Iterator[str]) -> Memory:
    head = json.loads(next(lines))
    if head["form"] != _FORM:
        return Memory()
    mirror = Mirror()
    for line in lines:
        kind, *values = json.loads(line)
        obj = _object(_KINDS[kind], values)
        getattr(mirror, kind)[obj.id] = obj
    if head["objects"] != {kind: len(getattr(mirror, kind)) for kind in _KINDS}:
        raise ValueError
    cursor = datetime.fromisoformat(head["cursor"]) if head["cursor"] else None
    return Memory(
        mirror=mirror,
        cursor=cursor,
        settings=head["settings"],
        tells_deletions=head["tells_deletions"],
        route=head["route"],
        weeks=head["weeks"],
        marked=frozenset(head["marked"]),
        has_absences=head["has_absences"],
    )


def _object(made: Any, values: list[Any]) -> Any:
    restored = [
        _restored(each.name, value) if type(value) is list else value
        for each, value in zip(fields(made), values, strict=True)
    ]
    return made(*restored)


def _restored(name: str, values: list[Any]) -> tuple[Any, ...]:
    inner = _INNER.get(name)
    return tuple(inner(*each) for each in values) if inner else tuple(values)
