"""Warning rules: reading an expression, judging it for one pupil on one day, and trying it on what is stored."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from .day import PupilDay, total_of
from .lessons import Lesson, lesson_order
from .shapes import OCCASIONS, current_spell, longest_spell, occasions
from .summary import by_pupil, trend_points
from .windows import base_is_enough, days_until, numbered, window_days

RATES = ("total_rate", "valid_rate", "invalid_rate", "coverage")
COUNTS = (
    "occasions",
    "longest_spell",
    "current_spell",
    "absent_days",
    "part_days",
    "scattered_lessons",
    "absent_lessons",
    "invalid_lessons",
    "late_count",
    "late_min",
    "school_days",
)
HOURS = ("absent_hours", "valid_hours", "invalid_hours")
MEASURES = (*RATES, "trend_points", *COUNTS, *HOURS)

DEEP_ABSENCE = "total_rate(last_20) >= 0.30"
NOTABLE_ABSENCE = "total_rate(last_20) >= 0.15"


class RuleError(ValueError):
    """The expression is not a rule."""


@dataclass(frozen=True)
class Comparison:
    measure: str
    window: str
    comparison: str
    limit: Fraction


@dataclass(frozen=True)
class Both:
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Either:
    left: "Node"
    right: "Node"


Node = Comparison | Both | Either


# Reading: rule := all_of ("or" all_of)*;  all_of := one ("and" one)*;  one := "(" rule ")" | comparison


def parse(text: str) -> Node:
    tokens = _tokens(text)
    node = _rule(tokens)
    if tokens:
        raise RuleError(f"unexpected {tokens[0]!r}")
    return node


def _tokens(text: str) -> list[str]:
    pattern = r"\s*([a-z][a-z_0-9]*|>=|<=|>|<|\(|\)|[-+]?[0-9]+(?:\.[0-9]+)?)"
    tokens, rest = [], text
    while rest.strip():
        match = re.match(pattern, rest)
        if match is None:
            raise RuleError(f"can not read {rest!r}")
        tokens.append(match[1])
        rest = rest[match.end() :]
    return tokens


def _take(tokens: list[str], expected: str | None = None) -> str:
    if not tokens or (expected is not None and tokens[0] != expected):
        raise RuleError(f"expected {expected or 'more'}")
    return tokens.pop(0)


def _rule(tokens: list[str]) -> Node:
    node = _all_of(tokens)
    while tokens and tokens[0] == "or":
        _take(tokens)
        node = Either(node, _all_of(tokens))
    return node


def _all_of(tokens: list[str]) -> Node:
    node = _one(tokens)
    while tokens and tokens[0] == "and":
        _take(tokens)
        node = Both(node, _one(tokens))
    return node


def _one(tokens: list[str]) -> Node:
    if tokens and tokens[0] == "(":
        _take(tokens)
        node = _rule(tokens)
        _take(tokens, ")")
        return node
    return _comparison(tokens)


def _comparison(tokens: list[str]) -> Comparison:
    measure = _take(tokens)
    _take(tokens, "(")
    window = _take(tokens)
    _take(tokens, ")")
    comparison, limit = _take(tokens), _take(tokens)
    if measure not in MEASURES or comparison not in (">=", ">", "<=", "<"):
        raise RuleError(f"{measure} {comparison}")
    number = numbered(window)
    if measure == "trend_points" and (number is None or number[0] != "last"):
        raise RuleError("trend_points needs a window last_N")
    try:
        return Comparison(measure, window, comparison, Fraction(limit))
    except ValueError:
        raise RuleError(f"not a number: {limit}") from None


def comparisons(node: Node) -> list[Comparison]:
    """In the order they are written."""
    if isinstance(node, Comparison):
        return [node]
    return comparisons(node.left) + comparisons(node.right)


# Judging


@dataclass(frozen=True)
class Verdict:
    """Whether a rule holds for a pupil; when it does, the first comparison (as written) that held and its window.

    Where the rule does not hold, all else is None.
    """

    holds: bool
    measure: str | None = None
    window: str | None = None
    limit: Fraction | None = None
    value: Fraction | None = None
    first_day: int | None = None
    last_day: int | None = None
    coverage: Fraction | None = None
    evidence: tuple["EvidenceLesson", ...] = ()


@dataclass(frozen=True)
class EvidenceLesson:
    """A lesson that counted towards a warning."""

    day_no: int
    start_min: int | None
    subject: str | None
    lesson_id: str | None
    valid_min: int
    invalid_min: int


@dataclass(frozen=True)
class Pupil:
    """What a rule is judged on: all days of one pupil, the day that counts as today, and the plan's settings."""

    days: tuple[PupilDay, ...]
    as_of: int
    first_day: int | None = None
    occasion: str = "spell"

    def window(self, name: str) -> list[PupilDay]:
        return window_days(name, self.days, self.as_of, self.first_day)


