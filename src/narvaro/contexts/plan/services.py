"""Choosing the plan in force."""

from dataclasses import dataclass
from datetime import date

from narvaro.contexts.plan.models import PlanChoice
from narvaro.core import audit
from narvaro.core.actor import Actor
from narvaro.core.clock import now, today
from narvaro.core.errors import Refused
from narvaro.core.scope import acting
from narvaro.language import Message
from narvaro.plans import preset_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    preset: str
    in_force_from: date
    reason: str


def choose_plan(*, by: Actor, choice: Choice) -> None:
    """From the day until the next choice; warnings follow it from the next measure run. Raises Refused for a day that
    has been: what was decided by the plan of that day must stay understandable."""
    if choice.preset not in preset_names():
        raise Refused(Message.of("There is no such plan any more. Choose another."))
    if choice.in_force_from < today():
        raise Refused(Message.of("A plan cannot be chosen for days that have been. Choose today or later."))
    with acting(by):
        made = PlanChoice.of(
            preset=choice.preset,
            in_force_from=choice.in_force_from,
            reason=choice.reason,
            chosen_by_id=by.user_id,
            chosen_at=now(),
        )
        made.save()
        touched = audit.Touched()
        touched.saw("plan.PlanChoice", [made.pk], preset=choice.preset)
        audit.append(by=by, action="plan.choose", touched=touched)
