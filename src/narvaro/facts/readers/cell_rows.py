"""Rows of cells, judged one by one, to chunks: for spreadsheets, and for text whose rows are not all data."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from narvaro.facts.errors import ImportRefused
from narvaro.facts.layout import Chunk
from narvaro.facts.readers.chunk_builder import ChunkBuilder
from narvaro.facts.readers.row_parser import RowParser, written
from narvaro.facts.readers.text_rows import LONGEST_ROW, TextTable, blocks_after
from narvaro.facts.readers.trailer import (
    check_stated,
    refuse_cut_off,
    refuse_long_row,
    refuse_no_rows,
    refuse_open_quote,
    stated_rows,
)
from narvaro.language import Message

DELIMITER = ";"


@dataclass(frozen=True, slots=True)
class Record:
    """A row of the source. ``share``: how much of the source has been read. ``ended``: False for a last row without
    line end, which may be cut off."""

    cells: list[str]
    line: int
    share: float
    ended: bool = True


class NoRow(Enum):
    SKIP = "skip"
    RAGGED = "ragged"


class RowRules(Protocol):
    """Made anew for each reading, since it may remember earlier rows."""

    def judge(self, cells: list[str]) -> list[str] | NoRow:
        """The cells to keep (all rows alike in number), or why the row is none."""


def cell_chunks(records: Iterable[Record], rules: RowRules, *, size: int, file: str) -> Iterator[Chunk]:
    """Raise ImportRefused for a table that is cut off, has no rows, or contradicts its trailer."""
    builder, rows, stated = ChunkBuilder(), 0, None
    share, stated_line = 1.0, 0
    for record in records:
        if stated is not None:
            # What looked like the trailer was not the last row.
            builder.ragged.append(stated_line)
            stated = None
        verdict = rules.judge(record.cells)
        if verdict is not NoRow.SKIP and (stated := _stated(record)) is not None:
            stated_line = record.line
            continue
        _take(record, verdict, builder, file)
        share = record.share
        if builder.size >= size:
            rows += builder.rows + len(builder.ragged)
            yield builder.chunk(share)
            builder = ChunkBuilder()
    rows += builder.rows + len(builder.ragged)
    if not rows:
        raise refuse_no_rows(file=file)
    check_stated(stated, rows, file=file)
    if builder.holds_anything:
        yield builder.chunk(1.0)


def _stated(record: Record) -> int | None:
    texts = [cell for cell in record.cells if cell]
    return stated_rows(DELIMITER.join(texts)) if len(texts) <= 2 else None


def _take(record: Record, verdict: list[str] | NoRow, builder: ChunkBuilder, file: str) -> None:
    if verdict is NoRow.RAGGED and not record.ended:
        raise refuse_cut_off(record.line, file=file)
    if verdict is NoRow.RAGGED:
        builder.ragged.append(record.line)
    elif not isinstance(verdict, NoRow):
        _refuse_nul(verdict, record.line, file)
        builder.add(written([cell.encode() for cell in verdict], DELIMITER.encode()), 1, record.line)


def _refuse_nul(cells: list[str], line: int, file: str) -> None:
    if any("\0" in cell for cell in cells):
        raise ImportRefused(
            Message.of("Line {line} of {file} holds a NUL character. Nothing was imported.", line=line, file=file)
        )


def text_records(table: TextTable) -> Iterator[Record]:
    """The rows of a text file, blank ones included. ``table.shape`` gives delimiter and line ends only."""
    parser = RowParser(table.shape.delimiter, table.shape.terminator)
    total = table.path.stat().st_size
    line, left = table.first_line, b""
    for block in blocks_after(table, size=LONGEST_ROW):
        data, at = left + block.data, 0
        while at < len(data):
            row = parser.parse(data, at, final=block.last)
            if row is None:
                break
            if row.broken and row.lines > 1:
                raise refuse_open_quote(line, file=table.path.name)
            yield Record([] if row.broken else row.text(), line, min(1.0, block.done / total), row.ended)
            at, line = row.end, line + row.lines
        left = data[at:]
        if left and (block.last or len(left) > LONGEST_ROW):
            raise refuse_long_row(left, line, file=table.path.name)
