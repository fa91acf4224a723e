"""What the checks need to know of many cases at once: a fixed number of queries a school."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from narvaro.contexts.attendance.api import ListedMeasure, latest_day, listed_measures
from narvaro.contexts.cases.api import CaseCard, came_to, plan_of, school_days_of
from narvaro.contexts.duties.queries import facts_of, notice_facts
from narvaro.contexts.register.api import Origin, PupilCard, guardians_of, origins_of, pupil_cards
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.domain.deadlines import SchoolDays
from narvaro.domain.duties import (
    Asked,
    EnrolmentFacts,
    GuardianFacts,
    InvestigationFacts,
    NoticeFacts,
    PupilFacts,
    Standing,
    age_on,
    case_duties,
    considerable_absence,
    moved,
)
from narvaro.domain.plan import Plan
from narvaro.plans.law import law_table

UNKNOWN = 0  # the guardian whom the register does not know, among the keys of those whom it does
_OF_AGE = 18
_MAY_BE_OF_AGE = ("GY", "GYS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One case as the checks see it."""

    case: CaseCard
    card: PupilCard
    origin: Origin
    asked: Asked
    pupil: PupilFacts
    investigation: InvestigationFacts | None
    since: date | None
    notices: tuple[NoticeFacts, ...]
    measure: ListedMeasure | None
    measured_on: date | None

    @property
    def standings(self) -> tuple[Standing, ...]:
        return (*case_duties(self.asked, self.pupil, self.investigation, self.since), *self._of_pupil())

    def standing(self, rule: str) -> Standing:
        return next(each for each in self.standings if each.rule == rule)

    @property
    def missing_consultations(self) -> tuple[str, ...]:
        return self.standing("A7").missing

    def _of_pupil(self) -> tuple[Standing, ...]:
        found: tuple[Standing, ...] = ()
        if self.measure is not None and self.measured_on is not None:
            known = self.measure.last_20
            found = (considerable_absence(self.asked, self.pupil, known, self.measured_on, self.notices),)
        if self.origin.came_on is None:
            return found
        enrolment = EnrolmentFacts(
            came_on=self.origin.came_on, grade=self.card.grade, left_on=self.origin.left_on, notices=self.notices
        )
        return (*found, *moved(self.asked, self.pupil, enrolment))


def known_of(actor: Actor, cases: Collection[CaseCard]) -> dict[int, Known]:
    """By case, of those whose pupil the actor may know of."""
    pupils = [each.pupil for each in cases]
    cards, people = pupil_cards(actor, pupils), people_known(actor, pupils)
    ids = [each.pk for each in cases]
    investigations, steps = facts_of(actor, ids), came_to(actor, ids)
    notices, measures, as_of = notice_facts(actor, pupils), listed_measures(actor, pupils), latest_day(actor)
    plans, days = _plans(actor, cases), _days(actor, cases)
    return {
        case.pk: Known(
            case=case,
            card=cards[case.pupil],
            origin=people[case.pupil].origin,
            asked=Asked(law_table(), today(), days[case.unit_pk]),
            pupil=people[case.pupil].facts(cards[case.pupil].form, cards[case.pupil].grade),
            investigation=investigations.get(case.pk),
            since=_since(plans[case.plan_version, case.unit_pk], steps.get(case.pk, {})),
            notices=notices.get(case.pupil, ()),
            measure=measures.get(case.pupil),
            measured_on=as_of,
        )
        for case in cases
        if case.pupil in cards
    }


@dataclass(frozen=True, slots=True)
class Person:
    """``guardians``: those who may see."""

    origin: Origin
    guardians: tuple[int, ...]

    def facts(self, form: str, grade: str = "") -> PupilFacts:
        guardians = self.guardians or ((UNKNOWN,) if self._has_unknown_guardian(form) else ())
        return PupilFacts(
            form=form,
            birth=self.origin.birth,
            grade=grade,
            foreign=self.origin.foreign,
            guardians=tuple(GuardianFacts(each) for each in guardians),
        )

    def _has_unknown_guardian(self, form: str) -> bool:
        """A child has a guardian whom the register does not know; a grown-up has none."""
        if self.origin.has_guardian:
            return False
        if self.origin.birth is None:
            return form not in _MAY_BE_OF_AGE
        return age_on(self.origin.birth, today()) < _OF_AGE


def people_known(actor: Actor, pupils: Iterable[int]) -> dict[int, Person]:
    ids = list(pupils)
    origins, guardians = origins_of(actor, ids), guardians_of(actor, ids)
    return {
        pupil: Person(origin, tuple(each.pk for each in guardians.get(pupil, ()))) for pupil, origin in origins.items()
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


def _days(actor: Actor, cases: Iterable[CaseCard]) -> dict[int, SchoolDays]:
    return {unit: school_days_of(actor, unit) for unit in sorted({each.unit_pk for each in cases})}
