"""What an import changes: two snapshots laid beside each other, by month and school. Only the files in which they
differ are read, so it costs what the import touched."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from narvaro.facts.calendar_sql import MONTH_NO
from narvaro.facts.engine import DuckDBEngine, quoted
from narvaro.facts.manifest import DataFile, Kind, Manifest
from narvaro.facts.schema import LESSON_KEY, LESSON_VALUES

_PERIOD_KEY = ("pupil_no", "school_unit_id", "first_day", "last_day")
_PERIOD_VALUES = ("offered_min", "present_min", "valid_min", "invalid_min", "late_count", "name", "grade", "group_id")
_MEMORY = "900MB"


@dataclass(frozen=True, slots=True)
class Changed:
    """Rows of one month and school that are new, hold other values, or are there no more. A month is as in
    ``domain.school_calendar``; a period's is that of its first day."""

    month_no: int
    school_unit_id: str
    new: int
    corrected: int
    removed: int


def changes(before: tuple[Path, Manifest], after: tuple[Path, Manifest]) -> tuple[Changed, ...]:
    """By month and school; empty when nothing differs. Each snapshot with the root of its store."""
    kinds: tuple[Kind, ...] = ("facts", "periods")
    return tuple(each for kind in kinds for each in _of_kind(kind, before, after))


def _of_kind(kind: Kind, before: tuple[Path, Manifest], after: tuple[Path, Manifest]) -> Sequence[Changed]:
    kept = {file.path for file in before[1].of(kind)} & {file.path for file in after[1].of(kind)}
    left, come = (_paths(kept, root, manifest.of(kind)) for root, manifest in (before, after))
    if not left and not come:
        return ()
    with DuckDBEngine(folders=[before[0], after[0]], memory=_MEMORY) as engine:
        return [Changed(*row) for row in engine.query(_compared(kind, left, come) if left else _counted(kind, come))]


def _paths(kept: set[str], root: Path, files: Sequence[DataFile]) -> list[Path]:
    return [root / file.path for file in files if file.path not in kept]


def _rows(kind: Kind, paths: Sequence[Path]) -> str:
    key, values = (LESSON_KEY, LESSON_VALUES) if kind == "facts" else (_PERIOD_KEY, _PERIOD_VALUES)
    keys = ", ".join(f"{part} as k{number}" for number, part in enumerate(key))
    files = f"read_parquet([{', '.join(map(quoted, paths))}], hive_partitioning=false)"
    month = "month_no" if kind == "facts" else MONTH_NO.replace("day_no", "first_day")
    return f"select {month} as month, school_unit_id as unit, {keys}, row({', '.join(values)}) as own from {files}"


def _counted(kind: Kind, come: Sequence[Path]) -> str:
    return f"select month, unit, count(*), 0, 0 from ({_rows(kind, come)}) group by 1, 2 order by 1, 2"


def _compared(kind: Kind, left: Sequence[Path], come: Sequence[Path]) -> str:
    old = _rows(kind, left)
    fresh = _rows(kind, come) if come else f"{old} where false"
    keys = ", ".join(f"k{number}" for number in range(len(LESSON_KEY if kind == "facts" else _PERIOD_KEY)))
    return f"""
    select coalesce(f.month, o.month) as month, coalesce(f.unit, o.unit) as unit,
        count(*) filter (o.month is null) as new,
        count(*) filter (f.own <> o.own) as corrected,
        count(*) filter (f.month is null) as removed
    from ({fresh}) f full join ({old}) o using ({keys})
    group by 1, 2 having new + corrected + removed > 0 order by 1, 2"""
