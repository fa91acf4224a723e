"""A pupil's day: the lessons of the day summed, never more than the minutes of the day they fill."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from . import school_calendar
from .lessons import Lesson, lesson_order
from .sums import Sums, total

SMALL_LATE_MIN = 10


@dataclass(frozen=True)
class PupilDay:
    pupil_id: str
    day_no: int
    school_unit_id: str
    group_id: str | None
    dow: int
    week_no: int
    month_no: int
    term_no: int
    school_year: int
    offered_min: int
    reported_min: int
    present_min: int
    valid_min: int
    invalid_min: int
    lessons: int
    reported_lessons: int
    absent_lessons: int
    missed_lessons: int
    invalid_lessons: int
    late_count: int
    late_min: int
    first_reported: int
    first_missed: int
    last_reported: int
    last_missed: int
    absent_day: int
    part_day: int

    @property
    def sums(self) -> Sums:
        return Sums(self.offered_min, self.present_min, self.valid_min, self.invalid_min)


def total_of(days: Iterable[PupilDay]) -> Sums:
    return total(day.sums for day in days)


def pupil_days(lessons: Iterable[Lesson]) -> list[PupilDay]:
    by_day: dict[tuple[str, int], list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        by_day[lesson.pupil_id, lesson.day_no].append(lesson)
    return [pupil_day(by_day[key]) for key in sorted(by_day)]


def pupil_day(lessons: list[Lesson]) -> PupilDay:
    """``lessons`` are all lessons of one pupil on one day."""
    ordered = sorted(lessons, key=lesson_order)
    first, last, home = ordered[0], ordered[-1], home_lesson(lessons)
    sums = capped_sums(lessons)
    absent_day = is_absent_day(sums)
    return PupilDay(
        pupil_id=first.pupil_id,
        day_no=first.day_no,
        school_unit_id=home.school_unit_id,
        group_id=home.group_id,
        dow=first.date.isoweekday(),
        week_no=school_calendar.week_no(first.date),
        month_no=school_calendar.month_no(first.date),
        term_no=school_calendar.term_no(first.date),
        school_year=school_calendar.school_year(first.date),
        offered_min=sums.offered,
        reported_min=sums.reported,
        present_min=sums.present,
        valid_min=sums.valid,
        invalid_min=sums.invalid,
        lessons=len(lessons),
        reported_lessons=sum(lesson.reported for lesson in lessons),
        absent_lessons=sum(lesson.absent_min > 0 for lesson in lessons),
        missed_lessons=sum(lesson.missed for lesson in lessons),
        invalid_lessons=sum(counts_as_invalid(lesson) for lesson in lessons),
        late_count=sum(lesson.late for lesson in lessons),
        late_min=sum(lesson.invalid_min for lesson in lessons if lesson.late),
        first_reported=int(first.reported),
        first_missed=int(first.missed),
        last_reported=int(last.reported),
        last_missed=int(last.missed),
        absent_day=int(absent_day),
        part_day=int(sums.absent > 0 and not absent_day),
    )


def home_lesson(lessons: list[Lesson]) -> Lesson:
    """The lesson that decides the unit and class of the day; a known class wins over no class."""

    def rank(lesson: Lesson) -> tuple[object, ...]:
        return (-lesson.offered_min, lesson.school_unit_id, lesson.group_id is None, lesson.group_id or "")

    return min(lessons, key=rank)


def union_min(lessons: list[Lesson]) -> int:
    """Minutes of the day that some lesson fills; a lesson without a start adds its own minutes."""
    filled: set[int] = set()
    without_times = 0
    for lesson in lessons:
        if lesson.span is None:
            without_times += lesson.offered_min
        else:
            filled.update(lesson.span)
    return len(filled) + without_times


def capped_sums(lessons: list[Lesson]) -> Sums:
    """The day's minutes; when the lessons hold more than the day (double bookings), each part is scaled down."""
    parts = [
        sum(lesson.attended_min for lesson in lessons),
        sum(lesson.valid_min for lesson in lessons),
        sum(lesson.invalid_min for lesson in lessons),
        sum(lesson.unknown_min for lesson in lessons),
    ]
    union = union_min(lessons)
    if sum(parts) > union:
        parts = scaled(parts, union)
    present, valid, invalid, _unknown = parts
    return Sums(sum(parts), present, valid, invalid)


def scaled(parts: list[int], union: int) -> list[int]:
    """Whole minutes that sum to ``union``: the differences between rounded-down running totals."""
    everything = sum(parts)
    totals = [sum(parts[:count]) for count in range(len(parts) + 1)]
    cut = [running * union // everything for running in totals]
    return [cut[k + 1] - cut[k] for k in range(len(parts))]


def is_absent_day(sums: Sums) -> bool:
    return sums.reported > 0 and sums.absent == sums.reported and 2 * sums.reported >= sums.offered


def counts_as_invalid(lesson: Lesson) -> bool:
    """Invalid minutes, other than a small late arrival."""
    return lesson.invalid_min > 0 and not (lesson.late and lesson.invalid_min < SMALL_LATE_MIN)
