"""School days of a school year; the calendar as integers (docs/explanation/numbers.md; M01, M03)."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

SCHOOL_DAYS_REQUIRED = 178  # skolförordningen (2011:185) chapter 3: at least so many in a school year

_EPOCH = date(1970, 1, 1)
_FIRST_MONDAY_NO = -3  # 1969-12-29, the Monday of week_no 0
_SATURDAY = 6
_JULY = 7


class CalendarError(ValueError):
    """The dates of a calendar contradict each other."""


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from ``first`` to ``last``, both included."""

    name: str
    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise CalendarError(f"{self.name} ends {self.last} before it starts {self.first}")

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def days(self) -> Iterator[date]:
        return (self.first + timedelta(days=offset) for offset in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """One school year as a municipality decides it. ``extra_days`` are school days in spite of everything else,
    such as a Saturday to make up for a lost day; ``staff_days`` are for staff only."""

    school_year: int
    autumn: DateRange
    spring: DateRange
    breaks: tuple[DateRange, ...] = ()
    staff_days: tuple[date, ...] = ()
    extra_days: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        named = (self.autumn, self.spring, *self.breaks)
        days = [*(day for each in named for day in (each.first, each.last)), *self.staff_days, *self.extra_days]
        if outside := [day for day in days if school_year_of(day) != self.school_year]:
            raise CalendarError(f"{min(outside)} is not in the school year {self.school_year}")
        if self.spring.first <= self.autumn.last:
            raise CalendarError("the spring term starts before the autumn term has ended")
        if both := set(self.staff_days) & set(self.extra_days):
            raise CalendarError(f"{min(both)} is both a staff day and a school day")

    @property
    def terms(self) -> tuple[DateRange, DateRange]:
        return self.autumn, self.spring

    def term_of(self, day: date) -> DateRange | None:
        return next((term for term in self.terms if day in term), None)

    def is_school_day(self, day: date) -> bool:
        if day in self.extra_days:
            return True
        if self.term_of(day) is None or day.isoweekday() >= _SATURDAY or is_public_holiday(day):
            return False
        return day not in self.staff_days and not any(day in each for each in self.breaks)

    def school_days(self) -> tuple[date, ...]:
        return _school_days(self)

    def between(self, first: date, last: date) -> tuple[date, ...]:
        """School days from ``first`` to ``last``, both included."""
        days = self.school_days()
        return days[bisect_left(days, first) : bisect_right(days, last)]


@cache
def _school_days(calendar: SchoolCalendar) -> tuple[date, ...]:
    year = DateRange("year", date(calendar.school_year, _JULY, 1), date(calendar.school_year + 1, _JULY - 1, 30))
    return tuple(day for day in year.days() if calendar.is_school_day(day))


def is_public_holiday(day: date) -> bool:
    """A Swedish public holiday other than an ordinary Sunday."""
    return day in public_holidays(day.year)


@cache
def public_holidays(year: int) -> dict[date, str]:
    """The public holidays of a calendar year with their Swedish names."""
    return dict(sorted(holidays.country_holidays("SE", years=year, include_sundays=False, language="sv").items()))


def day_no(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def date_of(number: int) -> date:
    return _EPOCH + timedelta(days=number)


def dow(day: date) -> int:
    """1 = Monday .. 7 = Sunday."""
    return day.isoweekday()


def week_no(day: date) -> int:
    """Number of the Monday-based week; runs on over the turn of the year, unlike ISO week numbers."""
    return (day_no(day) - _FIRST_MONDAY_NO) // 7


def monday_of(week: int) -> date:
    return date_of(week * 7 + _FIRST_MONDAY_NO)


def month_no(day: date) -> int:
    return day.year * 12 + day.month - 1


def first_of_month(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def school_year_of(day: date) -> int:
    """The year in which the school year (1 July - 30 June) of ``day`` began."""
    return day.year if day.month >= _JULY else day.year - 1


def term_no(day: date) -> int:
    return school_year_of(day) * 2 + (0 if day.month >= _JULY else 1)


def first_of_term(term: int) -> date:
    """1 July or 1 January: the calendar's half-year, not the first school day."""
    year, is_spring = divmod(term, 2)
    return date(year + 1, 1, 1) if is_spring else date(year, _JULY, 1)
