"""One pupil's lessons straight from the facts: no other page asks them (lists read the measure run's rows).

The snapshot is the one that the latest run measured, so that a pupil's page and the lists agree. It is kept open
between requests: its files never change, and opening it costs more than the question.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import Lock

from narvaro.contexts.attendance.queries import latest_run
from narvaro.contexts.register.api import facts_path
from narvaro.core.actor import Actor
from narvaro.domain.pupil_year import Lesson, PupilYear
from narvaro.domain.school_calendar import day_no, first_of_term, school_year_of
from narvaro.facts.by_pupil import PupilLessons
from narvaro.facts.store import Store

# Two windows of 20 school days and a summer: the earlier window of a school year that has just begun.
DAYS_BEFORE = 130
KEPT_OPEN = 4
# As ``Lesson`` has them. Without the lesson's id, which no page shows: it takes a quarter of the time.
_COLUMNS = """day_no, lesson_no, start_min, end_min, subject, school_unit_id, offered_min, reported = 1,
    present_min + other_min, valid_min, invalid_min, late = 1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilFacts:
    """``year`` is None for a pupil without lessons in the school year. It ends ``as_of``, the day of the measures."""

    as_of: date
    first_day: date
    year: PupilYear | None


def pupil_facts(actor: Actor, pupil_id: str) -> PupilFacts | None:
    """Of a pupil whom the caller has found within reach. None before the first measure run."""
    run = latest_run(actor)
    if run is None:
        return None
    number, as_of, measured_from, authority = run
    first_day = max(measured_from, first_of_term(2 * school_year_of(as_of)))
    since = day_no(first_day) - DAYS_BEFORE
    opened = _kept_open(facts_path(authority), number, since, day_no(as_of))
    year = PupilYear.of(opened.lessons(pupil_id), first_day=day_no(first_day))
    return PupilFacts(as_of=as_of, first_day=first_day, year=year if year.period else None)


def lessons_of(opened: PupilLessons, pupil_no: int) -> list[Lesson]:
    """The pupil's lessons, oldest first."""
    return sorted(Lesson(*row) for row in opened.rows(pupil_no, _COLUMNS))


class _Open:
    """A snapshot's lessons by pupil. One question at a time, as a connection is not for two threads."""

    def __init__(self, lessons: PupilLessons) -> None:
        self._lessons = lessons
        self._lock = Lock()

    def lessons(self, pupil_id: str) -> list[Lesson]:
        pupil_no = self._lessons.pupil_nos.get(pupil_id)
        if pupil_no is None:
            return []
        with self._lock:
            return lessons_of(self._lessons, pupil_no)


def _kept_open(folder: Path, number: int, since: int, as_of: int) -> _Open:
    """The measured snapshot, or the newest when three later imports have swept it away."""
    store = Store(folder)
    return _opened(folder, number if store.keeps(number) else store.current().number, since, as_of)


@lru_cache(maxsize=KEPT_OPEN)
def _opened(folder: Path, number: int, since: int, as_of: int) -> _Open:
    store = Store(folder)
    return _Open(PupilLessons(folder, store.at(number) or store.current(), first_day=since, as_of=as_of))
