"""Which plan is in force, which was, and which there are to choose from."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from narvaro.contexts.plan.models import PlanChoice
from narvaro.core.actor import Actor
from narvaro.domain.plan import Plan
from narvaro.plans import load_plan, preset_names

DEFAULT_PRESET = "tyreso_default"


@dataclass(frozen=True, slots=True)
class PlanInForce:
    """``since`` is None for the default, which holds until somebody chooses."""

    preset: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Chosen:
    preset: str
    in_force_from: date
    reason: str
    chosen_by: str
    chosen_at: datetime


def plan_in_force(actor: Actor, day: date) -> Plan:
    return _preset(preset_in_force(actor, day).preset)


def preset_in_force(actor: Actor, day: date) -> PlanInForce:
    """The latest choice that had begun on the day; of two with the same day, the one made last."""
    begun = PlanChoice.objects.filter(authority_id=actor.authority_id, in_force_from__lte=day)
    choice = begun.order_by("-in_force_from", "-pk").first()
    return PlanInForce(choice.preset, choice.in_force_from) if choice else PlanInForce(DEFAULT_PRESET, None)


def choices(actor: Actor) -> tuple[Chosen, ...]:
    """The latest first."""
    rows = PlanChoice.objects.filter(authority_id=actor.authority_id).select_related("chosen_by")
    return tuple(
        Chosen(
            row.preset,
            row.in_force_from,
            row.reason,
            row.chosen_by.name if row.chosen_by else "",
            row.chosen_at,
        )
        for row in rows.order_by("-in_force_from", "-pk")
    )


def presets() -> dict[str, Plan]:
    return {name: _preset(name) for name in preset_names()}


@cache
def _preset(name: str) -> Plan:
    """Presets are part of the program: reading one costs as much as a whole page, so it is done once."""
    return load_plan(name)
