"""What a line of a ``numbers`` block means: which question it asks, and where in the answers its number stands."""

import datetime as dt
import re
from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

from tests.reference.numbers import Numbers, Question
from tests.reference.rules import MEASURES, RATES
from tests.reference.school_calendar import date_of, day_no, week_no
from tests.reference.sums import Sums

from .tables import WEEKDAYS, Case, Check, TableError

Value = Fraction | int | str | None
Row = TypeVar("Row")

# A rule that holds wherever the measure has a value: its warning then carries the value of the measure in the window.
HIGHEST = 100000
SUM_FIELDS = {
    "offered_min": "offered",
    "reported_min": "reported",
    "present_min": "present",
    "valid_min": "valid",
    "invalid_min": "invalid",
    "unknown_min": "unknown",
} | {name: name for name in ("total_rate", "valid_rate", "invalid_rate", "coverage", "band", "low_coverage")}
_WINDOWED = re.compile(rf"({'|'.join(MEASURES)})(?: by (\w+))?\((\w+)\)")


def question(case: Case, check: Check) -> Question:
    """All rules of the block at once, so that a block is one question for each definition of an occasion in it."""
    occasion = _occasion(check.what)
    rules = [_rule(other.what) for other in case.block.checks if _occasion(other.what) == occasion]
    return case.block.question(tuple(dict.fromkeys(rule for rule in rules if rule is not None)), occasion)


def answer(case: Case, check: Check, numbers: Numbers) -> Value:
    pupil = check.pupil or (case.pupils[0] if len(case.pupils) == 1 else None)
    for pattern, find in _KINDS:
        if match := re.fullmatch(pattern, check.what):
            return find(numbers, pupil, match)
    raise TableError(f"{case.name}: no such number: {check.what!r}")


def agrees(actual: Value, expected: str) -> bool:
    if expected in ("not calculable", "none"):
        return actual is None
    if isinstance(actual, str):
        return actual == expected
    return actual is not None and actual == _number(expected)


def _number(text: str) -> Fraction:
    if text in ("yes", "no"):
        return Fraction(text == "yes")
    match = re.fullmatch(r"([-+]?[\d./]+)( %)?(?: (?:points|weeks?|days?|min|hours?))?", text)
    if match is None:
        raise TableError(f"not a value: {text!r}")
    return Fraction(match[1]) / (100 if match[2] else 1)


def _rule(what: str) -> str | None:
    if match := re.fullmatch(r"(?:\w+ of )?rule (.+)", what):
        return match[1]
    if match := _WINDOWED.fullmatch(what):
        return f"{match[1]}({match[3]}) <= {1 if match[1] in RATES else HIGHEST}"
    return None


def _occasion(what: str) -> str:
    match = re.match(r"occasions by (\w+)", what)
    return match[1] if match else "spell"


def _verdict_value(numbers: Numbers, pupil: str | None, rule: str, name: str) -> Value:
    verdict = numbers.warnings[rule].get(pupil or "")
    return None if verdict is None else _written(verdict, name)


def _written(row: object, name: str) -> Value:
    value: Value = getattr(row, name)
    return str(date_of(int(value))) if name in ("first_day", "last_day") and value is not None else value


def _only(rows: list[Row]) -> Row | None:
    if len(rows) > 1:
        raise TableError(f"several rows: {rows}")
    return rows[0] if rows else None


def _field(row: object | None, name: str, sums: Sums | None) -> Value:
    if row is None:
        return None
    in_sums = name in SUM_FIELDS and sums is not None
    return getattr(sums, SUM_FIELDS[name]) if in_sums else _written(row, name)


# Where each kind of number stands


def _day(numbers: Numbers, pupil: str | None, match: re.Match[str]) -> Value:
    wanted = day_no(dt.date.fromisoformat(match[1]))
    row = _only([day for day in numbers.days if day.pupil_id == pupil and day.day_no == wanted])
    return _field(row, match[2], None)


def _week(numbers: Numbers, pupil: str | None, match: re.Match[str]) -> Value:
    row = _only([week for week in numbers.weeks if week.pupil_id == pupil and week.week_no == _iso(match[1])])
    return _field(row, match[2], getattr(row, "sums", None))


def _iso(text: str) -> int:
    year, week = text.split("-W")
    return week_no(dt.date.fromisocalendar(int(year), int(week), 1))


def _weekday(numbers: Numbers, pupil: str | None, match: re.Match[str]) -> Value:
    dow = WEEKDAYS.index(match[1]) + 1
    row = _only([profile for profile in numbers.weekdays if profile.pupil_id == pupil and profile.dow == dow])
    return _field(row, match[2], getattr(row, "sums", None))