def evaluate(
    rule: str, days: Iterable[PupilDay], as_of: int, first_day: int | None = None, occasion: str = "spell"
) -> Verdict:
    if occasion not in OCCASIONS:
        raise RuleError(occasion)
    pupil, node = Pupil(tuple(days), as_of, first_day, occasion), parse(rule)
    if not holds(node, pupil):
        return Verdict(holds=False)
    first = next(comparison for comparison in comparisons(node) if holds(comparison, pupil))
    window = pupil.window(first.window)
    return Verdict(
        holds=True,
        measure=first.measure,
        window=first.window,
        limit=first.limit,
        value=value_of(first, pupil),
        first_day=window[0].day_no,
        last_day=window[-1].day_no,
        coverage=total_of(window).coverage,
    )


def holds(node: Node, pupil: Pupil) -> bool:
    if isinstance(node, Both):
        return holds(node.left, pupil) and holds(node.right, pupil)
    if isinstance(node, Either):
        return holds(node.left, pupil) or holds(node.right, pupil)
    value = value_of(node, pupil)
    return value is not None and satisfied(node, value)


def satisfied(comparison: Comparison, value: Fraction) -> bool:
    return {
        ">=": value >= comparison.limit,
        ">": value > comparison.limit,
        "<=": value <= comparison.limit,
        "<": value < comparison.limit,
    }[comparison.comparison]


def value_of(comparison: Comparison, pupil: Pupil) -> Fraction | None:
    """None when the window is empty, the measure has no value, or a percentage stands on too little."""
    if not pupil.window(comparison.window):
        return None
    if comparison.measure in RATES:
        return _rate(comparison.measure, comparison.window, pupil)
    if comparison.measure == "trend_points":
        return _trend(comparison.window, pupil)
    return Fraction(_count(comparison.measure, comparison.window, pupil))


def _rate(measure: str, window: str, pupil: Pupil) -> Fraction | None:
    days = pupil.window(window)
    if not base_is_enough(window, days):
        return None
    sums = total_of(days)
    # Coverage has no limit below which it can not be calculated: a rule may ask for registers that are missing.
    return {
        "total_rate": sums.total_rate,
        "valid_rate": sums.valid_rate,
        "invalid_rate": sums.invalid_rate,
        "coverage": sums.coverage,
    }[measure]


def _trend(window: str, pupil: Pupil) -> Fraction | None:
    """Both windows must stand on enough, since either could make the difference."""
    earlier_window = window.replace("last_", "previous_")
    latest, earlier = pupil.window(window), pupil.window(earlier_window)
    if not base_is_enough(window, latest) or not base_is_enough(earlier_window, earlier):
        return None
    return trend_points(total_of(latest), total_of(earlier))


def _count(measure: str, window: str, pupil: Pupil) -> int | Fraction:
    days = pupil.window(window)
    sums = total_of(days)
    values: dict[str, int | Fraction] = {
        "absent_lessons": sum(day.absent_lessons for day in days),
        "invalid_lessons": sum(day.invalid_lessons for day in days),
        "late_count": sum(day.late_count for day in days),
        "late_min": sum(day.late_min for day in days),
        "occasions": occasions(pupil.occasion, pupil.days, days, pupil.as_of),
        "longest_spell": len(longest_spell(pupil.days, days, pupil.as_of)),
        "current_spell": len(current_spell(pupil.days, days, pupil.as_of)),
        "absent_days": sum(day.absent_day for day in days),
        "part_days": sum(day.part_day for day in days),
        "scattered_lessons": sum(day.absent_lessons for day in days if day.part_day),
        "school_days": len(days),
        "absent_hours": Fraction(sums.absent, 60),
        "valid_hours": Fraction(sums.valid, 60),
        "invalid_hours": Fraction(sums.invalid, 60),
    }
    return values[measure]


