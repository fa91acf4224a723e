"""Weekday and subject profiles over the period."""

from collections.abc import Iterable
from dataclasses import dataclass

from .day import PupilDay, total_of
from .lessons import Lesson, lesson_order
from .sums import Sums, at_least_twice, total

REPEATS, LOOKBACK = 3, 4
SUBJECT_LESSONS_NEEDED = 6


@dataclass(frozen=True)
class WeekdayProfile:
    pupil_id: str
    dow: int
    school_days: int
    sums: Sums
    flagged: bool


@dataclass(frozen=True)
class SubjectProfile:
    """``lessons`` counts all, ``reported_lessons`` those with a register."""

    pupil_id: str
    subject: str
    lessons: int
    reported_lessons: int
    sums: Sums
    flagged: bool


def weekday_profile(period: list[PupilDay]) -> list[WeekdayProfile]:
    """One pupil's weekdays; ``period`` is oldest first."""
    return [_weekday(dow, period) for dow in sorted({day.dow for day in period})]


def _weekday(dow: int, period: list[PupilDay]) -> WeekdayProfile:
    same = [day for day in period if day.dow == dow]
    rest = [day for day in period if day.dow != dow]
    repeated = sum(day.absent_day for day in same[-LOOKBACK:]) >= REPEATS
    stands_out = at_least_twice(total_of(same).total_rate, total_of(rest).total_rate)
    return WeekdayProfile(same[0].pupil_id, dow, len(same), total_of(same), repeated and stands_out)


def subject_profile(lessons: Iterable[Lesson]) -> list[SubjectProfile]:
    """One pupil's subjects. Lessons without a subject are left out altogether."""
    named = sorted(
        (lesson for lesson in lessons if lesson.subject is not None), key=lambda x: (x.date, lesson_order(x))
    )
    subjects = sorted({lesson.subject for lesson in named if lesson.subject is not None})
    profiles = [_subject(subject, named) for subject in subjects]
    return [profile for profile in profiles if profile.reported_lessons >= SUBJECT_LESSONS_NEEDED]


def _subject(subject: str, lessons: list[Lesson]) -> SubjectProfile:
    same = [lesson for lesson in lessons if lesson.subject == subject]
    rest = [lesson for lesson in lessons if lesson.subject != subject]
    reported = [lesson for lesson in same if lesson.reported]
    repeated = sum(lesson.missed for lesson in reported[-LOOKBACK:]) >= REPEATS
    stands_out = at_least_twice(lesson_sums(same).total_rate, lesson_sums(rest).total_rate)
    return SubjectProfile(
        same[0].pupil_id, subject, len(same), len(reported), lesson_sums(same), repeated and stands_out
    )


def lesson_sums(lessons: Iterable[Lesson]) -> Sums:
    """Lessons as they are, without the day's cap on double bookings."""
    return total(
        Sums(lesson.offered_min, lesson.attended_min, lesson.valid_min, lesson.invalid_min) for lesson in lessons
    )
