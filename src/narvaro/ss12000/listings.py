"""Reads one kind of object: all of a listing, or what has changed, as our own objects. Notes what the source can do."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from narvaro.language import N_, Message
from narvaro.ss12000 import parsing
from narvaro.ss12000.asking import Asker, Params
from narvaro.ss12000.errors import NotAllowed, NotOffered, QueryRefused, SourceRefused, malformed
from narvaro.ss12000.paging import Object, lookup, pages
from narvaro.ss12000.parsing import WrongShape
from narvaro.ss12000.told import Capability, Has

MODIFIED, RELATIONSHIP, ORGANISATION = "meta.modified.after", "relationship", "organisation"
_NOTES = {
    "no": N_("The source does not have it."),
    "refused": N_("The source does not let us read it."),
    "failed": N_("It was asked for and did not come."),
    "empty": N_("The source has it, but there was nothing in it."),
}


class Capabilities:
    """What the source was seen to have, by the path or the parameter of the standard. The latest observation stands,
    but nothing found takes back no "yes", and one listing that pays no heed to a filter is enough."""

    def __init__(self) -> None:
        self._seen: dict[str, Capability] = {}

    def note(self, name: str, has: Has, note: Message | None = None) -> None:
        name = name.removeprefix("/")
        if has == "empty" and self.has(name) == "yes":
            return
        told = note or (Message.of(_NOTES[has]) if has in _NOTES else None)
        self._seen[name] = Capability(name=name, has=has, note=told)

    def has(self, name: str) -> Has | None:
        seen = self._seen.get(name.removeprefix("/"))
        return seen.has if seen else None

    def note_filter(self, name: str, path: str, *, heeded: bool) -> None:
        if not heeded:
            self.note(name, "no", Message.of("The source pays no heed to it in {path}.", path=path))
        elif self.has(name) is None:
            self.note(name, "yes")

    def told(self) -> tuple[Capability, ...]:
        return tuple(self._seen.values())


def has_of(error: SourceRefused) -> Has:
    if isinstance(error, NotOffered):
        return "no"
    return "refused" if isinstance(error, NotAllowed | QueryRefused) else "failed"


@dataclass(frozen=True, slots=True)
class Kind:
    """``name`` as in the mirror; ``entity`` as in the standard's listing of what is deleted."""

    name: str
    path: str
    parsed: Callable[[Object], Any]
    entity: str
    deleted: str


ORGANISATIONS = Kind("places", "/organisations", parsing.place, "Organisation", "organisations")
PERSONS = Kind("persons", "/persons", parsing.person, "Person", "persons")
GROUPS = Kind("groups", "/groups", parsing.group, "Group", "groups")
DUTIES = Kind("duties", "/duties", parsing.duty, "Duty", "duties")
ACTIVITIES = Kind("activities", "/activities", parsing.activity, "Activity", "activitites")
KINDS = (ORGANISATIONS, PERSONS, GROUPS, DUTIES, ACTIVITIES)  # of the mirror
ABSENCES = Kind("absences", "/absences", parsing.absence, "Absence", "absences")


class Listings:
    """``identity_numbers``: those that came with persons, by person; never written down. ``has_meta``: whether all
    objects told when they were changed, as 2.1 demands."""

    def __init__(self, asker: Asker, capabilities: Capabilities, *, identity_numbers: bool) -> None:
        self.asker, self.capabilities = asker, capabilities
        self.identity_numbers: dict[str, str] = {}
        self.has_meta = True
        self._wants_numbers = identity_numbers

    def all(self, kind: Kind, params: Params) -> list[Any]:
        """Raises SourceRefused."""
        found: dict[str, Any] = {}
        for page in pages(self.asker, kind.path, params):
            found |= {each.id: each for each in self.parsed(kind, page)}
        self.capabilities.note(kind.path, "yes" if found else "empty")
        return list(found.values())

    def optional(self, kind: Kind, params: Params) -> list[Any]:
        """As ``all``, but nothing where the source does not have it or does not let us."""
        try:
            return self.all(kind, params)
        except (NotOffered, NotAllowed) as error:
            self.capabilities.note(kind.path, has_of(error))
            return []

    def changed(self, kind: Kind, since: datetime) -> list[Any]:
        """What was changed after ``since``. A source that does not know the filter tells everything, so each object's
        own time decides; one without a time is taken as changed."""
        found: dict[str, Any] = {}
        listens = True
        for page in pages(self.asker, kind.path, {MODIFIED: utc(since)}):
            fresh = [each for each in page if _is_later(each, since, kind.path)]
            listens = listens and len(fresh) == len(page)
            found |= {each.id: each for each in self.parsed(kind, fresh)}
        self.capabilities.note_filter(MODIFIED, kind.path, heeded=listens)
        return list(found.values())

    def by_id(self, kind: Kind, ids: Collection[str]) -> list[Any]:
        """Those of the ids that the source tells; none where it has no look-up."""
        name = f"{kind.path}/lookup"
        if not ids or self.capabilities.has(name) in ("no", "refused"):
            return []
        found: dict[str, Any] = {}
        try:
            for page in lookup(self.asker, name, "ids", sorted(ids)):
                found |= {each.id: each for each in self.parsed(kind, page) if each.id in ids}
        except (NotOffered, NotAllowed, QueryRefused) as error:
            self.capabilities.note(name, has_of(error))
            return []
        self.capabilities.note(name, "yes" if found else "empty")
        return list(found.values())

    def parsed(self, kind: Kind, page: Sequence[Object]) -> Iterator[Any]:
        try:
            for each in page:
                self.has_meta = self.has_meta and bool(each.get("meta"))
                yield (obj := kind.parsed(each))
                if kind is PERSONS and self._wants_numbers and (number := parsing.identity_number(each)):
                    self.identity_numbers[obj.id] = number
        except WrongShape as wrong:
            raise malformed(kind.path, wrong) from None


def utc(moment: datetime) -> str:
    """Always with Z: some sources drop an offset instead of using it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_later(obj: Object, since: datetime, path: str) -> bool:
    try:
        told = parsing.modified(obj)
    except WrongShape as wrong:
        raise malformed(path, wrong) from None
    return told is None or told > since
