"""Reads the specification tables: Markdown with fenced blocks of ``lessons``, ``periods`` and ``numbers``.

A ``lessons`` block lists days, one a line (grammar in 00-reading.md), a ``periods`` block sums of minutes
(07-periods.md). The ``numbers`` blocks after it, until the next of these, say what the numbers are. Everything else is
prose.
"""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from tests.reference.lessons import Lesson, default_late
from tests.reference.numbers import Question
from tests.reference.periods import Period

FOLDER = Path(__file__).parent
DEFAULT_PUPIL, DEFAULT_UNIT = "p1", "10000001"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LESSON_MIN = 60
FIRST_START = 8 * 60
SHORT = {"L": "P55I5"}


class TableError(ValueError):
    """A table that can not be read."""


@dataclass(frozen=True)
class DayLine:
    """One line of a ``lessons`` block."""

    exception: bool
    pupil: str
    when: str
    dates: tuple[dt.date, ...]
    unit: str
    group: str | None
    tokens: tuple[str, ...]


@dataclass(frozen=True)
class Check:
    """One line of a ``numbers`` block: ``pupil: what = expected``."""

    pupil: str | None
    what: str
    expected: str


@dataclass(frozen=True)
class NumbersBlock:
    as_of: dt.date | None
    first_day: dt.date | None
    trying: str | None
    checks: tuple[Check, ...]

    def question(self, rules: tuple[str, ...] = (), occasion: str = "spell") -> Question:
        tries = () if self.trying is None else (self.trying,)
        return Question(self.as_of, self.first_day, occasion, rules, tries)


@dataclass(frozen=True)
class LessonsBlock:
    lines: tuple[DayLine, ...]

    def lessons(self) -> list[Lesson]:
        days: dict[tuple[str, dt.date], list[Lesson]] = {}
        for line in self.lines:
            for date in line.dates:
                if ((line.pupil, date) in days) != line.exception:
                    raise TableError(f"{line.when}: a day is given once, or first and then as an exception")
                days[line.pupil, date] = day_lessons(line, date)
        return [lesson for lessons in days.values() for lesson in lessons]

    @property
    def pupils(self) -> list[str]:
        return sorted({line.pupil for line in self.lines})


@dataclass(frozen=True)
class PeriodLine:
    """One line of a ``periods`` block."""

    row: Period
    sums: str


@dataclass(frozen=True)
class PeriodsBlock:
    """An export with one row a pupil and period."""

    lines: tuple[PeriodLine, ...]

    @property
    def rows(self) -> tuple[Period, ...]:
        return tuple(line.row for line in self.lines)

    @property
    def pupils(self) -> list[str]:
        return sorted({row.pupil_id for row in self.rows})


Block = LessonsBlock | PeriodsBlock | NumbersBlock


@dataclass(frozen=True)
class Document:
    """A file: its parts in order (prose is text), each with the title of the section it stands in."""

    name: str
    parts: tuple[tuple[str, str | Block], ...]


@dataclass(frozen=True)
class Case:
    """A ``numbers`` block with the lessons, or the periods, it is about."""

    name: str
    lessons: tuple[Lesson, ...]
    periods: tuple[Period, ...]
    pupils: tuple[str, ...]
    block: NumbersBlock


def documents() -> list[Document]:
    return [read(path) for path in sorted(FOLDER.glob("*.md"))]


def cases() -> list[Case]:
    found = []
    for document in documents():
        current: LessonsBlock | PeriodsBlock | None = None
        for title, part in document.parts:
            if isinstance(part, LessonsBlock | PeriodsBlock):
                current = part
            elif isinstance(part, NumbersBlock):
                if current is None:
                    raise TableError(f"{document.name}, {title}: numbers without lessons")
                lessons = tuple(current.lessons()) if isinstance(current, LessonsBlock) else ()
                periods = current.rows if isinstance(current, PeriodsBlock) else ()
                found.append(Case(f"{document.name}: {title}", lessons, periods, tuple(current.pupils), part))
    return found


# Files


def read(path: Path) -> Document:
    pieces = re.split(
        r"^```(lessons|periods|numbers)\n(.*?)^```\n", path.read_text(encoding="utf-8"), flags=re.M | re.S
    )
    parts: list[tuple[str, str | Block]] = []
    title = path.stem
    for place in range(0, len(pieces), 3):
        prose, *block = pieces[place : place + 3]
        title = ([title, *re.findall(r"^#+ (.*)$", prose, flags=re.M)])[-1]
        parts.append((title, prose))
        if block:
            parts.append((title, _block(block[0], block[1], f"{path.name}, {title}")))
    return Document(path.stem, tuple(parts))


def _block(kind: str, text: str, where: str) -> Block:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    try:
        if kind == "periods":
            return PeriodsBlock(tuple(period_line(line) for line in lines))
        return LessonsBlock(tuple(day_line(line) for line in lines)) if kind == "lessons" else numbers_block(lines)
    except (TableError, ValueError) as error:
        raise TableError(f"{where}: {error}") from error


# Numbers


def numbers_block(lines: list[str]) -> NumbersBlock:
    as_of = first_day = trying = None
    checks = []
    for line in lines:
        if match := re.fullmatch(r"as of (\S+)", line):
            as_of = dt.date.fromisoformat(match[1])
        elif match := re.fullmatch(r"from (\S+)", line):
            first_day = dt.date.fromisoformat(match[1])
        elif match := re.fullmatch(r"try (.+)", line):
            trying = match[1]
        else:
            checks.append(check_line(line))
    return NumbersBlock(as_of, first_day, trying, tuple(checks))


def check_line(line: str) -> Check:
    match = re.fullmatch(r"(?:(\w+): +)?(.+?) += +(.+)", line)
    if match is None:
        raise TableError(f"not a number: {line!r}")
    return Check(match[1], match[2], match[3])


