"""Template filters for numbers and days, in the language of the request. The rules are those of ``Words``."""

from datetime import date, datetime
from functools import cache

from django.utils import timezone
from django.utils.translation import get_language

from narvaro.language import DEFAULT_LANGUAGE, LANGUAGES
from narvaro.ui.charts.chart import Number, exact
from narvaro.ui.words import NBSP, Words

NOT_KNOWN = "–"
_COLOURS = {
    "error": "danger",
    "late": "danger",
    "warning": "warning",
    "warn": "warning",
    "success": "success",
    "good": "success",
}


def words() -> Words:
    return _words(get_language() or DEFAULT_LANGUAGE)


@cache
def _words(code: str) -> Words:
    language = code.split("-")[0]
    return Words(language if language in LANGUAGES else DEFAULT_LANGUAGE)


def percent(value: Number | None, places: int = 0) -> str:
    """0.29 -> "29 %". None is not known, and never nought."""
    return NOT_KNOWN if value is None else words().percent(exact(value), places)


def points(value: Number | None) -> str:
    """13 -> "+13 pe" (percentage points, always with a sign)."""
    return NOT_KNOWN if value is None else words().points(exact(value))


def number(value: Number | None, places: int = 0) -> str:
    """12345 -> "12 345"; with places, a decimal comma."""
    return NOT_KNOWN if value is None else words().decimal(exact(value), places)


def hours(minutes: int | None) -> str:
    """540 -> "9 h"."""
    return NOT_KNOWN if minutes is None else words().hours(minutes)


def day_text(day: date | str | None) -> str:
    """2026-11-20 -> "fre 20 nov". Text passes through, for a chronology that knows only a month."""
    return NOT_KNOWN if day is None else day if isinstance(day, str) else words().day(day)


def day_and_year(day: date | None) -> str:
    """2026-11-20 -> "fre 20 nov 2026"."""
    return NOT_KNOWN if day is None else words().day_and_year(day)


def moment_text(moment: datetime | None) -> str:
    """A time in the reader's zone: "fre 20 nov 06.10"."""
    if moment is None:
        return NOT_KNOWN
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return f"{words().day(local.date())}{NBSP}{words().clock(local.hour * 60 + local.minute)}"


def initials(name: str) -> str:
    """ "Monika Nyberg" -> "MN"; what is drawn, never what is read out."""
    parts = [part for part in name.split() if part[0].isalpha()]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper()


def alert_colour(kind: str) -> str:
    """The colour name of a message level or of a ``Kind``."""
    return _COLOURS.get(kind.split()[-1] if kind else "", "info")


FILTERS = (percent, points, number, hours, day_text, day_and_year, moment_text, initials, alert_colour)
