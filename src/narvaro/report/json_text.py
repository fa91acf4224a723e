"""JSON that is UTF-8 for people and safe on a terminal: hidden and commanding characters stand as escapes."""

import json
from collections.abc import Iterable, Iterator

from narvaro.report.visible_text import HIDDEN

_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def json_line(record: object) -> str:
    text = _compact(record)
    if text.isprintable():
        return text
    # Such characters can only stand inside strings, where an escape means the same.
    return HIDDEN.sub(lambda found: json.dumps(found[0])[1:-1], text)


def json_list(records: Iterable[object]) -> Iterator[str]:
    """A list in pieces, one record a line: small enough to hold one at a time, plain enough for diff."""
    start = "[\n"
    for record in records:
        yield start + json_line(record)
        start = ",\n"
    yield "\n]" if start == ",\n" else "[]"
