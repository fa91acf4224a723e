"""Reading a source from beginning to end: the roster of the day, the lessons, and what is remembered for next time."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from narvaro.facts.staging import Register
from narvaro.facts.store import Store
from narvaro.ss12000 import memory
from narvaro.ss12000.absences import AbsenceReader
from narvaro.ss12000.asking import Asker
from narvaro.ss12000.comparing import differences
from narvaro.ss12000.connection import Connection, Wanted
from narvaro.ss12000.errors import QueryRefused
from narvaro.ss12000.findings import Findings
from narvaro.ss12000.lesson_import import LessonImport, LessonsRead
from narvaro.ss12000.lesson_routes import Prober
from narvaro.ss12000.listings import DUTIES, ORGANISATIONS, Capabilities, Listings
from narvaro.ss12000.memory import Memory, Mirror
from narvaro.ss12000.organisation_tree import Tree, organisations
from narvaro.ss12000.patience import Patience
from narvaro.ss12000.roster_lines import RosterOfDay
from narvaro.ss12000.roster_reading import RosterReader, hold_many_endings, refuse_empty
from narvaro.ss12000.school_weeks import STOCKHOLM, school_year_start
from narvaro.ss12000.subscribing import Subscription, subscribed
from narvaro.ss12000.told import AnnouncedAbsences, Capability, Organisation, Reading, Roster
from narvaro.ss12000.wire import Limits, Wire

Tell = Callable[[str, float], None]

READING_ROSTER, READING_LESSONS = "roster", "lessons"
# A change may be stamped before it can be read; and how long sources remember what they deleted is not known.
_OVERLAP, _OLDEST_CURSOR = timedelta(minutes=10), timedelta(days=60)


def _nobody(what: str, share: float) -> None: ...


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """``organisations``: the tree, parents before children. ``version``: "2.0" or "2.1", as far as can be told."""

    organisations: tuple[Organisation, ...]
    capabilities: tuple[Capability, ...]
    version: str


@contextmanager
def opened(
    connection: Connection,
    wanted: Wanted,
    folder: Path,
    *,
    now: Callable[[], datetime] = _utc_now,
    tell: Tell = _nobody,
    limits: Limits | None = None,
) -> Iterator["Source"]:
    """A source, signed in when it is first asked. ``folder`` is its own memory (the roster as last known, how far it
    was read), mode 0700, made when missing. ``now`` gives aware times. ``tell`` hears what is being read ("roster",
    "lessons") and how far that has come, 0..1.

    Raises SourceRefused (``narvaro.ss12000.errors``): it has a ``message`` for people."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    wire = Wire(connection, limits or Limits())
    try:
        asker = Asker(connection, wire, Patience(wire.limits, now=now), now=now)
        settings = hashlib.sha256(repr((connection.base_url, _spelled(wanted))).encode()).hexdigest()
        yield Source(asker, wanted, folder, settings=settings, now=now, tell=tell)
    finally:
        wire.close()


