"""Delimiter and line ends of a text file, and its first rows. What the file does not make clear is asked, not
guessed."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from narvaro.facts.errors import ImportRefused, QuestionForPerson
from narvaro.facts.readers.header_row import SNIFFED_ROWS
from narvaro.facts.readers.row_parser import RowParser
from narvaro.language import Message

DELIMITERS = {";": b";", ",": b",", "tab": b"\t", "\t": b"\t", "|": b"|"}
CANDIDATES = (b";", b",", b"\t", b"|")
_HEADER_WORDS = 3
_EXCEL_LINE = re.compile(rb'"?sep=(.)"?\r?[\r\n]', re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class HeadRow:
    """A row of the file's head: its line (1-based), and where it begins and ends in the text."""

    cells: list[str]
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Dialect:
    delimiter: bytes
    terminator: bytes


@dataclass(frozen=True, slots=True)
class Opening:
    """How a text begins: the line ends, and Excel's ``sep=;`` line, which is no part of the table."""

    terminator: bytes
    excel_delimiter: bytes | None
    start: int

    @classmethod
    def of(cls, head: bytes) -> "Opening":
        first_end = re.search(rb"\r*\n|\r", head)
        terminator = b"\r" if first_end and first_end[0] == b"\r" else b"\n"
        line = _EXCEL_LINE.match(head)
        delimiter = line[1] if line and line[1] in CANDIDATES else None
        return cls(terminator, delimiter, line.end() if line else 0)

    @property
    def first_line(self) -> int:
        return 2 if self.start else 1


def delimiter_named(name: str) -> bytes:
    if name not in DELIMITERS:
        raise ImportRefused(
            Message.of("The delimiter {name} is not known here. Choose one of ; , tab |.", name=repr(name))
        )
    return DELIMITERS[name]


def head_rows(
    head: bytes, opening: Opening, delimiter: bytes, *, whole: bool, limit: int = SNIFFED_ROWS
) -> list[HeadRow]:
    """The first rows, blank ones included. ``whole``: the head is the whole file, so that its last row is complete."""
    parser = RowParser(delimiter, opening.terminator)
    rows: list[HeadRow] = []
    at, line = opening.start, opening.first_line
    while at < len(head) and len(rows) < limit:
        row = parser.parse(head, at, final=whole)
        if row is None:
            break
        rows.append(HeadRow(row.text(), line, at, row.end))
        at, line = row.end, line + row.lines
    return rows


def sniff_delimiter(
    head: bytes, opening: Opening, *, whole: bool, known: Callable[[str], bool], least_width: int, file: str
) -> bytes:
    """The delimiter under which the header holds known words, else the only one that gives rows of one width.

    Raise QuestionForPerson when neither tells.
    """
    tables = {candidate: _filled(head_rows(head, opening, candidate, whole=whole)) for candidate in CANDIDATES}
    words = {
        candidate: max((sum(map(known, set(row))) for row in rows), default=0) for candidate, rows in tables.items()
    }
    best = max(words.values())
    leaders = [candidate for candidate in CANDIDATES if words[candidate] == best]
    if best >= _HEADER_WORDS and len(leaders) == 1:
        return leaders[0]
    even = [candidate for candidate, rows in tables.items() if _is_even(rows, least_width)]
    if len(even) == 1:
        return even[0]
    raise QuestionForPerson(
        Message.of(
            "It is unclear what separates the columns of {file}. Say it with --delimiter: one of ; , tab |.", file=file
        ),
        about="delimiter",
    )


def _filled(rows: list[HeadRow]) -> list[list[str]]:
    return [row.cells for row in rows if any(row.cells)]


def _is_even(rows: list[list[str]], least_width: int) -> bool:
    """The last row is left out when there are others: it may be a trailer, or cut off."""
    return bool(rows) and len(rows[0]) >= least_width and len({len(row) for row in rows[:-1] or rows}) == 1
