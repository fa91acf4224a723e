"""A text file recognised by its first rows. Plain tables are read in whole blocks, others row by row."""

from dataclasses import dataclass
from pathlib import Path

from narvaro.facts.readers.blocks import Block, head_of, tail_of
from narvaro.facts.readers.cell_rows import Record, text_records
from narvaro.facts.readers.dialect import CANDIDATES, HeadRow, Opening, delimiter_named, head_rows, sniff_delimiter
from narvaro.facts.readers.encodings import line_of_offset
from narvaro.facts.readers.header_row import header_row, rows_needed, width_of
from narvaro.facts.readers.headers import is_known
from narvaro.facts.readers.inspection import TextFacts
from narvaro.facts.readers.mapping import Mapping
from narvaro.facts.readers.mapping_layout import highest_column, mapped_table, mapped_words
from narvaro.facts.readers.native import Header, Period, native_layout
from narvaro.facts.readers.record_reading import RecordTable, read_records, read_report
from narvaro.facts.readers.row_shape import RowShape
from narvaro.facts.readers.source import Reading
from narvaro.facts.readers.text_rows import TextTable, text_chunks
from narvaro.facts.readers.trailer import refuse_cut_off, refuse_no_rows, stated_rows, trailer_in
from narvaro.facts.readers.vklass import find_report, holds_sums_per_school


@dataclass(frozen=True, slots=True)
class TextFile:
    path: Path
    facts: TextFacts
    head: Block
    opening: Opening

    @classmethod
    def of(cls, path: Path, facts: TextFacts) -> "TextFile":
        head = head_of(path, facts.encoding)
        return cls(path, facts, head, Opening.of(head.data))

    def rows(self, delimiter: bytes, mapping: Mapping | None) -> list[HeadRow]:
        limit = rows_needed(mapping)
        return head_rows(self.head.data, self.opening, delimiter, whole=self.head.last, limit=limit)

    def records(self, delimiter: bytes, mapping: Mapping | None) -> RecordTable:
        """The file as rows of cells, from its first line."""
        shape = RowShape(delimiter, self.opening.terminator, width=1)
        table = TextTable(self.path, self.facts.encoding, shape, self.opening.start, self.opening.first_line)
        head = [Record(row.cells, row.line, 0.0) for row in self.rows(delimiter, mapping)]
        return RecordTable(self.path.name, head, lambda: text_records(table))


def read_text(text: TextFile, mapping: Mapping | None, *, delimiter: str | None, period: Period | None) -> Reading:
    """Raise ImportRefused or QuestionForPerson, as ``open_source``."""
    named = delimiter_named(delimiter) if delimiter else text.opening.excel_delimiter
    report = _read_report(text, mapping, named, period)
    if report:
        return report
    chosen = named or _sniffed(text, mapping)
    if mapping and mapping.needs_row_rules:
        return read_records(text.records(chosen, mapping), mapping, period)
    return _read_plain(text, mapping, chosen, period)


def _read_report(text: TextFile, mapping: Mapping | None, named: bytes | None, period: Period | None) -> Reading | None:
    if mapping and not mapping.preset:
        return None
    tables = [text.records(candidate, mapping) for candidate in ((named,) if named else CANDIDATES)]
    fitting = next((each for each in tables if find_report(each.head) or holds_sums_per_school(each.head)), tables[0])
    return read_report(fitting, mapping, period)


def _sniffed(text: TextFile, mapping: Mapping | None) -> bytes:
    return sniff_delimiter(
        text.head.data,
        text.opening,
        whole=text.head.last,
        known=mapped_words(mapping) if mapping else is_known,
        least_width=highest_column(mapping) if mapping else 2,
        file=text.path.name,
    )


def _read_plain(text: TextFile, mapping: Mapping | None, delimiter: bytes, period: Period | None) -> Reading:
    rows = text.rows(delimiter, mapping)
    row = header_row(rows, mapping, file=text.path.name)
    cells = (*row.cells, *[""] * (width_of(row, rows) - len(row.cells)))
    header = Header(cells, row.line, text.path.name)
    if mapping:
        mapped = mapped_table(mapping, header, delimiter=delimiter.decode(), period=period)
        layout, notes = mapped.layout, mapped.notes
    else:
        layout, notes = native_layout(header, delimiter=delimiter.decode(), period=period)
    table = _table(text, mapping, delimiter, row, width=layout.width)
    _refuse_at_once(text, table, has_rows=len(rows) > rows.index(row) + 1 or not table.shape.header)
    return Reading(layout, notes, lambda size: text_chunks(table, size=size))


def _table(text: TextFile, mapping: Mapping | None, delimiter: bytes, row: HeadRow, *, width: int) -> TextTable:
    """Where the data begin: after the header, or with the first row when the mapping says there is no header."""
    trailer = trailer_in(tail_of(text.path, text.facts.encoding))
    if mapping and not mapping.has_header:
        shape = RowShape(delimiter, text.opening.terminator, width, trailer=trailer)
        return TextTable(text.path, text.facts.encoding, shape, row.start, row.line)
    line = text.head.data[row.start : row.end]
    shape = RowShape(delimiter, text.opening.terminator, width, line.rstrip(b"\r\n"), trailer)
    return TextTable(text.path, text.facts.encoding, shape, row.end, row.line + line.count(text.opening.terminator))


def _refuse_at_once(text: TextFile, table: TextTable, *, has_rows: bool) -> None:
    """Faults that need not wait for the whole file to be read; ``text_chunks`` finds them too, and those in quotes."""
    if not has_rows and text.head.last:
        raise refuse_no_rows(file=text.path.name)
    if text.facts.quotes:
        return
    last = tail_of(text.path, text.facts.encoding).rpartition(table.shape.terminator)[2]
    cells = last.count(table.shape.delimiter) + 1
    if last.strip() and cells < table.shape.width and stated_rows(last.decode(errors="replace")) is None:
        raise refuse_cut_off(line_of_offset(text.path, text.facts.size), file=text.path.name)
