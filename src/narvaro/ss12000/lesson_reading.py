"""Reads lessons with their attendance, a school unit's week at a time, into a file of our own form.

The file is read in as any other is, so that every row is judged as a file's rows are; and memory holds one page.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from narvaro.facts.importing import Whole
from narvaro.ss12000.asking import Asker
from narvaro.ss12000.connection import Wanted
from narvaro.ss12000.errors import malformed
from narvaro.ss12000.findings import Findings
from narvaro.ss12000.lesson_routes import ATTENDANCES, EVENTS, LOOKUP, LOOKUP_KEY, embedded, within
from narvaro.ss12000.lessons import HEADER, Lesson, RowWriter, lesson, registered
from narvaro.ss12000.paging import Object, lookup, pages
from narvaro.ss12000.parsing import WrongShape, id_of, part
from narvaro.ss12000.school_weeks import STOCKHOLM, sunday_of
from narvaro.ss12000.taught import Course, Taught
from narvaro.ss12000.told import Route

UnitWeek = tuple[str, date]
Marks = Mapping[str, str]


@dataclass(slots=True)
class Spooled:
    """``whole``: the unit weeks that the file holds all lessons of. ``lessons``: how many were told for each."""

    rows: int = 0
    held: int = 0
    cancelled: int = 0
    registrations: int = 0
    whole: list[Whole] = field(default_factory=list)
    lessons: dict[UnitWeek, int] = field(default_factory=dict)


class LessonReader:
    """``before``: how many lessons were told for a unit's week the last time. ``until``: lessons that begin later are
    not read, as nobody can have been there. ``marked``: whom registrations mark as
    protected. ``heeds_organisation``: off when a unit was asked about and others' lessons came."""

    def __init__(
        self,
        asker: Asker,
        route: Route,
        taught: Taught,
        wanted: Wanted,
        findings: Findings,
        *,
        before: Callable[[UnitWeek], int],
        until: datetime,
    ) -> None:
        self.marked: set[str] = set()
        self.heeds_organisation = True
        self._asker, self._route, self._taught, self._wanted = asker, route, taught, wanted
        self._findings, self._before = findings, before
        local = until.astimezone(STOCKHOLM)
        self._today, self._until = local.date(), (local.date().isoformat(), local.strftime("%H:%M"))
        self._places = taught.places()
        self._all_of_unit: tuple[str, dict[str, dict[str, str]]] = ("", {})

    def spool(self, weeks: Sequence[UnitWeek], path: Path, tell: Callable[[float], None]) -> Spooled:
        """``tell`` hears the share that is done. Raises SourceRefused; the file is then to be left unused."""
        spooled = Spooled()
        with path.open("w", encoding="utf-8", newline="", buffering=1 << 20) as file:
            file.write(HEADER)
            done = 0
            for codes, monday in self._rounds(weeks):
                self._week(codes, monday, file.writelines, spooled)
                done += len(codes)
                tell(done / len(weeks))
        return spooled

    def _rounds(self, weeks: Sequence[UnitWeek]) -> Iterator[tuple[frozenset[str], date]]:
        """A unit's week at a time; a week of all of them once it is seen that the source tells all anyway. Not where
        registrations are a listing of their own, which is held in memory a unit at a time."""
        left = sorted(weeks, reverse=True)
        while left and (self.heeds_organisation or self._route == "attendances"):
            code, monday = left.pop()
            yield frozenset((code,)), monday
        together: defaultdict[date, set[str]] = defaultdict(set)
        for code, monday in left:
            together[monday].add(code)
        yield from ((frozenset(codes), monday) for monday, codes in sorted(together.items()))

    def _week(
        self, codes: frozenset[str], monday: date, write: Callable[[Iterable[str]], None], spooled: Spooled
    ) -> None:
        last = min(sunday_of(monday), self._today)
        # One a day, as a pupil may be in another class the day after.
        writers: dict[tuple[str, str], RowWriter] = {}
        told: Counter[str] = Counter()
        for each, marks in self._lessons(codes, monday, last, spooled):
            course = self._taught.courses[each.activity_id]
            told[course.code] += 1
            if (each.day, each.start) > self._until:
                continue
            if each.is_cancelled:
                spooled.cancelled += 1
                continue
            if (place := (course.code, each.day)) not in writers:
                writers[place] = self._writer(*place)
            made = writers[place].rows(each, course.subject, self._pupils(course, each), marks)
            write(made)
            spooled.held += 1
            spooled.rows += len(made)
        self._findings.note("attendance_outside_group", sum(each.outside for each in writers.values()))
        for code in sorted(codes):
            if told[code] or not self._before((code, monday)):
                spooled.whole.append(Whole(code, monday, last))
                spooled.lessons[code, monday] = told[code]
            else:
                self._findings.note("weeks_empty")

    def _writer(self, code: str, day: str) -> RowWriter:
        return RowWriter(code, self._taught.classes_at(code, day), only_deviations=self._wanted.only_deviations)

    def _lessons(
        self, codes: frozenset[str], monday: date, last: date, spooled: Spooled
    ) -> Iterator[tuple[Lesson, Marks]]:
        """Each once, though a listing may tell it again."""
        seen: set[str] = set()
        others = 0
        asked = within(monday, last) | ({"expand": "attendance"} if self._route == "events" else {})
        for place in self._asked_places(codes):
            for page in pages(self._asker, EVENTS, place | asked):
                try:
                    fresh = [(obj, lesson(obj)) for obj in page if id_of(obj) not in seen]
                    found = [(obj, each) for obj, each in fresh if self._is_of(each, codes, monday, last)]
                    seen.update(each.id for _, each in found)
                    others += sum(self._is_others(each, codes) for _, each in fresh)
                    marks = self._marks(codes, [obj for obj, _ in found], spooled)
                except WrongShape as wrong:
                    raise malformed(EVENTS, wrong) from None
                yield from ((each, marks.get(each.id, {})) for _, each in found)
        self.heeds_organisation = self.heeds_organisation and others <= len(seen)

    def _asked_places(self, codes: frozenset[str]) -> list[dict[str, str]]:
        if len(codes) > 1:
            return [{}]
        return [{"organisation": place} for code in codes for place in sorted(self._places[code])]

    def _is_others(self, each: Lesson, codes: frozenset[str]) -> bool:
        course = self._taught.courses.get(each.activity_id)
        return course is not None and course.code not in codes

    def _pupils(self, course: Course, each: Lesson) -> Iterable[str]:
        """Members of the groups on the day, and those whom an exception adds."""
        members = course.pupils_on(each.day)
        if not each.exceptions:
            return members
        added = [id for id, other in each.exceptions.items() if other.takes_part and id in self._taught.pupils]
        return dict.fromkeys([*members, *added])

    def _is_of(self, each: Lesson, codes: frozenset[str], monday: date, last: date) -> bool:
        course = self._taught.courses.get(each.activity_id)
        if not monday.isoformat() <= each.day <= last.isoformat():
            return False
        return course is not None and course.code in codes

    def _marks(self, codes: frozenset[str], events: list[Object], spooled: Spooled) -> Mapping[str, dict[str, str]]:
        """The registrations of each lesson, by pupil."""
        if self._route == "attendances":
            (code,) = codes
            return self._of_unit(code, spooled)
        found: dict[str, dict[str, str]] = {each["id"]: {} for each in events}
        if self._route == "events":
            for each in events:
                self._register(embedded(each) or [], found[each["id"]], spooled)
        elif events:
            for page in lookup(self._asker, LOOKUP, LOOKUP_KEY, list(found)):
                self._sort(page, found, spooled)
        return found

    def _of_unit(self, code: str, spooled: Spooled) -> dict[str, dict[str, str]]:
        """All registrations of a unit, which this listing cannot tell by week; kept until the next unit."""
        if self._all_of_unit[0] != code:
            found: dict[str, dict[str, str]] = defaultdict(dict)
            for place in sorted(self._places[code]):
                for page in pages(self._asker, ATTENDANCES, {"organisation": place}):
                    self._sort(page, found, spooled)
            self._all_of_unit = (code, found)
        return self._all_of_unit[1]

    def _sort(self, page: list[Object], found: dict[str, dict[str, str]], spooled: Spooled) -> None:
        by_event: defaultdict[str, list[Object]] = defaultdict(list)
        for each in page:
            by_event[id_of(part(each, "calendarEvent"))].append(each)
        for event, attendance in by_event.items():
            if isinstance(found, defaultdict) or event in found:
                self._register(attendance, found[event], spooled)

    def _register(self, attendance: list[Object], into: dict[str, str], spooled: Spooled) -> None:
        spooled.registrations += len(attendance)
        self._findings.note("registered_twice", registered(attendance, into, self.marked))
