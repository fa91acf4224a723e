"""From sources to staged rows: SQL types and judges each chunk on its way into Parquet, one file a chunk.

Memory holds one chunk at a time, however large the file (bad input 18). Rows keep their order, so that a staged row's
number leads back to its line in the source.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from narvaro.domain.identity import Identity, InvalidIdentity, normalise
from narvaro.domain.rows import RowProblem
from narvaro.facts.calendar_sql import MONTH_NO
from narvaro.facts.engine import quoted
from narvaro.facts.errors import ImportRefused
from narvaro.facts.identity_keys import pupil_key
from narvaro.facts.layout import Chunk, Layout
from narvaro.facts.lesson_rows import Spelling, is_padded, lesson_sql, text_of
from narvaro.facts.period_rows import period_sql
from narvaro.facts.readers import Source
from narvaro.facts.readers.source import CHUNK
from narvaro.facts.schema import FACTS
from narvaro.facts.side_by_side import AT_ONCE, side_by_side
from narvaro.language import Message

EPOCH = date(1970, 1, 1)
SMALLEST_CHUNK = 1 << 20
_NAMED = {"pupil_id": "varchar"} | {name: FACTS[name] for name in ("day_no", "lesson_id", "start_min", "subject")}
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Register:
    """The pupils and units that are known; rows about others are listed as unmatched, never given a stub person.
    ``known_as``: the id of the pupil with an identity number, where the register knows numbers."""

    pupil_ids: frozenset[str]
    school_unit_ids: frozenset[str]
    known_as: Callable[[Identity], str | None] = lambda identity: None


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


@dataclass(frozen=True, slots=True)
class StagedChunk:
    """A chunk's typed rows in Parquet, and the months that they lie between."""

    chunk_no: int
    path: Path
    first_month: int
    last_month: int

    def may_hold(self, month_no: int | None) -> bool:
        return month_no is None or self.first_month <= month_no <= self.last_month


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
        self.known_as: Callable[[Identity], str | None] = lambda identity: None
        self._staged: list[StagedChunk] = []
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
        self.known_as = register.known_as
        self.connection.execute("insert into known_pupil select unnest(?)", [sorted(register.pupil_ids)])
        self.connection.execute("insert into known_unit select unnest(?)", [sorted(register.school_unit_ids)])

    def add(self, source: Source, file_no: int, progress: Progress) -> None:
        counts = self.counts[file_no] = Counts()

        def typed(cursor: duckdb.DuckDBPyConnection, numbered: tuple[int, Chunk]) -> tuple[Chunk, StagedChunk | None]:
            chunk_no, chunk = numbered
            return chunk, self._stage(cursor, chunk, source.layout, chunk_no) if chunk.text else None

        size = min(CHUNK, max(source.size // AT_ONCE, SMALLEST_CHUNK))  # so that a day's file keeps all cores busy
        numbered = enumerate(source.chunks(size), len(self._staged) + 1)
        for chunk, staged in side_by_side(self.connection, numbered, typed):
            self._note(chunk, staged, file_no)
            progress(chunk.share)
        self._count(counts, file_no)

    def rows(self, month_no: int | None = None) -> str:
        """SQL source of the staged rows that passed (of one month), with ``file_no``, ``chunk_no`` and ``row_no``."""
        chosen = [
            staged for staged in self._staged if month_no is None or staged.first_month <= month_no <= staged.last_month
        ]
        files = ", ".join(quoted(staged.path) for staged in chosen)
        of_month = "" if month_no is None else f" and month_no = {month_no}"
        return (
            f"(select * exclude (file_row_number, problem, clamped, incomplete), file_row_number as row_no "
            f"from read_parquet([{files}], file_row_number=true) join chunk using (chunk_no) "
            f"where problem = 0{of_month})"
        )

    def named(self) -> str:
        """SQL source of what every staged row names as its pupil and lesson, also of those that did not pass."""
        if not self._staged:
            return (
                f"(select {', '.join(f'cast(null as {kind}) as {name}' for name, kind in _NAMED.items())} where false)"
            )
        return f"(select {', '.join(_NAMED)} from read_parquet({quoted(self.folder / '*.parquet')}))"

    def months(self) -> list[int]:
        if not self._staged:
            return []
        found = self.connection.execute(f"select distinct month_no from {self.rows()} order by 1").fetchall()
        return [month for (month,) in found]

    def rejects(self) -> str:
        """SQL of every rejected row: file_no, line, problem."""
        return f"""
        select file_no, row_no + shift as line, problem
        from rejected_row r asof join line_run l on r.chunk_no = l.chunk_no and r.row_no >= l.first_row
        union all select file_no, line, {RowProblem.RAGGED.number} from ragged"""

    def _note(self, chunk: Chunk, staged: StagedChunk | None, file_no: int) -> None:
        if chunk.ragged:
            self.connection.execute("insert into ragged select ?, unnest(?)", [file_no, list(chunk.ragged)])
        if staged:
            self._staged.append(staged)
            self.connection.execute("insert into chunk values (?, ?)", [staged.chunk_no, file_no])
            self.connection.execute(
                "insert into line_run select ?, unnest(?), unnest(?)",
                [staged.chunk_no, [row for row, _ in chunk.lines.runs], [line - row for row, line in chunk.lines.runs]],
            )

    def _stage(self, cursor: duckdb.DuckDBPyConnection, chunk: Chunk, layout: Layout, chunk_no: int) -> StagedChunk:
        text = self.folder / f"{chunk_no:06d}.csv"
        text.write_bytes(chunk.text)
        self._identities(cursor, text, layout)
        spelling = Spelling.glance(chunk.text, layout.delimiter)
        staged, suspicious = self._type(cursor, chunk, layout, spelling, chunk_no)
        if suspicious and not spelling.padded and is_padded(chunk.text, layout.delimiter):
            staged, _ = self._type(cursor, chunk, layout, replace(spelling, padded=True), chunk_no)
        text.unlink()
        return staged

    def _type(
        self, cursor: duckdb.DuckDBPyConnection, chunk: Chunk, layout: Layout, spelling: Spelling, chunk_no: int
    ) -> tuple[StagedChunk, bool]:
        """Writes the chunk's typed rows; says whether blanks around cells may have spoiled any."""
        typed = lesson_sql if layout.grain == "lesson" else period_sql
        source = _csv(self.folder / f"{chunk_no:06d}.csv", layout)
        last_day = (self.today - EPOCH).days
        rows = typed(layout, source=source, spelling=spelling, last_day=last_day, register=self.register)
        target = self.folder / f"{chunk_no:06d}.parquet"
        (written,) = _row(
            cursor,
            f"""copy (select *, {MONTH_NO} as month_no, {chunk_no} as chunk_no from ({rows})) to {quoted(target)}
            (format parquet, compression snappy)""",
        )
        _refuse_lost_rows(chunk, written)
        texts = ("subject", "lesson_id") if layout.grain == "lesson" else ("name", "grade")
        names = ("pupil_id", "school_unit_id", "group_id", *texts)
        blank = " or ".join(f"{name} < '!' or ends_with({name}, ' ')" for name in names)
        first, last, suspicious = _row(
            cursor,
            f"""select coalesce(min(month_no), 0), coalesce(max(month_no), 0), count(*) filter (problem <> 0 or {blank})
            from read_parquet({quoted(target)})""",
        )
        return StagedChunk(chunk_no, target, first, last), suspicious > 0

    def _identities(self, cursor: duckdb.DuckDBPyConnection, path: Path, layout: Layout) -> None:
        """Each identity number is turned into the store's own pupil id before anything is kept."""
        if layout.column("identity_number") is None:
            return
        text = text_of(layout, "identity_number", padded=True)
        found = cursor.execute(
            f"""select distinct {text} as spelling from {_csv(path, layout)}
            where spelling is not null and spelling not in (select text from identity)"""
        ).fetchall()
        known = [(spelling, self._pupil_id(spelling)) for (spelling,) in found]
        if known:
            cursor.executemany("insert into identity values (?, ?)", known)

    def _pupil_id(self, spelling: str) -> str | None:
        try:
            identity = normalise(spelling, today=self.today)
            return self.known_as(identity) or pupil_key(identity, self.secret)
        except InvalidIdentity:
            return None

    def _count(self, counts: Counts, file_no: int) -> None:
        (counts.rejected,) = _row(self.connection, f"select count(*) from ragged where file_no = {file_no}")
        counts.read = counts.rejected
        if not _row(self.connection, f"select count(*) from chunk where file_no = {file_no}")[0]:
            return
        staged = f"""read_parquet({quoted(self.folder / "*.parquet")}, file_row_number=true)
        join chunk using (chunk_no) where file_no = {file_no}"""
        self.connection.execute(
            f"""insert into rejected_row
            select file_no, chunk_no, file_row_number, problem from {staged} and problem <> 0"""
        )
        rows, wrong, counts.clamped, counts.incomplete = _row(
            self.connection,
            f"""select count(*), count(*) filter (problem <> 0), count(*) filter (problem = 0 and clamped = 1),
            count(*) filter (problem = 0 and incomplete = 1) from {staged}""",
        )
        counts.read += rows
        counts.rejected += wrong


def _row(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    return connection.execute(sql).fetchone() or (0,)


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
