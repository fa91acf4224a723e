"""From sources to staged rows: SQL types and judges each chunk on its way into Parquet, one file a chunk.

Memory holds one chunk at a time, however large the file (bad input 18). Rows keep their order, so that a staged row's
number leads back to its line in the source.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from narvaro.domain.identity import InvalidIdentity, normalise
from narvaro.domain.rows import RowProblem
from narvaro.facts.calendar_sql import MONTH_NO
from narvaro.facts.engine import quoted
from narvaro.facts.errors import ImportRefused
from narvaro.facts.identity_keys import pupil_key
from narvaro.facts.layout import Chunk, Layout
from narvaro.facts.lesson_rows import Spelling, is_padded, lesson_sql, text_of
from narvaro.facts.period_rows import period_sql
from narvaro.facts.readers import Source
from narvaro.language import Message

EPOCH = date(1970, 1, 1)
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Register:
    """The pupils and units that are known; rows about others are listed as unmatched, never given a stub person."""

    pupil_ids: frozenset[str]
    school_unit_ids: frozenset[str]


@dataclass(slots=True)
class Counts:
    """Rows of one source so far. ``clamped`` and ``incomplete`` (minutes left over) are among the accepted."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    corrected: int = 0
    clamped: int = 0
    incomplete: int = 0


