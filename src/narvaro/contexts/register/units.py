"""School units as they are shown and edited."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from narvaro.contexts.register.models import Enrolment, Unit
from narvaro.contexts.register.permissions import between
from narvaro.core import audit
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.locking import save_if_unchanged
from narvaro.core.scope import acting

FORMS = ("FKLASS", "GR", "GRS", "SP", "SAM", "GY", "GYS")


@dataclass(frozen=True, slots=True)
class UnitRow:
    pk: int
    key: UUID
    code: str
    name: str
    area: str
    forms: tuple[str, ...]
    grades: str
    version: int
    pupils: int


def units_within_reach(actor: Actor, action: str) -> "QuerySet[Unit]":
    found = Unit.objects.filter(authority_id=actor.authority_id)
    if "own_authority" in access().relations_for(actor, action) or actor.unit_ids is None:
        return found
    return found.filter(pk__in=actor.unit_ids)


def unit_rows(actor: Actor) -> list[UnitRow]:
    """With how many are enrolled today; a number, so it counts those with protected identity too."""
    enrolled = Enrolment.objects.filter(between(today())).values("unit").annotate(pupils=Count("pupil", distinct=True))
    pupils = dict(enrolled.values_list("unit", "pupils"))
    return [_row(unit, pupils.get(unit.pk, 0)) for unit in units_within_reach(actor, "unit.read").order_by("name")]


def find_unit(actor: Actor, key: UUID, action: str) -> UnitRow:
    unit = units_within_reach(actor, action).filter(key=key).first()
    if unit is None:
        raise Http404
    return _row(unit, Enrolment.objects.filter(between(today()), Q(unit=unit)).values("pupil").distinct().count())


def _row(unit: Unit, pupils: int) -> UnitRow:
    forms = tuple(unit.school_forms)
    return UnitRow(unit.pk, unit.key, unit.code, unit.name, unit.area, forms, unit.grades, unit.version, pupils)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEdit:
    """``version`` is that of the unit the person had before them."""

    name: str
    area: str
    forms: tuple[str, ...]
    grades: str
    version: int


def edit_unit(*, by: Actor, unit: UnitRow, edit: UnitEdit) -> None:
    """Raises Conflict when somebody else saved it in between."""
    with acting(by):
        values = {"name": edit.name, "area": edit.area, "school_forms": list(edit.forms), "grades": edit.grades}
        save_if_unchanged(units_within_reach(by, "unit.edit").get(pk=unit.pk), edit.version, values)
        touched = audit.Touched()
        touched.saw("register.Unit", [unit.pk])
        audit.append(by=by, action="unit.edit", touched=touched)
