"""Rows of cells recognised by the first of them: Vklass's report, a mapped table, or one of our own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from narvaro.facts.errors import UnknownLayout
from narvaro.facts.layout import Chunk
from narvaro.facts.readers.cell_rows import DELIMITER, Record, RowRules, cell_chunks
from narvaro.facts.readers.content import Content
from narvaro.facts.readers.edlevo_xml import edlevo_head, edlevo_records
from narvaro.facts.readers.header_row import header_row, rows_needed
from narvaro.facts.readers.json_rows import json_records
from narvaro.facts.readers.mapping import Mapping
from narvaro.facts.readers.mapping_layout import mapped_table
from narvaro.facts.readers.native import ISO, Header, Period, native_layout
from narvaro.facts.readers.row_rules import MappedRules, PlainRules
from narvaro.facts.readers.sheets import check_sheet_file, sheet_head, sheet_records
from narvaro.facts.readers.source import Reading
from narvaro.facts.readers.vklass import (
    VklassRules,
    find_report,
    holds_sums_per_school,
    refuse_sums_per_school,
    report_layout,
)
from narvaro.language import Message


@dataclass(frozen=True, slots=True)
class RecordTable:
    """``head``: the first rows. ``records``: all rows, from the start each time. ``extra_dates``: date formats in
    which the reader itself writes dates."""

    file: str
    head: Sequence[Record]
    records: Callable[[], Iterator[Record]]
    extra_dates: tuple[str, ...] = ()

    def reading_from(self, first_line: int, make_rules: Callable[[], RowRules]) -> Callable[[int], Iterator[Chunk]]:
        def chunks(size: int) -> Iterator[Chunk]:
            rows = (record for record in self.records() if record.line >= first_line)
            return cell_chunks(rows, make_rules(), size=size, file=self.file)

        return chunks


def record_table(path: Path, content: Content, mapping: Mapping | None) -> RecordTable:
    """A file that is no text table, as rows of cells. Raise ImportRefused when it is damaged or not what it seems."""
    sheet, limit = mapping.sheet if mapping else None, rows_needed(mapping)
    if content is Content.XML:
        kind, head = edlevo_head(path, None if sheet is None else str(sheet), limit=limit)
        return RecordTable(path.name, head, lambda: edlevo_records(path, kind), extra_dates=(ISO,))
    if content is Content.JSON:
        rows = json_records(path)
        return RecordTable(path.name, rows[:limit], lambda: iter(rows))
    check_sheet_file(path, content)
    head = sheet_head(path, sheet, limit=limit)
    return RecordTable(path.name, head, lambda: sheet_records(path, sheet), extra_dates=(ISO,))


def read_table(table: RecordTable, mapping: Mapping | None, period: Period | None) -> Reading:
    """Raise ImportRefused or QuestionForPerson, as ``open_source``."""
    return read_report(table, mapping, period) or read_records(table, mapping, period)


def read_report(table: RecordTable, mapping: Mapping | None, period: Period | None) -> Reading | None:
    """Vklass's report, or None when the rows are something else. A mapping for another layout is not second-guessed."""
    preset = mapping.preset if mapping else None
    if mapping and not preset:
        return None
    report = find_report(table.head)
    if report:
        layout, notes = report_layout(report, table.head, mapping=mapping, period=period, file=table.file)
        return Reading(layout, notes, table.reading_from(report.header.line + 1, lambda: VklassRules(report)))
    if holds_sums_per_school(table.head):
        raise refuse_sums_per_school(table.file)
    if preset:
        raise UnknownLayout(
            Message.of(
                "The file {file} is not the report that the mapping's preset {preset} is for.",
                file=table.file,
                preset=preset,
            )
        )
    return None


def read_records(table: RecordTable, mapping: Mapping | None, period: Period | None) -> Reading:
    row = header_row(table.head, mapping, file=table.file)
    header = Header(tuple(row.cells), row.line, table.file)
    if mapping is None:
        layout, notes = native_layout(header, delimiter=DELIMITER, period=period)
        chunks = table.reading_from(row.line + 1, lambda: PlainRules(layout.width, header.cells))
        return Reading(layout, notes, chunks)
    mapped = mapped_table(mapping, header, delimiter=DELIMITER, period=period, extra_dates=table.extra_dates)

    def rules() -> RowRules:
        return MappedRules(
            width=len(header.cells),
            header=header.cells if mapping.has_header else (),
            group_block=mapping.group_block,
            totals=mapping.totals.words if mapping.totals else (),
            totals_column=mapped.totals_column,
            changes=mapped.changes(),
        )

    first_line = row.line + 1 if mapping.has_header else row.line
    return Reading(mapped.layout, mapped.notes, table.reading_from(first_line, rules))
