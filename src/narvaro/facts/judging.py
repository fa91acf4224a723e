"""The plan's rules judged on a snapshot: the warnings of a day, each with the lessons that raised it."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
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
    """By pupil number, in the order of the plan's rules. ``belonging`` is by pupil id; pupils without one are judged by every
    rule."""
    rules = plan.rules
    query = as_of_query([rule.when for rule in rules], occasion=plan.occasion)
    rows = snapshot.engine.query(Template(query.sql).substitute(snapshot.numbers))
    evidence = _Evidence(snapshot, [row[0] for row in rows], query, rows)
    raised: dict[int, list[Warning]] = {}
    for row in rows:
        pupil_id = snapshot.pupil_ids[row[0]]
        place = belonging.get(pupil_id, Belonging())
        found = [
            _warning(plan, rule, pupil_id, _first_held(rule.when, query, row), evidence.of(row[0]))
            for rule, held in zip(rules, row[-len(rules) :], strict=True)
            if held and place.has(rule)
        ]
        if found:
            raised[row[0]] = found
    return raised


def _first_held(rule: Expression, query: RuleQuery, row: Row) -> _Held:
    """In the order of the rule's text."""
    for comparison in comparisons(rule):
        number = query.comparisons.index(comparison)
        start = len(BEFORE) + number * len(PER_COMPARISON)
        held, numerator, denominator, first_day, last_day, offered, reported = row[start : start + len(PER_COMPARISON)]
        if held:
            coverage = Fraction(int(reported), int(offered)) if offered else Fraction(0)
            return _Held(comparison, Fraction(int(numerator), int(denominator)), first_day, last_day, coverage)
    raise AssertionError("a rule held without a comparison that held")


def _warning(
    plan: Plan,
    rule: Rule,
    pupil_id: str,
    held: _Held,
    lessons: Callable[[_Held], tuple[int, tuple[EvidenceLesson, ...]]],
) -> Warning:
    first_day, evidence = lessons(held)
    return Warning(
        pupil_id=pupil_id,
        rule_id=rule.id,
        plan=plan.name,
        step=rule.step,
        measure=held.comparison.measure,
        window=str(held.comparison.window),
        value=held.value,
        limit=held.comparison.limit,
        window_start=first_day,
        window_end=held.last_day,
        coverage=held.coverage,
        evidence=evidence,
    )


class _Evidence:
    """Absence lessons of the pupils that were flagged, over the longest of the windows; read in one query."""

    def __init__(self, snapshot: Snapshot, pupils: Sequence[int], query: RuleQuery, rows: Sequence[Row]) -> None:
        self.lessons: dict[int, list[EvidenceLesson]] = defaultdict(list)
        self.late: dict[int, list[EvidenceLesson]] = defaultdict(list)
        self.absent_days: dict[int, list[tuple[int, int]]] = defaultdict(list)
        if not rows:
            return
        starts = [len(BEFORE) + number * len(PER_COMPARISON) + 3 for number in range(len(query.comparisons))]
        first = min((row[start] for row in rows for start in starts if row[start] is not None), default=snapshot.as_of)
        flagged = ", ".join(map(str, sorted(set(pupils))))
        self._read(snapshot, flagged, first)

    def _read(self, snapshot: Snapshot, flagged: str, first: int) -> None:
        found = snapshot.engine.query(
            f"""select pupil_no, day_no, start_min, subject, lesson_id, valid_min, invalid_min, late from facts
            where valid_min + invalid_min > 0 and day_no between {first} and {snapshot.as_of} and pupil_no in ({flagged})
            order by pupil_no, day_no, lesson_no"""
        )
        for pupil_no, *lesson, late in found:
            seen = EvidenceLesson(*lesson)
            self.lessons[pupil_no].append(seen)
            if late:
                self.late[pupil_no].append(seen)
        days = snapshot.engine.query(
            f"""select pupil_no, day_no, seq from (
                select pupil_no, day_no, absent_day, row_number() over (partition by pupil_no order by day_no) as seq
                from pupil_day where day_no <= {snapshot.as_of} and pupil_no in ({flagged})
            ) numbered where absent_day = 1 order by pupil_no, day_no"""
        )
        for pupil_no, day_no, seq in days:
            self.absent_days[pupil_no].append((day_no, seq))

    def of(self, pupil_no: int) -> Callable[[_Held], tuple[int, tuple[EvidenceLesson, ...]]]:
        """(first day, lessons) for a comparison that held."""

        def lessons(held: _Held) -> tuple[int, tuple[EvidenceLesson, ...]]:
            measure = held.comparison.measure
            first_day, last_day = held.first_day, held.last_day
            if measure in ("current_spell", "longest_spell"):
                first_day, last_day = self._spell(pupil_no, held)
            kept = self.late[pupil_no] if measure in ("late_count", "late_min") else self.lessons[pupil_no]
            start = bisect_left(kept, first_day, key=lambda lesson: lesson.day_no)
            inside = (lesson for lesson in kept[start:] if lesson.day_no <= last_day)
            return held.first_day, tuple(lesson for lesson in inside if _counts(lesson, measure))

        return lessons

    def _spell(self, pupil_no: int, held: _Held) -> tuple[int, int]:
        """First and last day of the longest spell in the window, the latest of equals; the current one is among them."""
        window = [day for day in self.absent_days[pupil_no] if held.first_day <= day[0] <= held.last_day]
        spells: list[list[tuple[int, int]]] = []
        for place, day in enumerate(window):
            if place and day[1] == window[place - 1][1] + 1:
                spells[-1].append(day)
            else:
                spells.append([day])
        chosen = spells[-1] if held.comparison.measure == "current_spell" else max(reversed(spells), key=len)
        return chosen[0][0], chosen[-1][0]


def _counts(lesson: EvidenceLesson, measure: str) -> bool:
    if measure.startswith("invalid"):
        return lesson.invalid_min > 0
    return lesson.valid_min > 0 if measure.startswith("valid") else True
