"""Each pupil's term at each school: what the national format is made of."""

from pathlib import Path

from narvaro.domain.absence import Minutes
from narvaro.domain.national import TermSums
from narvaro.domain.school_calendar import date_of, day_no, first_of_term, term_no
from narvaro.facts.manifest import Manifest
from narvaro.facts.measures import Snapshot


def term_sums(snapshot: Snapshot) -> list[TermSums]:
    """By pupil, school unit and term; all that lies in the snapshot's days."""
    found = [
        TermSums(snapshot.pupil_ids[pupil], unit, term, int(days), Minutes(*map(int, minutes)))
        for pupil, unit, term, days, *minutes in snapshot.rows("pupil_term")
    ]
    return sorted(found, key=lambda each: (each.pupil_id, each.school_unit_id, each.term))


def terms_of(manifest: Manifest) -> tuple[int, ...]:
    """Numbers of the terms that lessons are stored of, the latest first."""
    files = manifest.of("facts")
    days = [day for file in files for day in (file.first_day, file.last_day) if day is not None]
    return tuple(sorted({term_no(date_of(day)) for day in days}, reverse=True))


def sums_of_term(root: Path, manifest: Manifest, term: int, *, memory: str = "1GB") -> list[TermSums]:
    """One term; one consistent state of the store, however it changes meanwhile."""
    first, last = day_no(first_of_term(term)), day_no(first_of_term(term + 1)) - 1
    with Snapshot(root, manifest, as_of=last, first_day=first, memory=memory) as snapshot:
        return term_sums(snapshot)
