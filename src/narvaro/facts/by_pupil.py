"""Each month's lessons a second time, in a file that finds one pupil's at once (ADR 0036).

Parquet answers for everybody together; to find one pupil in a year of it takes four times as long as here. A file here
is made from one facts file, bears its name, and holds nothing that the facts do not: it may be thrown away at any time,
and is made again when somebody asks.
"""

import os
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from narvaro.facts.engine import DuckDBEngine, Row, quoted
from narvaro.facts.manifest import DataFile, Manifest
from narvaro.facts.schema import FACTS, PUPILS
from narvaro.facts.sql_text import SqlText
from narvaro.facts.store import Store

MEMORY = "256MB"
_COLUMNS = """pupil_no, day_no, lesson_no, start_min, end_min, subject, lesson_id, school_unit_id, offered_min,
    reported, present_min, valid_min, invalid_min, other_min, late"""


class PupilLessons(AbstractContextManager["PupilLessons"]):
    """The lessons of a snapshot between two day numbers, pupil by pupil. What it opened it keeps, as its files never
    change. One question at a time."""

    def __init__(self, root: Path, manifest: Manifest, *, first_day: int, as_of: int) -> None:
        self.first_day, self.as_of = first_day, as_of
        files = [file for file in manifest.of("facts") if file.covers(first_day, as_of)]
        self._engine = DuckDBEngine(folders=[root], memory=MEMORY, threads=1)
        for place, file in enumerate(files):
            self._attach(root, file, place)
        months = " union all ".join(f"select * from month{place}.lesson" for place in range(len(files)))
        if months:
            self._engine.connection.execute(f"create view facts as {months}")
        else:
            self._engine.register("facts", (), FACTS)
        self._engine.register("pupil", manifest.paths("pupils", root), PUPILS)
        self.pupil_nos: dict[str, int] = dict(self._engine.query("select pupil_id, pupil_no from pupil"))

    def rows(self, pupil_no: int, columns: str = "*") -> list[Row]:
        """One pupil's lessons, in no order, in the columns of ``pupil_lessons`` or those that are asked for."""
        days = {"first_day": self.first_day, "as_of": self.as_of}
        text = SqlText.load("pupil_lessons").filled(pupil_no=pupil_no, **days)
        return self._engine.query(f"select {columns} from ({text}) lesson", summed=False)

    def _attach(self, root: Path, file: DataFile, place: int) -> None:
        """A file that cannot be read is made anew."""
        path = _made(root, file)
        attach = f"attach {quoted(path)} as month{place} (read_only)"
        try:
            self._engine.connection.execute(attach)
        except duckdb.Error:
            path.unlink(missing_ok=True)
            _made(root, file)
            self._engine.connection.execute(attach)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.close()


def make_by_pupil(root: Path, manifest: Manifest) -> None:
    """All that a snapshot needs and that is not there: so that nobody waits for it."""
    for file in manifest.of("facts"):
        _made(root, file)


def _made(root: Path, file: DataFile) -> Path:
    """Two who make the same file at once both make all of it; the last one's stays."""
    path = root / file.by_pupil
    if path.exists():
        return path
    path.parent.mkdir(exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    try:
        with DuckDBEngine(folders=[root], memory=MEMORY, threads=1) as engine:
            engine.connection.execute(f"attach {quoted(fresh)} as month")
            # A facts file is in the order of pupils, days and lessons, and what one thread reads stays in it.
            lessons = f"select {_COLUMNS} from read_parquet({quoted(root / file.path)}, hive_partitioning=false)"
            engine.connection.execute(f"create table month.lesson as {lessons}")
            engine.connection.execute("detach month")
        return Store(root).adopt(fresh, file.by_pupil)
    finally:
        fresh.unlink(missing_ok=True)