class Source:
    """One reading. ``read_roster`` comes first, then ``read_absences`` and ``read_lessons``, and ``commit`` when all
    that they told is applied."""

    def __init__(
        self,
        asker: Asker,
        wanted: Wanted,
        folder: Path,
        *,
        settings: str,
        now: Callable[[], datetime],
        tell: Tell,
    ) -> None:
        self._asker, self._wanted, self._folder, self._now, self._tell = asker, wanted, folder, now, tell
        self._today = now().astimezone(STOCKHOLM).date()
        self._first_day = wanted.first_day or school_year_start(self._today)
        self._settings = hashlib.sha256(f"{settings} {self._first_day}".encode()).hexdigest()
        self._findings, self._capabilities = Findings(), Capabilities()
        self._listings = Listings(asker, self._capabilities, identity_numbers=wanted.identity_numbers)
        self._before = memory.load(folder)
        self._full = self._must_be_full(now())
        self._after = Memory(settings=self._settings)
        self._tree = Tree({}, {}, ())
        self._counts: dict[str, int] = {}

    def check(self) -> Checked:
        """Signs in, asks for the organisations, and finds out what the source can tell. Changes nothing."""
        places = {each.id: each for each in self._listings.all(ORGANISATIONS, {})}
        prober = Prober(self._asker, self._capabilities, list(Tree.of(places, self._wanted.units).units), self._today)
        prober.roster()
        prober.route("file")
        version = "2.1" if self._listings.has_meta else "2.0"
        return Checked(organisations=organisations(places), capabilities=self._capabilities.told(), version=version)

    def read_roster(self, *, full: bool, confirmed: bool = False) -> Roster:
        """The whole roster of the day, put together from what is known and what has changed since. ``full`` asks for
        everything anew and compares.

        Raises SourceRefused, also for a full reading without pupils; ``facts.errors.HeldForConfirmation`` for one that
        would end many persons, unless ``confirmed``."""
        self._full = self._full or full
        first_day, day = self._first_day.isoformat(), self._today.isoformat()
        reader = RosterReader(
            self._listings,
            self._wanted,
            self._findings,
            first_day=first_day,
            tell=lambda share: self._tell(READING_ROSTER, share),
        )
        mirror = self._mirror(reader)
        self._tree = reader.tree(mirror)
        refuse_empty(mirror, self._tree, first_day)
        if not confirmed:
            hold_many_endings(self._known, mirror, day)
        self._after.mirror, self._after.tells_deletions = mirror, reader.tells_deletions
        self._after.weeks, self._after.route, self._after.marked = (
            self._before.weeks,
            self._before.route,
            self._before.marked,
        )
        self._tell(READING_ROSTER, 1.0)
        return self._roster_of_day(mirror, reader.deleted)

    def read_absences(self) -> AnnouncedAbsences | None:
        """What homes have announced. None where the source does not tell it. Raises SourceRefused."""
        since = None if self._full or not self._before.has_absences else self._before.cursor
        mirror, first_day = self._after.mirror, self._first_day.isoformat()
        reader = AbsenceReader(self._listings, self._findings, mirror, self._tree, first_day=first_day, now=self._now())
        read = reader.read(since)
        self._after.has_absences = read is not None
        self._counts["absences"] = read.read if read else 0
        return read

    def read_lessons(
        self, store: Store, *, register: Register | None, today: date, confirmed: bool = False
    ) -> LessonsRead:
        """Imports the lessons of the weeks that may have changed, until now or the end of ``today``. Raises
        SourceRefused and ImportRefused; the store is then as it was."""
        job = LessonImport(
            self._asker,
            self._wanted,
            self._findings,
            self._capabilities,
            self._folder,
            first_day=self._first_day,
            until=min(self._now(), datetime.combine(today, time.max, STOCKHOLM)),
            tell=lambda share: self._tell(READING_LESSONS, share),
        )
        before = None if self._full else self._before
        read = job.run(store, before, self._after, self._tree, register=register, confirmed=confirmed)
        told = {"lessons": read.lessons, "cancelled": read.cancelled, "attendance_rows": read.attendance_rows}
        self._counts |= told
        return read

    def commit(self) -> Reading:
        """Remembers what was read, so that the next reading begins there. Only here is the memory written."""
        self._after.cursor = self._asker.began - _OVERLAP
        memory.save(self._folder, self._after)
        return Reading(
            full=self._full,
            counts=self._counts,
            route=self._after.route,
            capabilities=self._capabilities.told(),
            findings=self._findings.told(),
            differences=differences(self._known, self._after.mirror, self._wanted.units, self._first_day.isoformat()),
        )

    def subscribe(self, target: str, *, known: str = "") -> Subscription | None:
        """As ``subscribing.subscribed``."""
        return subscribed(self._asker, target, known=known)

    @property
    def _known(self) -> Mirror:
        """What was known before, unless it is of other settings: then nobody of it is missed."""
        return self._before.mirror if self._before.settings == self._settings else Mirror()

    def _must_be_full(self, now: datetime) -> bool:
        before = self._before
        if before.cursor is None or before.settings != self._settings:
            return True
        return now - before.cursor > _OLDEST_CURSOR or not before.tells_deletions

    def _mirror(self, reader: RosterReader) -> Mirror:
        if not self._full and self._before.cursor:
            try:
                return reader.changes(self._known, self._before.cursor)
            except QueryRefused:
                self._full = True
        return reader.everything(self._known)

    def _roster_of_day(self, mirror: Mirror, deleted: int) -> Roster:
        made = RosterOfDay(
            mirror,
            self._tree,
            self._today,
            numbers=self._listings.identity_numbers,
            marked=self._after.marked,
            wanted=self._wanted,
            tells_mentors=self._capabilities.has(DUTIES.path) not in ("no", "refused"),
            findings=self._findings,
        )
        roster = made.roster()
        pupils = {each.pupil_id for each in roster.pupils}
        self._counts = {
            "organisations": len(mirror.places),
            "school_units": len(roster.units),
            "pupils": len(pupils),
            "staff": len(roster.staff),
            "guardians": len(roster.guardians),
            "groups": len(mirror.groups),
            "mentor_relations": len(made.mentor_relations),
            "activities": len(mirror.activities),
            "lessons": 0,
            "cancelled": 0,
            "attendance_rows": 0,
            "absences": 0,
            "protected": len(pupils & made.protected),
            "deleted": deleted,
        }
        return roster


def _spelled(wanted: Wanted) -> tuple[object, ...]:
    return (sorted(wanted.units), wanted.guardians, wanted.identity_numbers, wanted.only_deviations)
