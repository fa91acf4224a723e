"""A mapping laid over the table it was made for: which column is which field."""

from collections.abc import Callable
from dataclasses import dataclass

from narvaro.facts.errors import QuestionForPerson, UnknownLayout
from narvaro.facts.layout import Categories, Layout, Unit
from narvaro.facts.readers.headers import folded
from narvaro.facts.readers.mapping import Column, Mapping
from narvaro.facts.readers.native import Header, Period, unused_columns
from narvaro.language import Message


@dataclass(frozen=True, slots=True)
class MappedTable:
    """``fractions``: columns whose fractions are to be turned into percentages. ``totals_column``: see ``Totals``."""

    layout: Layout
    notes: tuple[Message, ...]
    fractions: tuple[int, ...] = ()
    totals_column: int | None = None


def mapped_words(mapping: Mapping) -> Callable[[str], bool]:
    """Whether a header cell is one that the mapping names."""
    names = {folded(column) for _, column in _all_columns(mapping) if isinstance(column, str)}
    return lambda cell: folded(cell) in names


def highest_column(mapping: Mapping) -> int:
    """The highest column number the mapping names (2 when it names headers: a table has two columns)."""
    return max([2, *(column for _, column in _all_columns(mapping) if isinstance(column, int))])


def mapped_table(
    mapping: Mapping, header: Header, *, delimiter: str, period: Period | None, extra_dates: tuple[str, ...] = ()
) -> MappedTable:
    """``extra_dates``: date formats that the reader itself writes. Raise ImportRefused when a named column is missing,
    QuestionForPerson when its header occurs twice or the period is not known."""
    find = _Columns(mapping, header)
    columns = {field: find(column) for field, column in mapping.columns}
    width = len(header.cells)
    if mapping.group_block:
        # The group is written as one more cell at the end of each row.
        columns["group_id"], width = width, width + 1
    categories = mapping.categories
    found = (
        Categories(find(categories.column), categories.words, _optional(find, categories.minutes))
        if categories
        else None
    )
    totals_column = _optional(find, mapping.totals.column) if mapping.totals else None
    plain = Layout(name=mapping.name, grain=mapping.grain, columns=(), width=width)
    layout = Layout(
        name=mapping.name,
        grain=mapping.grain,
        columns=tuple(columns.items()),
        width=width,
        delimiter=delimiter,
        decimal_comma=mapping.decimal_comma,
        date_formats=tuple(dict.fromkeys((*mapping.date_formats, *extra_dates))),
        units=tuple((field, _layout_unit(unit)) for field, unit in mapping.units),
        constants=_constants(mapping, header, columns, period),
        yes_words=mapping.yes_words or plain.yes_words,
        no_words=mapping.no_words or plain.no_words,
        categories=found,
        late_minutes=mapping.late_minutes,
        only_deviations=mapping.only_deviations,
        over_offered=mapping.over_offered,
    )
    fractions = tuple(columns[field] for field, unit in mapping.units if unit == "fraction" and field in columns)
    notes = unused_columns(header, find.used) if mapping.has_header else ()
    return MappedTable(layout, notes, fractions, totals_column)


class _Columns:
    """Positions (0-based) of the columns a mapping names."""

    def __init__(self, mapping: Mapping, header: Header) -> None:
        self.header = header
        self.numbered = not mapping.has_header
        self.used: list[int] = []
        self.places: dict[str, list[int]] = {}
        for number, cell in enumerate(header.cells):
            self.places.setdefault(folded(cell), []).append(number)
        self._refuse_missing(mapping)

    def __call__(self, column: Column) -> int:
        number = column - 1 if isinstance(column, int) else self._named(column)
        self.used.append(number)
        return number

    def _named(self, column: str) -> int:
        places = self.places[folded(column)]
        if len(places) > 1:
            raise QuestionForPerson(
                Message.of(
                    "The column {column} occurs more than once in {file}. Rename one, or use column numbers in"
                    " the mapping.",
                    column=column,
                    file=self.header.file,
                )
            )
        return places[0]

    def _refuse_missing(self, mapping: Mapping) -> None:
        wanted = [column for _, column in _all_columns(mapping)]
        missing = [str(column) for column in wanted if not self._has(column)]
        if not missing:
            return
        raise UnknownLayout(self._missing(missing, none_found=len(missing) == len(wanted)))

    def _missing(self, missing: list[str], *, none_found: bool) -> Message:
        """The row is shown only if it is surely a header; otherwise it may hold a pupil's data."""
        file, line, names = self.header.file, self.header.line, ", ".join(missing)
        if self.numbered or none_found:
            return Message.of(
                "Line {line} of {file} does not have the mapping's columns: {missing}. Nothing was imported.",
                file=file,
                line=line,
                missing=names,
            )
        return Message.of(
            "Columns of the mapping are missing in {file}: {missing}. Line {line} has: {found}. Nothing was imported.",
            file=file,
            missing=names,
            line=line,
            found=", ".join(map(str.strip, self.header.cells)),
        )

    def _has(self, column: Column) -> bool:
        return column <= len(self.header.cells) if isinstance(column, int) else folded(column) in self.places


def _all_columns(mapping: Mapping) -> list[tuple[str, Column]]:
    columns: list[tuple[str, Column | None]] = list(mapping.columns)
    if mapping.categories:
        columns += [("categories", mapping.categories.column), ("categories", mapping.categories.minutes)]
    if mapping.totals:
        columns.append(("totals", mapping.totals.column))
    return [(field, column) for field, column in columns if column is not None]


def _optional(find: _Columns, column: Column | None) -> int | None:
    return None if column is None else find(column)


def _layout_unit(unit: str) -> Unit:
    units: dict[str, Unit] = {"min": "min", "h": "h", "h:mm": "h:mm", "percent": "percent", "fraction": "percent"}
    return units[unit]


def _constants(
    mapping: Mapping, header: Header, columns: dict[str, int], period: Period | None
) -> tuple[tuple[str, str], ...]:
    constants = dict(mapping.constants)
    dates = period or mapping.period
    if mapping.grain == "period" and dates:
        form = mapping.date_formats[0]
        constants |= {"first_date": dates[0].strftime(form), "last_date": dates[1].strftime(form)}
    if mapping.grain == "period" and not {"first_date", "last_date"} <= {*constants, *columns}:
        raise ask_for_period(header.file)
    return tuple((field, text) for field, text in constants.items() if field not in columns)


def ask_for_period(file: str) -> QuestionForPerson:
    return QuestionForPerson(
        Message.of(
            "The file {file} does not say which period it is about. Give the first and the last day with --from"
            " and --as-of.",
            file=file,
        ),
        about="period",
    )
