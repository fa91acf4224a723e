"""The weeks of a school year as their Mondays, in the time of the schools."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
_WEEK = timedelta(days=7)
# A school year begins in August and ends in June (skolförordningen 3 kap. 2 §).
_FIRST_MONTH = 8


def school_year_start(on: date) -> date:
    return date(on.year if on.month >= _FIRST_MONTH else on.year - 1, _FIRST_MONTH, 1)


def monday_of(on: date) -> date:
    return on - timedelta(days=on.weekday())


def sunday_of(on: date) -> date:
    return monday_of(on) + timedelta(days=6)


def weeks_between(first: date, last: date) -> Iterator[date]:
    monday = monday_of(first)
    while monday <= last:
        yield monday
        monday += _WEEK


def latest_weeks(count: int, on: date) -> Iterator[date]:
    return weeks_between(monday_of(on) - _WEEK * max(count - 1, 0), on)


def bounds(monday: date, last: date) -> tuple[datetime, datetime]:
    """From the week's first moment to the last second of ``last``."""
    ends = datetime.combine(last + timedelta(days=1), time(), STOCKHOLM)
    return datetime.combine(monday, time(), STOCKHOLM), ends.astimezone(UTC) - timedelta(seconds=1)


def days_of(monday: date) -> Iterable[str]:
    return [(monday + timedelta(days=number)).isoformat() for number in range(7)]
