"""Rows of a workbook's sheet (.xlsx, .xls, .ods), read by a worker process with limits on memory and time."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Generator, Iterator
from itertools import islice
from pathlib import Path
from typing import IO

from narvaro.facts.errors import ImportRefused
from narvaro.facts.readers.archive import broken_workbook, check_workbook, protected_workbook
from narvaro.facts.readers.cell_rows import Record
from narvaro.facts.readers.content import Content
from narvaro.facts.readers.mapping import Column
from narvaro.facts.readers.sheet_worker import EXIT_NO_SHEET
from narvaro.language import Message

# A protected .xlsx is an OLE file that holds the encrypted archive in a stream of this name; in a protected .xls a
# record FILEPASS follows the first one, after at most one other.
_PROTECTED = re.compile(
    re.escape("EncryptedPackage".encode("utf-16-le")) + rb"|\x09\x08\x10\0.{16}(?:\x86\0\0\0)?\x2f\0", re.DOTALL
)
# Run as a file, since as a module it would load all of this package first.
_WORKER = Path(__file__).with_name("sheet_worker.py")


def check_sheet_file(path: Path, content: Content) -> None:
    """Raise ImportRefused for archives that are no workbooks or would unpack to too much, and for protected
    workbooks."""
    if content is Content.ZIP:
        check_workbook(path)
    elif _PROTECTED.search(path.read_bytes()):
        raise protected_workbook(path.name)


def sheet_head(path: Path, sheet: Column | None, *, limit: int) -> list[Record]:
    """The first rows of the sheet, blank ones included."""
    records = sheet_records(path, sheet)
    try:
        return list(islice(records, limit))
    finally:
        records.close()


def sheet_records(path: Path, sheet: Column | None) -> Generator[Record, None, None]:
    """All rows of the sheet, each as wide as the sheet; ``line`` is the sheet's row number.

    Raise ImportRefused when the workbook is damaged, protected, too large, or has no such sheet.
    """
    command = [sys.executable, "-P", str(_WORKER), str(path), "1" if sheet is None else str(sheet)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            if process.stdout:
                yield from _records(process.stdout)
            status = process.wait()
        except csv.Error as error:
            # A cell longer than any that a workbook may hold.
            raise broken_workbook(path.name) from error
        finally:
            process.kill()
    if status != 0:
        raise _refusal(status, path.name, sheet)


def _records(stream: IO[bytes]) -> Iterator[Record]:
    # A worker that is stopped may leave half a letter; its exit status is what is judged then.
    with io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="") as text:
        first = text.readline()
        total = json.loads(first)["rows"] if first.endswith("\n") else 0
        for number, cells in enumerate(csv.reader(text), start=1):
            yield Record(cells, number, min(1.0, number / max(1, total)))


def _refusal(status: int, file: str, sheet: Column | None) -> ImportRefused:
    if status == EXIT_NO_SHEET:
        return ImportRefused(Message.of("The workbook {file} has no sheet {sheet}.", file=file, sheet=sheet))
    if status < 0:
        return ImportRefused(
            Message.of("The workbook {file} needs too much memory or time to read. Export it as CSV.", file=file)
        )
    return broken_workbook(file)
