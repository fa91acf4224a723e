"""Whether a whole block of rows has the right number of cells, told without looking at single rows.

All bytes but delimiters, quotes and line ends are dropped; what is left must be the same few bytes over and over.
That is exact, not a count in which two faults could cancel out, and runs at memory speed.
"""

import re
from dataclasses import dataclass, field

from narvaro.facts.readers.row_parser import QUOTE

_LINE_ENDS = b"\r\n"


@dataclass(frozen=True, slots=True)
class RowShape:
    """``header`` and ``trailer``: whole lines of the source, without line end, that are no rows (empty: there is
    none)."""

    delimiter: bytes
    terminator: bytes
    width: int
    header: bytes = b""
    trailer: bytes = b""
    single: re.Pattern[bytes] = field(init=False, compare=False)
    _run: re.Pattern[bytes] = field(init=False, compare=False)
    _dropped: bytes = field(init=False, compare=False)

    def __post_init__(self) -> None:
        kept = self.delimiter + QUOTE + _LINE_ENDS
        object.__setattr__(self, "_dropped", bytes(set(range(256)) - set(kept)))
        object.__setattr__(self, "single", re.compile(self._row(quoted=rb'[^"]')))
        object.__setattr__(self, "_run", re.compile(rb"(?:%b)*+" % self._row(quoted=rb'[^"\r\n]')))

    def _row(self, *, quoted: bytes) -> bytes:
        """Pattern of a row of the right width whose quotes are all in order, and that is no blank line, header or
        trailer. ``quoted``: what may be in quotes."""
        delimiter = re.escape(self.delimiter)
        cell = rb'(?:"%b*+(?:""%b*+)*+"|[^"\r\n%b]*+)' % (quoted, quoted, delimiter)
        end = rb"\r*+\n" if self.terminator == b"\n" else rb"\r"
        lines = [re.escape(line) + rb"[\t ]*+" for line in (self.header, self.trailer) if line]
        no_row = b"|".join([rb'["%b]*+' % delimiter, *lines])
        return rb"(?!(?:%b)%b)(?:%b%b){%d}%b%b" % (no_row, end, cell, delimiter, self.width - 1, cell, end)

    def run(self, data: bytes, at: int, until: int) -> bytes:
        """The rows from ``at`` that are in order, though not alike, and each on one line; often none."""
        found = self._run.match(data, at, until)
        return data[at : found.end()] if found else b""

    def regular(self, block: bytes) -> tuple[int, bytes]:
        """Number of rows and their common line end, if every row of ``block`` is a plain row; else 0. ``block`` must
        begin and end at row boundaries."""
        skeleton = block.translate(None, self._dropped)
        row = skeleton[: skeleton.find(self.terminator) + 1]
        line_end = row[len(row.rstrip(b"\r\n")) :]
        rows = len(skeleton) // len(row) if row else 0
        if not rows or skeleton != row * rows or not self._valid(row.removesuffix(line_end)):
            return 0, line_end
        if self._holds_other_lines(block, row) or (
            QUOTE in row and not self._quoted_at_edges(block, row, rows, line_end)
        ):
            return 0, line_end
        return rows, line_end

    def _valid(self, row: bytes) -> bool:
        cells = row.split(self.delimiter)
        return len(cells) == self.width and all(cell in (b"", b'""') for cell in cells)

    def _holds_other_lines(self, block: bytes, row: bytes) -> bool:
        """A row without any text, a repeated header or the trailer; they may have the right width."""
        others = (self.terminator + row, self.header, self.trailer)
        return block.startswith(row) or any(line and line in block for line in others)

    def _quoted_at_edges(self, block: bytes, row: bytes, rows: int, line_end: bytes) -> bool:
        """Every opening quote follows, and every closing quote precedes, a delimiter or line end."""
        expected = rows * row.count(QUOTE) // 2
        if expected == rows * self.width:
            between = block.count(QUOTE + self.delimiter + QUOTE) + block.count(QUOTE + line_end + QUOTE)
            return between == expected - 1 and block.startswith(QUOTE) and block.endswith(QUOTE + line_end)
        opening = block.count(self.delimiter + QUOTE) + block.count(self.terminator + QUOTE) + block.startswith(QUOTE)
        closing = block.count(QUOTE + self.delimiter) + block.count(QUOTE + line_end)
        return opening == closing == expected
