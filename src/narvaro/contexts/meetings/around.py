"""The people whom a meeting in a case can be with, and what they are called in a form."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from narvaro.contexts.cases.api import CaseCard, Near, plan_of, role_words
from narvaro.contexts.meetings.given import Someone
from narvaro.contexts.meetings.hearing import expected
from narvaro.contexts.meetings.models import Voice
from narvaro.contexts.meetings.queries import GUARDIAN, OTHER, PUPIL
from narvaro.contexts.register.api import PupilCard, people_around, pupil_cards
from narvaro.core.actor import Actor
from narvaro.domain.plan import Plan, RequiredMeeting, Step
from narvaro.ui.formats import words

Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """``home``: the pupil and each guardian whom the school talks with. A guardian whom a decision keeps from the
    pupil's data is not among them."""

    case: CaseCard
    pupil: PupilCard
    home: tuple[Someone, ...]
    plan: Plan

    @property
    def step(self) -> Step | None:
        return self.plan.step(self.case.step)

    @property
    def required(self) -> RequiredMeeting | None:
        return self.step.work.meeting if self.step else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Around(Home):
    """With those who work around the pupil."""

    staff: tuple[Near, ...]

    @property
    def people(self) -> dict[str, Someone]:
        """By what stands in a form."""
        near = {f"user-{each.user_id}": _colleague(each) for each in self.staff}
        return {**{key_of(each): each for each in self.home}, **near}


def at_home(actor: Actor, case: CaseCard) -> Home:
    return Home(case=case, **_home(actor, case))


def around(actor: Actor, case: CaseCard) -> Around:
    return Around(case=case, staff=people_around(case.pupil, case.unit_pk), **_home(actor, case))


def _home(actor: Actor, case: CaseCard) -> dict[str, Any]:
    home = tuple(
        Someone(role=PUPIL) if whose is Voice.Whose.PUPIL else Someone(role=GUARDIAN, guardian=guardian, name=name)
        for whose, guardian, name in expected(actor, case)
    )
    return {"home": home, "pupil": pupil_cards(actor, [case.pupil])[case.pupil], "plan": plan_of(actor, case)}


def key_of(someone: Someone) -> str:
    if someone.user_id is not None:
        return f"user-{someone.user_id}"
    return f"guardian-{someone.guardian}" if someone.guardian is not None else someone.role


def preselected(found: Around, actor: Actor) -> list[str]:
    """Whoever plans, and those whom the step's meeting is with; else the pupil, the guardians and the case's owner."""
    roles = set(found.required.participants) if found.required else {PUPIL, GUARDIAN, found.case.owner_role}
    own = {f"user-{actor.user_id}"} | (set() if found.required else {f"user-{found.case.owner_id}"})
    return [key for key, each in found.people.items() if each.role in roles or key in own]


def missing_roles(found: Around) -> tuple[str, ...]:
    """Roles that the step's meeting asks for, and nobody around the pupil has; in words."""
    there = {each.role for each in found.people.values()}
    roles = found.required.participants if found.required else ()
    return tuple(role_name(role) for role in roles if role not in there)


def people_choices(found: Around) -> Choices:
    return [(key, name_and_role(each, found.pupil.name)) for key, each in found.people.items()]


def owner_choices(found: Around) -> Choices:
    """Who can take on what is agreed."""
    near = [(f"user-{each.user_id}", name_and_role(_colleague(each), "")) for each in found.staff]
    return [("", _("Choose who")), *near, (PUPIL, _("The pupil")), (GUARDIAN, _("The guardians"))]


def name_and_role(someone: Someone, pupil: str) -> str:
    """ "Sofia Lindqvist, guardian"."""
    if someone.role == PUPIL:
        return _("%(name)s, pupil") % {"name": pupil}
    role = someone.function if someone.role == OTHER else role_name(someone.role)
    return ", ".join(part for part in (someone.name, role) if part)


def role_name(role: str) -> str:
    return role_words(role).say(words().language)


def _colleague(each: Near) -> Someone:
    return Someone(role=each.role or OTHER, user_id=each.user_id, name=each.name)
