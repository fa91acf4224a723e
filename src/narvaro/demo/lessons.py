"""Invents every pupil's lessons in DuckDB and writes them as lessons.csv."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from narvaro.demo import tables
from narvaro.demo.calibration import calibration
from narvaro.demo.draws import Draws
from narvaro.demo.profiles import build_profiles
from narvaro.demo.roster import Roster
from narvaro.demo.stories import script_rows
from narvaro.domain.school_calendar import SchoolCalendar

LESSON_COLUMNS = (
    "elev_id;skolenhetskod;klass;datum;start;slut;amne;lektionsminuter;narvarominuter;giltig_min;ogiltig_min;annan_min;"
    "rapporterad;lektion_id"
)

_SQL = Path(__file__).parent / "sql"
_PUPIL_DAYS_AT_A_TIME, _PUPILS_AT_A_TIME = 60_000, 20_000  # keep memory even, whatever the size
_MEMORY_LIMIT = "1GB"
_PREPARED = 0.1  # share of the work done when the first lesson is written
# Fitted so that the generated files come near calibration.yaml; docs/explanation/demo.md says how near.
_FITTED: Mapping[str, float] = {
    "one_day": 0.56,
    "one_more_day": 0.65,
    "weekday_power": 2.6,
    "invalid_weekday_power": 1.5,
    "most_blocks": 0.6,
    "recovery_weeks": 8,
    "tilt": 0.005,
    "curve": 0.12,
}

Progress = Callable[[float], None]


def write_lessons(
    file: Path,
    *,
    roster: Roster,
    calendar: SchoolCalendar,
    draws: Draws,
    level: float,
    threads: int,
    progress: Progress,
) -> int:
    """The number of rows. The file appears when it is whole."""
    with TemporaryDirectory(dir=file.parent) as name, _database(Path(name), threads) as connection:
        folder = Path(name)
        prepare(connection, roster=roster, calendar=calendar, draws=draws, level=level, folder=folder)
        invent_absence(connection)
        progress(_PREPARED)
        unfinished = folder / "lessons.csv"
        rows = _write_all(connection, unfinished, max(1, _PUPIL_DAYS_AT_A_TIME // len(roster.pupils)), progress)
        unfinished.replace(file)
    progress(1.0)
    return rows


def _database(folder: Path, threads: int) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        config={"threads": threads, "memory_limit": _MEMORY_LIMIT, "temp_directory": str(folder / "spill")}
    )


def _contents(roster: Roster, calendar: SchoolCalendar, draws: Draws, level: float) -> tables.Contents:
    return {
        "day": tables.day_rows(calendar),
        "grp": tables.group_rows(roster),
        "slot": tables.slot_rows(draws, roster),
        "pupil": tables.pupil_rows(roster),
        "membership": tables.membership_rows(roster),
        "profile": tables.profile_rows(build_profiles(draws, roster.pupils, level)),
        "script": script_rows(roster, calendar),
    }


def prepare(
    connection: duckdb.DuckDBPyConnection,
    *,
    roster: Roster,
    calendar: SchoolCalendar,
    draws: Draws,
    level: float,
    folder: Path,
) -> None:
    """Fills the tables of sql/schema.sql but for ``event``, and makes the view ``pupil_lesson``. ``folder`` is
    for files that are in the way of nobody else's."""
    connection.execute(statement("schema"))
    for table, rows in _contents(roster, calendar, draws, level).items():
        tables.load(connection, table, rows, folder)
    days, weeks = connection.execute("SELECT count(*), max(week) + 1 FROM day").fetchall()[0]
    # Stretches of 2.2 days on average: three for four days are always enough to fill the year.
    _set(connection, seed=draws.seed, days=days, weeks=weeks, stretches=days * 3 // 4)
    _set(connection, week_noise=calibration().week_noise, **_FITTED)
    connection.execute(statement("pupil_lessons"))


def invent_absence(connection: duckdb.DuckDBPyConnection) -> None:
    """Each pupil's year, whatever anybody else's is. Most of the work of a large municipality."""
    (last,) = connection.execute("SELECT coalesce(max(pupil), -1) FROM profile").fetchall()[0]
    for first in range(0, last + 1, _PUPILS_AT_A_TIME):
        _set(connection, first_pupil=first, last_pupil=first + _PUPILS_AT_A_TIME - 1)
        connection.execute(statement("spells"))
        connection.execute(statement("events"))


def _write_all(connection: duckdb.DuckDBPyConnection, file: Path, step: int, progress: Progress) -> int:
    """``step`` days at a time: only they are sorted and held at once."""
    select = statement("lessons")
    part = file.with_name("part.csv")
    (days,) = connection.execute("SELECT count(*) FROM day").fetchall()[0]
    rows = 0
    with file.open("wb") as whole:
        whole.write(f"{LESSON_COLUMNS}\n".encode())
        for first in range(0, days, step):
            _set(connection, first_day=first, last_day=first + step - 1, part=str(part))
            rows += connection.execute(select).fetchall()[0][0]
            with part.open("rb") as piece:
                shutil.copyfileobj(piece, whole, 1 << 20)
            progress(_PREPARED + (1 - _PREPARED) * min(1.0, (first + step) / days))
    return rows


def _set(connection: duckdb.DuckDBPyConnection, **values: float | str) -> None:
    for name, value in values.items():
        connection.execute(f"SET VARIABLE {name} = $1", [value])


def statement(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")
