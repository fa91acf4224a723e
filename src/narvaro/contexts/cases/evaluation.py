"""How a version of the plan has worked: time in each step, where cases stop, what was jumped, what was late (M16).

Only counts and days leave here; no case and no pupil. Fewer than five give no number, and a school is told apart only
where no number of another can be reckoned from it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.cases.days import school_days_of
from narvaro.contexts.cases.handed_in import voices_of
from narvaro.contexts.cases.models import Case, CaseStep, Task
from narvaro.contexts.plan.api import VersionRow, find_version, plan_of_version, plan_tabs
from narvaro.contexts.register.api import UnitName, unit_names
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.domain.case_states import OPEN, CaseEvent, CaseState
from narvaro.domain.deadlines import SchoolDays
from narvaro.domain.plan import Plan
from narvaro.ui.formats import words
from narvaro.ui.parts import Column, Figure

FEWEST = 5
Quartiles = tuple[Fraction, Fraction, Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """``stays`` ended there; ``days`` are school days of those. ``stopped`` of ``reached`` cases were closed there."""

    number: int
    stays: int
    days: Quartiles | None
    reached: int
    stopped: int
    jumped_over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """``late`` of ``due`` tasks were done after their day, or are not done though it has been. ``voices``: in how many
    of the cases the pupil's and a guardian's own words are; None where nobody has said how to count. ``unit``: of that
    school alone; ``schools``: those that the reader may see apart."""

    version: VersionRow
    plan: Plan
    unit: int | None
    schools: tuple[UnitName, ...]
    cases: int
    open: int
    steps: tuple[StepFacts, ...]
    jumps: int
    back: int
    due: int
    late: int
    voices: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class _Stay:
    case: int
    step: int
    began: date
    ended: date | None
    ended_by: str


def evaluated(actor: Actor, version: UUID, unit: int | None = None) -> Evaluated:
    """Over all cases that follow the version, or those of one school where that may be told apart; else of all. In a
    fixed number of queries. Raises Http404."""
    row = find_version(actor, version)
    plan, schools = plan_of_version(actor, row.pk), _schools(actor, row.pk)
    unit = unit if unit in {each.pk for each in schools} else None
    cases: Any = Case.objects.filter(plan_version_id=row.pk, **({} if unit is None else {"unit_id": unit}))
    states = dict(cases.values_list("pk", "state"))
    rows: Any = CaseStep.objects.filter(case__in=cases.values("pk")).order_by("case_id", "pk")
    stays = [_Stay(*each) for each in rows.values_list("case_id", "step", "began", "ended", "ended_by")]
    due, late = _late(cases)
    return Evaluated(
        version=row,
        plan=plan,
        unit=unit,
        schools=schools,
        cases=len(states),
        open=sum(state in OPEN for state in states.values()),
        steps=_steps(plan, stays, school_days_of(actor, unit)),
        jumps=sum(each.ended_by == CaseEvent.JUMP for each in stays),
        back=sum(each.ended_by == CaseEvent.GO_BACK for each in stays),
        due=due,
        late=late,
        voices=voices_of(actor, frozenset(states)),
    )


def _schools(actor: Actor, version: int) -> tuple[UnitName, ...]:
    """The actor's schools, or all, that may be told apart."""
    rows = Case.objects.filter(plan_version_id=version).values_list("unit_id").annotate(cases=Count("pk"))
    apart = told_apart(dict(rows.order_by("unit_id")))
    names = unit_names(actor.authority_id)
    return tuple(each for each in names if each.pk in apart and (actor.unit_ids is None or each.pk in actor.unit_ids))


def told_apart(cases: Mapping[int, int]) -> frozenset[int]:
    """Schools with five cases or more; where those left out are one alone, or fewer than five cases together, the
    smallest of the others is left out too, as what is left out is the whole less what is told."""
    ordered = sorted(cases, key=lambda unit: (cases[unit], unit))
    hidden = [unit for unit in ordered if cases[unit] < FEWEST]
    shown = [unit for unit in ordered if cases[unit] >= FEWEST]
    while hidden and shown and (len(hidden) == 1 or sum(cases[unit] for unit in hidden) < FEWEST):
        hidden.append(shown.pop(0))
    return frozenset(shown)


def quartiles(days: Sequence[int]) -> Quartiles | None:
    """Lower quartile, median and upper quartile, by linear interpolation; None for fewer than five."""
    if len(days) < FEWEST:
        return None
    ordered = sorted(days)

    def at(share: Fraction) -> Fraction:
        place = share * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (place - low) * (ordered[high] - ordered[low])

    return at(Fraction(1, 4)), at(Fraction(1, 2)), at(Fraction(3, 4))


