"""Which of a pupil's school days a window holds, and whether that is enough to warn on."""

import re
from collections.abc import Iterable

from . import school_calendar
from .day import PupilDay, total_of

MOST_DAYS = 200
BASE_DAYS = 10
BASE_REPORTED_MIN = 40 * 60
NAMED = ("term", "school_year", "month", "period")


class WindowError(ValueError):
    """No such window."""


def days_until(days: Iterable[PupilDay], as_of: int) -> list[PupilDay]:
    """The school days that count, oldest first."""
    return sorted((day for day in days if day.day_no <= as_of), key=lambda day: day.day_no)


def numbered(window: str) -> tuple[str, int] | None:
    """``last_20`` -> ("last", 20); None for a window without a number."""
    if window in NAMED:
        return None
    match = re.fullmatch(r"(last|previous)_([1-9][0-9]*)", window)
    if match is None or int(match[2]) > MOST_DAYS:
        raise WindowError(window)
    return match[1], int(match[2])


def window_days(window: str, days: Iterable[PupilDay], as_of: int, first_day: int | None = None) -> list[PupilDay]:
    """``days`` are one pupil's, all of them. ``first_day`` (``--from``) limits only ``period``."""
    school_days = days_until(days, as_of)
    number = numbered(window)
    if number is not None:
        which, count = number
        earlier, latest = school_days[:-count], school_days[-count:]
        return latest if which == "last" else earlier[-count:]
    if window == "period":
        return [day for day in school_days if first_day is None or day.day_no >= first_day]
    today = school_calendar.date_of(as_of)
    if window == "term":
        return [day for day in school_days if day.term_no == school_calendar.term_no(today)]
    if window == "school_year":
        return [day for day in school_days if day.school_year == school_calendar.school_year(today)]
    return [day for day in school_days if day.month_no == school_calendar.month_no(today)]


def base_is_enough(window: str, days: list[PupilDay]) -> bool:
    """A percentage warns only on at least 10 school days (or the whole of a shorter window), or 40 reported hours."""
    number = numbered(window)
    needed = BASE_DAYS if number is None else min(BASE_DAYS, number[1])
    return len(days) >= needed or total_of(days).reported >= BASE_REPORTED_MIN
