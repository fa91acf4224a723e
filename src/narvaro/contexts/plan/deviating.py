"""A school does otherwise where the municipality's plan lets it, with a reason, until it ends."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404

from narvaro.contexts.plan.models import SchoolDeviation
from narvaro.contexts.plan.queries import plan_of_version, version_in_force
from narvaro.core import audit
from narvaro.core.actor import Actor
from narvaro.core.clock import now, today
from narvaro.core.errors import Refused
from narvaro.core.scope import acting
from narvaro.domain.plan_deviations import possible_places, value_at
from narvaro.language import Message

NOT_ALLOWED = Message.of("The plan does not let schools change this.")
SAME = Message.of("This is what the plan says already.")


def deviate(*, by: Actor, unit: int, place: str, value: Any, reason: str) -> None:
    """In the version in force, from today; an earlier deviation there ends. Raises Refused."""
    version = version_in_force(by, today())
    plan = plan_of_version(by, version.pk)
    if place not in possible_places(plan):
        raise Refused(NOT_ALLOWED)
    if value == value_at(plan, place):
        raise Refused(SAME)
    with acting(by):
        _open(version.pk, unit).filter(place=place).update(last_day=today() - timedelta(days=1))
        made = SchoolDeviation.of(
            plan_version_id=version.pk,
            unit_id=unit,
            place=place,
            value=value,
            reason=reason,
            by_id=by.user_id,
            at=now(),
            first_day=today(),
        )
        made.save()
        _told(by, made.pk, unit=unit, place=place)


def end_deviation(*, by: Actor, unit: int, key: UUID) -> None:
    """From today the school does as the plan says. Raises Http404 for what is not of the school, or ended."""
    with acting(by):
        found = SchoolDeviation.objects.filter(
            authority_id=by.authority_id, unit_id=unit, key=key, last_day=None
        ).first()
        if found is None:
            raise Http404
        found.last_day = today() - timedelta(days=1)
        found.save(update_fields=["last_day"])
        _told(by, found.pk, unit=unit, ended=True)


def _open(version: int, unit: int) -> Any:
    return SchoolDeviation.objects.filter(plan_version_id=version, unit_id=unit, last_day=None)


def _told(by: Actor, pk: int, **details: object) -> None:
    touched = audit.Touched()
    touched.saw("plan.SchoolDeviation", [pk], **details)
    audit.append(by=by, action="plan.deviate", touched=touched)
