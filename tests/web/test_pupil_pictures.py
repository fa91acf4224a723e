"""How a day is drawn, and what a week without lessons is."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from narvaro.contexts.pupil_page.pictures import day_state, plan_limits, year_map, year_series
from narvaro.domain.pupil_year import Day, Lesson, PupilYear
from narvaro.domain.school_calendar import day_no
from narvaro.plans import load_plan
from narvaro.ui.words import NBSP
from tests.web.attended import CALENDAR, UNREPORTED_WEEK

MONDAY = date(2026, 1, 19)
OFFERED = 60


def lesson(
    day: date, present: int = OFFERED, valid: int = 0, invalid: int = 0, *, late: bool = False, reported: bool = True
) -> Lesson:
    return Lesson(day_no(day), 1, None, None, "Slöjd", "1", OFFERED, reported, present, valid, invalid, late)


def day(*lessons: Lesson) -> Day:
    return Day(lessons[0].day_no, lessons)


ATTENDED, VALID, INVALID = lesson(MONDAY), lesson(MONDAY, 0, 60), lesson(MONDAY, 0, 0, 60)
LATE = lesson(MONDAY, 50, 0, 10, late=True)
LATE_WITHOUT_MINUTES = lesson(MONDAY, 60, late=True)
UNKNOWN = lesson(MONDAY, 0, reported=False)


@pytest.mark.parametrize(
    ("lessons", "state"),
    [
        ((ATTENDED, ATTENDED), "present"),
        ((ATTENDED, LATE_WITHOUT_MINUTES), "late"),
        ((ATTENDED, LATE), "late"),
        ((VALID, LATE), "part"),
        ((ATTENDED, VALID), "part"),
        ((VALID, VALID), "valid"),
        ((INVALID, INVALID), "invalid"),
        ((VALID, INVALID), "valid"),
        ((VALID, INVALID, INVALID), "invalid"),
        ((INVALID, UNKNOWN), "invalid"),
        ((INVALID, UNKNOWN, UNKNOWN), "part"),
        ((ATTENDED, UNKNOWN), "present"),
        ((ATTENDED, UNKNOWN, UNKNOWN), "unknown"),
        ((UNKNOWN,), "unknown"),
    ],
)
def test_a_day_is_drawn_as(lessons: tuple[Lesson, ...], state: str) -> None:
    assert day_state(day(*lessons)) == state


def year_of(*days: date) -> PupilYear:
    return PupilYear.of([lesson(each) for each in sorted(days)], first_day=0)


def test_a_school_week_of_which_nothing_came_is_not_known_and_a_holiday_is_a_holiday() -> None:
    before, after = UNREPORTED_WEEK[0] - timedelta(days=7), UNREPORTED_WEEK[0] + timedelta(days=28)
    year = year_of(before, after)
    with_calendar, without = (year_series(year, calendar, limits=(), decided=()).rows for calendar in (CALENDAR, None))
    assert [row[1].replace(NBSP, " ") for row in with_calendar] == [
        "0 %",
        "inte känt",
        "inte känt",
        "inte känt",
        "ingen skola",
        "0 %",
    ]
    assert [row[1] for row in without][1:-1] == ["ingen skola"] * 4


def test_a_free_day_of_an_own_timetable_is_blank() -> None:
    year = year_of(MONDAY, MONDAY + timedelta(days=2), MONDAY + timedelta(days=14))
    first, missing, last = year_map(year, CALENDAR, title="t").rows
    assert first[1:] == ("närvaro", "–", "närvaro", "–", "–")
    assert set(missing[1:]) == {"inte känt"}
    assert last[1:] == ("närvaro", "–", "–", "–", "–")


def test_the_limits_are_the_plans_own() -> None:
    assert plan_limits(load_plan("tyreso_default")) == tuple(Fraction(each, 100) for each in (8, 12, 15, 30))
