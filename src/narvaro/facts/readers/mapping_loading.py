"""A checked mapping file turned into a Mapping; what the fields need of each other is judged here."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import narvaro
from narvaro.facts.errors import ImportRefused
from narvaro.facts.layout import MINUTE_FIELDS
from narvaro.facts.readers.mapping import Column, MappedCategories, Mapping, Totals
from narvaro.facts.readers.mapping_schema import CategoriesPart, MappingFile, TotalsPart, read_mapping_file
from narvaro.language import Message

PRESETS = Path(narvaro.__file__).parents[2] / "definitions" / "presets"


def load_mapping(path: Path) -> Mapping:
    """Raise ImportRefused naming the place in the YAML file and what is allowed there."""
    file = read_mapping_file(path)
    checks = _Checks(file, path.name)
    if file.preset:
        checks.preset()
        return _of_preset(file)
    checks.fields()
    checks.needs()
    return _mapping(file)


def preset_names() -> tuple[str, ...]:
    """``vklass``, which the reader knows by itself, and the mappings in definitions/presets."""
    return ("vklass", *sorted(path.stem for path in PRESETS.glob("*.yaml")))


def load_preset(name: str) -> Mapping:
    """Raise KeyError for a name that is none of ``preset_names``."""
    if name not in preset_names():
        raise KeyError(name)
    return (
        Mapping(name, grain="period", preset="vklass") if name == "vklass" else load_mapping(PRESETS / f"{name}.yaml")
    )


def _of_preset(file: MappingFile) -> Mapping:
    """The preset's mapping with what is said beside it."""
    known = load_preset(file.preset or "")
    return replace(
        known,
        name=file.name,
        encoding=file.file.encoding or known.encoding,
        delimiter=file.file.delimiter or known.delimiter,
        sheet=_sheet(file.file.sheet) or known.sheet,
        constants=tuple({**dict(known.constants), **file.constants}.items()),
        lesson_minutes=file.lesson_minutes or known.lesson_minutes,
        period=_dates(file) or known.period,
    )


class _Checks:
    def __init__(self, file: MappingFile, name: str) -> None:
        self.file = file
        self.name = name

    def preset(self) -> None:
        """A preset knows its columns."""
        if self.file.preset not in preset_names():
            raise self._wrong("preset", preset_names())
        beside = ("name", "preset", "file", "constants", "lesson_minutes", "period")
        extra = self.file.model_fields_set - {*beside, "grain"}
        if extra:
            raise self._wrong(sorted(extra)[0], beside)
        self._known("constants", self.file.constants, ("school_unit_id",))
        self._period()

    def fields(self) -> None:
        fields = self.file.fields
        timed = sorted(MINUTE_FIELDS | ({"reported"} if self.file.grain == "period" else set()))
        self._known("columns", self.file.columns, fields)
        self._known("sums", self.file.sums, timed)
        self._known("constants", self.file.constants, fields)
        self._known("units", self.file.units, timed)
        for part, keys in (("sums", self.file.sums), ("constants", self.file.constants)):
            for field in keys:
                if field in self.file.columns:
                    raise self._wrong(f"{part}.{field}", [name for name in fields if name not in self.file.columns])
        if self.file.file.header == "none":
            self._column_numbers()

    def needs(self) -> None:
        self._period()
        given = {*self.file.columns, *self.file.sums, *self.file.constants}
        self._one_of(given, "pupil_id", "identity_number")
        self._one_of(given, "school_unit_id")
        self._one_of(given, "offered")
        if self.file.grain == "lesson":
            self._one_of(given, "date")
            self._one_of({*given, *(("lesson_id",) if self.file.number_lessons else ())}, "start", "lesson_id")
        if self.file.categories:
            self._categories(self.file.categories)
        else:
            self._one_of(given, "valid", "invalid")

    def _known(self, part: str, keys: Iterable[str], allowed: Iterable[str]) -> None:
        allowed = list(allowed)
        for key in keys:
            if key not in allowed:
                raise self._wrong(f"{part}.{key}", allowed)

    def _column_numbers(self) -> None:
        columns = {f"columns.{field}": column for field, column in self.file.columns.items()}
        columns |= {f"sums.{field}": column for field, summed in self.file.sums.items() for column in summed}
        if categories := self.file.categories:
            columns |= {"categories.column": categories.column, "categories.minutes": categories.minutes or "1"}
        if totals := self.file.rows.totals:
            columns |= {"rows.totals.column": totals.column or "1"}
        for place, column in columns.items():
            if not (column.isascii() and column.isdigit() and 0 < int(column) < 10_000):
                raise self._wrong(place, ("1", "2", "3", "..."))

    def _categories(self, categories: CategoriesPart) -> None:
        if self.file.grain == "period":
            raise self._wrong("categories", ("grain: lesson",))
        if "late" in categories.words and categories.minutes is None and self.file.late_minutes is None:
            raise self._lacks("late_minutes")
        seen: set[str] = set()
        for category, words in categories.words.items():
            if repeated := seen.intersection(map(_word, words)):
                raise self._wrong(f"categories.words.{category}", (f"!= {', '.join(sorted(repeated))}",))
            seen.update(map(_word, words))

    def _period(self) -> None:
        period = self.file.period
        if period and period.last < period.first:
            raise self._wrong("period.last", (f">= {period.first}",))

    def _one_of(self, given: set[str], *choices: str) -> None:
        if not given.intersection(choices):
            raise self._lacks(" / ".join(f"columns.{choice}" for choice in choices))

    def _lacks(self, place: str) -> ImportRefused:
        return ImportRefused(Message.of("The mapping {file} lacks {place}.", file=self.name, place=place))

    def _wrong(self, place: str, allowed: Iterable[str]) -> ImportRefused:
        return ImportRefused(
            Message.of(
                "The mapping {file} is wrong at {place}. Allowed: {allowed}.",
                file=self.name,
                place=place,
                allowed=", ".join(allowed),
            )
        )


