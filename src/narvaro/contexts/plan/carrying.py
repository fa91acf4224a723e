"""What schools do otherwise when a new version of the plan comes: a deviation ends with its version, and what the new
one still allows may go on, by the municipality's choice when it approves or by the school's own afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from narvaro.contexts.plan.models import SchoolDeviation
from narvaro.contexts.plan.queries import DeviationTold, deviations_of, plan_of_version, version_in_force
from narvaro.core import audit
from narvaro.core.actor import Actor
from narvaro.core.clock import now, today
from narvaro.core.scope import acting
from narvaro.domain.plan import Plan
from narvaro.domain.plan_deviations import possible_places, value_at


@dataclass(frozen=True, slots=True)
class Affected:
    """``fits``: the new version lets the school go on so, and it says something else itself."""

    deviation: DeviationTold
    fits: bool


def affected(actor: Actor, plan: Plan, day: date) -> tuple[Affected, ...]:
    """Every deviation of the version that ``plan`` comes after on the day, by school."""
    version = version_in_force(actor, day)
    return tuple(Affected(each, _fits(plan, each)) for each in deviations_of(actor, version.pk))


def carry_over(*, by: Actor, version: int, deviations: Iterable[DeviationTold], first_day: date) -> None:
    """They hold in the version from its first day, with the reason that the school gave."""
    with acting(by):
        made = [
            SchoolDeviation.of(
                plan_version_id=version,
                unit_id=each.unit_pk,
                place=each.place,
                value=each.value,
                reason=each.reason,
                by_id=by.user_id,
                at=now(),
                first_day=first_day,
            )
            for each in deviations
        ]
        SchoolDeviation.objects.bulk_create(made)
        touched = audit.Touched()
        touched.saw("plan.SchoolDeviation", [each.pk for each in made], version=version, carried=len(made))
        audit.append(by=by, action="plan.approve", touched=touched)


def left_behind(actor: Actor, unit: int) -> dict[str, DeviationTold]:
    """By place, what the school did otherwise by the version before, may go on with, and does not do now."""
    version = version_in_force(actor, today())
    if version.is_shipped:
        return {}
    plan, own = plan_of_version(actor, version.pk), {each.place for each in deviations_of(actor, version.pk, unit)}
    before = version_in_force(actor, version.in_force_from - timedelta(days=1))
    earlier = deviations_of(actor, before.pk, unit) if before.pk != version.pk else ()
    return {each.place: each for each in earlier if each.place not in own and _fits(plan, each)}


def _fits(plan: Plan, deviation: DeviationTold) -> bool:
    return deviation.place in possible_places(plan) and value_at(plan, deviation.place) != deviation.value