class Staging:
    """Staged rows of one import on one connection.

    Tables: ``chunk(chunk_no, file_no)``, ``line_run(chunk_no, first_row, shift)``, ``rejected_row(file_no, chunk_no,
    row_no,
    problem)`` for staged rows and ``ragged(file_no, line)`` for rows that could not be staged.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path, *, today: date, secret: bytes) -> None:
        self.connection = connection
        self.folder = folder
        self.today = today
        self.secret = secret
        self.counts: dict[int, Counts] = {}
        self.register = False
        self._chunks = 0
        folder.mkdir()
        for table in (
            "chunk (chunk_no integer, file_no integer)",
            "line_run (chunk_no integer, first_row bigint, shift bigint)",
            "rejected_row (file_no integer, chunk_no integer, row_no bigint, problem tinyint)",
            "ragged (file_no integer, line bigint)",
            "identity (text varchar, pupil_id varchar)",
            "known_pupil (pupil_id varchar)",
            "known_unit (school_unit_id varchar)",
        ):
            connection.execute(f"create table {table}")

    def know(self, register: Register) -> None:
        self.register = True
        self.connection.execute("insert into known_pupil select unnest(?)", [sorted(register.pupil_ids)])
        self.connection.execute("insert into known_unit select unnest(?)", [sorted(register.school_unit_ids)])

    def add(self, source: Source, file_no: int, progress: Progress) -> None:
        counts = self.counts[file_no] = Counts()
        for chunk in source.chunks():
            self._ragged(chunk, file_no)
            if chunk.text:
                self._stage(chunk, source.layout, file_no)
            progress(chunk.share)
        self._count(counts, file_no)

    def rows(self) -> str:
        """SQL source of the staged rows that passed, with ``file_no``, ``chunk_no`` and ``row_no``."""
        files = quoted(self.folder / "*.parquet")
        return (
            f"(select * exclude (file_row_number, problem, clamped, incomplete), file_row_number as row_no "
            f"from read_parquet({files}, file_row_number=true) join chunk using (chunk_no) where problem = 0)"
        )

    def months(self) -> list[int]:
        if not self._chunks:
            return []
        found = self.connection.execute(f"select distinct month_no from {self.rows()} order by 1").fetchall()
        return [month for (month,) in found]

    def rejects(self) -> str:
        """SQL of every rejected row: file_no, line, problem."""
        return f"""
        select file_no, row_no + shift as line, problem
        from rejected_row r asof join line_run l on r.chunk_no = l.chunk_no and r.row_no >= l.first_row
        union all select file_no, line, {RowProblem.RAGGED.number} from ragged"""

    def _ragged(self, chunk: Chunk, file_no: int) -> None:
        if chunk.ragged:
            self.connection.execute("insert into ragged select ?, unnest(?)", [file_no, list(chunk.ragged)])

    def _stage(self, chunk: Chunk, layout: Layout, file_no: int) -> None:
        chunk_no = self._chunks = self._chunks + 1
        text = self.folder / "chunk.csv"
        text.write_bytes(chunk.text)
        self._identities(text, layout)
        spelling = Spelling.glance(chunk.text, layout.delimiter)
        suspicious = self._type(chunk, layout, spelling, text, chunk_no)
        if suspicious and not spelling.padded and is_padded(chunk.text, layout.delimiter):
            self._type(chunk, layout, replace(spelling, padded=True), text, chunk_no)
        text.unlink()
        self.connection.execute("insert into chunk values (?, ?)", [chunk_no, file_no])
        self.connection.execute(
            "insert into line_run select ?, unnest(?), unnest(?)",
            [chunk_no, [row for row, _ in chunk.lines.runs], [line - row for row, line in chunk.lines.runs]],
        )

    def _type(self, chunk: Chunk, layout: Layout, spelling: Spelling, text: Path, chunk_no: int) -> bool:
        """Writes the chunk's typed rows; says whether blanks around cells may have spoiled any."""
        typed = lesson_sql if layout.grain == "lesson" else period_sql
        last_day = (self.today - EPOCH).days
        rows = typed(layout, source=_csv(text, layout), spelling=spelling, last_day=last_day, register=self.register)
        target = quoted(self.folder / f"{chunk_no:06d}.parquet")
        (staged,) = self._row(
            f"""copy (select *, {MONTH_NO} as month_no, {chunk_no} as chunk_no from ({rows})) to {target}
            (format parquet, compression snappy)"""
        )
        _refuse_lost_rows(chunk, staged)
        names = (
            "pupil_id",
            "school_unit_id",
            "group_id",
            *(("subject", "lesson_id") if layout.grain == "lesson" else ()),
        )
        blank = " or ".join(f"{name} < '!' or ends_with({name}, ' ')" for name in names)
        return bool(self._row(f"select count(*) from read_parquet({target}) where problem <> 0 or {blank}")[0])

    def _identities(self, path: Path, layout: Layout) -> None:
        """Each identity number is turned into the store's own pupil id before anything is kept."""
        if layout.column("identity_number") is None:
            return
        text = text_of(layout, "identity_number", padded=True)
        found = self.connection.execute(
            f"""select distinct {text} as spelling from {_csv(path, layout)}
            where spelling is not null and spelling not in (select text from identity)"""
        ).fetchall()
        known = [(spelling, self._pupil_id(spelling)) for (spelling,) in found]
        if known:
            self.connection.executemany("insert into identity values (?, ?)", known)

    def _pupil_id(self, spelling: str) -> str | None:
        try:
            return pupil_key(normalise(spelling, today=self.today), self.secret)
        except InvalidIdentity:
            return None

    def _count(self, counts: Counts, file_no: int) -> None:
        (counts.rejected,) = self._row(f"select count(*) from ragged where file_no = {file_no}")
        counts.read = counts.rejected
        if not self._row(f"select count(*) from chunk where file_no = {file_no}")[0]:
            return
        staged = f"""read_parquet({quoted(self.folder / "*.parquet")}, file_row_number=true)
        join chunk using (chunk_no) where file_no = {file_no}"""
        self.connection.execute(
            f"""insert into rejected_row
            select file_no, chunk_no, file_row_number, problem from {staged} and problem <> 0"""
        )
        rows, wrong, counts.clamped, counts.incomplete = self._row(
            f"""select count(*), count(*) filter (problem <> 0), count(*) filter (problem = 0 and clamped = 1),
            count(*) filter (problem = 0 and incomplete = 1) from {staged}"""
        )
        counts.read += rows
        counts.rejected += wrong

    def _row(self, sql: str) -> tuple[int, ...]:
        return self.connection.execute(sql).fetchone() or (0,)


def _refuse_lost_rows(chunk: Chunk, staged: int) -> None:
    """The reader has counted the rows; if the engine sees others, no number can be trusted."""
    if staged != chunk.rows:
        raise ImportRefused(
            Message.of("The rows from line {line} cannot be told apart. Nothing was imported.", line=chunk.lines.of(0))
        )


def _csv(path: Path, layout: Layout) -> str:
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(layout.width))
    return (
        f"read_csv({quoted(path)}, header=false, auto_detect=false, delim={quoted(layout.delimiter)}, "
        "quote='\"', escape='\"', "
        f"new_line='\\n', columns={{{columns}}}, max_line_size=16000000, buffer_size=16000000)"
    )
