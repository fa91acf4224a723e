"""The plan's rules judged on a snapshot: the warnings of a day, each with the lessons that raised it."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from string import Template

from narvaro.domain.rules import Comparison, Expression, comparisons
from narvaro.domain.warnings import EvidenceLesson, Plan, Rule, Warning
from narvaro.facts.engine import Row
from narvaro.facts.measures import Snapshot
from narvaro.facts.rules_sql import BEFORE, PER_COMPARISON, RuleQuery, as_of_query


@dataclass(frozen=True, slots=True)
class Belonging:
    """Where a pupil belongs, for rules that are about some forms or grades only."""

    form: str | None = None
    grade: str | None = None

    def has(self, rule: Rule) -> bool:
        """What is not known does not exempt: a warning too many is better than one that never came."""
        return (not rule.forms or self.form is None or self.form in rule.forms) and (
            not rule.grades or self.grade is None or self.grade in rule.grades
        )


@dataclass(frozen=True, slots=True)
class _Held:
    """A comparison that held for a pupil."""

    comparison: Comparison
    value: Fraction
    first_day: int
    last_day: int
    coverage: Fraction


def warnings(snapshot: Snapshot, plan: Plan, belonging: Mapping[str, Belonging]) -> dict[int, list[Warning]]:
    """By pupil number, in the order of the plan's rules. ``belonging`` is by pupil id; pupils without one are judged by
    every rule."""
    rules = plan.rules
    if not rules:
        return {}
    query = as_of_query([rule.when for rule in rules], occasion=plan.occasion)
    rows = snapshot.engine.query(Template(query.sql).substitute(snapshot.numbers))
    evidence = _Evidence(snapshot, query, rows)
    raised: dict[int, list[Warning]] = {}
    for row in rows:
        pupil_no, pupil_id = row[0], snapshot.pupil_ids[row[0]]
        place = belonging.get(pupil_id, Belonging())
        for rule, holds in zip(rules, row[-len(rules) :], strict=True):
            if holds and place.has(rule):
                held = _first_held(rule.when, query, row)
                warning = _warning(plan, rule, pupil_id, held, evidence.of(pupil_no, held))
                raised.setdefault(pupil_no, []).append(warning)
    return raised


def _column(number: int, name: str) -> int:
    """Where the query has this of the comparison with that number."""
    return len(BEFORE) + number * len(PER_COMPARISON) + PER_COMPARISON.index(name)


def _first_held(rule: Expression, query: RuleQuery, row: Row) -> _Held:
    """In the order of the rule's text."""
    for comparison in comparisons(rule):
        number = query.comparisons.index(comparison)
        start = _column(number, PER_COMPARISON[0])
        held, numerator, denominator, first_day, last_day, offered, reported = row[start : start + len(PER_COMPARISON)]
        if held:
            coverage = Fraction(int(reported), int(offered)) if offered else Fraction(0)
            return _Held(comparison, Fraction(int(numerator), int(denominator)), first_day, last_day, coverage)
    raise AssertionError("a rule held without a comparison that held")


def _warning(plan: Plan, rule: Rule, pupil_id: str, held: _Held, evidence: tuple[EvidenceLesson, ...]) -> Warning:
    return Warning(
        pupil_id=pupil_id,
        rule_id=rule.id,
        plan=plan.name,
        step=rule.step,
        measure=held.comparison.measure,
        window=str(held.comparison.window),
        value=held.value,
        limit=held.comparison.limit,
        window_start=held.first_day,
        window_end=held.last_day,
        coverage=held.coverage,
        evidence=evidence,
    )


_SPELLS = ("current_spell", "longest_spell")
_Late = bool
_AbsentDay = tuple[int, int]  # day number, place among the pupil's school days


