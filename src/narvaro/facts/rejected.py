"""The rejected rows of an import, read back one by one: line, column and reason, never a value."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from narvaro.domain.rows import RowProblem
from narvaro.facts.engine import DuckDBEngine
from narvaro.facts.manifest import DataFile

AT_A_TIME = 50_000


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """``source_no`` counts the import's sources from 1."""

    source_no: int
    line: int
    problem: RowProblem


@dataclass(frozen=True, slots=True)
class RejectedGroup:
    """Rows rejected for one reason, and where the first of them stands."""

    problem: RowProblem
    rows: int
    first_line: int


def rejected_rows(root: Path, file: DataFile | None) -> Iterator[RejectedRow]:
    """In order of source and line; held in memory some thousands at a time."""
    if file is None:
        return
    with DuckDBEngine(folders=[root]) as engine:
        engine.register("rejects", [root / file.path], {})
        for start in range(0, file.rows, AT_A_TIME):
            yield from _part(engine, start)


def rejected_page(path: Path, *, start: int, count: int) -> Sequence[RejectedRow]:
    """Some of a rejects file's rows, in order of source and line. Empty when the file is gone."""
    if not path.exists():
        return ()
    with DuckDBEngine(folders=[path.parent]) as engine:
        engine.register("rejects", [path], {})
        return _part(engine, start, count)


def rejected_groups(path: Path) -> Sequence[RejectedGroup]:
    """What was wrong, the commonest first."""
    if not path.exists():
        return ()
    with DuckDBEngine(folders=[path.parent]) as engine:
        engine.register("rejects", [path], {})
        found = engine.query("select problem, count(*), min(line) from rejects group by problem order by 2 desc, 1")
    return tuple(RejectedGroup(RowProblem.numbered(problem), rows, line) for problem, rows, line in found)


def _part(engine: DuckDBEngine, start: int, count: int = AT_A_TIME) -> Sequence[RejectedRow]:
    rows = engine.query(f"select file_no, line, problem from rejects limit {count} offset {start}")
    return [RejectedRow(file_no, line, RowProblem.numbered(problem)) for file_no, line, problem in rows]
