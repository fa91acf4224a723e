"""One row at a time out of delimited bytes, exactly. Slow and careful: the fast path never comes here."""

import re
from dataclasses import dataclass

QUOTE = b'"'
_CLOSING = re.compile(rb'[^"]*+(?:""[^"]*+)*+"')


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """``cells`` without quotes. ``end``: offset after the row's line end. ``lines``: source lines it spans.

    ``broken``: text follows a closing quote. ``ended``: the row has a line end.
    """

    cells: list[bytes]
    end: int
    lines: int
    broken: bool
    ended: bool

    @property
    def blank(self) -> bool:
        return not any(self.cells)

    def text(self) -> list[str]:
        return [cell.decode() for cell in self.cells]


class RowParser:
    """A cell is quoted only when the quote is its first character; other quotes are data. A row ends with
    ``terminator`` (LF, or CR in files of old Macs); CRs before LF belong to the line end."""

    def __init__(self, delimiter: bytes, terminator: bytes) -> None:
        self.delimiter = delimiter
        self.terminator = terminator
        self._plain = re.compile(b"[^" + re.escape(delimiter) + re.escape(terminator) + b"]*+")

    def parse(self, data: bytes, start: int, *, final: bool) -> ParsedRow | None:
        """The row that begins at ``start``, or None when ``data`` ends before the row does (with ``final``: inside
        quotes)."""
        cells: list[bytes] = []
        at, broken = start, False
        while True:
            cell, at, bad = self._quoted(data, at) if data.startswith(QUOTE, at) else self._unquoted(data, at)
            if at < 0:
                return None
            cells.append(cell)
            broken = broken or bad
            if data.startswith(self.delimiter, at):
                at += 1
                continue
            ended = data.startswith(self.terminator, at)
            if not ended and not final:
                return None
            end = at + 1 if ended else at
            return ParsedRow(cells, end, max(1, data.count(self.terminator, start, end)), broken, ended)

    def _unquoted(self, data: bytes, at: int) -> tuple[bytes, int, bool]:
        end = self._end_of_plain(data, at)
        return self._without_return(data, data[at:end], end), end, False

    def _quoted(self, data: bytes, at: int) -> tuple[bytes, int, bool]:
        """The cell, the offset after it (-1: not closed) and whether other text follows the closing quote."""
        closing = _CLOSING.match(data, at + 1)
        if closing is None:
            return b"", -1, False
        end = self._end_of_plain(data, closing.end())
        rest = self._without_return(data, data[closing.end() : end], end)
        return data[at + 1 : closing.end() - 1].replace(b'""', QUOTE), end, bool(rest)

    def _end_of_plain(self, data: bytes, at: int) -> int:
        found = self._plain.match(data, at)
        return found.end() if found else at

    def _without_return(self, data: bytes, cell: bytes, end: int) -> bytes:
        at_line_end = end == len(data) or data.startswith(self.terminator, end)
        return cell.rstrip(b"\r") if at_line_end and self.terminator == b"\n" else cell


def written(cells: list[bytes], delimiter: bytes) -> bytes:
    """The row as clean delimited text with LF, quoted only where needed."""
    return delimiter.join([_cell(cell, delimiter) for cell in cells]) + b"\n"


def _cell(cell: bytes, delimiter: bytes) -> bytes:
    if delimiter in cell or QUOTE in cell or b"\n" in cell or b"\r" in cell:
        return QUOTE + cell.replace(QUOTE, b'""') + QUOTE
    return cell
