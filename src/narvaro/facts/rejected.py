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


def rejected_rows(root: Path, file: DataFile | None) -> Iterator[RejectedRow]:
    """In order of source and line; held in memory some thousands at a time."""
    if file is None:
        return
    with DuckDBEngine(folders=[root]) as engine:
        engine.register("rejects", [root / file.path], {})
        for start in range(0, file.rows, AT_A_TIME):
            yield from _part(engine, start)


def _part(engine: DuckDBEngine, start: int) -> Sequence[RejectedRow]:
    rows = engine.query(f"select file_no, line, problem from rejects limit {AT_A_TIME} offset {start}")
    return [RejectedRow(file_no, line, RowProblem.numbered(problem)) for file_no, line, problem in rows]
