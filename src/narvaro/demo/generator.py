"""Exempelkommun as files that a municipality could have exported."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from narvaro.demo.calendar_file import write_calendar
from narvaro.demo.calibration import calibration
from narvaro.demo.draws import Draws
from narvaro.demo.lessons import Progress, write_lessons
from narvaro.demo.roster import Roster, build_roster
from narvaro.demo.school_year import demo_calendar
from narvaro.demo.tables import Row
from narvaro.demo.units import grade_label, school_form
from narvaro.domain.school_calendar import SchoolCalendar

PUPIL_COLUMNS = "elev_id;fornamn;efternamn;skolform;arskurs;klass;skolenhetskod;mentor;hemkommun;skyddad;fran;till"
UNIT_COLUMNS = "skolenhetskod;namn;omrade;skolform;arskurser;huvudman"


@dataclass(frozen=True, slots=True)
class DemoFiles:
    lessons: Path
    pupils: Path
    units: Path
    calendar: Path
    lesson_rows: int


def generate(
    *,
    pupils: int,
    seed: int,
    school_year: int,
    out: Path,
    progress: Progress | None = None,
    level: float | None = None,
    threads: int = 2,
) -> DemoFiles:
    """The same arguments give the same bytes, whatever the number of threads.

    ``pupils`` counts the named cast, who are always there. ``level`` scales all absence but theirs; by default it is
    the calibration's. ``progress`` is told the share of the work that is done, the last time 1.
    """
    draws, calendar = Draws(seed), demo_calendar(school_year)
    roster = build_roster(draws, pupils, calendar)
    out.mkdir(parents=True, exist_ok=True)
    lessons, pupil_file, units = out / "lessons.csv", out / "pupils.csv", out / "units.csv"
    rows = write_lessons(
        lessons,
        roster=roster,
        calendar=calendar,
        draws=draws,
        level=calibration().level if level is None else level,
        threads=threads,
        progress=progress or (lambda _: None),
    )
    _write(pupil_file, PUPIL_COLUMNS, _pupil_rows(roster, calendar))
    _write(units, UNIT_COLUMNS, _unit_rows(roster))
    write_calendar(out / "calendar.yaml", calendar)
    return DemoFiles(lessons, pupil_file, units, out / "calendar.yaml", rows)


def _unit_rows(roster: Roster) -> Iterator[Row]:
    for unit in roster.units:
        yield unit.code, unit.name, unit.area, unit.school_forms, unit.grade_range, unit.organiser


def _pupil_rows(roster: Roster, calendar: SchoolCalendar) -> Iterator[Row]:
    """A pupil who changed school has a row for each, the earlier first."""
    days = calendar.school_days()
    people = {each.number: each for each in roster.pupils}
    for each in roster.memberships:
        if each.is_class:
            pupil = people[each.pupil]
            name = (pupil.elev_id, pupil.given_name, pupil.family_name)
            place = (school_form(pupil.grade), grade_label(pupil.grade), each.group.name, each.group.unit.code)
            protected = "ja" if pupil.is_protected else "nej"
            yield *name, *place, each.group.mentor, pupil.home, protected, days[each.first], days[each.last]


def _write(file: Path, columns: str, rows: Iterator[Row]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        out.write(f"{columns}\n")
        csv.writer(out, delimiter=";", lineterminator="\n").writerows(rows)