class _Evidence:
    """Lessons of the pupils that were flagged, over the longest of the windows; read in one query."""

    def __init__(self, snapshot: Snapshot, query: RuleQuery, rows: Sequence[Row]) -> None:
        self.lessons: dict[int, list[tuple[EvidenceLesson, _Late]]] = defaultdict(list)
        self.absent_days: dict[int, list[_AbsentDay]] = defaultdict(list)
        self._told: dict[tuple[int, int, int, str], tuple[EvidenceLesson, ...]] = {}
        if rows:
            starts = [_column(number, "first_day") for number in range(len(query.comparisons))]
            days = (row[start] for row in rows for start in starts if row[start] is not None)
            flagged = ", ".join(str(row[0]) for row in rows)
            self._read_lessons(snapshot, flagged, min(days, default=snapshot.as_of))
            spells = [n for n, comparison in enumerate(query.comparisons) if comparison.measure in _SPELLS]
            absent = [row[0] for row in rows if any(row[_column(number, "held")] for number in spells)]
            if absent:
                self._read_absent_days(snapshot, ", ".join(map(str, absent)))

    def of(self, pupil_no: int, held: _Held) -> tuple[EvidenceLesson, ...]:
        """The lessons behind a comparison that held, oldest first."""
        first_day, last_day = held.first_day, held.last_day
        if held.comparison.measure in _SPELLS:
            spell = self._spell(pupil_no, held)
            if not spell:
                return ()
            first_day, last_day = spell[0][0], spell[-1][0]
        # Rules with other limits rest on the same lessons; most of the time goes into telling them anew.
        key = (pupil_no, first_day, last_day, held.comparison.measure.partition("_")[0])
        if key not in self._told:
            self._told[key] = self._between(pupil_no, first_day, last_day, held.comparison.measure)
        return self._told[key]

    def _between(self, pupil_no: int, first_day: int, last_day: int, measure: str) -> tuple[EvidenceLesson, ...]:
        seen = self.lessons[pupil_no]
        start = bisect_left(seen, first_day, key=lambda each: each[0].day_no)
        end = bisect_right(seen, last_day, key=lambda each: each[0].day_no)
        return tuple(lesson for lesson, late in seen[start:end] if _counts(measure, lesson, late))

    def _read_lessons(self, snapshot: Snapshot, flagged: str, first: int) -> None:
        found = snapshot.engine.query(
            f"""select pupil_no, day_no, start_min, subject, lesson_id, valid_min, invalid_min, late from facts
            where (valid_min + invalid_min > 0 or late = 1) and day_no between {first} and {snapshot.as_of}
            and pupil_no in ({flagged}) order by pupil_no, day_no, lesson_no"""
        )
        for pupil_no, *lesson, late in found:
            self.lessons[pupil_no].append((EvidenceLesson(*lesson), bool(late)))

    def _read_absent_days(self, snapshot: Snapshot, flagged: str) -> None:
        days = snapshot.engine.query(
            f"""select pupil_no, day_no, seq from (
                select pupil_no, day_no, absent_day, row_number() over (partition by pupil_no order by day_no) as seq
                from pupil_day where day_no <= {snapshot.as_of} and pupil_no in ({flagged})
            ) numbered where absent_day = 1 order by pupil_no, day_no"""
        )
        for pupil_no, day_no, seq in days:
            self.absent_days[pupil_no].append((day_no, seq))

    def _spell(self, pupil_no: int, held: _Held) -> list[_AbsentDay]:
        """The days of the spell that the value counts, in the window; none when there is no spell."""
        window = [day for day in self.absent_days[pupil_no] if held.first_day <= day[0] <= held.last_day]
        if held.comparison.measure == "current_spell":
            return window[len(window) - int(held.value) :]
        spells: list[list[_AbsentDay]] = []
        for place, day in enumerate(window):
            if place and day[1] == window[place - 1][1] + 1:
                spells[-1].append(day)
            else:
                spells.append([day])
        return max(reversed(spells), key=len, default=[])  # the latest of equals


def _counts(measure: str, lesson: EvidenceLesson, late: bool) -> bool:
    if measure.startswith("late_"):
        return late
    if measure.startswith("invalid_"):
        return lesson.invalid_min > 0
    if measure.startswith("valid_"):
        return lesson.valid_min > 0
    return lesson.valid_min + lesson.invalid_min > 0
