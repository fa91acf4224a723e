"""Delimited text to chunks. Whole blocks pass untouched when their shape is regular; only what is not is looked at
row by row."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from narvaro.facts.layout import Chunk
from narvaro.facts.readers.blocks import Block, utf8_blocks
from narvaro.facts.readers.chunk_builder import ChunkBuilder
from narvaro.facts.readers.encodings import Encoding
from narvaro.facts.readers.row_parser import ParsedRow, RowParser, written
from narvaro.facts.readers.row_shape import RowShape
from narvaro.facts.readers.trailer import (
    check_stated,
    refuse_cut_off,
    refuse_long_row,
    refuse_no_rows,
    refuse_open_quote,
    stated_rows,
)

# Blocks that fit in the processor's cache, whatever the size of the chunks they are gathered into.
BLOCK = 1 << 20
PIECE = 1 << 16
LONGEST_ROW = 1 << 20
_LINE_END = re.compile(rb"\r+\n?")


@dataclass(frozen=True, slots=True)
class TextTable:
    """``skip``: bytes of UTF-8 before the first data row; ``first_line``: that row's line, 1-based."""

    path: Path
    encoding: Encoding
    shape: RowShape
    skip: int
    first_line: int


def text_chunks(table: TextTable, *, size: int) -> Iterator[Chunk]:
    """Raise ImportRefused for a file that is cut off, has no rows, or contradicts its trailer."""
    total = table.path.stat().st_size
    reader, builder, yielded = _Reader(table), ChunkBuilder(), 0
    for block in blocks_after(table, size=min(size, BLOCK)):
        reader.take(block, builder)
        if builder.holds_anything and (block.last or block.done - yielded >= size):
            reader.rows += builder.rows + len(builder.ragged)
            yield builder.chunk(min(1.0, block.done / total))
            builder, yielded = ChunkBuilder(), block.done
    reader.check_whole()


def blocks_after(table: TextTable, *, size: int) -> Iterator[Block]:
    """The file's blocks without what comes before the first data row."""
    skip = table.skip
    for block in utf8_blocks(table.path, table.encoding, size=size):
        data, skip = block.data[skip:], max(0, skip - len(block.data))
        yield Block(data, block.done, block.last)


class _Reader:
    """Keeps the place in the source between blocks: the unfinished row and the line number."""

    def __init__(self, table: TextTable) -> None:
        self.shape = table.shape
        self.parser = RowParser(table.shape.delimiter, table.shape.terminator)
        self.file = table.path.name
        self.line = table.first_line
        self.rows = 0
        self._left = b""
        self._ended = True

    def take(self, block: Block, builder: ChunkBuilder) -> None:
        data = self._left + block.data if self._left else block.data
        if block.last:
            data = self._with_line_end(data)
        used = self._take_all(data, builder, last=block.last)
        self._left = data[used:]
        if self._left and (block.last or len(self._left) > LONGEST_ROW):
            raise refuse_long_row(self._left, self.line, file=self.file)

    def check_whole(self) -> None:
        if not self.rows:
            raise refuse_no_rows(file=self.file)
        check_stated(stated_rows(self.shape.trailer.decode()), self.rows, file=self.file)

    def _with_line_end(self, data: bytes) -> bytes:
        """A last row without line end is complete if it has all its cells; ``_ended`` remembers to ask."""
        self._ended = not data or data.endswith(self.shape.terminator)
        return data if self._ended else data + self.shape.terminator

    def _take_all(self, data: bytes, builder: ChunkBuilder, *, last: bool) -> int:
        """Bytes used: all whole rows of ``data``."""
        end = data.rfind(self.shape.terminator) + 1
        at = end if self._take_regular(data[:end], builder) else 0
        while at < end:
            stop = data.rfind(self.shape.terminator, at, at + PIECE) + 1
            if stop and self._take_regular(data[at:stop], builder):
                at = stop
                continue
            used = self._take_by_row(data, at, min(at + PIECE, end), builder, last=last)
            if used == at:
                break
            at = used
        return at

    def _take_regular(self, region: bytes, builder: ChunkBuilder) -> bool:
        rows, line_end = self.shape.regular(region)
        if rows:
            builder.add(region if line_end == b"\n" else region.replace(line_end, b"\n"), rows, self.line)
            self.line += rows
        return rows > 0

    def _take_by_row(self, data: bytes, at: int, until: int, builder: ChunkBuilder, *, last: bool) -> int:
        """Rows from ``at`` until one ends at or after ``until``; returns where the last whole row ended."""
        while at < until:
            run = self.shape.run(data, at, until)
            self._take_run(run, builder)
            start = at = at + len(run)
            if at < until:
                at = self._take_one(data, at, builder, last=last)
                if at == start:
                    return at
        return at

    def _take_run(self, run: bytes, builder: ChunkBuilder) -> None:
        rows = run.count(self.shape.terminator)
        if rows:
            builder.add(_LINE_END.sub(b"\n", run) if b"\r" in run else run, rows, self.line)
            self.line += rows

    def _take_one(self, data: bytes, at: int, builder: ChunkBuilder, *, last: bool) -> int:
        """The row at ``at``; returns where it ends (``at``: it is not whole)."""
        found = self.shape.single.match(data, at)
        row = None if found else self.parser.parse(data, at, final=False)
        end = found.end() if found else row.end if row else at
        line = data[at:end]
        if len(line) > LONGEST_ROW:
            raise refuse_long_row(line, self.line, file=self.file)
        if row:
            self._take_odd(row, line, builder, at_end=last and end == len(data))
        elif found:
            builder.add(self._ended_by_lf(line), 1, self.line)
        self.line += line.count(self.shape.terminator)
        return end

    def _is_trailer(self, line: bytes) -> bool:
        return bool(self.shape.trailer) and line.rstrip(b"\r\n\t ") == self.shape.trailer

    def _is_no_row(self, line: bytes) -> bool:
        return line.rstrip(b"\r\n") == self.shape.header or self._is_trailer(line)

    def _ended_by_lf(self, line: bytes) -> bytes:
        """The row with the line ends that are inside its quotes as they are."""
        return line.rstrip(b"\r\n") + b"\n" if b"\r" in line else line

    def _take_odd(self, row: ParsedRow, line: bytes, builder: ChunkBuilder, *, at_end: bool) -> None:
        """A row that is blank, repeats the header, is ragged, or needs its quotes put in order."""
        if row.broken and row.lines > 1:
            raise refuse_open_quote(self.line, file=self.file)
        if not row.blank and not self._is_no_row(line):
            self._take_cells(row, builder, at_end=at_end)

    def _take_cells(self, row: ParsedRow, builder: ChunkBuilder, *, at_end: bool) -> None:
        width = self.shape.width
        if len(row.cells) == width and not row.broken:
            builder.add(written(row.cells, self.shape.delimiter), 1, self.line)
        elif at_end and not self._ended and len(row.cells) < width:
            raise refuse_cut_off(self.line, file=self.file)
        else:
            builder.ragged.append(self.line)
