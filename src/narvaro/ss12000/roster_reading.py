"""The roster at the source: all of it, or what was changed since. Empty or failed never means that all are gone."""

from collections.abc import Callable, Collection
from datetime import datetime

from narvaro.facts.errors import HeldForConfirmation
from narvaro.language import Message
from narvaro.ss12000.asking import Params
from narvaro.ss12000.connection import Wanted
from narvaro.ss12000.deletions import deleted_since
from narvaro.ss12000.errors import QueryRefused, SourceRefused
from narvaro.ss12000.findings import Findings
from narvaro.ss12000.listings import (
    ACTIVITIES,
    DUTIES,
    GROUPS,
    KINDS,
    ORGANISATION,
    ORGANISATIONS,
    PERSONS,
    RELATIONSHIP,
    Kind,
    Listings,
    has_of,
)
from narvaro.ss12000.memory import Mirror
from narvaro.ss12000.objects import Activity, Duty, Group, Person, holds
from narvaro.ss12000.organisation_tree import Tree, ancestors
from narvaro.ss12000.relevant import guardian_ids, pruned, pupil_ids, staff_ids

# The names say whose lessons they are; groups of staff and of preschools are not asked for.
_GROUP_TYPES = ("Klass", "Mentor", "Undervisning", "Schema", "Övrigt")
_MORE: dict[Kind, Params] = {GROUPS: {"groupType": _GROUP_TYPES}, ACTIVITIES: {"expand": "syllabus"}}
_SETTLING = 3
FEW_ENDED, MOST_ENDED_SHARE = 5, 0.1


class RosterReader:
    """``first_day``: who left before it is not read. ``tell``: the share that is done."""

    def __init__(
        self,
        listings: Listings,
        wanted: Wanted,
        findings: Findings,
        *,
        first_day: str,
        tell: Callable[[float], None] = lambda share: None,
    ) -> None:
        self.tells_deletions = False
        self.deleted = 0
        self._checked: set[str] = set()
        self._listings, self._wanted, self._findings = listings, wanted, findings
        self._first_day, self._tell = first_day, tell
        self._pool = Mirror()

    def tree(self, mirror: Mirror) -> Tree:
        """Raises SourceRefused when there is no school unit to read."""
        found = Tree.of(mirror.places, self._wanted.units)
        if not found.units:
            raise SourceRefused(
                Message.of("The source has none of the chosen school units. Choose among those that it has.")
            )
        self._findings.set("units_missing", len(self._wanted.units - found.units.keys()))
        return found

    def everything(self, before: Mirror) -> Mirror:
        """Asks for all of it. What is changed meanwhile is asked for again, so that nothing falls between two pages.
        ``before``: what was known; who is missing now is asked for one by one before being taken as gone."""
        self._pool = Mirror()
        self._take(ORGANISATIONS, self._listings.all(ORGANISATIONS, {}))
        for kind in (PERSONS, GROUPS, DUTIES, ACTIVITIES):
            self._list(kind)
            self._tell((KINDS.index(kind) + 1) / (len(KINDS) + 1))
        self._settle()
        self._keep_those_still_there(before)
        return self._finished(set(self._pool.groups))

    def changes(self, before: Mirror, since: datetime) -> Mirror:
        """What is known with what was changed since. Raises QueryRefused where the source cannot tell changes."""
        self._pool = before.copy()
        touched = self._take_changes(since)
        return self._finished(touched.get(GROUPS.name, set()))

    def _list(self, kind: Kind) -> None:
        if kind is ORGANISATIONS:
            self._take(kind, self._listings.all(kind, {}))
        elif kind is PERSONS:
            self._list_persons()
        else:
            self._list_by_place(kind, self.tree(self._pool))

    def _list_by_place(self, kind: Kind, tree: Tree) -> None:
        """As one listing where the source pays no heed to the organisation: else it would come once for each."""
        more = _MORE.get(kind, {})
        for place in tree.asked:
            found = self._listings.optional(kind, {"organisation": place, **more})
            if not _mostly_of(place, found, tree):
                self._listings.capabilities.note_filter(ORGANISATION, kind.path, heeded=False)
                self._take(kind, self._listings.optional(kind, more))
                return
            self._take(kind, found)
        self._listings.capabilities.note_filter(ORGANISATION, kind.path, heeded=True)

    def _list_persons(self) -> None:
        for unit in self.tree(self._pool).units:
            try:
                found = self._listings.all(PERSONS, _related(unit, "enrolment", self._first_day))
            except QueryRefused as error:
                self._listings.capabilities.note(RELATIONSHIP, has_of(error))
                break
            if found and not _mostly_at(unit, found):
                self._listings.capabilities.note_filter(RELATIONSHIP, PERSONS.path, heeded=False)
                break
            self._take(PERSONS, found)
            for relation in ("duty", "responsibleFor.enrolment")[: 1 + self._wanted.guardians]:
                self._take(PERSONS, self._listings.all(PERSONS, _related(unit, relation)))
        else:
            self._listings.capabilities.note(RELATIONSHIP, "yes")
            return
        self._take(PERSONS, self._listings.all(PERSONS, {}))

    def _take(self, kind: Kind, objects: list[object]) -> None:
        getattr(self._pool, kind.name).update({each.id: each for each in objects})  # type: ignore[attr-defined]

    def _settle(self) -> None:
        for _ in range(_SETTLING):
            known = {kind.name: set(getattr(self._pool, kind.name)) for kind in KINDS}
            try:
                self._take_changes(self._listings.asker.began)
            except QueryRefused:
                return
            moved = [kind for kind in KINDS if set(getattr(self._pool, kind.name)) != known[kind.name]]
            if not moved:
                return
            for kind in moved:
                self._list(kind)

    def _take_changes(self, since: datetime) -> dict[str, set[str]]:
        """Takes over what was changed or deleted since; ids of what was changed, by kind."""
        changed: dict[str, set[str]] = {}
        for kind in KINDS:
            if self._listings.capabilities.has(kind.path) in ("no", "refused"):
                continue
            found = self._listings.changed(kind, since)
            self._take(kind, found)
            changed[kind.name] = {each.id for each in found}
        entities = [kind.entity for kind in KINDS]
        told = deleted_since(self._listings.asker, self._listings.capabilities, since, entities)
        self.tells_deletions = told is not None
        for kind in KINDS:
            # Told as deleted and as changed in one reading: it is there again.
            for id in (told or {}).get(kind.deleted, set()) - changed.get(kind.name, set()):
                self.deleted += getattr(self._pool, kind.name).pop(id, None) is not None
        return changed

    def _keep_those_still_there(self, before: Mirror) -> None:
        missing = before.persons.keys() - self._pool.persons.keys()
        found = self._listings.by_id(PERSONS, missing)
        self._checked = {each.id for each in found}
        self._take(PERSONS, found)

    def _finished(self, groups: set[str]) -> Mirror:
        """Looks up who is referred to and not there, then keeps what is wanted."""
        pool, tree = self._pool, self.tree(self._pool)
        used = {group for each in pool.activities.values() for group in each.group_ids}
        self._take(GROUPS, self._listings.by_id(GROUPS, used - pool.groups.keys()))
        mirror = pruned(pool, tree, self._first_day, guardians=self._wanted.guardians)
        self._take(PERSONS, self._listings.by_id(PERSONS, self._referred(mirror, groups) - pool.persons.keys()))
        mirror = pruned(pool, tree, self._first_day, guardians=self._wanted.guardians)
        pupils = pupil_ids(mirror, tree, self._first_day)
        referred = self._referred(mirror, set(mirror.groups))
        self._findings.set("persons_missing", len(referred - pool.persons.keys()))
        self._findings.set("kept_after_check", len(self._checked & mirror.persons.keys() & pupils))
        return mirror

    def _referred(self, mirror: Mirror, groups: set[str]) -> set[str]:
        pupils = pupil_ids(mirror, self.tree(mirror), self._first_day)
        members = {member.person_id for id in groups & mirror.groups.keys() for member in mirror.groups[id].members}
        return members | staff_ids(mirror) | (guardian_ids(mirror, pupils) if self._wanted.guardians else set())


