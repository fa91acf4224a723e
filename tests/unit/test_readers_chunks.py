"""What chunks promise to the rest of the import: exact rows and lines in large files, bounded memory (bad input 18),
and text that DuckDB reads the same way."""

import random
import subprocess
import sys

import duckdb
import pytest

from narvaro.facts.errors import ImportRefused
from narvaro.facts.readers import open_source
from tests.unit.test_readers_support import HEADER, ROW, cells_of, csv_file, lines_of, ragged_of, rows_of

# Not getrusage: what it calls the peak is at least that of the process which started this one.
PEAK = """
import sys
from pathlib import Path
from narvaro.facts.readers import open_source
rows = sum(chunk.rows for chunk in open_source(Path(sys.argv[1])).chunks())
status = Path("/proc/self/status").read_text()
print(rows, int(status.partition("VmHWM:")[2].split()[0]) // 1024)
"""
ODD = ROW.replace("Ma;", '"Bild; form";')


def rows_and_peak(path, megabytes, lines, encoding="utf-8"):
    """Rows read of a file of that size, and the peak memory of the process that read them, in MiB."""
    block = ("\n".join(lines) + "\n").encode(encoding) * 1000
    times = megabytes * 1_000_000 // len(block)
    with path.open("wb") as file:
        file.write(HEADER.encode() + b"\n")
        for _ in range(times):
            file.write(block)
    try:
        found = subprocess.run([sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True)
    finally:
        path.unlink()
    rows, peak = map(int, found.stdout.split())
    assert rows == times * 1000 * len(lines)
    return peak


def test_memory_does_not_grow_with_the_file(tmp_path):
    small = rows_and_peak(tmp_path / "fil.csv", 80, [ROW])
    large = rows_and_peak(tmp_path / "fil.csv", 200, [ROW])
    assert large < 250
    assert large - small < 40


@pytest.mark.parametrize(("line", "encoding"), [(ODD, "utf-8"), (ROW.replace("Ma", "Åk"), "cp1252")])
def test_memory_of_files_that_need_more_work(tmp_path, line, encoding):
    assert rows_and_peak(tmp_path / "fil.csv", 60, [ROW, line, ROW], encoding) < 250


@pytest.mark.parametrize(
    "cell",
    [
        '"a;b"',
        '"a\nb"',
        '"a\r\nb"',
        '"a""b"',
        'a"b',
        'a "b" c',
        '""',
        '"a\rb"',
        " a ",
        "åäö",
        "'a'",
        "\\",
        '"\\"',
        "#a",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_duckdb_reads_the_same_rows(tmp_path, cell, end):
    lines = [HEADER, ROW, ROW.replace("Ma;", f"{cell};"), "ragged;row", ROW.replace("Ma;", f"{cell};") + end + end, ROW]
    source = open_source(csv_file(tmp_path, *lines, end=end))
    (chunk,) = source.chunks()
    path = tmp_path / "chunk.csv"
    path.write_bytes(chunk.text)
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(source.layout.width))
    found = duckdb.sql(
        f"""select * from read_csv('{path}', header=false, auto_detect=false, delim=';', quote='"', escape='"',
        new_line='\\n', columns={{{columns}}})"""
    ).fetchall()
    assert [[cell or "" for cell in row] for row in found] == cells_of(chunk, ";")
    assert len(found) == chunk.rows == 4


def a_large_table(line_end, plain):
    """Text of rows with one of every kind to ``plain`` others; the rows that are kept, their lines, ragged lines."""
    chance, text, line = random.Random(plain), [HEADER], 2
    kept, lines, ragged = [], [], []
    for number in range(40_000 if plain > 100 else 4_000):
        cells = ROW.split(";")
        cells[0] = f"e{number}"
        kind = chance.randrange(plain)
        if kind == 0:
            ragged.append(line)
            cells = cells[:5]
        elif kind == 1:
            cells = [""]
        else:
            cells[6] = {2: "a;b", 3: f"a{line_end}b", 4: 'a"b', 5: "åäö"}.get(kind, "Ma")
            kept.append(cells)
            lines.append(line)
        quoted = [f'"{cell}"' if ";" in cell or "\n" in cell or kind == 6 else cell for cell in cells]
        text.append(";".join(quoted))
        line += 2 if kind == 3 else 1
    return line_end.join([*text, ""]), kept, lines, ragged


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("plain", [10, 200, 10_000])
def test_a_large_file_with_odd_rows_here_and_there(tmp_path, line_end, plain):
    text, kept, lines, ragged = a_large_table(line_end, plain)
    path = tmp_path / "fil.csv"
    path.write_bytes(text.encode())
    source = open_source(path)
    for size in (1 << 16, 1 << 25):
        assert rows_of(source, size=size) == kept
        chunks = list(source.chunks(size))
        assert lines_of(chunks) == lines
        assert ragged_of(chunks) == ragged


@pytest.mark.parametrize("quoted", [{0}, {6}, {13}, {0, 6, 13}, set(range(14))])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_quoted_columns_pass_in_whole_blocks(tmp_path, quoted, line_end):
    """The same columns in every row; a quote that is not at a cell's edge in one of them is seen."""
    cells = [f'"{cell}"' if number in quoted else cell for number, cell in enumerate(ROW.split(";"))]
    inside = [f'{cell[1:2]}"{cell[2:-1]}"' if number in quoted else cell for number, cell in enumerate(cells)]
    rows = [";".join(cells)] * 50
    source = open_source(csv_file(tmp_path, HEADER, *rows, end=line_end))
    assert rows_of(source) == [ROW.split(";")] * 50
    source = open_source(csv_file(tmp_path, HEADER, *rows, ";".join(inside), *rows, end=line_end))
    found = rows_of(source)
    assert found[50] == inside
    assert found[:50] == found[51:] == [ROW.split(";")] * 50
    after = [f"{cell}x" if number in quoted else cell for number, cell in enumerate(cells)]
    source = open_source(csv_file(tmp_path, HEADER, *rows, ";".join(after), end=line_end))
    assert len(rows_of(source)) == 50
    assert ragged_of(source.chunks()) == [52]


def test_rows_that_are_too_long_are_refused(tmp_path):
    long = "x" * (1 << 20)
    for row in (ROW.replace("Ma;", f'"{long}\n";'), ROW.replace("Ma;", f'"{long}"x;'), long):
        with pytest.raises(ImportRefused, match=r"[lL]ine 3"):
            list(open_source(csv_file(tmp_path, HEADER, ROW, row)).chunks())


def test_a_file_of_ragged_rows_only_has_an_empty_chunk(tmp_path):
    source = open_source(csv_file(tmp_path, HEADER, "a;b", "c;d"))
    assert rows_of(source) == []
    assert ragged_of(source.chunks()) == [2, 3]
    assert [chunk.text for chunk in source.chunks()] == [b""]


def test_many_repeated_headers_do_not_slow_reading(tmp_path):
    """Printed pages: a header for every few rows, which used to cost the rest of the block each time."""
    path = csv_file(tmp_path, *[HEADER, ROW, ODD, ROW] * 20_000)
    assert len(rows_of(open_source(path))) == 60_000
