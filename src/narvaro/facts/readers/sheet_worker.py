"""Reads one sheet of a workbook in a process of its own and writes its rows as CSV to standard output.

A small hostile workbook can ask the parser for any amount of memory, which ends the whole process; so it is not ours.
Usage: sheet_worker.py FILE SHEET. Exit codes: see ``EXIT_*``.
"""

import csv
import io
import json
import resource
import sys
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import python_calamine

EXIT_BROKEN = 3
EXIT_NO_SHEET = 4

MEMORY = 2 << 30
CPU_SECONDS = 120
_EXACT = 10**15


def text_of(cell: object) -> str:
    """A cell as people would have written it in a CSV file: 40, 12.5, 2025-08-18, 08:10, ja."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "ja" if cell else "nej"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else f"{cell:.15g}"
    if isinstance(cell, datetime):
        cell = _to_second(cell)
        return cell.date().isoformat() if cell.time() == time() else f"{cell.date()} {_clock(cell.time())}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return _clock(_to_second(datetime.combine(date.min, cell)).time())
    if isinstance(cell, timedelta):
        minutes = round(cell.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    return str(cell)


def _to_second(moment: datetime) -> datetime:
    """A time of day is a fraction in a workbook, so 08:10 may come as 08:09:59.999999."""
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)


def _clock(moment: time) -> str:
    return moment.isoformat("seconds" if moment.second else "minutes")


def main(arguments: Sequence[str]) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sheet = _sheet(*arguments)
    except python_calamine.CalamineError:
        return EXIT_BROKEN
    if sheet is None:
        return EXIT_NO_SHEET
    _write(sheet)
    return 0


def _sheet(path: str, wanted: str) -> python_calamine.CalamineSheet | None:
    """The sheet with that name, else with that number from 1."""
    # From bytes, since from a path the parser believes the extension.
    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(Path(path).read_bytes()))
    if wanted in workbook.sheet_names:
        return workbook.get_sheet_by_name(wanted)
    number = int(wanted) if wanted.isdigit() else 0
    return workbook.get_sheet_by_index(number - 1) if 0 < number <= len(workbook.sheet_names) else None


def _write(sheet: python_calamine.CalamineSheet) -> None:
    """A line of JSON with the number of rows, then every row from the sheet's first row and column."""
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    left = [""] * (sheet.start[1] if sheet.start else 0)
    sys.stdout.write(json.dumps({"rows": sheet.total_height}) + "\n")
    writer = csv.writer(sys.stdout, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for row in sheet.iter_rows():
        writer.writerow(left + [text_of(cell) for cell in row])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
