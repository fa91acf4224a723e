"""Stored lessons that are in no source any more, on days of which the sources are said to hold every lesson."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from narvaro.facts.engine import quoted
from narvaro.facts.manifest import DataFile
from narvaro.facts.merging import KEPT, key_columns, without
from narvaro.facts.staging import Staging

Span = tuple[str, int, int]  # a school unit's id, first and last day number


@dataclass(frozen=True, slots=True)
class Gone:
    """How many lessons are ``stored`` in the spans, how many ``rows`` of them are gone, and in which months."""

    stored: int = 0
    rows: int = 0
    months: tuple[int, ...] = ()


def find_gone(staging: Staging, facts: Sequence[DataFile], root: Path, spans: Sequence[Span]) -> Gone:
    """Table ``gone``: the stored lessons of the spans that no staged row names (ADR 0010 says by what). A row that was
    rejected names its lesson too: what is told wrongly is not taken away."""
    reached = [file for file in facts if any(file.covers(first, last) for _unit, first, last in spans)]
    if not reached:
        return Gone()
    connection = staging.connection
    _list_days(staging, spans, reached)
    paths = ", ".join(quoted(root / file.path) for file in reached)
    covered = f"""select {KEPT}, month_no from read_parquet([{paths}], hive_partitioning=false)
        semi join whole_day using (school_unit_id, day_no)"""
    connection.execute(
        f"""create table named as select distinct {key_columns()}
        from {staging.named()} join pupil using (pupil_id) where day_no in (select day_no from whole_day)"""
    )
    connection.execute(f"create table gone as select * from ({covered}) {without('named')}")
    months = connection.execute("select month_no, count(*) from gone group by 1 order by 1").fetchall()
    (stored,) = connection.execute(f"select count(*) from ({covered})").fetchone() or (0,)
    return Gone(stored, sum(rows for _month, rows in months), tuple(month for month, _rows in months))


def spans_held(staging: Staging) -> list[Span]:
    """The units of the staged rows, each from its first day to its last."""
    found: list[Span] = staging.connection.execute(
        f"select school_unit_id, min(day_no), max(day_no) from {staging.rows()} group by 1 order by 1"
    ).fetchall()
    return found


def _list_days(staging: Staging, spans: Sequence[Span], reached: Sequence[DataFile]) -> None:
    """Table ``whole_day``: each unit and day of the spans once, as far as anything is stored."""
    first_stored = min(file.first_day or 0 for file in reached)
    last_stored = max(file.last_day or 0 for file in reached)
    units, firsts, lasts = (list(column) for column in zip(*spans, strict=True))
    staging.connection.execute(
        f"""create table whole_day as select distinct school_unit_id,
        unnest(range(greatest(first, {first_stored}), least(last, {last_stored}) + 1))::integer as day_no
        from (select unnest(?) as school_unit_id, unnest(?::integer[]) as first, unnest(?::integer[]) as last)""",
        [units, firsts, lasts],
    )
