"""Puts Exempelkommun into the provider's tables."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from narvaro.demo.calibration import calibration
from narvaro.demo.draws import Draws
from narvaro.demo.lessons import prepare
from narvaro.demo.roster import Roster, build_roster
from narvaro.demo.tables import Row, load
from narvaro.domain.school_calendar import SchoolCalendar
from narvaro.simulator.organisations import Organisation, Tree, build_tree
from narvaro.simulator.people import Person, Register, enrolment_rows
from narvaro.simulator.work import Work

_SQL = Path(__file__).parent / "sql"
SWEDEN = ZoneInfo("Europe/Stockholm")


def statement(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def set_variables(connection: duckdb.DuckDBPyConnection, **values: object) -> None:
    for name, value in values.items():
        connection.execute(f"SET VARIABLE {name} = $1", [value])


def found(
    connection: duckdb.DuckDBPyConnection,
    *,
    draws: Draws,
    pupils: int,
    calendar: SchoolCalendar,
    organiser: str | None,
    folder: Path,
) -> None:
    """Everybody and everything that is there when the school year begins, but for what will befall them (
    ``demo.lessons.invent_absence``). ``folder`` is for files in passing."""
    roster = build_roster(draws, pupils, calendar)
    prepare(connection, roster=roster, calendar=calendar, draws=draws, level=calibration().level, folder=folder)
    set_variables(
        connection,
        founded=datetime(calendar.school_year, 8, 10, 10, 0),
        last_school_day=calendar.school_days()[-1],
    )
    connection.execute(statement("macros"))
    connection.execute(statement("rows"))
    for table, rows in _rows(draws, _only(roster, organiser), calendar):
        load(connection, table, rows, folder)
    connection.execute(statement("founding"))
    connection.execute(statement("answers"))


def _only(roster: Roster, organiser: str | None) -> Roster:
    """The part of the municipality that one organiser's system holds. A pupil who moved there is there from then."""
    if organiser is None:
        return roster
    groups = tuple(each for each in roster.groups if each.unit.organiser == organiser)
    numbers = {each.number for each in groups}
    memberships = tuple(each for each in roster.memberships if each.group.number in numbers)
    known = {each.pupil for each in memberships}
    return Roster(
        tuple(each for each in roster.units if each.organiser == organiser),
        groups,
        tuple(each for each in roster.pupils if each.number in known),
        memberships,
    )


def _rows(draws: Draws, roster: Roster, calendar: SchoolCalendar) -> Iterator[tuple[str, Iterable[Row]]]:
    """Table by table, so that no more than one is in memory as rows; who comes later builds on who came before."""
    tree = build_tree(roster.units)
    yield "organisation_row", _plain(Organisation, tree.organisations)
    yield "enrolment", _enrolments(draws, roster, calendar, tree)
    register = Register(draws, calendar.school_year)
    yield "person_row", _plain(Person, map(register.pupil, roster.pupils))
    number = 1 + max((each.number for each in roster.pupils), default=0)
    yield "person_row", _plain(Person, register.guardians(roster.pupils, number))
    yield "responsible", register.responsibles
    work = Work(draws, roster, tree, register, number + len(register.responsibles), date(calendar.school_year, 8, 10))
    work.build()
    yield "person_row", _plain(Person, register.staff)
    # Somebody at the school has a child there: one person with both relations.
    yield "responsible", [(roster.pupils[-1].number, register.staff[0].nr, "Vårdnadshavare")]
    yield "duty_row", work.duties
    yield "assignment", work.assignments
    yield "team_row", work.teams
    yield "syllabus_row", work.syllabus_rows()
    yield "activity_row", work.activities
    yield "clock", _clock(calendar)


def _plain(kind: type[Organisation | Person], things: Iterable[Organisation | Person]) -> Iterator[Row]:
    return map(attrgetter(*(each.name for each in fields(kind))), things)


def _enrolments(draws: Draws, roster: Roster, calendar: SchoolCalendar, tree: Tree) -> Iterator[Row]:
    days = calendar.school_days()
    stays: defaultdict[int, list[tuple[int, date, date]]] = defaultdict(list)
    for each in roster.memberships:
        if each.is_class:
            stays[each.pupil].append((tree.units[each.group.unit], days[each.first], days[each.last]))
    numbers = sorted(tree.units.values())
    for pupil in roster.pupils:
        if pupil.number in stays:
            yield from enrolment_rows(draws, pupil, stays[pupil.number], calendar.school_year, numbers)


def _clock(calendar: SchoolCalendar) -> Iterator[Row]:
    first = date(calendar.school_year, 7, 1)
    for day in (first + timedelta(days=place) for place in range(366)):
        yield day, shift_of(day)


def shift_of(day: date) -> int:
    """Hours from UTC to Swedish time, from the night's change on."""
    shift = datetime.combine(day, time(12), SWEDEN).utcoffset()
    return int(shift.total_seconds()) // 3600 if shift else 0


def utc_of(day: date, hour: int) -> datetime:
    """The moment of a Swedish clock, in UTC and without a zone, as the tables hold it."""
    return datetime.combine(day, time(hour), SWEDEN).astimezone(UTC).replace(tzinfo=None)
