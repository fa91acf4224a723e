"""A look at a file's columns for a person who is to say what they mean. Values are masked before they leave here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from narvaro.facts.layout import Grain
from narvaro.facts.readers.content import Content, content_of
from narvaro.facts.readers.dialect import delimiter_named, sniff_delimiter
from narvaro.facts.readers.header_row import Row
from narvaro.facts.readers.headers import field_of, is_known, looks_like_header
from narvaro.facts.readers.inspection import inspect
from narvaro.facts.readers.record_reading import record_table
from narvaro.facts.readers.text_opening import TextFile
from narvaro.facts.readers.trailer import refuse_no_rows

Look = Literal["", "number", "date", "time", "text"]
SAMPLES = 3
LONGEST_HEADER = 80
_LOOKS: tuple[tuple[Look, re.Pattern[str]], ...] = (
    ("date", re.compile(r"(19|20)\d\d[-./]?\d\d[-./]?\d\d|\d{1,2}[-./]\d{1,2}[-./](19|20)?\d\d")),
    ("time", re.compile(r"[0-2]?\d[:.][0-5]\d(:[0-5]\d)?")),
    ("number", re.compile(r"-?\d+([.,]\d+)?\s*%?")),
)
# A heading may end in a number, but does not hold a date, a time or four digits.
_DATA = re.compile(r"\d{4}|\d[:.,]\d|\d{2}-\d{2}|^-?\d+$")


@dataclass(frozen=True, slots=True)
class PeekedColumn:
    """``number`` from 1. ``header`` is empty when the file has none. ``samples``: "e-0***", never a whole value."""

    number: int
    header: str
    look: Look
    samples: tuple[str, ...]

    def field(self, grain: Grain) -> str | None:
        """What the header means, where it is one of the words that are known."""
        return field_of(self.header, grain) if self.header else None


@dataclass(frozen=True, slots=True)
class Peek:
    """``encoding`` and ``delimiter`` are empty for a workbook. ``header_line`` is None when the first row is data."""

    encoding: str
    delimiter: str
    header_line: int | None
    columns: tuple[PeekedColumn, ...]


def peek(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> Peek:
    """Raise ImportRefused, or QuestionForPerson about encoding or delimiter, as ``open_source``."""
    content = content_of(path)
    if content is not Content.TEXT:
        # What is XML or JSON has its letters told, as text has; a workbook has not.
        letters = "utf-8" if content in (Content.XML, Content.JSON) else ""
        return _peek(letters, "", record_table(path, content, None).head, path.name)
    facts = inspect(path, declared=encoding)
    text = TextFile.of(path, facts)
    chosen = delimiter_named(delimiter) if delimiter else text.opening.excel_delimiter or _sniffed(text)
    return _peek(facts.encoding.name, chosen.decode(), text.rows(chosen, None), path.name)


def masked(cell: str) -> str:
    """Enough to know a column by, too little to know a person or a row by."""
    text = cell.strip()
    if len(text) < 3:
        return "*" * len(text)
    kept = 3 if len(text) > 4 and any(letter.isdigit() for letter in text) else 1
    return f"{text[:kept]}***"


def _sniffed(text: TextFile) -> bytes:
    return sniff_delimiter(
        text.head.data, text.opening, whole=text.head.last, known=is_known, least_width=2, file=text.path.name
    )


def _peek(encoding: str, delimiter: str, rows: Sequence[Row], file: str) -> Peek:
    filled = [row for row in rows if any(cell.strip() for cell in row.cells)]
    if not filled:
        raise refuse_no_rows(file=file)
    first = _heading(filled)
    has_header = not any(_DATA.search(cell.strip()) for cell in first.cells)
    below = [row.cells for row in filled if row.line > first.line or not has_header]
    headers = first.cells if has_header else [""] * len(first.cells)
    columns = tuple(_column(number, header, below) for number, header in enumerate(headers))
    return Peek(encoding, delimiter, first.line if has_header else None, columns)


def _heading(filled: Sequence[Row]) -> Row:
    """A row of known words, else the first row that is as wide as most: titles above it are narrow."""
    known = next((row for row in filled if looks_like_header(row.cells)), None)
    widths = sorted(_width(row) for row in filled)
    usual = widths[len(widths) // 2]
    return known or next(row for row in filled if _width(row) >= min(usual, 2))


def _width(row: Row) -> int:
    return sum(bool(cell.strip()) for cell in row.cells)


def _column(number: int, header: str, below: Sequence[Sequence[str]]) -> PeekedColumn:
    cells = [cells[number].strip() for cells in below if number < len(cells) and cells[number].strip()]
    samples = tuple(dict.fromkeys(map(masked, cells)))[:SAMPLES]
    return PeekedColumn(number + 1, " ".join(header.split())[:LONGEST_HEADER], _look(cells), samples)


def _look(cells: Sequence[str]) -> Look:
    if not cells:
        return ""
    return next((look for look, pattern in _LOOKS if all(pattern.fullmatch(cell) for cell in cells)), "text")
