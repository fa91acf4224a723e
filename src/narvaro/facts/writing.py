"""Finished tables become immutable Parquet files, sorted so that one school's and one pupil's rows lie together."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb

from narvaro.facts.calendar_sql import CALENDAR
from narvaro.facts.engine import quoted
from narvaro.facts.manifest import MONTHLY, DataFile, Kind, checksum
from narvaro.facts.schema import FACTS, PUPIL_DAY, PUPIL_MONTH, SUBJECT_MONTH
from narvaro.facts.side_by_side import side_by_side
from narvaro.facts.sql_text import SqlText
from narvaro.facts.store import Store

ROW_GROUP = 61_440
_LAYOUT = {
    "pupil_day": (PUPIL_DAY, "pupil_no, day_no"),
    "pupil_month": (PUPIL_MONTH, "pupil_no"),
    "subject_month": (SUBJECT_MONTH, "pupil_no, subject"),
}
# A lesson without times takes part in the order of the day last, and adds its own minutes to the union.
_ORDER = "start_min nulls last, lesson_id nulls last, subject nulls last, school_unit_id"


class FileWriter:
    """Writes files of one commit into the work folder and hands them to the store."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, work: Path, store: Store) -> None:
        self.connection = connection
        self.work = work
        self.store = store

    def months(self, contents: Iterable[tuple[int, str]]) -> Iterator[list[DataFile]]:
        """Month numbers with SQL sources of facts' columns but those derived here. Writes facts and what
        is derived from them."""
        yield from side_by_side(self.connection, contents, self._month)

    def _month(self, cursor: duckdb.DuckDBPyConnection, content: tuple[int, str]) -> list[DataFile]:
        month_no, rows = content
        placed = _with_calendar(f"{_placed(rows)} order by pupil_no, day_no, lesson_no")
        facts = self.write("facts", placed, month_no=month_no, cursor=cursor)
        self._show("facts", facts, cursor)
        days = self._derived("pupil_day", facts, cursor)
        self._show("pupil_day", days, cursor)
        return [facts, days, *(self._derived(kind, facts, cursor) for kind in MONTHLY)]

    def _show(self, name: str, file: DataFile, cursor: duckdb.DuckDBPyConnection) -> None:
        source = f"select * from read_parquet({quoted(self.store.root / file.path)}, hive_partitioning=false)"
        cursor.execute(f"create or replace temp view {name} as {source}")

    def _derived(self, kind: Kind, facts: DataFile, cursor: duckdb.DuckDBPyConnection) -> DataFile:
        columns, order = _LAYOUT[kind]
        typed = ", ".join(f"cast({name} as {sql_type}) as {name}" for name, sql_type in columns.items())
        select = f"select {typed} from ({SqlText.load(kind).body}) order by {order}"
        written = self.write(kind, select, month_no=facts.month_no, cursor=cursor)
        return replace(written, first_day=facts.first_day, last_day=facts.last_day)

    def write(
        self, kind: Kind, select: str, *, month_no: int | None = None, cursor: duckdb.DuckDBPyConnection | None = None
    ) -> DataFile:
        """``select`` must be in an order of its own, so that the same content gives the same bytes."""
        connection = cursor or self.connection
        path = self.work / f"{kind}-{month_no or 0}.parquet"
        connection.execute(
            f"""copy ({select}) to {quoted(path)}
            (format parquet, compression zstd, row_group_size {ROW_GROUP})"""
        )
        days = "min(day_no), max(day_no)" if kind == "facts" else "null, null"
        rows, first_day, last_day = connection.execute(
            f"select count(*), {days} from read_parquet({quoted(path)}, hive_partitioning=false)"
        ).fetchone() or (0, None, None)
        digest, size = checksum(path), path.stat().st_size
        name = f"{kind}/{_folder(month_no)}{digest[:20]}.parquet"
        self.store.adopt(path, name)
        return DataFile(kind, name, rows, size, digest, month_no, first_day, last_day)


def _folder(month_no: int | None) -> str:
    if month_no is None:
        return ""
    year, month = divmod(month_no, 12)
    return f"school_year={year - (month < 6)}/month={month + 1:02d}/"


def _placed(rows: str) -> str:
    """Order of the day, and what each lesson adds to the union of the pupil's time spans so far."""
    return f"""
    select *,
        case when start_min is null then offered_min
            else greatest(end_min - greatest(start_min, coalesce(covered_to, start_min)), 0) end as added_min
    from (
        select *,
            row_number() over (partition by pupil_no, day_no order by {_ORDER}) as lesson_no,
            max(end_min) over (partition by pupil_no, day_no order by {_ORDER}
                rows between unbounded preceding and 1 preceding) as covered_to
        from {rows}
    )"""


def _with_calendar(select: str) -> str:
    """The calendar joins after the sort: what can be computed from the day need not be sorted."""
    computed = {name: CALENDAR.get(name, name) for name in FACTS}
    columns = ", ".join(f"cast({sql} as {FACTS[name]}) as {name}" for name, sql in computed.items())
    return f"select {columns} from ({select})"
