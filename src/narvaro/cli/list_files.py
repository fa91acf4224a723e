"""Lists of pupils and units beside a store, in the form that they are read in (docs/reference/import-formats.md)."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path

from narvaro.facts.readers.pupil_list import PupilLine, UnitLine

PUPILS, UNITS = "pupils.csv", "units.csv"
_PUPIL = (
    "elev_id",
    "fornamn",
    "efternamn",
    "skolenhetskod",
    "skolform",
    "arskurs",
    "klass",
    "hemkommun",
    "mentor",
    "skyddad",
    "fran",
    "till",
)
_UNIT = ("skolenhetskod", "namn", "omrade", "skolform", "arskurser", "huvudman")


def write_lists(pupils: Iterable[PupilLine], units: Iterable[UnitLine], folder: Path) -> None:
    """Readable by their owner only. A protected pupil has no name in them, nor what else could place the pupil."""
    _write(folder / PUPILS, _PUPIL, map(_pupil, pupils))
    _write(folder / UNITS, _UNIT, map(_unit, units))


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(header)
        writer.writerows(rows)
    os.replace(fresh, path)


def _pupil(line: PupilLine) -> tuple[str, ...]:
    hidden = bool(line.is_protected)
    return (
        line.pupil_id,
        "" if hidden else line.given_name,
        "" if hidden else line.family_name,
        line.unit_code,
        line.school_form,
        line.grade,
        "" if hidden else line.group_name,
        "" if hidden else line.home_municipality,
        "" if hidden else line.mentor or "",
        "ja" if hidden else "nej",
        line.first_day,
        line.last_day,
    )


def _unit(line: UnitLine) -> tuple[str, ...]:
    return (line.code, line.name, line.area, ",".join(line.school_forms), line.grades, line.organiser)
