"""What components are made of: small frozen values that a presenter builds and a template shows.

Texts come translated. Numbers come as numbers, and the template writes them (``percent``, ``points``, ``day_text``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["", "good", "warn", "late", "info"]
StepState = Literal["done", "now", "next"]
Sorted = Literal["", "ascending", "descending"]
SORT_DOWN = "-"


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a menu, of breadcrumbs or of tabs. ``figure`` is the one big number of a tab, ready to print."""

    label: str
    url: str
    current: bool = False
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure: ``value`` is ready to print ("3", "29 %")."""

    value: str
    label: str
    kind: Kind = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """``key`` makes the heading a sort link. ``hidden`` headings are read out but not shown (buttons).

    ``numeric`` figures stand to the right and are sorted by the largest first, as that is where help is needed;
    ``largest_first`` is the order alone, for a column of bars.
    """

    label: str
    key: str = ""
    numeric: bool = False
    hidden: bool = False
    largest_first: bool = False


@dataclass(frozen=True, slots=True)
class Absence:
    """Minutes that do not overlap: late minutes are not in ``invalid``. What is left of ``offered`` is presence."""

    offered: int
    valid: int = 0
    invalid: int = 0
    late: int = 0
    unknown: int = 0

    def __post_init__(self) -> None:
        parts = (self.valid, self.invalid, self.late, self.unknown)
        if min(parts) < 0 or sum(parts) > self.offered:
            raise ValueError("parts of the offered time must fit in it")

    @property
    def absent(self) -> int:
        return self.valid + self.invalid + self.late

    @property
    def reported(self) -> int:
        return self.offered - self.unknown


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the attendance plan: its number, what is done, where it stands and a line below ("Klart 14 okt")."""

    number: int
    label: str
    state: StepState = "next"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a chronology. ``text`` follows the bold ``title``; ``note`` is small below."""

    when: date | str
    title: str
    text: str = ""
    note: str = ""
    url: str = ""

    @property
    def iso(self) -> str:
        return "" if isinstance(self.when, str) else self.when.isoformat()


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do: for whom and when is in ``note``; ``late`` marks what is over time, and says so in ``note``."""

    text: str
    note: str = ""
    url: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """Long work under way: what is done now, how much of how much, and where the page asks again."""

    label: str
    done: int
    total: int
    poll_url: str
    note: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A column as its heading is shown: where its link leads and how the table is sorted by it now."""

    column: Column
    url: str = ""
    sorted: Sorted = ""


def headings(columns: Sequence[Column], sort: str, queries: Mapping[str, str]) -> tuple[Heading, ...]:
    """``queries``: the address of the page for each possible value of ``sort``."""
    return tuple(_heading(column, sort, queries) for column in columns)


def _heading(column: Column, sort: str, queries: Mapping[str, str]) -> Heading:
    if not column.key:
        return Heading(column)
    down = SORT_DOWN + column.key
    first, second = (down, column.key) if column.numeric or column.largest_first else (column.key, down)
    states: dict[str, Sorted] = {column.key: "ascending", down: "descending"}
    return Heading(column, queries[second if sort == first else first], states.get(sort, ""))
