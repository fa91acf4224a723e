"""Where a table's header is among its first rows."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from narvaro.facts.errors import ImportRefused
from narvaro.facts.readers.mapping import Mapping
from narvaro.facts.readers.trailer import refuse_no_rows
from narvaro.language import Message

SNIFFED_ROWS = 50


class Row(Protocol):
    """A row of the file: its cells and its line, 1-based."""

    @property
    def cells(self) -> list[str]: ...

    @property
    def line(self) -> int: ...


AnyRow = TypeVar("AnyRow", bound=Row)


def rows_needed(mapping: Mapping | None) -> int:
    """How many first rows must be looked at."""
    return SNIFFED_ROWS + (mapping.header or 0) if mapping else SNIFFED_ROWS


def header_row(rows: Sequence[AnyRow], mapping: Mapping | None, *, file: str) -> AnyRow:
    """The header, or where the mapping says there is none, the first row with text. Raise ImportRefused when it is
    not there."""
    line = mapping.header if mapping else None
    if line:
        named = [row for row in rows if row.line == line]
        if named:
            return named[0]
        raise ImportRefused(Message.of("The file {file} has no row that begins on line {line}.", file=file, line=line))
    filled = [row for row in rows if any(row.cells)]
    if filled:
        return filled[0]
    raise refuse_no_rows(file=file)


def width_of(header: Row, rows: Sequence[Row]) -> int:
    """Cells in each row: the header's, or one more when every row ends with a delimiter that the header lacks."""
    below = [row.cells for row in rows if row.line > header.line and any(row.cells)]
    width = len(header.cells)
    return width + 1 if below and all(len(cells) == width + 1 and not cells[-1] for cells in below) else width