def refuse_empty(mirror: Mirror, tree: Tree, first_day: str) -> None:
    if not pupil_ids(mirror, tree, first_day):
        raise SourceRefused(
            Message.of("The source tells no pupil at the school units. Nothing was changed: empty is taken as a fault.")
        )


def hold_many_endings(before: Mirror, after: Mirror, day: str) -> None:
    """A source that has lost its persons looks like one that all have left. Raises HeldForConfirmation."""
    now = _present(after, day)
    known = _present(before, day)
    ended = len(known - now)
    if ended > max(FEW_ENDED, MOST_ENDED_SHARE * len(known)):
        raise HeldForConfirmation(
            Message.of(
                "{ended} of {known} persons would end with this reading. Nothing was changed. If that is right, "
                "confirm it.",
                ended=ended,
                known=len(known),
            )
        )


def _present(mirror: Mirror, day: str) -> set[str]:
    """Everybody, but of pupils those enrolled on the day."""
    return {
        person.id
        for person in mirror.persons.values()
        if not person.enrolments or any(holds(each.first_day, each.last_day, day) for each in person.enrolments)
    }


def _related(unit: str, relation: str, ends_after: str = "") -> dict[str, str]:
    asked = {"relationship.organisation": unit, "relationship.entity.type": relation}
    return asked | ({"relationship.endDate.onOrAfter": ends_after} if ends_after else {})


def _mostly_at(unit: str, persons: list[Person]) -> bool:
    """Whether the source has listened: else it tells everybody it knows, whom most schools have little to do with."""
    here = sum(any(each.unit_id == unit for each in person.enrolments) for person in persons)
    return here * 2 >= len(persons)


def _mostly_of(place: str, found: Collection[Group | Duty | Activity], tree: Tree) -> bool:
    """Likewise, for what hangs at an organisation: at the one that was asked about, or above or below it."""
    line = {place, *ancestors(tree.places, place)}
    here = sum(
        each.place_id not in tree.places or each.place_id in line or place in ancestors(tree.places, each.place_id)
        for each in found
    )
    return here * 2 >= len(found)
