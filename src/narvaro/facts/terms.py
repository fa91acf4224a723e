"""Each pupil's term at each school: what the national format is made of."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from narvaro.domain.absence import Minutes
from narvaro.domain.national import TermSums
from narvaro.domain.school_calendar import date_of, day_no, first_of_term, term_no
from narvaro.facts.engine import quoted
from narvaro.facts.manifest import Manifest
from narvaro.facts.measures import Snapshot
from narvaro.facts.sql_text import SqlText

_AT_A_TIME = 20_000


def term_sums(snapshot: Snapshot) -> Iterator[TermSums]:
    """By school unit, term and pupil; all that lies in the snapshot's days. Some schools at a time, so that memory does
    not grow with the municipality."""
    term = SqlText.load("pupil_term").filled(**snapshot.numbers)
    counted = snapshot.engine.query(f"select school_unit_id, count(*) from ({term}) t group by 1 order by 1")
    for units in _some_at_a_time(counted):
        rows = snapshot.engine.query(
            f"""select
                p.pupil_id, t.school_unit_id, t.term_no, t.school_days,
                t.offered_min, t.present_min, t.valid_min, t.invalid_min
            from ({term}) t
            join pupil p on p.pupil_no = t.pupil_no
            where t.school_unit_id in ({", ".join(map(quoted, units))})
            order by t.school_unit_id, t.term_no, p.pupil_id"""
        )
        for pupil, unit, number, days, *minutes in rows:
            yield TermSums(pupil, unit, number, int(days), Minutes(*map(int, minutes)))


def _some_at_a_time(counted: Iterable[tuple[str, int]]) -> Iterator[list[str]]:
    units: list[str] = []
    rows = 0
    for unit, count in counted:
        if units and rows + count > _AT_A_TIME:
            yield units
            units, rows = [], 0
        units.append(unit)
        rows += count
    if units:
        yield units


def terms_of(manifest: Manifest) -> tuple[int, ...]:
    """Numbers of the terms that lessons are stored of, the latest first."""
    files = manifest.of("facts")
    days = [day for file in files for day in (file.first_day, file.last_day) if day is not None]
    return tuple(sorted({term_no(date_of(day)) for day in days}, reverse=True))


def sums_of_term(root: Path, manifest: Manifest, term: int, *, memory: str = "1GB") -> Iterator[TermSums]:
    """One term; one consistent state of the store, however it changes meanwhile."""
    first, last = day_no(first_of_term(term)), day_no(first_of_term(term + 1)) - 1
    with Snapshot(root, manifest, as_of=last, first_day=first, memory=memory) as snapshot:
        yield from term_sums(snapshot)
