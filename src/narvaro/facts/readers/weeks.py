"""Weeks as Swedish reports write them: "v.17", "v 17", "17", "2026 v. 17", "2026-W17"."""

import re
from datetime import date, timedelta

_WEEK = re.compile(r"(?:(20\d\d)\s*[-/ ]?\s*)?(?:v(?:ecka)?|w)?\s*\.?\s*(\d{1,2})", re.IGNORECASE)


def week_days(text: str, period: tuple[date, date]) -> tuple[date, date] | None:
    """Monday and Sunday of the week; a week without a year is the one that lies in the period. None for what is no
    week, or lies in the period twice or not at all."""
    found = _WEEK.fullmatch(text.replace("\xa0", " ").strip())
    if not found:
        return None
    first, last = period
    years = [int(found[1])] if found[1] else range(first.year - 1, last.year + 2)
    mondays = [monday for year in years if (monday := _monday(year, int(found[2])))]
    inside = [monday for monday in mondays if monday <= last and first <= monday + timedelta(days=6)]
    return (inside[0], inside[0] + timedelta(days=6)) if len(inside) == 1 else None


def _monday(year: int, week: int) -> date | None:
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
