"""Vklass's absence report per pupil: sums of a period, in blocks of classes (docs/reference/import-formats.md).

A few rows of title come first, then the header; ``Klass: 7A`` rows stand above the pupils of a class; titles and
header are repeated on each printed page; cells may lie some columns to the right of their header.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from narvaro.facts.errors import ImportRefused
from narvaro.facts.layout import Layout, Unit
from narvaro.facts.readers.cell_rows import DELIMITER, NoRow, Record
from narvaro.facts.readers.headers import folded
from narvaro.facts.readers.mapping import Mapping
from narvaro.facts.readers.mapping_layout import NAMES_NO_SCHOOL, NO_UNIT, ask_for_period
from narvaro.facts.readers.native import Period
from narvaro.facts.readers.row_rules import begins_with_word, block_group, first_text
from narvaro.language import Message

_FIELDS = {
    "namn": "name",
    "elev": "name",
    "personnr": "identity_number",
    "personnummer": "identity_number",
    "undv_tid": "offered",
    "n_min": "present",
    "gf_min": "valid",
    "f_min": "invalid",
}
_SIGNS = {"undv_tid", "lekt", "n_min", "gf_min", "f_min"}
_SCHOOL_SIGNS = {"skola", "undervisningstid", "lektioner", "ej_registrerad_tid"}
_KEPT = ("name", "identity_number", "offered", "present", "valid", "invalid")
_UNNAMED = ("namn", "personnr")
_MINUTES = {"offered", "present", "valid", "invalid"}
_BLOCK = "Klass:"
_SCHOOL = re.compile(r"(?:skola|skolenhet|enhet)\s*:\s*(.*)", re.IGNORECASE)
_DATE = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_NO_PUPIL = ("summa", "totalt", "total", "medel", "medelvärde", "sida")


@dataclass(frozen=True, slots=True)
class Report:
    """``labels``: the header's words in order. ``columns``: where each stands; empty when the header does not name the
    pupil's columns, so that only the order tells. ``title``: the rows above the header."""

    labels: tuple[str, ...]
    columns: tuple[int, ...]
    header: Record
    title: tuple[tuple[str, ...], ...]


def find_report(head: Sequence[Record]) -> Report | None:
    """The report's header among the first rows, or None when the file is something else."""
    for number, record in enumerate(head):
        filled = [(column, folded(cell)) for column, cell in enumerate(record.cells) if cell.strip()]
        labels = tuple(label for _, label in filled)
        if set(labels) >= _SIGNS:
            title = tuple(_texts(above.cells) for above in head[:number])
            if labels[0] == "undv_tid":
                return Report((*_UNNAMED, *labels), (), record, title)
            return Report(labels, tuple(column for column, _ in filled), record, title)
    return None


def holds_sums_per_school(head: Sequence[Record]) -> bool:
    """Vklass's other report: a row a school."""
    return any({folded(cell) for cell in record.cells} >= _SCHOOL_SIGNS for record in head)


def refuse_sums_per_school(file: str) -> ImportRefused:
    return ImportRefused(
        Message.of(
            "The file {file} is Vklass's report per school. Sums per school cannot be used, as absence is followed"
            " pupil by pupil. Export the report per pupil.",
            file=file,
        )
    )


def report_layout(
    report: Report, head: Sequence[Record], *, mapping: Mapping | None, period: Period | None, file: str
) -> tuple[Layout, tuple[Message, ...]]:
    """Raise QuestionForPerson when nobody says which period the report is about."""
    dates = period or (mapping.period if mapping else None) or _title_period(report)
    if dates is None:
        raise ask_for_period(file)
    unit, notes = _school_unit(report, mapping)
    constants = (("school_unit_id", unit), ("first_date", dates[0].isoformat()), ("last_date", dates[1].isoformat()))
    columns = (*_KEPT, "group_id")
    layout = Layout(
        name=mapping.name if mapping else "vklass",
        grain="period",
        columns=tuple((name, number) for number, name in enumerate(columns)),
        width=len(columns),
        delimiter=DELIMITER,
        units=_units(report, head),
        constants=constants,
    )
    return layout, (Message.of("Read as Vklass's report per pupil."), *notes)


@dataclass(slots=True)
class VklassRules:
    """Keeps pupils' rows as name, identity number, four sums of minutes, and the class of the block."""

    report: Report
    group: str = ""
    _title: frozenset[tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self._title = frozenset({*self.report.title, _texts(self.report.header.cells)})

    def judge(self, cells: list[str]) -> list[str] | NoRow:
        texts = _texts(cells)
        if not texts or texts in self._title or any(begins_with_word(first_text(cells), word) for word in _NO_PUPIL):
            return NoRow.SKIP
        if (group := block_group(cells, _BLOCK)) is not None:
            self.group = group
            return NoRow.SKIP
        values = self.values(cells, texts)
        return NoRow.RAGGED if values is None else [*(_cleaned(values, name) for name in _KEPT), self.group]

    def values(self, cells: list[str], texts: tuple[str, ...]) -> dict[str, str] | None:
        """By order when each label has its text; else by place, if the row lies under its header."""
        labels = [_FIELDS.get(label, label) for label in self.report.labels]
        if len(texts) == len(labels):
            return dict(zip(labels, texts, strict=True))
        columns = self.report.columns
        outside = [cell for column, cell in enumerate(cells) if cell.strip() and column not in columns]
        if outside or not columns or len(texts) < len(_SIGNS):
            return None
        return {
            label: cells[column] if column < len(cells) else "" for label, column in zip(labels, columns, strict=True)
        }


def _texts(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in cells if cell.strip())


def _cleaned(values: dict[str, str], name: str) -> str:
    """Minutes lose spaces between thousands and their unit, which the layout gives."""
    text = values.get(name, "")
    if name not in _MINUTES:
        return text
    return re.sub(r"\s|min\.?$|h$", "", text, flags=re.IGNORECASE)


def _units(report: Report, head: Sequence[Record]) -> tuple[tuple[str, Unit], ...]:
    """Minutes, unless the first pupil's teaching time is written with h."""
    rules = VklassRules(report)
    for record in head:
        if record.line > report.header.line and not isinstance(rules.judge(record.cells), NoRow):
            values = rules.values(record.cells, _texts(record.cells)) or {}
            return (("offered", "h"),) if values.get("offered", "").lower().endswith("h") else ()
    return ()


def _title_period(report: Report) -> Period | None:
    """The two dates above the header, if there are exactly two different ones in order."""
    found: list[date] = []
    for row in report.title:
        for year, month, day in _DATE.findall(" ".join(row)):
            try:
                found.append(date(int(year), int(month), int(day)))
            except ValueError:
                return None
    return (found[0], found[1]) if len(found) == 2 and found[0] < found[1] else None


def _school_in_title(report: Report) -> str:
    """``Storskolan`` of ``Skola: Storskolan``, in one cell or two."""
    for row in report.title:
        for cell, following in zip(row, (*row[1:], ""), strict=False):
            if found := _SCHOOL.fullmatch(cell):
                return str(found[1]).strip() or following
    return ""


def _school_unit(report: Report, mapping: Mapping | None) -> tuple[str, tuple[Message, ...]]:
    """What the mapping says, else the school the report names, else ``-``."""
    stated = dict(mapping.constants).get("school_unit_id") if mapping else None
    named = _school_in_title(report)
    if stated:
        return stated, ()
    if named:
        return named, (
            Message.of("The report names the school {school}; it stands for the school unit.", school=named),
        )
    return NO_UNIT, (NAMES_NO_SCHOOL,)
