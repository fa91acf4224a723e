"""All numbers at once: the shape in which the reference and the engine are compared."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from .day import PupilDay, pupil_days
from .lessons import Lesson
from .profiles import SubjectProfile, WeekdayProfile, subject_profile, weekday_profile
from .rules import Pupil, TryResult, Verdict, evaluate, try_rule, with_evidence
from .school_calendar import day_no
from .summary import (
    PupilSummary,
    TermSums,
    UnitSummary,
    WeekSums,
    by_pupil,
    pupil_summary,
    term_sums,
    unit_summaries,
    week_series,
)
from .windows import days_until, window_days


@dataclass(frozen=True)
class Question:
    """What is asked of the facts. ``as_of`` None: the last day in the data; ``first_day`` (--from) None: the first."""

    as_of: dt.date | None = None
    first_day: dt.date | None = None
    occasion: str = "spell"
    rules: tuple[str, ...] = ()
    tries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Numbers:
    """The answers, each tuple in the order of its rows' first fields.

    ``days`` are all days, whatever the question; all else keeps to it. ``warnings`` holds, for each rule asked,
    the pupils for which it holds.
    """

    days: tuple[PupilDay, ...]
    pupils: tuple[PupilSummary, ...]
    weeks: tuple[WeekSums, ...]
    weekdays: tuple[WeekdayProfile, ...]
    subjects: tuple[SubjectProfile, ...]
    units: tuple[UnitSummary, ...]
    terms: tuple[TermSums, ...]
    warnings: dict[str, dict[str, Verdict]]
    tries: dict[str, TryResult]


def reference_numbers(lessons: Iterable[Lesson], question: Question | None = None) -> Numbers:
    asked, facts = question or Question(), list(lessons)
    days = pupil_days(facts)
    as_of = last_day(facts, asked)
    first = None if asked.first_day is None else day_no(asked.first_day)
    per_pupil = by_pupil(days)
    periods = {pupil: window_days("period", rows, as_of, first) for pupil, rows in per_pupil.items()}
    periods = {pupil: rows for pupil, rows in periods.items() if rows}
    summaries = [pupil_summary(per_pupil[pupil], as_of, first, asked.occasion) for pupil in periods]
    pupils = [summary for summary in summaries if summary is not None]
    return Numbers(
        days=tuple(days),
        pupils=tuple(pupils),
        weeks=tuple(week for period in periods.values() for week in week_series(period)),
        weekdays=tuple(row for period in periods.values() for row in weekday_profile(period)),
        subjects=tuple(row for rows in _lessons_of(facts, periods) for row in subject_profile(rows)),
        units=tuple(unit_summaries(pupils, [day for period in periods.values() for day in period])),
        terms=tuple(row for period in periods.values() for row in term_sums(period)),
        warnings={rule: _warnings(rule, per_pupil, facts, as_of, asked) for rule in asked.rules},
        tries={rule: try_rule(rule, days, as_of, first, asked.occasion) for rule in asked.tries},
    )


def last_day(lessons: list[Lesson], question: Question) -> int:
    if question.as_of is not None:
        return day_no(question.as_of)
    return max((lesson.day_no for lesson in lessons), default=0)


def _lessons_of(lessons: list[Lesson], periods: dict[str, list[PupilDay]]) -> list[list[Lesson]]:
    """The lessons of each pupil on the days of the period."""
    kept = {pupil: {day.day_no for day in period} for pupil, period in periods.items()}
    return [
        [lesson for lesson in lessons if lesson.pupil_id == pupil and lesson.day_no in day_nos]
        for pupil, day_nos in kept.items()
    ]


def _warnings(
    rule: str, per_pupil: dict[str, list[PupilDay]], lessons: list[Lesson], as_of: int, asked: Question
) -> dict[str, Verdict]:
    """A pupil without a school day until ``as_of`` is not known of yet; one with all of them before --from is."""
    first = None if asked.first_day is None else day_no(asked.first_day)
    found = {}
    for pupil_id, days in per_pupil.items():
        if not days_until(days, as_of):
            continue
        verdict = evaluate(rule, days, as_of, first, asked.occasion)
        if verdict.holds:
            own = [lesson for lesson in lessons if lesson.pupil_id == pupil_id]
            found[pupil_id] = with_evidence(verdict, own, Pupil(tuple(days), as_of, first, asked.occasion))
    return found