def _steps(plan: Plan, stays: Sequence[_Stay], days: SchoolDays) -> tuple[StepFacts, ...]:
    jumped = Counter(_jumped_over(plan, stays))
    return tuple(_step(each.number, stays, days, jumped[each.number]) for each in plan.steps)


def _step(number: int, stays: Sequence[_Stay], days: SchoolDays, jumped_over: int) -> StepFacts:
    here = [each for each in stays if each.step == number]
    lengths = [days.between(each.began, each.ended) for each in here if each.ended is not None]
    return StepFacts(
        number=number,
        stays=len(lengths),
        days=quartiles(lengths),
        reached=len({each.case for each in here}),
        stopped=len({each.case for each in here if each.ended_by == CaseEvent.CLOSE}),
        jumped_over=jumped_over,
    )


def _jumped_over(plan: Plan, stays: Sequence[_Stay]) -> Iterable[int]:
    for before, after in pairwise(stays):
        if before.case == after.case and before.ended_by == CaseEvent.JUMP:
            yield from (each.number for each in plan.steps if before.step < each.number < after.step)


def _late(cases: "QuerySet[Any]") -> tuple[int, int]:
    """Tasks whose day has come or that are done, in cases whose deadlines ran; how many of them were late."""
    rows = Task.objects.filter(case__in=cases.values("pk"), not_needed=False)
    resting = (CaseState.PARKED, CaseState.HANDING_OVER)
    done, waiting = (
        rows.exclude(done_on=None),
        rows.filter(done_on=None, due__lt=today()).exclude(case__state__in=resting),
    )
    behind = waiting.count()
    return done.count() + behind, done.filter(done_on__gt=F("due")).count() + behind


@dataclass(frozen=True, slots=True)
class StepRow:
    step: str
    time: str
    stopped: str
    jumped_over: str


def evaluation_page(found: Evaluated) -> dict[str, Any]:
    """What the template prints."""
    return {
        "heading": _("How “%(plan)s” has worked") % {"plan": found.version.title},
        "tabs": plan_tabs(found.version, "plan_evaluation"),
        "lede": _lede(found) if found.cases else "",
        "figures": _figures(found) if found.cases else (),
        "columns": (
            Column(_("Step")),
            Column(_("Time in the step")),
            Column(_("Closed there")),
            Column(_("Jumped over"), numeric=True),
        ),
        "rows": tuple(_row(each, found.plan) for each in found.steps) if found.cases else (),
        "voices": _voices(found) if found.cases else (),
        "unit": found.unit or "",
        "schools": [("", _("All schools")), *((each.pk, each.name) for each in found.schools)] if found.schools else [],
    }


def _lede(found: Evaluated) -> str:
    told = ngettext(
        "%(cases)s case has followed this version, %(open)s of them open. Time is in school days.",
        "%(cases)s cases have followed this version, %(open)s of them open. Time is in school days.",
        found.cases,
    )
    return told % {"cases": words().number(found.cases), "open": words().number(found.open)}


def _figures(found: Evaluated) -> tuple[Figure, ...]:
    say = words()
    late = _share(found.late, found.due)
    return (
        Figure(late, _("of %(count)s tasks were late") % {"count": say.number(found.due)}),
        Figure(say.number(found.jumps), _("jumps past a step")),
        Figure(say.number(found.back), _("times back to an earlier step")),
    )


def _row(each: StepFacts, plan: Plan) -> StepRow:
    step = plan.step(each.number)
    name = f"{each.number} · {step.name.say(words().language)}" if step else str(each.number)
    return StepRow(name, _time(each), _stopped(each), words().number(each.jumped_over))


def _time(each: StepFacts) -> str:
    say = words()
    if each.days is None:
        return _("too few to tell (n = %(count)s)") % {"count": say.number(each.stays)}
    low, middle, high = (say.decimal(day, 0) for day in each.days)
    text = _("half of them at most %(middle)s, the middle half %(low)s–%(high)s (n = %(count)s)")
    return text % {"middle": middle, "low": low, "high": high, "count": say.number(each.stays)}


def _stopped(each: StepFacts) -> str:
    return _("%(share)s (n = %(count)s)") % {
        "share": _share(each.stopped, each.reached),
        "count": words().number(each.reached),
    }


def _voices(found: Evaluated) -> tuple[str, ...]:
    if found.voices is None:
        return ()
    pupil, guardian = found.voices
    told = {"count": words().number(found.cases)}
    return (
        _("The pupil's own words: %(share)s of the cases (n = %(count)s)")
        % {"share": _share(pupil, found.cases), **told},
        _("A guardian's own words: %(share)s of the cases (n = %(count)s)")
        % {"share": _share(guardian, found.cases), **told},
    )


def _share(part: int, whole: int) -> str:
    return words().share(part, whole) if whole >= FEWEST else "–"
