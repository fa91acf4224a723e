"""Exempelkommun's calendar for any school year: the usual Swedish breaks and exactly the required school days."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from narvaro.domain.school_calendar import (
    SCHOOL_DAYS_REQUIRED,
    DateRange,
    SchoolCalendar,
    is_public_holiday,
    public_holidays,
)

EasterBreak = Literal["before", "after"]

AUTUMN_BREAK_WEEK = 44
SPORTS_BREAK_WEEK = 9
# Weeks and weekdays (autumn, then spring) on which the staff plan alone, in the order in which they are used up.
_STAFF_DAYS = ((False, 45, 1), (True, 11, 3), (False, 39, 4), (True, 20, 1), (True, 4, 5), (False, 48, 2))
_FEWEST_STAFF_DAYS = 2
_TUESDAY, _FRIDAY = 2, 5


def demo_calendar(
    school_year: int,
    *,
    sports_break_week: int = SPORTS_BREAK_WEEK,
    easter_break: EasterBreak = "before",
) -> SchoolCalendar:
    """``easter_break``: the week before Easter Sunday or the week after it is free.

    The spring term ends on the weekday nearest to 10 June that leaves two to six staff days, and as many staff days
    are used as make the school days exactly 178: the same way municipalities fit their year to the law.
    """
    autumn, start = _autumn(school_year), _spring_start(school_year + 1)
    breaks = _breaks(school_year, autumn, start, sports_break_week, easter_break)
    for end in _spring_ends(school_year + 1):
        calendar = SchoolCalendar(school_year, autumn, DateRange("Vårtermin", start, end), breaks)
        free = [day for day in _staff_days(school_year) if calendar.is_school_day(day)]
        surplus = len(calendar.school_days()) - SCHOOL_DAYS_REQUIRED
        if _FEWEST_STAFF_DAYS <= surplus <= len(free):
            return SchoolCalendar(school_year, autumn, calendar.spring, breaks, tuple(sorted(free[:surplus])))
    raise ValueError(f"no calendar of {SCHOOL_DAYS_REQUIRED} school days for {school_year}")


def _autumn(year: int) -> DateRange:
    return DateRange("Hösttermin", _latest(date(year, 8, 22), _TUESDAY), _latest(date(year, 12, 22), _FRIDAY))


def _latest(day: date, dow: int) -> date:
    return day - timedelta(days=(day.isoweekday() - dow) % 7)


def _spring_start(year: int) -> date:
    day = date(year, 1, 8)
    while day.isoweekday() > _FRIDAY:
        day += timedelta(days=1)
    return day


def _spring_ends(year: int) -> Iterator[date]:
    usual = date(year, 6, 10)
    days = (usual + timedelta(days=sign * distance) for distance in range(8) for sign in (1, -1))
    return (day for day in days if _TUESDAY <= day.isoweekday() <= _FRIDAY and not is_public_holiday(day))


def _breaks(
    year: int, autumn: DateRange, spring_start: date, sports_week: int, easter: EasterBreak
) -> tuple[DateRange, ...]:
    one_day = timedelta(days=1)
    ascension = _holiday(year + 1, "Kristi himmelsfärdsdag")
    return (
        _week("Höstlov", year, AUTUMN_BREAK_WEEK),
        DateRange("Jullov", autumn.last + one_day, spring_start - one_day),
        _week("Sportlov", year + 1, sports_week),
        _easter_week(_holiday(year + 1, "Påskdagen"), easter),
        DateRange("Klämdag", ascension + one_day, ascension + one_day),
    )


def _easter_week(sunday: date, easter: EasterBreak) -> DateRange:
    first = sunday - timedelta(days=6) if easter == "before" else sunday + timedelta(days=1)
    return DateRange("Påsklov", first, first + timedelta(days=4))


def _week(name: str, year: int, week: int) -> DateRange:
    return DateRange(name, date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, _FRIDAY))


def _holiday(year: int, name: str) -> date:
    return next(day for day, called in public_holidays(year).items() if name in called.split("; "))


def _staff_days(school_year: int) -> Iterator[date]:
    return (date.fromisocalendar(school_year + is_spring, week, dow) for is_spring, week, dow in _STAFF_DAYS)
