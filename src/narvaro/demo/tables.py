"""What DuckDB needs to know, as rows of the tables in sql/schema.sql."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import log
from pathlib import Path

import duckdb

from narvaro.demo.calibration import calibration
from narvaro.demo.draws import Draws
from narvaro.demo.groups import Group
from narvaro.demo.profiles import Profile
from narvaro.demo.roster import Roster
from narvaro.domain.school_calendar import SchoolCalendar, week_no

Row = Sequence[object]
Contents = Mapping[str, Iterable[Row]]

_WEEK = timedelta(days=7)
_CSV = "FORMAT csv, HEADER false, AUTO_DETECT false, DELIMITER ',', QUOTE '\"'"


def load(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Row], folder: Path) -> None:
    """Through a file: the fastest way in that needs no further library."""
    file = folder / f"{table}.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)
    connection.table(table)  # an unknown name ends here, not in the text of a statement
    connection.execute(f"COPY {table} FROM $1 ({_CSV})", [str(file)])
    file.unlink()


def day_rows(calendar: SchoolCalendar) -> list[Row]:
    days = calendar.school_days()
    model = calibration()
    run_ends = _run_ends(days)
    rows: list[Row] = []
    logarithm = 0.0
    for place, day in enumerate(days):
        season = model.season_factor(day.isocalendar().week)
        is_last_week = run_ends[place] < len(days) - 1 and week_no(days[run_ends[place]]) == week_no(day)
        if is_last_week:
            season = max(season, model.week_before_break)
        factor = model.weekday_factor(day)
        before, logarithm = logarithm, logarithm + log(factor)
        week = week_no(day) - week_no(days[0])
        rows.append((place, day, day.isoweekday(), week, season, factor, before, logarithm, run_ends[place]))
    return rows


def _run_ends(days: Sequence[date]) -> list[int]:
    """For each day the place of the last one before a break."""
    ends: list[int] = []
    for place, day in enumerate(days):
        if place + 1 == len(days) or days[place + 1] - day > _WEEK:
            ends += [place] * (place + 1 - len(ends))
    return ends


def group_rows(roster: Roster) -> Iterator[Row]:
    return ((each.number, each.unit.code, each.name, each.grade is not None) for each in roster.groups)


def slot_rows(draws: Draws, roster: Roster) -> Iterator[Row]:
    for group in roster.groups:
        for slot in group.slots:
            unreported = unreported_rate(draws, group, slot.teacher)
            times = (slot.start_min, slot.end_min, slot.minutes)
            yield group.number, slot.dow, slot.lesson_no, *times, slot.subject, unreported


def unreported_rate(draws: Draws, group: Group, teacher: str) -> float:
    """The share of lessons in which this teacher does not take the register."""
    model = calibration().unreported
    if group.is_told:
        return 0.0
    if group.unit.is_paper:
        return model.paper_school
    is_careless = draws.share("careless", teacher) < model.careless_teachers
    return model.careless_rate if is_careless else model.careful_rate


def pupil_rows(roster: Roster) -> Iterator[Row]:
    return ((each.number, each.elev_id) for each in roster.pupils)


def membership_rows(roster: Roster) -> Iterator[Row]:
    return ((each.pupil, each.group.number, each.first, each.last, *each.lessons) for each in roster.memberships)


def profile_rows(profiles: Iterable[Profile]) -> Iterator[Row]:
    for each in profiles:
        yield (
            each.pupil,
            each.whole_days,
            each.part_days,
            each.blocks,
            each.late,
            each.trajectory,
            each.onset,
            each.second_onset,
            each.climb_slope,
            each.climb_weeks,
            each.turn,
            each.recovery,
            *each.avoided,
            each.avoided_rate,
        )