def _mapping(file: MappingFile) -> Mapping:
    header = file.file.header
    numbered = header == "none"
    return Mapping(
        name=file.name,
        grain=file.grain,
        columns=tuple((field, _column(column, numbered)) for field, column in file.columns.items()),
        sums=tuple(
            (field, tuple(_column(column, numbered) for column in summed)) for field, summed in file.sums.items()
        ),
        header=False if numbered else int(header) if header else None,
        encoding=file.file.encoding,
        delimiter=file.file.delimiter,
        sheet=_sheet(file.file.sheet),
        constants=tuple(file.constants.items()),
        units=tuple(file.units.items()),
        decimal_comma=file.decimal_comma,
        written_numbers=file.written_numbers,
        lesson_minutes=file.lesson_minutes,
        number_lessons=file.number_lessons,
        date_formats=tuple(file.date_formats),
        yes_words=_words(file.yes_words),
        no_words=_words(file.no_words),
        categories=_categories(file.categories, numbered) if file.categories else None,
        late_minutes=file.late_minutes,
        only_deviations=file.only_deviations,
        over_offered=file.over_offered,
        group_block=file.rows.group_block,
        totals=_totals(file.rows.totals, numbered) if file.rows.totals else None,
        period=_dates(file),
    )


def _column(column: str, numbered: bool) -> Column:
    return int(column) if numbered else column


def _sheet(sheet: str | None) -> Column | None:
    return int(sheet) if sheet and sheet.isascii() and sheet.isdigit() else sheet


def _word(word: str) -> str:
    return word.strip().lower()


def _words(words: list[str] | None) -> tuple[str, ...] | None:
    return tuple(map(_word, words)) if words else None


def _categories(part: CategoriesPart, numbered: bool) -> MappedCategories:
    words = tuple((_word(word), category) for category, words in part.words.items() for word in words)
    return MappedCategories(
        _column(part.column, numbered), words, _column(part.minutes, numbered) if part.minutes else None
    )


def _totals(part: TotalsPart, numbered: bool) -> Totals:
    return Totals(tuple(map(_word, part.words)), _column(part.column, numbered) if part.column else None)


def _dates(file: MappingFile) -> tuple[date, date] | None:
    return (file.period.first, file.period.last) if file.period else None
