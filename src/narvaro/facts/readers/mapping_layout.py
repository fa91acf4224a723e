"""A mapping laid over the table it was made for: which column is which field."""

from collections.abc import Callable
from dataclasses import dataclass

from narvaro.facts.errors import QuestionForPerson, UnknownLayout
from narvaro.facts.layout import MINUTE_FIELDS, Categories, Layout, Unit
from narvaro.facts.readers.cell_changes import AddedUp, CellChange, DaysOfWeek, NumberedLessons, PlainAmounts
from narvaro.facts.readers.headers import folded
from narvaro.facts.readers.mapping import WEEK, Column, MappedUnit, Mapping
from narvaro.facts.readers.native import Header, Period, unused_columns
from narvaro.language import Message

NO_UNIT = "-"
NAMES_NO_SCHOOL = Message.of("The report names no school. Give the school unit in a mapping; until then it is -.")
_PERIOD_AMOUNTS: dict[str, tuple[str, ...]] = {"lesson": (), "period": ("reported", "late_count")}
_LESSON_NUMBERED = ("pupil_id", "identity_number", "date", "subject")


@dataclass(frozen=True, slots=True)
class MappedTable:
    """``changes``: what is done to each row's cells, made anew for each reading. ``totals_column``: see ``Totals``."""

    layout: Layout
    notes: tuple[Message, ...]
    changes: Callable[[], tuple[CellChange, ...]] = tuple
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
    dates = period or mapping.period
    plan = _Changes(mapping, header, find, dates)
    columns = plan.columns
    categories = mapping.categories
    found = Categories(find(categories.column), categories.words, plan.category_minutes) if categories else None
    totals_column = _optional(find, mapping.totals.column) if mapping.totals else None
    plain = Layout(name=mapping.name, grain=mapping.grain, columns=(), width=plan.width)
    layout = Layout(
        name=mapping.name,
        grain=mapping.grain,
        columns=tuple(columns.items()),
        width=plan.width,
        delimiter=delimiter,
        decimal_comma=mapping.decimal_comma,
        date_formats=tuple(dict.fromkeys((*mapping.date_formats, *extra_dates))),
        units=tuple((field, unit) for field, given in mapping.units if (unit := plan.unit_left(given)) != "min"),
        constants=_constants(mapping, header, columns, dates),
        yes_words=mapping.yes_words or plain.yes_words,
        no_words=mapping.no_words or plain.no_words,
        categories=found,
        late_minutes=mapping.late_minutes,
        only_deviations=mapping.only_deviations,
        over_offered=mapping.over_offered,
        made_from=plan.made_from,
    )
    notes = unused_columns(header, find.used) if mapping.has_header else ()
    return MappedTable(layout, (*plan.notes, *notes), plan.changes, totals_column)


class _Changes:
    """Where each field stands when the mapping's changes have been made: new cells come after those of the file, in
    the order of the changes, and last the group of the block."""

    def __init__(self, mapping: Mapping, header: Header, find: "_Columns", period: Period | None) -> None:
        self.mapping = mapping
        self.period = period
        self.columns = {field: find(column) for field, column in mapping.columns}
        self.category_minutes = _optional(find, mapping.categories.minutes) if mapping.categories else None
        self.sums = [(field, tuple(find(column) for column in columns)) for field, columns in mapping.sums]
        self.week = self.columns.pop(WEEK, None)
        self.width = len(header.cells)
        for field, _ in self.sums:
            self._add(field)
        if self.week is not None:
            self._refuse_missing_period(header.file)
            self._add("first_date", "last_date")
        self.keys = tuple(self.columns[field] for field in _LESSON_NUMBERED if field in self.columns)
        if mapping.number_lessons:
            self._add("lesson_id")
        if mapping.group_block:
            self._add("group_id")
        if mapping.counts_lessons and mapping.lesson_minutes is None:
            raise _ask_for_lesson_minutes(header.file)

    def _add(self, *fields: str) -> None:
        for field in fields:
            self.columns[field], self.width = self.width, self.width + 1

    def _refuse_missing_period(self, file: str) -> None:
        if self.period is None:
            raise ask_for_period(file)

    @property
    def made_from(self) -> tuple[tuple[str, int], ...]:
        week = [(WEEK, self.week)] if self.week is not None else []
        return (*week, *((field, column) for field, columns in self.sums for column in columns))

    @property
    def notes(self) -> tuple[Message, ...]:
        found = [NAMES_NO_SCHOOL] if dict(self.mapping.constants).get("school_unit_id") == NO_UNIT else []
        if self.mapping.counts_lessons:
            found.append(
                Message.of(
                    "The file counts lessons. Each was taken as {minutes} minutes, so all times are estimates.",
                    minutes=self.mapping.lesson_minutes,
                )
            )
        return tuple(found)

    def changes(self) -> tuple[CellChange, ...]:
        mapping, made = self.mapping, list[CellChange]()
        if amounts := self._amounts():
            made.append(PlainAmounts(amounts, mapping.lesson_minutes or 0, mapping.decimal_comma))
        made += [AddedUp(columns) for _, columns in self.sums]
        if self.week is not None and self.period:
            made.append(DaysOfWeek(self.week, self.period, mapping.date_formats[0]))
        if mapping.number_lessons:
            made.append(NumberedLessons(self.keys, self.columns.get("subject")))
        return tuple(made)

    def unit_left(self, unit: MappedUnit) -> Unit:
        """The unit of the cells after the changes."""
        if unit == "fraction":
            return "percent"
        if unit == "lessons" or (unit == "h:mm" and self._rewrites_all):
            return "min"
        return unit

    @property
    def _rewrites_all(self) -> bool:
        return self.mapping.written_numbers or bool(self.sums)

    def _amounts(self) -> list[tuple[int, MappedUnit]]:
        units, summed = dict(self.mapping.units), dict(self.sums)
        found: dict[int, MappedUnit] = {}
        for field in (*sorted(MINUTE_FIELDS), *_PERIOD_AMOUNTS[self.mapping.grain]):
            own = (self.columns[field],) if field in self.columns else ()
            found |= dict.fromkeys(summed.get(field, own), units.get(field, "min"))
        if self.category_minutes is not None:
            found[self.category_minutes] = "min"
        return [pair for pair in found.items() if self._rewrites_all or pair[1] in ("fraction", "lessons")]


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
    columns += [(field, column) for field, summed in mapping.sums for column in summed]
    if mapping.categories:
        columns += [("categories", mapping.categories.column), ("categories", mapping.categories.minutes)]
    if mapping.totals:
        columns.append(("totals", mapping.totals.column))
    return [(field, column) for field, column in columns if column is not None]


def _optional(find: _Columns, column: Column | None) -> int | None:
    return None if column is None else find(column)


def _constants(
    mapping: Mapping, header: Header, columns: dict[str, int], dates: Period | None
) -> tuple[tuple[str, str], ...]:
    constants = dict(mapping.constants)
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


def _ask_for_lesson_minutes(file: str) -> QuestionForPerson:
    return QuestionForPerson(
        Message.of(
            "The file {file} counts lessons, not minutes. Say how long a lesson is with --lesson-minutes; all times"
            " then are estimates.",
            file=file,
        ),
        about="lesson_minutes",
    )
