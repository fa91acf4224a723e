"""What the pages ask of the other contexts, each question once."""

from collections.abc import Mapping, Sequence
from typing import Any

from narvaro.contexts.attendance.api import PupilFacts, pupil_facts
from narvaro.contexts.cases.api import CaseCard, case_of, visible_case_ids
from narvaro.contexts.plan.api import plan_in_force
from narvaro.contexts.pupil_page.page import Attendance, at_home, attendance, head, situation, tabs
from narvaro.contexts.pupil_page.pictures import plan_limits
from narvaro.contexts.register.api import PupilCard, school_calendar, unit_names
from narvaro.contexts.warnings.api import DecisionTold, OpenWarning, decisions_of, warnings_of
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.domain.plan import Plan
from narvaro.domain.pupil_year import Day
from narvaro.domain.school_calendar import school_year_of


def about(
    actor: Actor, card: PupilCard, *, weeks: int = 0, warnings: Sequence[OpenWarning] | None = None
) -> dict[str, Any]:
    """What a page shows of a pupil within reach. ``weeks``: only so many in the day map. ``warnings``: the pupil's open
    ones where they are known already."""
    facts, case = pupil_facts(actor, card.pupil_id), case_of(actor, card.pk)
    mine = readable_case(actor, case)
    as_of = facts.as_of if facts else None
    working = access().decide(actor, "warning.read").allowed
    plan = plan_in_force(actor, as_of or today()) if working else None
    decided = decisions_of(actor, card.pk, with_rules=False) if working else ()
    shown: dict[str, Any] = {"head": head(actor, card, as_of, case), "home": at_home(actor)}
    if plan:
        open_now = warnings_of(actor, card.pk) if warnings is None else warnings
        shown["situation"] = situation(actor, card, plan, open_now, decided, case, readable=mine is not None)
    shown["nothing_yet"] = facts is None
    shown["attendance"] = found = _attendance(actor, card, facts, plan, decided, weeks) if facts else None
    shown["tabs"] = tabs(card, found.answer.figure if found else "", mine)
    return shown


def attendance_of(actor: Actor, card: PupilCard, *, plan: Plan, weeks: int) -> Attendance | None:
    """The same numbers and pictures for another page about the pupil; None where nothing is known."""
    facts = pupil_facts(actor, card.pupil_id)
    return _attendance(actor, card, facts, plan, (), weeks) if facts else None


def readable_case(actor: Actor, case: CaseCard | None) -> CaseCard | None:
    """Somebody may know that there is a case, and who holds it, without being among those who read it."""
    readable = case is not None and visible_case_ids(actor, "case.read").filter(pk=case.pk).exists()
    return case if readable else None


def _attendance(
    actor: Actor, card: PupilCard, facts: PupilFacts, plan: Plan | None, decided: Sequence[DecisionTold], weeks: int
) -> Attendance | None:
    if facts.year is None:
        return None
    return attendance(
        facts,
        card.key,
        home=at_home(actor),
        calendar=school_calendar(actor, card.unit_pk, school_year_of(facts.as_of)),
        schools=schools(actor, facts.year.period),
        limits=plan_limits(plan) if plan else (),
        decided=[each.at.date() for each in decided],
        weeks=weeks,
    )


def schools(actor: Actor, days: Sequence[Day]) -> Mapping[str, str]:
    """Names by the facts' unit; asked for only when the pupil has been at more than one."""
    units = {lesson.school_unit_id for day in days for lesson in day.lessons}
    return {each.code: each.name for each in unit_names(actor.authority_id)} if len(units) > 1 else {}
