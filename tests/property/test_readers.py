"""Any table written as text, in any supported manner, is read back cell by cell, with the right line for each row."""

import csv
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from narvaro.facts.readers import open_source

HEADER = [
    "elev_id",
    "skolenhetskod",
    "datum",
    "start",
    "lektionsminuter",
    "giltig_min",
    "ogiltig_min",
    "rapporterad",
    "klass",
]
WIDTH = len(HEADER)
CELLS = st.text(st.sampled_from("a1 åÖé.-=\"';,\t|\n\r#"), max_size=6)
ROWS = st.lists(CELLS, min_size=WIDTH, max_size=WIDTH).filter(any)
RAGGED = st.integers(1, 2 * WIDTH).filter(lambda width: width != WIDTH).map(lambda width: ["x"] * width)
TABLES = st.lists(st.one_of(ROWS, ROWS, RAGGED, st.just([]), st.just([""] * WIDTH), st.just(HEADER)), max_size=12)


@dataclass(frozen=True)
class Manner:
    delimiter: str
    line_end: str
    encoding: str
    quote_all: bool
    last_line_end: bool


MANNERS = st.builds(
    Manner,
    st.sampled_from(";,\t|"),
    st.sampled_from(["\n", "\r\n", "\r\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.booleans(),
    st.booleans(),
)
LAST = ["sist", *[""] * (WIDTH - 1)]


def written(cells: list[str], manner: Manner) -> str:
    """A quote needs quoting only where it is a cell's first character."""
    return manner.delimiter.join(
        '"' + cell.replace('"', '""') + '"'
        if manner.quote_all or cell.startswith('"') or any(sign in cell for sign in (manner.delimiter, "\n", "\r"))
        else cell
        for cell in cells
    )


def as_text(table: list[list[str]], manner: Manner) -> tuple[str, list[int]]:
    """The file's text and the line on which each row of the table begins."""
    text, lines = "", []
    for cells in table:
        lines.append(1 + text.count("\r" if manner.line_end == "\r" else "\n"))
        text += written(cells, manner) + manner.line_end
    return text if manner.last_line_end else text.removesuffix(manner.line_end), lines


@given(TABLES, MANNERS, st.sampled_from([1, 40, 300, 1 << 20]))
def test_what_was_written_is_read(table, manner, size):
    table = [HEADER, *table, LAST]
    text, lines = as_text(table, manner)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fil.csv"
        path.write_bytes(text.encode(manner.encoding))
        source = open_source(path, encoding=manner.encoding if manner.encoding == "cp1252" else None)
        chunks = list(source.chunks(size))
    assert source.layout.width == WIDTH
    read = [
        list(csv.reader(io.StringIO(chunk.text.decode(), newline=""), delimiter=manner.delimiter, strict=True))
        for chunk in chunks
    ]
    is_row = [len(cells) == WIDTH and any(cells) and cells != HEADER for cells in table]
    assert [cells for rows in read for cells in rows] == [
        cells for cells, row in zip(table, is_row, strict=True) if row
    ]
    assert [len(rows) for rows in read] == [chunk.rows for chunk in chunks]
    numbers = [chunk.lines.of(row) for chunk in chunks for row in range(chunk.rows)]
    assert numbers == [line for line, row in zip(lines, is_row, strict=True) if row]
    ragged = [line for chunk in chunks for line in chunk.ragged]
    assert ragged == [line for line, cells in zip(lines, table, strict=True) if len(cells) not in (0, WIDTH)]


@given(TABLES, MANNERS)
def test_the_way_it_is_cut_does_not_matter(table, manner):
    text, _ = as_text([HEADER, *table, LAST], manner)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fil.csv"
        path.write_bytes(text.encode(manner.encoding))
        source = open_source(path, encoding=manner.encoding if manner.encoding == "cp1252" else None)
        whole = b"".join(chunk.text for chunk in source.chunks())
        for size in (1, 2, 3, 50):
            assert b"".join(chunk.text for chunk in source.chunks(size)) == whole
