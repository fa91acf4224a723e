"""The lessons of the weeks that may have changed, read into the store."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from narvaro.facts.importing import Imported, import_lessons
from narvaro.facts.periods import import_periods
from narvaro.facts.readers import Source as FileSource
from narvaro.facts.readers import open_source
from narvaro.facts.staging import Register
from narvaro.facts.store import Store
from narvaro.ss12000.asking import Asker
from narvaro.ss12000.connection import Wanted
from narvaro.ss12000.dirty_weeks import ROLLING_WEEKS, DirtyWeeks, latest
from narvaro.ss12000.findings import Findings
from narvaro.ss12000.lesson_reading import LessonReader, Spooled, UnitWeek
from narvaro.ss12000.lesson_routes import EVENTS, Prober
from narvaro.ss12000.listings import ORGANISATION, Capabilities
from narvaro.ss12000.memory import Memory
from narvaro.ss12000.organisation_tree import Tree
from narvaro.ss12000.school_weeks import STOCKHOLM, monday_of, weeks_between
from narvaro.ss12000.sums_reading import SumsReader
from narvaro.ss12000.taught import Taught, changed_weeks
from narvaro.ss12000.told import Route

_SPOOL = "ss12000-lessons.csv"
_SPOOLING_SHARE = 0.6  # of the time; the import takes the rest
_MEMORY = "400MB"  # the roster of the municipality is held beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonsRead:
    """``weeks``: school units' weeks that were read. ``imported`` is None when there was nothing to read in: no week
    had changed, or the source has no attendance (``route`` is "file")."""

    route: Route
    weeks: int
    lessons: int
    cancelled: int
    attendance_rows: int
    imported: Imported | None


class LessonImport:
    """``folder``: where the rows lie until they are read in. ``until``: what lies after is not read. ``tell``: the
    share that is done."""

    def __init__(
        self,
        asker: Asker,
        wanted: Wanted,
        findings: Findings,
        capabilities: Capabilities,
        folder: Path,
        *,
        first_day: date,
        until: datetime,
        tell: Callable[[float], None],
    ) -> None:
        self._asker, self._wanted, self._findings = asker, wanted, findings
        self._capabilities, self._tell = capabilities, tell
        self._path, self._first_day, self._until = folder / _SPOOL, first_day, until
        self._today = until.astimezone(STOCKHOLM).date()

    def run(
        self,
        store: Store,
        before: Memory | None,
        after: Memory,
        tree: Tree,
        *,
        register: Register | None,
        confirmed: bool,
    ) -> LessonsRead:
        """``before`` None: all weeks are read. Takes down in ``after`` what was read. Raises SourceRefused and
        ImportRefused."""
        taught = Taught(after.mirror, tree, self._first_day.isoformat())
        self._findings.set("activities_without_unit", taught.homeless)
        prober = Prober(self._asker, self._capabilities, list(tree.units), self._today)
        route = after.route = prober.route(after.route)
        if route == "file":
            return LessonsRead(route=route, weeks=0, lessons=0, cancelled=0, attendance_rows=0, imported=None)
        weeks = sorted(self._weeks(store, before, taught, route, tree))
        try:
            spooled = self._spool(route, taught, weeks, after)
            imported = self._import(store, route, spooled, register=register, confirmed=confirmed)
        finally:
            self._path.unlink(missing_ok=True)
        self._take_down(after, spooled)
        return LessonsRead(
            route=route,
            weeks=len(weeks),
            lessons=spooled.held,
            cancelled=spooled.cancelled,
            attendance_rows=spooled.registrations,
            imported=imported,
        )

    def _weeks(self, store: Store, before: Memory | None, taught: Taught, route: Route, tree: Tree) -> set[UnitWeek]:
        weeks, codes = list(weeks_between(self._first_day, self._today)), set(tree.units.values())
        known = set(before.weeks) if before and before.route == route else set()
        if before is None or before.cursor is None or not known:
            return {(code, week) for code in codes for week in weeks}
        fresh = {(code, week) for code in codes - known for week in weeks}
        again = self._wanted.weeks_again
        if route == "sums":
            return fresh | latest(codes, max(again, ROLLING_WEEKS), self._today)
        earlier = Taught(before.mirror, Tree.of(before.mirror.places, self._wanted.units), self._first_day.isoformat())
        dirty = DirtyWeeks(
            self._asker, self._capabilities, taught.courses, store, first_day=self._first_day, today=self._today
        )
        dirty.look(before.cursor)
        found = fresh | dirty.found | changed_weeks(earlier.courses, taught.courses, weeks)
        found |= latest(codes, max(again, ROLLING_WEEKS if dirty.rolling else 0), self._today)
        return {(code, week) for code, week in found if code in codes and week in weeks}

    def _spool(self, route: Route, taught: Taught, weeks: list[UnitWeek], after: Memory) -> Spooled:
        def tell(share: float) -> None:
            self._tell(share * _SPOOLING_SHARE)

        if route == "sums":
            return SumsReader(self._asker, taught, self._findings).spool(weeks, self._path, tell)
        reader = LessonReader(
            self._asker,
            route,
            taught,
            self._wanted,
            self._findings,
            before=lambda week: after.weeks.get(week[0], {}).get(week[1].isoformat(), 0),
            until=self._until,
        )
        spooled = reader.spool(weeks, self._path, tell)
        if not reader.heeds_organisation:
            self._capabilities.note_filter(ORGANISATION, EVENTS, heeded=False)
        unmarked = {id for id in reader.marked & taught.pupils if not after.mirror.persons[id].marked}
        self._findings.set("marked_in_attendance", len(unmarked))
        after.marked |= unmarked
        return spooled

    def _import(
        self, store: Store, route: Route, spooled: Spooled, *, register: Register | None, confirmed: bool
    ) -> Imported | None:
        sources = [self._source()] if spooled.rows else []
        if route == "sums":
            imported = import_periods(store, sources, today=self._today, register=register) if sources else None
        elif not sources and not spooled.whole:
            imported = None
        else:
            imported = import_lessons(
                store,
                sources,
                today=self._today,
                register=register,
                confirmed=confirmed,
                whole=spooled.whole,
                memory=_MEMORY,
                progress=lambda share: self._tell(_SPOOLING_SHARE + share * (1 - _SPOOLING_SHARE)),
            )
        self._tell(1.0)
        for record in imported.records if imported else ():
            self._findings.note("rejected_rows", record.rejected)
            self._findings.note("more_minutes", record.clamped)
        return imported

    def _source(self) -> FileSource:
        """More minutes than the lesson are cut to it: the standard sets no bound to them."""
        source = open_source(self._path)
        return replace(source, layout=replace(source.layout, over_offered="clamp"))

    def _take_down(self, after: Memory, spooled: Spooled) -> None:
        oldest = monday_of(self._first_day).isoformat()
        kept = {
            code: {week: told for week, told in weeks.items() if week >= oldest} for code, weeks in after.weeks.items()
        }
        for (code, monday), told in spooled.lessons.items():
            kept.setdefault(code, {})[monday.isoformat()] = told
        after.weeks = kept
