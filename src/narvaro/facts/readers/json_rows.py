"""Rows of an interface, kept as JSON: a list of objects, or an object with one such list. Inner objects become columns
with dots in their names: ``student.identityNumber``."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from narvaro.facts.errors import ImportRefused
from narvaro.facts.readers.cell_rows import Record
from narvaro.facts.readers.trailer import refuse_no_rows
from narvaro.language import Message

LARGEST = 64 << 20
_MOST_COLUMNS = 500
_YES_NO = {True: "ja", False: "nej"}


def json_records(path: Path) -> list[Record]:
    """The header on line 1, and each object as the line after. Raise ImportRefused for what is no such file."""
    rows = [dict(_flat(item, "")) for item in _items(path)]
    if not rows:
        raise refuse_no_rows(file=path.name)
    header = list(dict.fromkeys(name for row in rows for name in row))
    if len(header) > _MOST_COLUMNS:
        raise _refusal(path)
    cells = [header, *([row.get(name, "") for name in header] for row in rows)]
    return [Record(each, line, line / len(cells)) for line, each in enumerate(cells, start=1)]


def _items(path: Path) -> list[dict[str, Any]]:
    if path.stat().st_size > LARGEST:
        raise ImportRefused(
            Message.of(
                "The file {file} is larger than {limit} MB. Export it as CSV.", file=path.name, limit=LARGEST >> 20
            )
        )
    try:
        # Numbers stay as they are written: 12.50 must not become another text, nor a long key a rounded one.
        found = json.loads(path.read_bytes(), parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise _refusal(path) from None
    if isinstance(found, dict):
        lists = [value for value in found.values() if isinstance(value, list)]
        found = lists[0] if len(lists) == 1 else None
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise _refusal(path)
    return found


def _flat(item: dict[str, Any], before: str) -> Iterator[tuple[str, str]]:
    """What is a list within a row is no cell, and left out."""
    for name, value in item.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, bool):
            yield before + name, _YES_NO[value]
        elif value is None or isinstance(value, str):
            yield before + name, value or ""


def _refusal(path: Path) -> ImportRefused:
    return ImportRefused(
        Message.of(
            "The file {file} is not JSON with a list of rows, or it is cut off. Nothing was imported.", file=path.name
        )
    )