def with_evidence(verdict: Verdict, lessons: Iterable[Lesson], pupil: Pupil) -> Verdict:
    """Of the pupil's ``lessons``, those that the measure counts: in the window, or in the spell that it measures."""
    if not verdict.holds or verdict.window is None:
        return verdict
    window = pupil.window(verdict.window)
    counted = {
        "longest_spell": longest_spell(pupil.days, window, pupil.as_of),
        "current_spell": current_spell(pupil.days, window, pupil.as_of),
    }.get(verdict.measure or "", [day.day_no for day in window])
    found = [lesson for lesson in lessons if lesson.day_no in counted and _is_evidence(verdict.measure or "", lesson)]
    found.sort(key=lambda lesson: (lesson.date, lesson_order(lesson)))
    return replace(verdict, evidence=tuple(_as_evidence(lesson) for lesson in found))


def _is_evidence(measure: str, lesson: Lesson) -> bool:
    if measure.startswith("late_"):
        return lesson.late
    if measure.startswith("invalid_"):
        return lesson.invalid_min > 0
    if measure.startswith("valid_"):
        return lesson.valid_min > 0
    return lesson.absent_min > 0


def _as_evidence(lesson: Lesson) -> EvidenceLesson:
    return EvidenceLesson(
        lesson.day_no, lesson.start_min, lesson.subject, lesson.lesson_id, lesson.valid_min, lesson.invalid_min
    )


# Trying a rule


@dataclass(frozen=True)
class TryWeek:
    school_unit_id: str
    week_no: int
    evaluated: int
    flagged: int
    new: int


@dataclass(frozen=True)
class TryResult:
    """``lead_times`` (weeks) of the pupils that were flagged and reached 30 %; ``never_15``: flagged, never at 15 %."""

    weeks: tuple[TryWeek, ...]
    lead_times: tuple[tuple[str, int], ...]
    never_15: tuple[str, ...]


@dataclass(frozen=True)
class PupilWeek:
    pupil_id: str
    school_unit_id: str
    week_no: int
    flagged: bool
    new: bool
    deep: bool
    notable: bool


def try_rule(
    rule: str, days: Iterable[PupilDay], as_of: int, first_day: int | None = None, occasion: str = "spell"
) -> TryResult:
    """``days`` are those of all pupils."""
    rows: list[PupilWeek] = []
    for pupil_days in by_pupil(days).values():
        rows += pupil_weeks(rule, Pupil(tuple(pupil_days), as_of, first_day, occasion))
    return TryResult(_weeks(rows), _lead_times(rows), _never_notable(rows))


def pupil_weeks(rule: str, pupil: Pupil) -> list[PupilWeek]:
    """One pupil on the last school day of every ISO week that has one. Holidays between two such weeks end no run."""
    rows: list[PupilWeek] = []
    lasts = {day.week_no: day for day in days_until(pupil.days, pupil.as_of)}
    for day in lasts.values():
        flagged = _holds_on(rule, pupil, day.day_no)
        rows.append(
            PupilWeek(
                pupil_id=day.pupil_id,
                school_unit_id=day.school_unit_id,
                week_no=day.week_no,
                flagged=flagged,
                new=flagged and not (rows and rows[-1].flagged),
                deep=_holds_on(DEEP_ABSENCE, pupil, day.day_no),
                notable=_holds_on(NOTABLE_ABSENCE, pupil, day.day_no),
            )
        )
    return rows


def _holds_on(rule: str, pupil: Pupil, day: int) -> bool:
    return evaluate(rule, pupil.days, day, pupil.first_day, pupil.occasion).holds


def _weeks(rows: list[PupilWeek]) -> tuple[TryWeek, ...]:
    keys = sorted({(row.school_unit_id, row.week_no) for row in rows})
    found = []
    for unit, week in keys:
        here = [row for row in rows if (row.school_unit_id, row.week_no) == (unit, week)]
        flagged, new = sum(row.flagged for row in here), sum(row.new for row in here)
        found.append(TryWeek(unit, week, len(here), flagged, new))
    return tuple(found)


def _lead_times(rows: list[PupilWeek]) -> tuple[tuple[str, int], ...]:
    """In calendar weeks; negative when 30 % came before the flag."""
    found = []
    for pupil_id in sorted({row.pupil_id for row in rows}):
        flagged = [row.week_no for row in rows if row.pupil_id == pupil_id and row.flagged]
        deep = [row.week_no for row in rows if row.pupil_id == pupil_id and row.deep]
        if flagged and deep:
            found.append((pupil_id, min(deep) - min(flagged)))
    return tuple(found)


def _never_notable(rows: list[PupilWeek]) -> tuple[str, ...]:
    flagged = {row.pupil_id for row in rows if row.flagged}
    notable = {row.pupil_id for row in rows if row.notable}
    return tuple(sorted(flagged - notable))
