"""Numbers and warnings from period sums: rates and hours, since sums hold no days."""

import operator
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from narvaro.domain.absence import BASE_REPORTED_MIN, NO_MINUTES, Minutes, PupilSummary
from narvaro.domain.plan import Plan, Rule
from narvaro.domain.rules import Comparison, Expression, MeasureKind, comparisons
from narvaro.domain.warnings import Warning
from narvaro.facts.engine import DuckDBEngine, Engine
from narvaro.facts.judging import Belonging
from narvaro.facts.manifest import Manifest
from narvaro.facts.sql_text import SqlText
from narvaro.facts.tables import register_tables

_SIGNS = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
_NEVER = 10**6


@dataclass(frozen=True, slots=True)
class PeriodPupil:
    """``summary`` has no windows or shapes: they are zero. ``late_count`` is None when no period says it. First and
    last day of the pupil's periods are day numbers."""

    summary: PupilSummary
    name: str | None
    grade: str | None
    late_count: int | None
    first_day: int
    last_day: int


def period_pupils(root: Path, manifest: Manifest, elsewhere: Engine | None = None) -> list[PeriodPupil]:
    """By pupil id, so that every engine gives them in the same order."""
    with closing(elsewhere or DuckDBEngine(folders=[root])) as engine:
        register_tables(engine, manifest, root)
        ids: dict[int, str] = dict(engine.query("select pupil_no, pupil_id from pupil"))
        rows = engine.query(SqlText.load("period_summary").filled(as_of=_NEVER, first_day=0))
    return sorted((_pupil(ids[row[0]], *row[1:]) for row in rows), key=lambda pupil: pupil.summary.pupil_id)


def answerable(rule: Rule) -> bool:
    """Whether sums without days can answer the rule at all."""
    return all(_answerable(comparison) for comparison in comparisons(rule.when))


def period_warnings(
    pupils: list[PeriodPupil], plan: Plan, belonging: Mapping[str, Belonging]
) -> dict[str, list[Warning]]:
    """By pupil id. Evidence is empty: the sums hold no lessons."""
    rules = [rule for rule in plan.rules if answerable(rule)]
    raised: dict[str, list[Warning]] = {}
    for pupil in pupils:
        place = belonging.get(pupil.summary.pupil_id, Belonging(grade=pupil.grade))
        found = [_warning(plan, rule, pupil) for rule in rules if place.has(rule) and _holds(rule.when, pupil)]
        if found:
            raised[pupil.summary.pupil_id] = found
    return raised


def _answerable(comparison: Comparison) -> bool:
    plain = comparison.kind in (MeasureKind.RATE, MeasureKind.HOURS) or comparison.measure == "late_count"
    return plain and comparison.window.kind == "period"


def _holds(rule: Expression, pupil: PeriodPupil) -> bool:
    if isinstance(rule, Comparison):
        value = _value(rule, pupil)
        return value is not None and _SIGNS[rule.sign](value, rule.limit)
    each = (_holds(part, pupil) for part in rule.parts)
    return any(each) if rule.word == "or" else all(each)


def _value(comparison: Comparison, pupil: PeriodPupil) -> Fraction | None:
    minutes = pupil.summary.minutes
    if comparison.measure == "late_count":
        return None if pupil.late_count is None else Fraction(pupil.late_count)
    if comparison.kind is MeasureKind.HOURS:
        part = comparison.measure.removesuffix("_hours")
        return Fraction({"absent": minutes.absent, "valid": minutes.valid, "invalid": minutes.invalid}[part], 60)
    if minutes.reported < BASE_REPORTED_MIN:
        return None
    rates = {
        "total_rate": minutes.total_rate,
        "valid_rate": minutes.valid_rate,
        "invalid_rate": minutes.invalid_rate,
        "coverage": minutes.coverage,
    }
    return rates[comparison.measure]


def _warning(plan: Plan, rule: Rule, pupil: PeriodPupil) -> Warning:
    held = next(part for part in comparisons(rule.when) if _holds(part, pupil))
    return Warning(
        pupil_id=pupil.summary.pupil_id,
        rule_id=rule.id,
        plan=plan.name,
        step=rule.step,
        measure=held.measure,
        window=str(held.window),
        value=_value(held, pupil) or Fraction(0),
        limit=held.limit,
        window_start=pupil.first_day,
        window_end=pupil.last_day,
        coverage=pupil.summary.minutes.coverage or Fraction(0),
        evidence=(),
    )


def _pupil(
    pupil_id: str,
    school_unit_id: str,
    group_id: str | None,
    name: str | None,
    grade: str | None,
    offered: int,
    present: int,
    valid: int,
    invalid: int,
    late_count: int | None,
    first_day: int,
    last_day: int,
) -> PeriodPupil:
    summary = PupilSummary(
        pupil_id=pupil_id,
        school_unit_id=school_unit_id,
        group_id=group_id,
        school_days=0,
        minutes=Minutes(offered, present, valid, invalid),
        last_20=NO_MINUTES,
        previous_20=NO_MINUTES,
        longest_spell=0,
        current_spell=0,
        occasions=0,
        scattered_days=0,
        scattered_lessons=0,
        late_count=late_count or 0,
        late_min=0,
        first_reported=0,
        first_missed=0,
        last_reported=0,
        last_missed=0,
    )
    return PeriodPupil(summary, name, grade, late_count, first_day, last_day)
