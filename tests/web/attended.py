"""Lessons for the small municipality, imported and measured as in earnest.

Alva has been away on Mondays and from Idrott lately; Bilal comes again; Casper's school seldom reports; Lo moved in
January; Tuva has come today; Nora has no lessons at all.
"""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from narvaro.contexts.register.api import facts_folder, save_school_year
from narvaro.contexts.register.models import Enrolment, Pupil
from narvaro.contexts.warnings.api import run_measures
from narvaro.core.actor import Actor
from narvaro.core.scope import acting
from narvaro.domain.school_calendar import DateRange, SchoolCalendar
from tests.lesson_files import import_files, row, write
from tests.web.world import TODAY, YEAR_START, World

CALENDAR = SchoolCalendar(
    school_year=2025,
    autumn=DateRange("Hösttermin", date(2025, 8, 19), date(2025, 12, 19)),
    spring=DateRange("Vårtermin", date(2026, 1, 8), date(2026, 6, 10)),
    breaks=(
        DateRange("Höstlov", date(2025, 10, 27), date(2025, 10, 31)),
        DateRange("Sportlov", date(2026, 2, 23), date(2026, 2, 27)),
        DateRange("Påsklov", date(2026, 3, 30), date(2026, 4, 3)),
    ),
)
UNREPORTED_WEEK = (date(2026, 2, 2), date(2026, 2, 6))
MOVED = date(2026, 1, 10)
TIMETABLE = (("08:00", "Matematik"), ("09:20", "Svenska"), ("10:40", "Idrott"), ("13:00", "Slöjd"))
ABSENT_VALID, ABSENT_INVALID, LATE, UNKNOWN, PRESENT = (
    {"narvarominuter": 0, "giltig_min": 60},
    {"narvarominuter": 0, "ogiltig_min": 60},
    {"narvarominuter": 45, "ogiltig_min": 15},
    {"narvarominuter": 0, "rapporterad": "nej"},
    {},
)
NAMES = ("alva", "bilal", "ida", "casper", "lo")


def attended(world: World) -> Path:
    """The store of the first organiser, measured."""
    system = Actor.system(world.organiser.pk)
    with acting(system):
        for name in ("Tuva", "Nora"):
            pupil = Pupil.of(
                pupil_id=f"e-{name.casefold()}", given_name=name, family_name="Påhittad", search_text=name.casefold()
            )
            pupil.save()
            world.pupils[name] = pupil
            Enrolment.of(
                pupil=pupil, unit=world.strand, school_form="GR", grade="7", first_day=TODAY - timedelta(days=1)
            ).save()
    save_school_year(by=system, calendar=CALENDAR)
    folder = facts_folder(world.organiser.pk)
    shutil.copytree(_store(), folder, dirs_exist_ok=True)
    run_measures(by=system, store=folder)
    return folder


@cache
def _store() -> Path:
    """Read in once; each test has a copy."""
    folder = Path(tempfile.mkdtemp(prefix="narvaro-attended-"))
    import_files(folder / "store", write(folder, *_rows()))
    return folder / "store"


def _rows() -> Iterator[str]:
    days = CALENDAR.between(YEAR_START, TODAY)
    for place, day in enumerate(days):
        for name in NAMES:
            unit, group = ("1002", "5A") if name == "casper" or (name == "lo" and day >= MOVED) else ("1001", "7B")
            for start, subject in TIMETABLE:
                yield _row(name, day, start, subject, unit, group, _what(name, day, subject, len(days) - place))
    for start, subject in TIMETABLE:
        yield _row("tuva", TODAY, start, subject, "1001", "7B", PRESENT)


def _row(name: str, day: date, start: str, subject: str, unit: str, group: str, what: dict[str, object]) -> str:
    hour, minute = start.split(":")
    place = {"elev_id": f"e-{name}", "skolenhetskod": unit, "klass": group, "datum": day.isoformat(), "amne": subject}
    return row(**place, start=start, slut=f"{int(hour) + 1:02d}:{minute}", **what)


def _what(name: str, day: date, subject: str, days_left: int) -> dict[str, object]:
    """``days_left`` counts the day itself: 1 is the last."""
    if UNREPORTED_WEEK[0] <= day <= UNREPORTED_WEEK[1]:
        return UNKNOWN
    if name == "alva" and days_left <= 20:
        return _alva(day, subject)
    if name == "bilal":
        return ABSENT_VALID if 20 < days_left <= 40 and days_left % 2 else PRESENT
    if name == "casper":
        return UNKNOWN if days_left <= 20 and days_left % 2 else PRESENT
    return ABSENT_VALID if day.day == 12 and subject == "Slöjd" else PRESENT


def _alva(day: date, subject: str) -> dict[str, object]:
    if day.weekday() == 0:
        return ABSENT_INVALID
    if subject == "Idrott":
        return ABSENT_VALID
    return LATE if day.weekday() == 1 and subject == "Matematik" else PRESENT