def _subject(numbers: Numbers, pupil: str | None, match: re.Match[str]) -> Value:
    row = _only([row for row in numbers.subjects if row.pupil_id == pupil and row.subject == match[1]])
    return _field(row, match[2], getattr(row, "sums", None))


def _unit_band(numbers: Numbers, _pupil: str | None, match: re.Match[str]) -> Value:
    row = _only([unit for unit in numbers.units if unit.school_unit_id == match[1]])
    return None if row is None else dict(row.bands)[match[2]]


def _unit(numbers: Numbers, _pupil: str | None, match: re.Match[str]) -> Value:
    row = _only([unit for unit in numbers.units if unit.school_unit_id == match[1]])
    return _field(row, match[2], getattr(row, "minutes", None))


def _term(numbers: Numbers, pupil: str | None, match: re.Match[str]) -> Value:
    term = int(match[1]) * 2 if match[2] == "HT" else int(match[1]) * 2 - 1
    wanted = (pupil, match[3], term)
    row = _only([row for row in numbers.terms if (row.pupil_id, row.school_unit_id, row.term_no) == wanted])
    return _field(row, match[4], getattr(row, "minutes", None))


def _rule_holds(numbers: Numbers, pupil: str | None, match: re.Match[str]) -> Value:
    if match[1] not in numbers.warnings:
        return "not tried"
    return "holds" if (pupil or "") in numbers.warnings[match[1]] else "does not hold"


def _of_rule(numbers: Numbers, pupil: str | None, match: re.Match[str]) -> Value:
    return _verdict_value(numbers, pupil, match[2], match[1])


def _evidence(numbers: Numbers, pupil: str | None, match: re.Match[str]) -> Value:
    verdict = numbers.warnings[match[1]].get(pupil or "")
    return (", ".join(lesson.lesson_id or "" for lesson in verdict.evidence) or "no lessons") if verdict else None


def _windowed(numbers: Numbers, pupil: str | None, match: re.Match[str]) -> Value:
    return _verdict_value(numbers, pupil, _rule(match[0]) or "", "value")


def _tried_week(numbers: Numbers, _pupil: str | None, match: re.Match[str]) -> Value:
    (tried,) = numbers.tries.values()
    weeks = [row for row in tried.weeks if (row.week_no, row.school_unit_id) == (_iso(match[1]), match[2])]
    row = _only(weeks)
    return None if row is None else f"{row.evaluated} evaluated, {row.flagged} flagged, {row.new} new"


def _lead_time(numbers: Numbers, pupil: str | None, _match: re.Match[str]) -> Value:
    (tried,) = numbers.tries.values()
    return dict(tried.lead_times).get(pupil or "")


def _never_15(numbers: Numbers, _pupil: str | None, _match: re.Match[str]) -> Value:
    (tried,) = numbers.tries.values()
    return ", ".join(tried.never_15) or None


def _occasions(numbers: Numbers, pupil: str | None, _match: re.Match[str]) -> Value:
    return _summary(numbers, pupil, re.fullmatch(r"()(occasions)", "occasions"))


def _summary(numbers: Numbers, pupil: str | None, match: re.Match[str] | None) -> Value:
    assert match is not None
    row = _only([row for row in numbers.pupils if row.pupil_id == pupil])
    part = match[1] or "minutes"
    return _field(row, match[2], getattr(row, part, None))


_Find = Callable[[Numbers, str | None, re.Match[str]], Value]
_KINDS: tuple[tuple[str, _Find], ...] = (
    (r"day (\d{4}-\d\d-\d\d) (\w+)", _day),
    (r"week (\d{4}-W\d\d) at (\d+)", _tried_week),
    (r"week (\d{4}-W\d\d) (\w+)", _week),
    (rf"weekday ({'|'.join(WEEKDAYS)}) (\w+)", _weekday),
    (r"subject (\w+) (\w+)", _subject),
    (r"unit (\d+) band ([\d-]+)", _unit_band),
    (r"unit (\d+) (\w+)", _unit),
    (r"term (\d{4})-(HT|VT) at (\d+) (\w+)", _term),
    (r"rule (.+)", _rule_holds),
    (r"(value|limit|measure|window|first_day|last_day|coverage) of rule (.+)", _of_rule),
    (r"evidence of rule (.+)", _evidence),
    (r"lead_time", _lead_time),
    (r"never_15", _never_15),
    (r"occasions by (\w+)", _occasions),
    (_WINDOWED.pattern, _windowed),
    (r"(?:(last_20|previous_20) )?(\w+)", _summary),
)
