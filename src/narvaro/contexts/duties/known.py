"""What the checks need to know of many cases at once: a fixed number of queries, and one a plan."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from narvaro.contexts.cases.api import CaseCard, came_to, plan_of, school_days_by_unit
from narvaro.contexts.duties.moves import AboutPupil, about_pupils
from narvaro.contexts.duties.queries import facts_of
from narvaro.contexts.register.api import PupilCard, pupil_cards
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.domain.duties import Asked, InvestigationFacts, PupilFacts, Standing, case_duties
from narvaro.domain.plan import Plan
from narvaro.plans.law import law_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One case as the checks see it."""

    case: CaseCard
    about: AboutPupil
    asked: Asked
    investigation: InvestigationFacts | None
    since: date | None

    @property
    def card(self) -> PupilCard:
        return self.about.card

    @property
    def pupil(self) -> PupilFacts:
        return self.about.facts

    @property
    def standings(self) -> tuple[Standing, ...]:
        of_case = case_duties(self.asked, self.pupil, self.investigation, self.since)
        return (*of_case, *self.about.standings(self.asked))

    def standing(self, rule: str) -> Standing:
        return next(each for each in self.standings if each.rule == rule)

    @property
    def missing_consultations(self) -> tuple[str, ...]:
        return self.standing("A7").missing


def known_of(actor: Actor, cases: Collection[CaseCard]) -> dict[int, Known]:
    """By case, of those whose pupil the actor may know of."""
    about = about_pupils(actor, pupil_cards(actor, [each.pupil for each in cases]))
    ids = [each.pk for each in cases]
    investigations, steps = facts_of(actor, ids), came_to(actor, ids)
    plans, days = _plans(actor, cases), school_days_by_unit(actor, (each.unit_pk for each in cases))
    return {
        case.pk: Known(
            case=case,
            about=about[case.pupil],
            asked=Asked(law_table(), today(), days[case.unit_pk]),
            investigation=investigations.get(case.pk),
            since=_since(plans[case.plan_version, case.unit_pk], steps.get(case.pk, {})),
        )
        for case in cases
        if case.pupil in about
    }


def _since(plan: Plan, steps: dict[int, date]) -> date | None:
    """When the case came to a step at which the plan asks for an investigation."""
    asking = {step.number for step in plan.steps if "investigation" in step.work.closing_needs}
    return min((day for step, day in steps.items() if step in asking), default=None)


def _plans(actor: Actor, cases: Iterable[CaseCard]) -> dict[tuple[int, int], Plan]:
    found: dict[tuple[int, int], Plan] = {}
    for each in cases:
        if (each.plan_version, each.unit_pk) not in found:
            found[each.plan_version, each.unit_pk] = plan_of(actor, each)
    return found
