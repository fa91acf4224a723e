"""One pupil's lessons as days, windows and shapes of absence: what the pupil's own page is made of (M01-M05).

The measures' SQL texts give the same numbers for everybody at once; a test holds the two together
(docs/explanation/numbers.md).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import NamedTuple, TypeVar

from narvaro.domain.absence import Minutes
from narvaro.domain.school_calendar import date_of, week_no

WINDOW = 20  # school days: the standard four weeks
REPEATS, LOOKBACK = 3, 4
SUBJECT_LESSONS_NEEDED = 6
_MIDNIGHT = 24 * 60
Key = TypeVar("Key")


class Lesson(NamedTuple):
    """Minutes as the register has them; ``present`` holds other activity too. Unreported: none of them is known.
    A tuple that sorts by day and place: a year has a thousand."""

    day_no: int
    lesson_no: int
    start_min: int | None
    end_min: int | None
    subject: str | None
    school_unit_id: str
    offered: int
    reported: bool
    present: int
    valid: int
    invalid: int
    late: bool

    @property
    def absent(self) -> int:
        return self.valid + self.invalid

    @property
    def unknown(self) -> int:
        return self.offered - self.present - self.absent

    @property
    def missed(self) -> bool:
        """Every minute that is known is absence."""
        return self.absent > 0 and self.present == 0

    @property
    def late_min(self) -> int:
        return self.invalid if self.late else 0


@dataclass(frozen=True)
class Day:
    """A school day: ``lessons`` in order, ``minutes`` at most those of the day that they fill."""

    day_no: int
    lessons: tuple[Lesson, ...]

    @cached_property
    def date(self) -> date:
        return date_of(self.day_no)

    @cached_property
    def minutes(self) -> Minutes:
        return _capped(self.lessons)

    @cached_property
    def absent_day(self) -> bool:
        known = self.minutes
        return 0 < known.reported == known.absent and 2 * known.reported >= known.offered

    @property
    def part_day(self) -> bool:
        return self.minutes.absent > 0 and not self.absent_day

    @property
    def late_count(self) -> int:
        return sum(lesson.late for lesson in self.lessons)

    @property
    def late_min(self) -> int:
        return sum(lesson.late_min for lesson in self.lessons)

    @property
    def school_unit_id(self) -> str:
        """Where most of the day is."""
        return min(self.lessons, key=lambda lesson: (-lesson.offered, lesson.school_unit_id)).school_unit_id


@dataclass(frozen=True, slots=True)
class WeekdayProfile:
    """``known_days``: school days of which something is reported; ``absent_days`` of them wholly absent."""

    dow: int
    known_days: int
    absent_days: int
    minutes: Minutes
    flagged: bool


@dataclass(frozen=True, slots=True)
class SubjectProfile:
    """``missed`` of the ``reported`` lessons were wholly absent."""

    subject: str
    reported: int
    missed: int
    minutes: Minutes
    flagged: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """The first, or the last, lesson of the days: how many are reported, and how many of these were missed."""

    reported: int
    missed: int


@dataclass(frozen=True)
class PupilYear:
    """``days`` are oldest first and none is after the day of the measures. The period begins with ``first_day``; older
    days only fill windows of school days."""

    days: tuple[Day, ...]
    first_day: int

    @classmethod
    def of(cls, lessons: Iterable[Lesson], *, first_day: int) -> "PupilYear":
        """``lessons`` by day and number."""
        grouped = groupby(lessons, key=lambda lesson: lesson.day_no)
        return cls(tuple(Day(day_no, tuple(members)) for day_no, members in grouped), first_day)

    @cached_property
    def period(self) -> tuple[Day, ...]:
        return tuple(day for day in self.days if day.day_no >= self.first_day)

    @property
    def latest(self) -> tuple[Day, ...]:
        """The 20 latest school days."""
        return self.days[-WINDOW:]

    @property
    def earlier(self) -> tuple[Day, ...]:
        """The 20 before them."""
        return self.days[-2 * WINDOW : -WINDOW]

    @cached_property
    def weeks(self) -> dict[int, Minutes]:
        grouped = groupby(self.period, key=lambda day: week_no(day.date))
        return {week: total(days) for week, days in grouped}

    @cached_property
    def spells(self) -> tuple[tuple[Day, ...], ...]:
        """Runs of absent days over the school days of the period. Any other day ends one, an unknown one too."""
        return tuple(_runs(self.period, lambda day: day.absent_day))

    @property
    def longest_spell(self) -> tuple[Day, ...]:
        """Of equals the latest."""
        return max(reversed(self.spells), key=len, default=())

    @property
    def current_spell(self) -> tuple[Day, ...]:
        return self.spells[-1] if self.spells and self.spells[-1][-1] is self.period[-1] else ()

    @property
    def present_run(self) -> tuple[Day, ...]:
        """The latest school days on which nothing was missed; a day that is not wholly reported ends them."""
        runs = list(_runs(self.period, lambda day: day.minutes.present == day.minutes.offered and not day.late_count))
        return runs[-1] if runs and runs[-1][-1] is self.period[-1] else ()

    @property
    def first_lessons(self) -> Edge:
        return _edge(lesson for day in self.period for lesson in day.lessons[:1])

    @property
    def last_lessons(self) -> Edge:
        return _edge(lesson for day in self.period for lesson in day.lessons[-1:])

    @cached_property
    def weekdays(self) -> tuple[WeekdayProfile, ...]:
        """Monday first."""
        by_dow: dict[int, list[Day]] = defaultdict(list)
        for day in self.period:
            by_dow[day.date.isoweekday()].append(day)
        minutes = {dow: total(days) for dow, days in by_dow.items()}
        return tuple(_weekday(dow, by_dow[dow], minutes) for dow in sorted(by_dow))

    @cached_property
    def subjects(self) -> tuple[SubjectProfile, ...]:
        """By name, those with at least 6 reported lessons. Lessons without a subject are left out of all."""
        by_subject: dict[str, list[Lesson]] = defaultdict(list)
        for day in self.period:
            for lesson in day.lessons:
                if lesson.subject is not None:
                    by_subject[lesson.subject].append(lesson)
        minutes = {subject: sum_minutes(lessons) for subject, lessons in by_subject.items()}
        profiles = (_subject(subject, by_subject[subject], minutes) for subject in sorted(by_subject))
        return tuple(profile for profile in profiles if profile.reported >= SUBJECT_LESSONS_NEEDED)


def total(days: Iterable[Day]) -> Minutes:
    return sum_minutes(day.minutes for day in days)


def sum_minutes(parts: Iterable[Minutes | Lesson]) -> Minutes:
    offered = present = valid = invalid = 0
    for part in parts:
        offered, present = offered + part.offered, present + part.present
        valid, invalid = valid + part.valid, invalid + part.invalid
    return Minutes(offered, present, valid, invalid)


def _capped(lessons: Sequence[Lesson]) -> Minutes:
    """Double bookings: running totals scaled and rounded down, so that the parts still sum to the filled time."""
    whole, filled = sum_minutes(lessons), _filled(lessons)
    if whole.offered <= filled:
        return whole
    running = (whole.present, whole.present + whole.valid, whole.reported)
    first, second, third = (part * filled // whole.offered for part in running)
    return Minutes(filled, first, second - first, third - second)


def _filled(lessons: Sequence[Lesson]) -> int:
    """Minutes of the day that some lesson fills; lessons are in the order of their starts. One without a start fills
    its own."""
    filled = until = 0
    for _day, _no, start, end, _subject, _unit, offered, *_rest in lessons:
        if start is None:
            filled += offered
            continue
        begins, ends = max(start, until), min(start + offered, _MIDNIGHT) if end is None else end
        if ends > begins:
            filled += ends - begins
            until = ends
    return filled


def _runs(days: Iterable[Day], holds: Callable[[Day], bool]) -> Iterator[tuple[Day, ...]]:
    return (tuple(members) for held, members in groupby(days, key=holds) if held)


def _edge(lessons: Iterable[Lesson]) -> Edge:
    reported = [lesson for lesson in lessons if lesson.reported]
    return Edge(len(reported), sum(lesson.missed for lesson in reported))


def _weekday(dow: int, same: Sequence[Day], minutes: Mapping[int, Minutes]) -> WeekdayProfile:
    repeated = sum(day.absent_day for day in same[-LOOKBACK:]) >= REPEATS
    return WeekdayProfile(
        dow=dow,
        known_days=sum(day.minutes.reported > 0 for day in same),
        absent_days=sum(day.absent_day for day in same),
        minutes=minutes[dow],
        flagged=repeated and _stands_out(dow, minutes),
    )


def _subject(subject: str, same: Sequence[Lesson], minutes: Mapping[str, Minutes]) -> SubjectProfile:
    reported = [lesson for lesson in same if lesson.reported]
    repeated = sum(lesson.missed for lesson in reported[-LOOKBACK:]) >= REPEATS
    return SubjectProfile(
        subject=subject,
        reported=len(reported),
        missed=sum(lesson.missed for lesson in reported),
        minutes=minutes[subject],
        flagged=repeated and _stands_out(subject, minutes),
    )


def _stands_out(key: Key, minutes: Mapping[Key, Minutes]) -> bool:
    """At least twice the rate of all the others together, both calculable."""
    own, rest = minutes[key], sum_minutes(part for other, part in minutes.items() if other != key)
    return own.calculable and rest.calculable and own.absent * rest.reported >= 2 * rest.absent * own.reported
