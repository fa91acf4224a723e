"""How a table of attendance is laid out: the one description that every reader ends in and validation starts from."""

from bisect import bisect_right
from dataclasses import dataclass
from operator import itemgetter
from typing import Literal

Grain = Literal["lesson", "period"]
Unit = Literal["min", "h", "h:mm", "percent"]
Category = Literal["present", "valid", "invalid", "other", "late", "unreported"]
Policy = Literal["reject", "clamp"]

LESSON_FIELDS = (
    "pupil_id",
    "identity_number",
    "school_unit_id",
    "group_id",
    "date",
    "start",
    "end",
    "subject",
    "offered",
    "present",
    "valid",
    "invalid",
    "other",
    "reported",
    "late",
    "lesson_id",
)
PERIOD_FIELDS = (
    "pupil_id",
    "identity_number",
    "name",
    "school_unit_id",
    "grade",
    "group_id",
    "first_date",
    "last_date",
    "offered",
    "reported",
    "present",
    "valid",
    "invalid",
    "other",
    "late_count",
)
MINUTE_FIELDS = frozenset({"offered", "present", "valid", "invalid", "other"})


@dataclass(frozen=True, slots=True)
class Categories:
    """One category a row instead of a minute column each, e.g. status "Giltig frånvaro", 40 minutes.

    ``minutes_column`` holds the minutes of that category; without it the whole lesson is meant. ``words`` are
    lower-case words of the source. A row whose word is not among them is rejected.
    """

    column: int
    words: tuple[tuple[str, Category], ...]
    minutes_column: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """``columns`` gives each field's position in the file (0-based); ``constants`` fields the file does not hold,
    written as a cell of the file would be (a date in the first of ``date_formats``).

    ``made_from``: columns of the file that a field was made from, where it does not stand in one of them.
    ``width``: cells of every row, including columns that no field uses. ``decimal_comma``: a comma is a decimal sign
    (a point always is).

    ``late_minutes``: minutes that a late arrival without minutes counts as invalid (None: the source gives the
    minutes). ``only_deviations``: a lesson row without any attendance value means present, if another pupil's row of
    the same lesson has one (or is marked as reported); else unreported. ``over_offered``: what to do when parts sum
    above the offered minutes.
    """

    name: str
    grain: Grain
    columns: tuple[tuple[str, int], ...]
    width: int
    delimiter: str = ";"
    decimal_comma: bool = True
    date_formats: tuple[str, ...] = ("%Y-%m-%d",)
    units: tuple[tuple[str, Unit], ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    yes_words: tuple[str, ...] = ("ja", "j", "yes", "y", "true", "1")
    no_words: tuple[str, ...] = ("nej", "n", "no", "false", "0")
    categories: Categories | None = None
    late_minutes: int | None = None
    only_deviations: bool = False
    over_offered: Policy = "reject"
    made_from: tuple[tuple[str, int], ...] = ()

    def column(self, name: str) -> int | None:
        return dict(self.columns).get(name)

    def unit(self, name: str) -> Unit:
        return dict(self.units).get(name, "min")


@dataclass(frozen=True, slots=True)
class LineNumbers:
    """Source line of each row of a chunk. ``runs`` holds (row, line), both ascending, for each row whose line is not
    one more than that of the row before it; the first pair is row 0."""

    runs: tuple[tuple[int, int], ...]

    def of(self, row: int) -> int:
        """Line (or sheet row), 1-based, on which the row with this number in the chunk (0-based) begins."""
        start, line = self.runs[bisect_right(self.runs, row, key=itemgetter(0)) - 1]
        return line + row - start


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a source as UTF-8 delimited text without header, quoted with ``"``, whole rows only, each ended by LF.

    Every row has ``Layout.width`` cells; ``rows`` says how many there are. Blank lines, repeated headers and the
    trailer are left out. ``ragged``: lines of rows that were left out because they have another number of cells, or
    broken quotes. ``share`` is how much of the source has been read when this chunk is done, 0..1. A chunk may hold
    ragged lines only, with empty ``text``.
    """

    text: bytes
    lines: LineNumbers
    share: float
    rows: int
    ragged: tuple[int, ...] = ()
