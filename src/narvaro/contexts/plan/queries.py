"""Which plan is in force, what a version says, and where schools do otherwise."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django.db.models import FilteredRelation, Q, QuerySet

from narvaro.contexts.plan.models import PlanVersion, SchoolDeviation
from narvaro.core.actor import Actor
from narvaro.core.clock import now, today
from narvaro.core.scope import acting, asked_once, put_once
from narvaro.domain.plan import Plan
from narvaro.domain.plan_deviations import Deviation, with_deviations
from narvaro.plans import load_plan, plan_of_text, preset_names, preset_text

DEFAULT_PRESET = "tyreso_default"
_SHIPPED_NUMBER = 1
_PARSED = 64  # versions kept parsed; an installation has a few


@dataclass(frozen=True, slots=True)
class VersionCard:
    """An approved version. ``preset`` is the shipped plan that it began as."""

    pk: int
    key: UUID
    number: int
    title: str
    in_force_from: date
    preset: str
    is_shipped: bool


@dataclass(frozen=True, slots=True)
class DeviationTold:
    pk: int
    key: UUID
    unit_pk: int
    unit_name: str
    place: str
    value: Any
    reason: str
    by_name: str
    first_day: date
    last_day: date | None


@asked_once
def plan_in_force(actor: Actor, day: date) -> Plan:
    """Until somebody approves a version, the default that comes with the program; asking stores nothing."""
    found = _approved(actor, day)
    return _parsed(found.pk, found.key, found.version) if found else _preset(DEFAULT_PRESET)


def version_in_force(actor: Actor, day: date) -> VersionCard:
    """The approved version that had begun last on the day; of two with the same day, the one approved last. Before
    the first, the shipped default, which is stored then so that cases can point at it."""
    found = _approved(actor, day) or shipped(actor)
    return VersionCard(
        found.pk,
        found.key,
        found.number,
        found.title,
        found.in_force_from or day,
        found.preset,
        is_shipped=found.number == _SHIPPED_NUMBER,
    )


def plan_of_version(actor: Actor, pk: int, unit: int | None = None) -> Plan:
    """Raise PlanVersion.DoesNotExist for another authority's. With ``unit``, as it is at that school today."""
    key, version, deviations = _changed(actor, pk)
    plan = _parsed(pk, key, version)
    if unit is None or not plan.schools_may_change:
        return plan
    return with_deviations(plan, deviations.get(unit, ()))


def deviations_of(actor: Actor, pk: int, unit: int | None = None, *, ended: bool = False) -> tuple[DeviationTold, ...]:
    """Those of today, by school and place; with ``ended`` also those that were and those that will be."""
    rows = SchoolDeviation.objects.filter(authority_id=actor.authority_id, plan_version_id=pk)
    if unit is not None:
        rows = rows.filter(unit_id=unit)
    if not ended:
        rows = rows.filter(Q(last_day=None) | Q(last_day__gte=today()), first_day__lte=today())
    found = rows.select_related("unit", "by").order_by("unit__name", "place", "first_day")
    return tuple(_told(row) for row in found)


def shipped(actor: Actor) -> PlanVersion:
    """The default of the program as this authority's first version. Two who ask at once get the same row."""
    plan, moment = _preset(DEFAULT_PRESET), now()
    with acting(actor):
        row, _ = PlanVersion.objects.get_or_create(
            authority_id=actor.authority_id,
            number=_SHIPPED_NUMBER,
            defaults={
                "name": plan.name,
                "title": plan.title,
                "document": preset_text(DEFAULT_PRESET),
                "preset": DEFAULT_PRESET,
                "state": PlanVersion.State.APPROVED,
                "created_at": moment,
                "changed_at": moment,
                "approved_at": moment,
                "in_force_from": plan.valid_from,
            },
        )
    return row  # type: ignore[no-any-return] # managers of guarded models are untyped


def presets() -> dict[str, Plan]:
    return {name: _preset(name) for name in preset_names()}


def _approved(actor: Actor, day: date) -> Any:
    return _begun(actor, day).first()


@put_once
def _begun(actor: Actor, day: date) -> "QuerySet[Any]":
    begun = PlanVersion.objects.filter(
        authority_id=actor.authority_id, state=PlanVersion.State.APPROVED, in_force_from__lte=day
    )
    found: QuerySet[Any] = begun.defer("document").order_by("-in_force_from", "-approved_at", "-number")
    return found


@asked_once
def _changed(actor: Actor, pk: int) -> tuple[UUID, int, dict[int, list[Deviation]]]:
    """What ``_parsed`` knows a version by, and where schools do otherwise today, by unit; of all of them at once, as a
    list asks about many."""
    day = today()
    until = Q(deviations__last_day=None) | Q(deviations__last_day__gte=day)
    in_force = FilteredRelation("deviations", condition=Q(deviations__first_day__lte=day) & until)
    found = PlanVersion.objects.filter(pk=pk, authority_id=actor.authority_id).annotate(other=in_force)
    rows = found.order_by("other__place", "other__first_day").values_list(
        "key", "version", "other__unit_id", "other__place", "other__value"
    )
    if not rows:
        raise PlanVersion.DoesNotExist
    deviations: defaultdict[int, list[Deviation]] = defaultdict(list)
    for _key, _version, unit, place, value in rows:
        deviations[unit].append(Deviation(place, value))
    return rows[0][0], rows[0][1], dict(deviations)


def _told(row: Any) -> DeviationTold:
    return DeviationTold(
        row.pk,
        row.key,
        row.unit_id,
        row.unit.name,
        row.place,
        row.value,
        row.reason,
        row.by.name,
        row.first_day,
        row.last_day,
    )


@lru_cache(maxsize=_PARSED)
def _parsed(pk: int, key: UUID, version: int) -> Plan:
    """Reading one costs as much as a whole page. ``key`` is random and ``version`` counts every change, and both come
    from a row that the actor was just let read: nobody gets another authority's plan by way of the cache."""
    document = PlanVersion.objects.values_list("document", flat=True).get(pk=pk, key=key, version=version)
    return plan_of_text(document, str(key))


@cache
def _preset(name: str) -> Plan:
    """Presets are part of the program."""
    return load_plan(name)
