"""The rows that were not taken in, written one at a time, and told in groups."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TextIO

from narvaro.language import LANGUAGES, Message
from narvaro.report.json_text import json_line, json_list
from narvaro.report.model import ImportReport, Reject, SourceInfo

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class RejectGroup:
    """Rows rejected for one reason, with where the first few stand."""

    code: str
    reason: Message
    count: int
    examples: tuple[tuple[str, int], ...]


class RejectTally:
    """Counts rejected rows by code while they pass, so that they need not be held."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._first: dict[str, list[Reject]] = {}

    def passing(self, rejects: Iterable[Reject]) -> Iterator[Reject]:
        for reject in rejects:
            self._counts[reject.code] += 1
            if self._counts[reject.code] <= _EXAMPLES:
                self._first.setdefault(reject.code, []).append(reject)
            yield reject

    def largest_first(self) -> tuple[RejectGroup, ...]:
        codes = sorted(self._counts, key=lambda code: (-self._counts[code], code))
        return tuple(self._group(code) for code in codes)

    def _group(self, code: str) -> RejectGroup:
        first = self._first[code]
        places = tuple((reject.source, reject.line) for reject in first)
        return RejectGroup(code, first[0].reason, self._counts[code], places)


def write_import_report(file: TextIO, report: ImportReport, rejects: Iterable[Reject]) -> None:
    """``import-report.json``: the counts, then every rejected row on a line of its own, then the notes."""
    head = {part: getattr(report, part) for part in ("read", "accepted", "rejected", "duplicates", "corrected")}
    file.write(json_line(head | {"sources": [_source(source) for source in report.sources]}).removesuffix("}"))
    file.write(',\n"rejected_rows": ')
    file.writelines(json_list(_records(rejects, counted=report.rejected)))
    file.write("," + json_line(_in_each_language("notes", report.notes)).removeprefix("{") + "\n")


def _records(rejects: Iterable[Reject], *, counted: int) -> Iterator[dict[str, object]]:
    listed = 0
    for reject in rejects:
        listed += 1
        yield _reject(reject)
    if listed != counted:
        raise ValueError(f"{counted} rows were counted as rejected, {listed} were listed")


def _source(source: SourceInfo) -> dict[str, object]:
    return {
        "name": source.name,
        "sha256": source.sha256,
        "read": source.read,
        "accepted": source.accepted,
        "rejected": source.rejected,
        "duplicates": source.duplicates,
        "corrected": source.corrected,
        **_in_each_language("notes", source.notes),
    }


def _reject(reject: Reject) -> dict[str, object]:
    return {
        "source": reject.source,
        "line": reject.line,
        "column": reject.column,
        "code": reject.code,
        **_reasons(reject.reason),
    }


@lru_cache(maxsize=1024)
def _reasons(reason: Message) -> dict[str, str]:
    """Millions of rows share a few reasons."""
    return {f"reason_{language}": reason.say(language) for language in LANGUAGES}


def _in_each_language(name: str, messages: Iterable[Message]) -> dict[str, object]:
    return {f"{name}_{language}": [message.say(language) for message in messages] for language in LANGUAGES}
