"""What a person has said about a file that is laid out in its own way."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from narvaro.facts.layout import Category, Grain, Policy

# A fraction (0,935 for 93.5 %) is turned into a percentage while reading, and a count of lessons into minutes; layouts
# know neither.
MappedUnit = Literal["min", "h", "h:mm", "percent", "fraction", "lessons"]
WEEK = "week"
"""A column of weeks ("v.17") stands for the first and last day of a period."""
# The header's text, or the column's number from 1 where there is no header.
Column = str | int


@dataclass(frozen=True, slots=True)
class MappedCategories:
    column: Column
    words: tuple[tuple[str, Category], ...]
    minutes: Column | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """A row is a total when the cell in ``column`` (None: its first cell with text) begins with one of the words."""

    words: tuple[str, ...]
    column: Column | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """``header``: line of the header (None: the first line with text); False: there is none.

    ``preset``: a layout the reader knows by itself; then only constants and period say something.
    ``group_block``: a row whose first text begins with this ("Klass:") gives the group of the rows below it.
    ``sums``: fields whose minutes stand in several columns. ``written_numbers``: amounts are written for people
    ("1 200 min", "18 st (72 %)", a dash for none). ``lesson_minutes``: what one lesson counts for where lessons are
    counted. ``number_lessons``: nothing but their order tells a pupil's lessons of a day and subject apart.
    """

    name: str
    grain: Grain = "lesson"
    preset: Literal["vklass"] | None = None
    columns: tuple[tuple[str, Column], ...] = ()
    sums: tuple[tuple[str, tuple[Column, ...]], ...] = ()
    header: int | Literal[False] | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: Column | None = None
    constants: tuple[tuple[str, str], ...] = ()
    units: tuple[tuple[str, MappedUnit], ...] = ()
    decimal_comma: bool = True
    written_numbers: bool = False
    lesson_minutes: int | None = None
    number_lessons: bool = False
    date_formats: tuple[str, ...] = ("%Y-%m-%d",)
    yes_words: tuple[str, ...] | None = None
    no_words: tuple[str, ...] | None = None
    categories: MappedCategories | None = None
    late_minutes: int | None = None
    only_deviations: bool = False
    over_offered: Policy = "reject"
    group_block: str | None = None
    totals: Totals | None = None
    period: tuple[date, date] | None = None

    @property
    def has_header(self) -> bool:
        return self.header is not False

    @property
    def needs_row_rules(self) -> bool:
        """Whether rows must be looked at one by one."""
        return bool(
            self.group_block
            or self.totals
            or self.sums
            or self.written_numbers
            or self.number_lessons
            or WEEK in dict(self.columns)
            or self.counts_lessons
            or "fraction" in dict(self.units).values()
        )

    @property
    def counts_lessons(self) -> bool:
        return "lessons" in dict(self.units).values()
