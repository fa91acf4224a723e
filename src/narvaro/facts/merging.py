"""Staged rows meet the stored ones, month by month: duplicates, conflicts, corrections, and the files that result.

Within one file the same lesson with other values is a conflict and all its rows are rejected; between files, and
between a
file and the store, the later one corrects the earlier. The outcome does not depend on the order of rows or on how
they are split into files of one import (ADR 0010).
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb

from narvaro.domain.rows import RowProblem
from narvaro.facts.engine import quoted
from narvaro.facts.manifest import DataFile
from narvaro.facts.schema import FACTS, LESSON_KEY, LESSON_VALUES
from narvaro.facts.staging import Staging

MOST_FILES_A_MONTH = 8
_KEY = ", ".join(LESSON_KEY)
_VALUES = f"row({', '.join(LESSON_VALUES)})"
KEPT = "pupil_no, day_no, lesson_id, " + ", ".join(LESSON_VALUES)


@dataclass(frozen=True, slots=True)
class MergedMonth:
    """``rows`` is a SQL source of the month's new content, None when nothing is left; ``replaces`` the stored files it
    stands for."""

    month_no: int
    rows: str | None
    replaces: tuple[DataFile, ...]


class Merger:
    """Merges one month at a time into tables of the staging's connection; counts go to ``staging.counts``.

    ``gone_months``: those with rows in table ``gone``, which are taken away.
    """

    def __init__(self, staging: Staging, root: Path, gone_months: Collection[int] = ()) -> None:
        self.staging = staging
        self.connection: duckdb.DuckDBPyConnection = staging.connection
        self.root = root
        self.gone_months = gone_months
        self.staged_months = staging.months()
        self.connection.execute(f"create table replaced as select {_typed_nulls()} where false")
        if gone_months:
            self.connection.execute(f"insert into replaced by name select {KEPT} from gone")

    def months(self) -> list[int]:
        return sorted({*self.staged_months, *self.gone_months})

    def month(self, month_no: int, stored: tuple[DataFile, ...]) -> MergedMonth | None:
        """None when all is stored already, and nothing is gone."""
        return self._merge(month_no, stored) if month_no in self.staged_months else self._shrink(month_no, stored)

    def _shrink(self, month_no: int, stored: tuple[DataFile, ...]) -> MergedMonth:
        touched = self._touched(f"(select day_no from gone where month_no = {month_no})", stored)
        self.connection.execute(f"create table merged_{month_no} as {self._stored(touched)}")
        return MergedMonth(month_no, self._unless_empty(f"merged_{month_no}"), touched)

    def _merge(self, month_no: int, stored: tuple[DataFile, ...]) -> MergedMonth | None:
        staged = self._settle_deviations(month_no)
        touched = self._touched(self._days(month_no, staged), stored)
        alone = self._without_duplicates(staged)
        if alone and not touched:
            self._accept_all(staged)
            crowded = self._crowded(touched, stored)
            kept = f" union all by name {self._stored(crowded)}" if crowded else ""
            return MergedMonth(month_no, f"(select {KEPT} from {staged}{kept})", crowded)
        self._make_distinct(staged)
        changed = self._chain(touched)
        if not changed and month_no not in self.gone_months:
            return None
        replaces = self._crowded(touched, stored)
        return MergedMonth(month_no, self._merged(month_no, replaces), replaces)

    def _staged(self, month_no: int) -> str:
        return f"(select * from {self.staging.rows(month_no)} join pupil using (pupil_id))"

    def _settle_deviations(self, month_no: int) -> str:
        """Where only deviations are stored, a row without values is presence if the lesson's register was taken.
        A table of its own each month: the month before may still be being written."""
        staged, settled = self._staged(month_no), f"settled_{month_no}"
        if not self._one(f"select coalesce(max(blank), 0) from {staged}"):
            return staged
        class_of_it = "case when lesson_id is null then group_id end"
        lesson = f"file_no, day_no, coalesce(lesson_id, ''), coalesce(start_min, -1), {class_of_it}"
        taken = f"max(case when blank = 0 then reported else 0 end) over (partition by {lesson})"
        self.connection.execute(
            f"""create table {settled} as select * exclude (present_min, reported, taken),
            cast(case when blank = 1 then taken else reported end as tinyint) as reported,
            cast(case when blank = 1 then taken * offered_min else present_min end as smallint) as present_min
            from (select *, {taken} as taken from {staged})"""
        )
        return settled

    def _days(self, month_no: int, staged: str) -> str:
        if month_no not in self.gone_months:
            return staged
        return f"(select day_no from {staged} union all select day_no from gone where month_no = {month_no})"

    def _touched(self, rows: str, stored: tuple[DataFile, ...]) -> tuple[DataFile, ...]:
        days = self.connection.execute(f"select min(day_no), max(day_no) from {rows}").fetchone()
        return tuple(file for file in stored if days and file.covers(days[0], days[1]))

    def _crowded(self, touched: tuple[DataFile, ...], stored: tuple[DataFile, ...]) -> tuple[DataFile, ...]:
        """A month in many small files is rewritten as one, so that reading stays fast."""
        return stored if len(stored) - len(touched) >= MOST_FILES_A_MONTH else touched

    def _without_duplicates(self, staged: str) -> bool:
        rows, keys = self.connection.execute(
            f"select count(*), count(distinct hash({_KEY})) from {staged}"
        ).fetchone() or (0, 0)
        return bool(rows == keys)

    def _accept_all(self, staged: str) -> None:
        for file_no, rows in self.connection.execute(f"select file_no, count(*) from {staged} group by 1").fetchall():
            self.staging.counts[file_no].accepted += rows

    def _make_distinct(self, staged: str) -> None:
        """``distinct_rows``: one row a file and lesson. Repeats are duplicates, contradictions are rejected."""
        self.connection.execute(
            f"""create or replace table keyed as select *,
            row_number() over (partition by {_KEY}, file_no order by chunk_no, row_no) as copy,
            min(hash({_VALUES})) over (partition by {_KEY}, file_no)
                <> max(hash({_VALUES})) over (partition by {_KEY}, file_no) as contradicted
            from {staged}"""
        )
        self.connection.execute(
            f"""insert into rejected_row select file_no, chunk_no, row_no, {RowProblem.CONFLICT.number}
            from keyed where contradicted"""
        )
        counted = self.connection.execute(
            "select file_no, sum(contradicted::int), sum((not contradicted and copy > 1)::int) from keyed group by 1"
        )
        for file_no, contradicted, repeated in counted.fetchall():
            self.staging.counts[file_no].rejected += contradicted
            self.staging.counts[file_no].duplicates += repeated
        self.connection.execute(
            f"""create or replace table distinct_rows as
            select {KEPT}, file_no from keyed where not contradicted and copy = 1"""
        )

    def _chain(self, touched: tuple[DataFile, ...]) -> int:
        """Each lesson's versions in order: stored, then file by file. Counts and keeps what was replaced."""
        self.connection.execute(f"create or replace table stored as {self._stored(touched)}")
        self.connection.execute(
            f"""create or replace table chain as
            with version as (
                select {KEPT}, 0 as file_no from stored semi join distinct_rows using (pupil_no, day_no)
                union all by name select * from distinct_rows
            )
            select *, lead(hash({_VALUES})) over lesson as next_values, lag(hash({_VALUES})) over lesson as
            earlier_values,
                hash({_VALUES}) as own_values
            from version window lesson as (partition by {_KEY} order by file_no)"""
        )
        self.connection.execute(
            f"""insert into replaced by name
            select {KEPT} from chain where next_values is not null and next_values <> own_values"""
        )
        return self._count_versions()

    def _count_versions(self) -> int:
        changed = 0
        counted = self.connection.execute(
            """select file_no, sum((earlier_values is null)::int), sum((earlier_values <> own_values)::int),
            sum((earlier_values = own_values)::int) from chain where file_no > 0 group by 1"""
        )
        for file_no, new, corrected, same in counted.fetchall():
            counts = self.staging.counts[file_no]
            counts.accepted += new + (corrected or 0)
            counts.corrected += corrected or 0
            counts.duplicates += same or 0
            changed += new + (corrected or 0)
        return changed

    def _merged(self, month_no: int, replaces: tuple[DataFile, ...]) -> str | None:
        """A table of its own: the month before may still be being written."""
        self.connection.execute(f"create or replace table stored as {self._stored(replaces)}")
        self.connection.execute(
            f"""create or replace table merged_{month_no} as
            select {KEPT} from chain where next_values is null
            union all by name
            select {KEPT} from stored {without(f"(select distinct {key_columns()} from chain)")}"""
        )
        return self._unless_empty(f"merged_{month_no}")

    def _unless_empty(self, table: str) -> str | None:
        return table if self._one(f"select count(*) from {table}") else None

    def _stored(self, files: tuple[DataFile, ...]) -> str:
        """What is stored in the files, but what is gone."""
        if not files:
            return f"select {KEPT} from replaced where false"
        paths = ", ".join(quoted(self.root / file.path) for file in files)
        left = without(f"(select {key_columns()} from gone)") if self.gone_months else ""
        return f"select {KEPT} from read_parquet([{paths}], hive_partitioning=false) {left}"

    def _one(self, sql: str) -> int:
        row = self.connection.execute(sql).fetchone()
        return int(row[0]) if row else 0


def key_columns() -> str:
    """The parts of a lesson's key as ``k0, k1, ...``."""
    return ", ".join(f"{part} as k{number}" for number, part in enumerate(LESSON_KEY))


def without(keys: str) -> str:
    """SQL after a source of lessons: not those whose key is in ``keys``, a source with ``key_columns``."""
    same = " and ".join(f"{part} is not distinct from c.k{number}" for number, part in enumerate(LESSON_KEY))
    return f"anti join {keys} c on {same}"


def _typed_nulls() -> str:
    return ", ".join(f"cast(null as {FACTS[name.strip()]}) as {name.strip()}" for name in KEPT.split(","))
