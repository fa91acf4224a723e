"""Absence that was announced: what homes have told a school ahead of its lessons or after, without a reason.

Only what the home of a pupil told is handed on. It says what the home knows, and nothing of what happened in a lesson.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from narvaro.ss12000.asking import Asker
from narvaro.ss12000.deletions import deleted_since
from narvaro.ss12000.dirty_weeks import ROLLING_WEEKS
from narvaro.ss12000.errors import NotAllowed, NotOffered, QueryRefused
from narvaro.ss12000.findings import Findings
from narvaro.ss12000.listings import ABSENCES, Capabilities, Listings, has_of, utc
from narvaro.ss12000.memory import Mirror
from narvaro.ss12000.objects import Absence
from narvaro.ss12000.organisation_tree import Tree
from narvaro.ss12000.relevant import GUARDIAN, pupil_ids
from narvaro.ss12000.told import Announced, AnnouncedAbsences

_ANNOUNCED = "Anmäld frånvaro"


class AbsenceReader:
    """``first_day``: who left before it is not read about."""

    def __init__(
        self, listings: Listings, findings: Findings, mirror: Mirror, tree: Tree, *, first_day: str, now: datetime
    ) -> None:
        self._listings, self._findings, self._tree, self._now = listings, findings, tree, now
        self._pupils = {
            id: {each.person_id for each in mirror.persons[id].responsibles if each.kind == GUARDIAN}
            for id in pupil_ids(mirror, tree, first_day)
        }

    def read(self, since: datetime | None) -> AnnouncedAbsences | None:
        """What was changed since, or all of the latest weeks where that is None or cannot be asked for. None where the
        source tells no absences. Raises SourceRefused."""
        try:
            if since is not None and (told := self._changes(since)) is not None:
                return told
            return self._latest()
        except (NotOffered, NotAllowed, QueryRefused) as error:
            self._listings.capabilities.note(ABSENCES.path, has_of(error))
            return None

    def _changes(self, since: datetime) -> AnnouncedAbsences | None:
        try:
            found = self._about_pupils(self._listings.changed(ABSENCES, since))
        except QueryRefused:
            return None
        deleted = _deleted(self._listings.asker, self._listings.capabilities, since)
        if deleted is None:
            return None
        told = self._told(found)
        # One that was deleted and changed is there again; one that the home no longer tells is gone as well.
        gone = (deleted | {each.id for each in found}) - {each.source_id for each in told}
        return AnnouncedAbsences(read=len(found), told=told, gone=frozenset(gone), since=None)

    def _latest(self) -> AnnouncedAbsences:
        since = self._now - timedelta(weeks=ROLLING_WEEKS)
        found: dict[str, Absence] = {}
        for unit in self._tree.units:
            listed = self._listings.all(ABSENCES, {"organisation": unit, "endTime.onOrAfter": utc(since)})
            found |= {each.id: each for each in self._about_pupils(listed) if each.ends > since}
        return AnnouncedAbsences(read=len(found), told=self._told(found.values()), gone=frozenset(), since=since)

    def _about_pupils(self, found: Iterable[Absence]) -> list[Absence]:
        return [each for each in found if each.pupil_id in self._pupils]

    def _told(self, found: Iterable[Absence]) -> tuple[Announced, ...]:
        announced = [each for each in found if each.kind == _ANNOUNCED]
        self._findings.set("absences_without_reporter", sum(not each.by_id or not each.modified for each in announced))
        return tuple(self._by_home(announced))

    def _by_home(self, announced: Iterable[Absence]) -> Iterator[Announced]:
        for each in announced:
            if each.by_id in self._pupils[each.pupil_id] and each.modified and each.starts < each.ends:
                yield Announced(
                    source_id=each.id,
                    pupil_id=each.pupil_id,
                    guardian_id=each.by_id,
                    starts=each.starts,
                    ends=each.ends,
                    announced_at=each.modified,
                )


def _deleted(asker: Asker, capabilities: Capabilities, since: datetime) -> set[str] | None:
    told = deleted_since(asker, capabilities, since, ("Absence",))
    return None if told is None else told.get("absences", set())
