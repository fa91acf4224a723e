"""The plan's rules judged on a snapshot: the warnings of a day, each with the lessons that raised it."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from string import Template

from narvaro.domain.plan import Plan, Rule
from narvaro.domain.rules import Comparison, Expression, comparisons
from narvaro.domain.warnings import EvidenceLesson, Warning
from narvaro.facts.engine import Row
from narvaro.facts.measures import Snapshot
from narvaro.facts.rules_sql import RuleQuery, as_of_query


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


_UNKNOWN = Belonging()
_SPELLS = ("current_spell", "longest_spell")
_AbsentDay = tuple[int, int]  # day number, place among the pupil's school days


def warnings(snapshot: Snapshot, plan: Plan, belonging: Mapping[str, Belonging]) -> dict[int, list[Warning]]:
    """By pupil number, in the order of the plan's rules. ``belonging`` is by pupil id; pupils without one are judged by
    every rule."""
    rules = plan.rules
    if not rules:
        return {}
    query = as_of_query([rule.when for rule in rules], occasion=plan.occasion)
    rows = snapshot.engine.query(Template(query.sql).substitute(snapshot.numbers))
    evidence = _Evidence(snapshot, query, rows)
    places = [_places(rule.when, query) for rule in rules]
    raised: dict[int, list[Warning]] = {}
    for row in rows:
        pupil_no, pupil_id = row[0], snapshot.pupil_ids[row[0]]
        pupil = belonging.get(pupil_id, _UNKNOWN)
        for rule, where, holds in zip(rules, places, row[-len(rules) :], strict=True):
            if holds and pupil.has(rule):
                held = _first_held(where, row)
                warning = _warning(plan, rule, pupil_id, held, evidence.of(pupil_no, held))
                raised.setdefault(pupil_no, []).append(warning)
    return raised


_fraction = lru_cache(maxsize=1024)(Fraction)  # rules share windows, and counts are small
_Places = list[tuple[Comparison, slice, slice]]


def _places(rule: Expression, query: RuleQuery) -> _Places:
    """In the order of the rule's text: where a row tells of each comparison, and of its window."""
    return [(each, query.of_comparison(each), query.of_window(each.window)) for each in comparisons(rule)]


def _first_held(places: _Places, row: Row) -> _Held:
    for comparison, compared, window in places:
        held, numerator, denominator = row[compared]
        if held:
            first_day, last_day, offered, reported = row[window]
            coverage = _fraction(reported, offered) if offered else Fraction(0)
            return _Held(comparison, _fraction(numerator, denominator), first_day, last_day, coverage)
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


class _Evidence:
    """Lessons of the pupils that were flagged, over the longest of their windows; ``late`` holds those with late = 1
    once more, and alone those of them that have no absence."""

    def __init__(self, snapshot: Snapshot, query: RuleQuery, rows: Sequence[Row]) -> None:
        self.snapshot = snapshot
        self.lessons: dict[int, list[EvidenceLesson]] = {row[0]: [] for row in rows}
        self.late: dict[int, list[EvidenceLesson]] = defaultdict(list)
        self.absent_days: dict[int, list[_AbsentDay]] = defaultdict(list)
        self._told: dict[tuple[int, int, int, str], tuple[EvidenceLesson, ...]] = {}
        if rows:
            firsts = [query.of_window(window).start for window in query.windows]
            self._read({row[0]: min(row[at] for at in firsts if row[at] is not None) for row in rows})
            spells = [query.of_comparison(each).start for each in query.comparisons if each.measure in _SPELLS]
            absent = [row[0] for row in rows if any(row[at] for at in spells)]
            if absent:
                self._read_absent_days(", ".join(map(str, absent)))

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
        seen = (self.late if measure.startswith("late_") else self.lessons)[pupil_no]
        start = bisect_left(seen, first_day, key=_day_no)
        end = bisect_right(seen, last_day, key=_day_no)
        if measure.startswith("invalid_"):
            return tuple(lesson for lesson in seen[start:end] if lesson.invalid_min > 0)
        if measure.startswith("valid_"):
            return tuple(lesson for lesson in seen[start:end] if lesson.valid_min > 0)
        return tuple(seen[start:end])

    def _read(self, first_days: Mapping[int, int]) -> None:
        """``first_days``: of each flagged pupil's windows. Most begin in the same weeks, and everybody's lessons since
        then are read sooner than thousands of pupils are looked up; the few others are asked for by number."""
        usual = sorted(first_days.values())[len(first_days) // 20]
        others = [pupil_no for pupil_no, first_day in first_days.items() if first_day < usual]
        if others:
            self._read_lessons(f"< {usual} and pupil_no in ({', '.join(map(str, others))})", min(first_days.values()))
        self._read_lessons(f"<= {self.snapshot.as_of}", usual)

    def _read_lessons(self, until: str, first_day: int) -> None:
        found = self.snapshot.engine.query(
            f"""select pupil_no, case when valid_min + invalid_min > 0 then 1 else 0 end as absent, late,
            day_no, start_min, subject, lesson_id, valid_min, invalid_min from facts
            where (valid_min + invalid_min > 0 or late = 1) and day_no >= {first_day} and day_no {until}
            order by pupil_no, day_no, lesson_no"""
        )
        for row in found:
            pupil_no, absent, late = row[:3]
            if pupil_no in self.lessons:
                lesson = EvidenceLesson(*row[3:])
                if absent:
                    self.lessons[pupil_no].append(lesson)
                if late:
                    self.late[pupil_no].append(lesson)

    def _read_absent_days(self, flagged: str) -> None:
        days = self.snapshot.engine.query(
            f"""select pupil_no, day_no, seq from (
                select pupil_no, day_no, absent_day, row_number() over (partition by pupil_no order by day_no) as seq
                from pupil_day where day_no <= {self.snapshot.as_of} and pupil_no in ({flagged})
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


def _day_no(lesson: EvidenceLesson) -> int:
    return lesson.day_no
