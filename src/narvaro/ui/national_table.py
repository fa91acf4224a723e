"""The national format as CSV (docs/reference/national-format.md): safe to open in a spreadsheet, and read back by the
preset ``national-term``."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cache, lru_cache

from narvaro.domain.national import NationalRow, days_of_term, term_name
from narvaro.ui.decimals import plain
from narvaro.ui.spreadsheet_safety import neutralised

MARK = "\ufeff"  # Excel takes a file without it for Windows-1252
AFTER_PUPIL = (
    "skolform",
    "skolenhetskod",
    "arskurs",
    "termin",
    "fran",
    "till",
    "erbjuden_tid_h",
    "rapporterad_tid_h",
    "giltig_franvaro_h",
    "ogiltig_franvaro_h",
    "tackning_procent",
)
_AT_A_TIME = 5_000


def national_csv(rows: Iterable[NationalRow], *, with_identity: bool) -> Iterator[str]:
    """Some rows at a time, however many there are. Semicolons and decimal commas, as Swedish spreadsheets expect."""
    yield MARK + _written([["personnummer" if with_identity else "elev_id", *AFTER_PUPIL]])
    waiting: list[list[str]] = []
    for row in rows:
        waiting.append(_cells(row))
        if len(waiting) == _AT_A_TIME:
            yield _written(waiting)
            waiting = []
    if waiting:
        yield _written(waiting)


def file_name(term: int, *, with_identity: bool) -> str:
    return f"nationellt-{term_name(term)}{'-personnummer' if with_identity else ''}.csv"


def _cells(row: NationalRow) -> list[str]:
    minutes = row.minutes
    texts = (row.pupil, row.form, row.school_unit_id, row.grade)
    return [
        *map(neutralised, texts),
        *_term(row.term),
        *map(_hours, (minutes.offered, minutes.reported, minutes.valid, minutes.invalid)),
        _decimal(100 * minutes.coverage, 1) if minutes.coverage is not None else "",
    ]


@cache
def _term(term: int) -> tuple[str, str, str]:
    first, last = days_of_term(term)
    return term_name(term), first.isoformat(), last.isoformat()


@lru_cache(maxsize=50_000)
def _hours(minutes: int) -> str:
    """Two decimals are 0.6 minutes, so that every whole minute is found again."""
    return _decimal(Fraction(minutes, 60), 2)


def _decimal(value: Fraction, places: int) -> str:
    return plain(value, places).replace(".", ",")


def _written(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    return text.getvalue()
