"""What a national register of absence asks for: hours a pupil and term (docs/reference/national-format.md).

Skolverket has proposed these variables: the pupil, school form, school unit, grade, and for each term hours of valid
absence, of invalid absence and of teaching that was offered. The register is not decided, so names and layout are ours.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from narvaro.domain.absence import Minutes
from narvaro.domain.school_calendar import first_of_term


@dataclass(frozen=True, slots=True)
class TermSums:
    """A pupil's minutes of one term at one school unit. ``pupil_id`` is the facts' key."""

    pupil_id: str
    school_unit_id: str
    term: int
    school_days: int
    minutes: Minutes


@dataclass(frozen=True, slots=True)
class Enrolled:
    """How a pupil was enrolled at a unit in the term: the latest, where it changed."""

    form: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalRow:
    """``pupil`` is the source's key, or the identity number when that was asked for."""

    pupil: str
    form: str
    school_unit_id: str
    grade: str
    term: int
    minutes: Minutes


Place = tuple[str, str]
"""A pupil's id and a school unit's."""


def national_rows(sums: Iterable[TermSums], enrolled: Mapping[Place, Enrolled]) -> Iterator[NationalRow]:
    """Of sums by school unit: by unit, form, grade and pupil, a unit at a time. Only what lies at a unit where a pupil
    was enrolled: who is left out of ``enrolled`` (a pupil with protected identity, another's school) is in no row."""
    for _unit, held in groupby(sums, key=lambda each: each.school_unit_id):
        yield from sorted(_of_unit(held, enrolled), key=lambda row: (row.term, row.form, row.grade, row.pupil))


def _of_unit(sums: Iterable[TermSums], enrolled: Mapping[Place, Enrolled]) -> Iterator[NationalRow]:
    for each in sums:
        if place := enrolled.get((each.pupil_id, each.school_unit_id)):
            yield NationalRow(
                pupil=each.pupil_id,
                form=place.form,
                school_unit_id=each.school_unit_id,
                grade=place.grade,
                term=each.term,
                minutes=each.minutes,
            )


def term_name(term: int) -> str:
    """``2025-HT``, ``2026-VT``: the calendar year, and autumn or spring."""
    return f"{first_of_term(term).year}-{'VT' if term % 2 else 'HT'}"


def term_named(name: str) -> int | None:
    """The reverse of ``term_name``; None for what is no term."""
    year, _, half = name.strip().upper().partition("-")
    if not (year.isascii() and year.isdigit() and len(year) == 4 and half in ("HT", "VT")):
        return None
    return int(year) * 2 if half == "HT" else int(year) * 2 - 1


def days_of_term(term: int) -> tuple[date, date]:
    """The calendar's half-year, so that the days are the same whenever in the term the file is made."""
    return first_of_term(term), first_of_term(term + 1) - timedelta(days=1)
