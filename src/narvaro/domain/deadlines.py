"""Deadlines count school days and stand still over holidays (skollagen gives no days; the plan does)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from narvaro.domain.school_calendar import SchoolCalendar, is_public_holiday, school_year_of

_WEEKEND = 6
_LONGEST = 1_000  # days looked at; a deadline of more than 300 school days is no deadline


@dataclass(frozen=True)
class SchoolDays:
    """The school days of a unit over the turn of the year. A year that nobody has decided yet is taken as weekdays
    between 20 August and 10 June: a deadline must have a day, and is moved when the calendar comes."""

    years: Mapping[int, SchoolCalendar]

    def is_school_day(self, day: date) -> bool:
        calendar = self.years.get(school_year_of(day))
        if calendar is not None:
            return calendar.is_school_day(day)
        in_term = (day.month, day.day) >= (8, 20) or (day.month, day.day) <= (6, 10)
        return in_term and day.isoweekday() < _WEEKEND and not is_public_holiday(day)

    def after(self, day: date, count: int) -> date:
        """The ``count``-th school day after ``day``; for 0 the day itself, or the next school day."""
        if count == 0 and self.is_school_day(day):
            return day
        days = (each for each in self._days(day + timedelta(days=1)) if self.is_school_day(each))
        for _ in range(max(count, 1) - 1):
            next(days)
        return next(days)

    def before(self, day: date, count: int) -> date:
        """The ``count``-th school day before ``day``."""
        days = (each for each in self._days(day - timedelta(days=1), step=-1) if self.is_school_day(each))
        for _ in range(count - 1):
            next(days)
        return next(days)

    def between(self, first: date, last: date) -> int:
        """School days after ``first`` up to and with ``last``: how late something is. 0 when ``last`` is not later."""
        day, count = first + timedelta(days=1), 0
        while day <= last:
            end = min(last, date(school_year_of(day) + 1, 6, 30))
            count += self._within_a_year(day, end)
            day = end + timedelta(days=1)
        return count

    def _within_a_year(self, first: date, last: date) -> int:
        """A decided year has its days listed: lists of hundreds of pupils ask for them."""
        calendar = self.years.get(school_year_of(first))
        if calendar is not None:
            return len(calendar.between(first, last))
        span = (last - first).days
        return sum(self.is_school_day(first + timedelta(days=offset)) for offset in range(span + 1))

    def _days(self, day: date, *, step: int = 1) -> Iterator[date]:
        return (day + timedelta(days=offset * step) for offset in range(_LONGEST))