# Periods

_PERIOD = re.compile(
    r"(?:(?P<pupil>[a-z]\w*) )?(?P<first>\d{4}-\d\d-\d\d) \.\. (?P<last>\d{4}-\d\d-\d\d)"
    r"(?: at (?P<unit>\d+))?(?: class (?P<group>\w+))? *\| *(?P<sums>.+)"
)
_SUMS = ("offered", "reported", "present", "valid", "invalid", "other", "late")


def period_line(line: str) -> PeriodLine:
    match = _PERIOD.fullmatch(line)
    if match is None:
        raise TableError(f"not a period: {line!r}")
    words = match["sums"].split()
    said = dict(zip(words[::2], map(int, words[1::2]), strict=True))
    if not said.keys() <= set(_SUMS):
        raise TableError(f"not sums: {match['sums']!r}")
    row = Period(
        pupil_id=match["pupil"] or DEFAULT_PUPIL,
        school_unit_id=match["unit"] or DEFAULT_UNIT,
        first=dt.date.fromisoformat(match["first"]),
        last=dt.date.fromisoformat(match["last"]),
        offered_min=said["offered"],
        reported_min=said.get("reported"),
        present_min=said.get("present"),
        valid_min=said.get("valid", 0),
        invalid_min=said.get("invalid", 0),
        other_min=said.get("other"),
        late_count=said.get("late"),
        grade=None,
        group_id=match["group"],
    )
    return PeriodLine(row, match["sums"])


# Lessons

_DAY = rf"(?:{'|'.join(WEEKDAYS)}) \d{{4}}-\d\d-\d\d"
_LINE = re.compile(
    rf"(?P<exception>except )?(?:(?P<pupil>(?!every )[a-z]\w*) )??"
    rf"(?P<when>(?:every )?{_DAY}(?: \.\. {_DAY})?)"
    rf"(?: at (?P<unit>\d+))?(?: class (?P<group>\w+))? *\| *(?P<tokens>.+)"
)
_TOKEN = re.compile(
    r"(?P<minutes>(?:[PVIO]\d*)+|L|U)(?:/(?P<offered>\d+))?(?::(?P<subject>\w+))?"
    r"(?:@(?P<times>none|(?:\d\d:\d\d)?-(?:\d\d:\d\d)?))?(?:#(?P<unit>\d+))?"
)


def day_line(line: str) -> DayLine:
    match = _LINE.fullmatch(line)
    if match is None:
        raise TableError(f"not a day: {line!r}")
    return DayLine(
        exception=match["exception"] is not None,
        pupil=match["pupil"] or DEFAULT_PUPIL,
        when=match["when"],
        dates=tuple(_dates(match["when"])),
        unit=match["unit"] or DEFAULT_UNIT,
        group=match["group"],
        tokens=tuple(match["tokens"].split()),
    )


def _dates(when: str) -> list[dt.date]:
    """One day; Monday to Friday from one day to another; or every such weekday."""
    ends = [_date(text) for text in when.removeprefix("every ").split(" .. ")]
    if len(ends) == 1:
        return ends
    span = [ends[0] + dt.timedelta(days=count) for count in range((ends[1] - ends[0]).days + 1)]
    if when.startswith("every "):
        return [date for date in span if date.isoweekday() == ends[0].isoweekday()]
    return [date for date in span if date.isoweekday() <= 5]


def _date(text: str) -> dt.date:
    weekday, iso = text.split()
    date = dt.date.fromisoformat(iso)
    if WEEKDAYS[date.weekday()] != weekday:
        raise TableError(f"{iso} is not a {weekday}")
    return date


def day_lessons(line: DayLine, date: dt.date) -> list[Lesson]:
    return [
        _lesson(line, date, place, token)
        for place, token in enumerate(line.tokens)
        if token != "."  # a free hour
    ]


def _lesson(line: DayLine, date: dt.date, place: int, token: str) -> Lesson:
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise TableError(f"not a lesson: {token!r}")
    start, end = _times(match["times"], match["offered"], place)
    span = LESSON_MIN if start is None or end is None else end - start
    offered = int(match["offered"] or span)
    minutes = _minutes(SHORT.get(match["minutes"], match["minutes"]), offered)
    return Lesson(
        pupil_id=line.pupil,
        school_unit_id=match["unit"] or line.unit,
        group_id=line.group,
        date=date,
        start_min=start,
        end_min=end,
        subject=match["subject"],
        lesson_id=f"{date}-{place + 1}",
        offered_min=offered,
        reported="U" not in minutes,
        present_min=minutes.get("P", 0),
        valid_min=minutes.get("V", 0),
        invalid_min=minutes.get("I", 0),
        other_min=minutes.get("O", 0),
        late=default_late(minutes.get("P", 0), minutes.get("I", 0)),
    )


def _times(times: str | None, offered: str | None, place: int) -> tuple[int | None, int | None]:
    """Without times of its own, a lesson fills its place in a day of whole hours from 08:00."""
    if times == "none":
        return None, None
    if times is not None:
        start, end = (int(clock[:2]) * 60 + int(clock[3:]) if clock else None for clock in times.split("-"))
        return start, end
    if offered is not None and int(offered) > LESSON_MIN:
        raise TableError("a lesson longer than an hour needs times")
    start = FIRST_START + LESSON_MIN * place
    return start, start + int(offered or LESSON_MIN)


def _minutes(text: str, offered: int) -> dict[str, int]:
    parts = re.findall(r"([A-Z])(\d*)", text)
    if len(parts) > 1 and not all(minutes for _letter, minutes in parts):
        raise TableError(f"several parts need minutes: {text!r}")
    return {letter: int(minutes or offered) for letter, minutes in parts}
