"""What the tests of the readers share: small files of our own format, and rows read back."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import pytest

from narvaro.facts.errors import ImportRefused
from narvaro.facts.layout import Chunk
from narvaro.facts.readers import Source

HEADER = (
    "elev_id;skolenhetskod;klass;datum;start;slut;amne;lektionsminuter;"
    "narvarominuter;giltig_min;ogiltig_min;annan_min;rapporterad;lektion_id"
)
ROW = "e1;12345678;7A;2025-09-01;08:10;08:50;Ma;40;40;0;0;0;ja;L1"
ROW_2 = "e2;12345678;7A;2025-09-01;08:10;08:50;Bild och form;40;0;40;0;0;ja;L1"
PERIOD_HEADER = "elev_id;skolenhetskod;arskurs;klass;fran;till;erbjuden_min;giltig_min;ogiltig_min"
PERIOD_ROW = "e1;12345678;7;7A;2025-08-18;2025-12-19;24000;600;40"


def csv_file(folder: Path, *lines: str, name: str = "fil.csv", encoding: str = "utf-8", end: str = "\n") -> Path:
    """Each line with its line end, also the last."""
    path = folder / name
    path.write_bytes("".join(line + end for line in lines).encode(encoding))
    return path


def cells_of(chunk: Chunk, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(chunk.text.decode(), newline=""), delimiter=delimiter, strict=True))


def rows_of(source: Source, **size: int) -> list[list[str]]:
    """All rows, checked to be as many and as wide as the source says."""
    rows: list[list[str]] = []
    for chunk in source.chunks(**size):
        found = cells_of(chunk, source.layout.delimiter)
        assert len(found) == chunk.rows
        assert {len(row) for row in found} <= {source.layout.width}
        rows += found
    return rows


def fields_of(source: Source) -> list[dict[str, str]]:
    """All rows as field -> text, with the constants."""
    columns = dict(source.layout.columns)
    return [
        {**dict(source.layout.constants), **{field: row[at] for field, at in columns.items()}}
        for row in rows_of(source)
    ]


def lines_of(chunks: Iterable[Chunk]) -> list[int]:
    """The source line of every row."""
    return [chunk.lines.of(row) for chunk in chunks for row in range(chunk.rows)]


def ragged_of(chunks: Iterable[Chunk]) -> list[int]:
    return [line for chunk in chunks for line in chunk.ragged]


def said(refusal: pytest.ExceptionInfo[ImportRefused]) -> str:
    return refusal.value.message.say("en")


def notes_of(source: Source) -> str:
    return " | ".join(note.say("en") for note in source.notes)
