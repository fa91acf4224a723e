"""Edlevo's Absence v2 (XML) as two tables of plain text, as a workbook has sheets: ``event``, a row a pupil and lesson,
and ``aggregation``, a row a pupil and period. What the columns mean is said by a mapping (definitions/presets).

The file is hostile: a document type, and so every entity, is refused; it is read in pieces and kept nowhere.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from xml.parsers import expat
from zoneinfo import ZoneInfo

from narvaro.facts.errors import ImportRefused
from narvaro.facts.readers.amounts import amount_of, written
from narvaro.facts.readers.cell_rows import Record
from narvaro.facts.readers.trailer import refuse_no_rows
from narvaro.language import Message

NAMESPACE = "http://open.tieto.com/edu/absence"
EVENT, AGGREGATION = "event", "aggregation"
_BLOCK = 1 << 16
_DEEPEST = 16
_LONGEST_TEXT = 10_000
_STOCKHOLM = ZoneInfo("Europe/Stockholm")
# A comment may be about health, and who registered the absence is not asked for: neither is read.
_LEAVES = (
    "unitid",
    "unitname",
    "lessonid",
    "courseorsubjectname",
    "grouporclassname",
    "reason",
    "minutes",
    "lessonminutes",
)
_REASONS = ("Valid", "Invalid", "LateArrival", "Present")
_HEADERS: dict[str, list[str]] = {
    EVENT: ["personid", "date", "start", "stop", *_LEAVES],
    AGGREGATION: ["personid", "start", "stop", "offeredminutes", *_REASONS],
}


def edlevo_head(path: Path, table: str | None, *, limit: int) -> tuple[str, list[Record]]:
    """The table (without a wish, the one that has rows, events first) and its first rows, the header before them.
    Raise ImportRefused for what is no such file, or has no such rows."""
    for kind in (table,) if table else (EVENT, AGGREGATION):
        rows = edlevo_records(path, kind)
        head = list(islice(rows, limit))
        rows.close()
        if len(head) > 1:
            return kind, head
    raise refuse_no_rows(file=path.name)


def edlevo_records(path: Path, table: str) -> Generator[Record, None, None]:
    """The header, and each row with the line on which its element begins. Raise ImportRefused, also after some rows,
    for XML that is broken, cut off or hostile."""
    if table not in _HEADERS:
        raise ImportRefused(Message.of("The file {file} has no table {sheet}.", file=path.name, sheet=table))
    yield Record(_HEADERS[table], 0, 0.0)
    document = _Document(path.name, table)
    total = path.stat().st_size or 1
    with path.open("rb") as file:
        done, last = 0, False
        while not last:
            block = file.read(_BLOCK)
            done, last = done + len(block), not block
            document.feed(block, last=last)
            yield from document.taken(min(1.0, done / total))


@dataclass(slots=True)
class _Sums:
    """A pupil's sums of one period: offered minutes a subject, as each reason repeats them, and minutes a reason."""

    line: int
    offered: dict[str, Decimal] = field(default_factory=dict)
    minutes: dict[str, Decimal] = field(default_factory=dict)


class _Document:
    """Follows the elements; rows that are complete wait in ``rows`` until they are taken."""

    def __init__(self, file: str, table: str) -> None:
        self.file, self.table = file, table
        self.rows: list[tuple[list[str], int]] = []
        self.path: list[str] = []
        self.text: list[str] = []
        self.length = 0
        self.person = ""
        self.leaves: dict[str, str] = {}
        self.line = 0
        self.sums: dict[tuple[str, str], _Sums] = {}
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def feed(self, block: bytes, *, last: bool) -> None:
        try:
            self.parser.Parse(block, last)
        except expat.ExpatError as error:
            raise ImportRefused(
                Message.of(
                    "The file {file} is broken or cut off at line {line}, so it is no whole XML. Nothing was imported.",
                    file=self.file,
                    line=error.lineno,
                )
            ) from None

    def taken(self, share: float) -> Iterator[Record]:
        rows, self.rows = self.rows, []
        return (Record(cells, line, share) for cells, line in rows)

    def _refuse_doctype(self, *_declared: object) -> None:
        raise ImportRefused(
            Message.of(
                "The file {file} declares a document type, which an export has no need of. Nothing was imported.",
                file=self.file,
            )
        )

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self.path.append(name.rpartition(" ")[2])
        if len(self.path) > _DEEPEST:
            raise ImportRefused(Message.of("The file {file} is nested too deeply.", file=self.file))
        self.text, self.length = [], 0
        if self.path[-1] in (EVENT, AGGREGATION):
            self.leaves, self.line = {}, self.parser.CurrentLineNumber
        elif self.path[-1] == "person":
            self.person = ""

    def _characters(self, text: str) -> None:
        self.length += len(text)
        if self.length <= _LONGEST_TEXT:
            self.text.append(text)

    def _end(self, _name: str) -> None:
        name, text = self.path.pop(), "".join(self.text).strip()
        self.text = []
        if name == "personid":
            self.person = text
        elif name == EVENT == self.table:
            self.rows.append((self._event(), self.line))
        elif name == AGGREGATION == self.table:
            self._add_up()
        elif name == "person":
            self._finish_sums()
        elif EVENT in self.path or AGGREGATION in self.path:
            self.leaves.setdefault(name, text)

    def _event(self) -> list[str]:
        day, start = _local(self.leaves.get("start", ""))
        stop_day, stop = _local(self.leaves.get("stop", ""))
        # A lesson that ends on another day than it began has no end that can be believed.
        end = "" if not stop else stop if stop_day == day else "-"
        return [self.person, day, start, end, *(self.leaves.get(name, "") for name in _LEAVES)]

    def _add_up(self) -> None:
        leaves = self.leaves
        days = _local(leaves.get("start", ""))[0], _local(leaves.get("stop", ""))[0]
        minutes, offered = (
            amount_of(leaves.get("minutes", ""), "min"),
            amount_of(leaves.get("offeredminutes", ""), "min"),
        )
        reason = leaves.get("reason", "")
        if minutes is None or offered is None or reason not in _REASONS:
            # Without offered minutes the row is rejected, and so listed.
            self.rows.append(([self.person, *days, "", "", "", "", ""], self.line))
            return
        sums = self.sums.setdefault(days, _Sums(self.line))
        subject = leaves.get("courseorsubjectid") or leaves.get("courseorsubjectname", "")
        sums.offered[subject] = max(offered, sums.offered.get(subject, offered))
        sums.minutes[reason] = sums.minutes.get(reason, Decimal(0)) + minutes

    def _finish_sums(self) -> None:
        for days, sums in sorted(self.sums.items()):
            parts = [written(sums.minutes.get(reason, Decimal(0))) for reason in _REASONS]
            self.rows.append(([self.person, *days, written(sum(sums.offered.values(), Decimal(0))), *parts], sums.line))
        self.sums = {}


def _local(text: str) -> tuple[str, str]:
    """Day and time of an ``xs:dateTime``: without an offset it is Swedish time already. Text that is none is left to
    validation."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text, text
    if moment.tzinfo:
        moment = moment.astimezone(_STOCKHOLM)
    return moment.date().isoformat(), moment.time().isoformat("seconds" if moment.second else "minutes")
