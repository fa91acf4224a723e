"""Absence without a valid reason on one day and in one month, from the sums beside the facts (ADR 0022)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from narvaro.contexts.attendance.queries import latest_run
from narvaro.contexts.register.api import facts_path
from narvaro.core.actor import Actor
from narvaro.domain.school_calendar import date_of, day_no, term_no
from narvaro.facts.measures import Snapshot
from narvaro.facts.store import Store

ANSWERS_KEPT = 16
MEMORY = "256MB"
Answers = tuple[tuple[str, tuple[int, ...]], ...]
_DAY = """
select pupil_no, lessons, lessons - reported_lessons, invalid_lessons, invalid_min from pupil_day
where day_no = {day} and (invalid_lessons > 0 or reported_lessons < lessons) order by pupil_no"""
_LESSONS = """
select pupil_no, coalesce(start_min, 0), coalesce(end_min, 1440) from facts
where day_no = {day} and invalid_min > 0 and not (late = 1 and invalid_min < 10) order by pupil_no, start_min"""
_MONTH = """
select pupil_no, sum(invalid_min), count(*) from pupil_day
where day_no between {first} and {last} and invalid_min > 0 group by pupil_no order by pupil_no"""

_WHOLE = """
select pupil_no, day_no from pupil_day
where term_no = {term} and day_no <= {day}
and absent_day = 1 and valid_min = 0 order by pupil_no, day_no"""


@dataclass(frozen=True, slots=True)
class InvalidDay:
    """``pupil_id`` is the facts' key. ``invalid_lessons`` leaves out late arrivals under ten minutes."""

    pupil_id: str
    lessons: int
    unreported: int
    invalid_lessons: int
    invalid_min: int


@dataclass(frozen=True, slots=True)
class InvalidMonth:
    """Minutes without a valid reason, late arrivals too, and on how many days."""

    pupil_id: str
    minutes: int
    days: int


def latest_day(actor: Actor) -> date | None:
    """Up to which day attendance is known; None before the first import."""
    run = latest_run(actor)
    return run.as_of if run else None


def invalid_on(actor: Actor, day: date) -> tuple[InvalidDay, ...]:
    """Everybody of the authority with invalid or unreported lessons on the day: the caller keeps to whom the actor may
    see. Empty where nothing is known."""
    return tuple(InvalidDay(pupil, *numbers) for pupil, numbers in _asked(actor, _DAY.format(day=day_no(day))))


def invalid_times(actor: Actor, day: date) -> dict[str, tuple[tuple[int, int], ...]]:
    """By the facts' key, from and to of the lessons that ``invalid_on`` counts, in minutes after midnight; all day for
    one without times."""
    found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for pupil, (start, end) in _asked(actor, _LESSONS.format(day=day_no(day))):
        found[pupil].append((start, end))
    return {pupil: tuple(times) for pupil, times in found.items()}


def invalid_in(actor: Actor, first: date, last: date) -> tuple[InvalidMonth, ...]:
    """Of the days from first to last, both with."""
    text = _MONTH.format(first=day_no(first), last=day_no(last))
    return tuple(InvalidMonth(pupil, *numbers) for pupil, numbers in _asked(actor, text))


def whole_invalid_days(actor: Actor) -> dict[str, tuple[date, ...]]:
    """By the facts' key, in order, the days of the term that attendance is known up to on which every reported minute
    was invalid absence: of everybody who has one. Empty where nothing is known."""
    day = latest_day(actor)
    if day is None:
        return {}
    found: defaultdict[str, list[date]] = defaultdict(list)
    for pupil, (each,) in _asked(actor, _WHOLE.format(term=term_no(day), day=day_no(day))):
        found[pupil].append(date_of(each))
    return {pupil: tuple(days) for pupil, days in found.items()}


def _asked(actor: Actor, text: str) -> Answers:
    """By the facts' key. The snapshot is the one that the latest run measured; a snapshot's files never change, so what
    was answered once is kept: opening them costs more than the question."""
    run = latest_run(actor)
    return () if run is None else _kept(facts_path(run.authority), run.snapshot, text)


@lru_cache(maxsize=ANSWERS_KEPT)
def _kept(folder: Path, number: int, text: str) -> Answers:
    store = Store(folder)
    manifest = store.at(number) if store.keeps(number) else store.current()
    if manifest is None or not manifest.of("pupil_day"):
        return ()
    with Snapshot(folder, manifest, memory=MEMORY) as snapshot:
        ids, rows = snapshot.pupil_ids, snapshot.engine.query(text)
    return tuple((ids[row[0]], tuple(map(int, row[1:]))) for row in rows if row[0] in ids)
