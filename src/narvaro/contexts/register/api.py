"""What other contexts may ask of the register. Everything returns ids, plain values or frozen dataclasses."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from narvaro.contexts.register.calendars import calendars_by_unit, calendars_of, save_school_year, school_calendar
from narvaro.contexts.register.circle import (
    Near,
    add_to_circle,
    end_in_circle,
    kept_where,
    people_around,
    staff_of,
    staff_to_add,
)
from narvaro.contexts.register.enrolled import EnrolledPupil, enrolled_between, identity_numbers
from narvaro.contexts.register.guardians import GuardianCard, guardian_by_source_id, guardians_of
from narvaro.contexts.register.models import Authority, Unit
from narvaro.contexts.register.moves import pupils_from_elsewhere, pupils_of_moves
from narvaro.contexts.register.names import search_form
from narvaro.contexts.register.origins import Origin, origins_of, teaches
from narvaro.contexts.register.people import NewGuardian, add_guardians, give_account, list_for_protected
from narvaro.contexts.register.permissions import visible_pupils
from narvaro.contexts.register.pupil_rows import Reject
from narvaro.contexts.register.queries import (
    Placement,
    PupilCard,
    find_pupil,
    known_by_identity,
    pupil_by_source_id,
    pupil_cards,
    search,
)
from narvaro.contexts.register.rosters import RosterLoaded, load_roster
from narvaro.contexts.register.services import (
    PupilsLoaded,
    UnitsLoaded,
    found_authority,
    load_pupil_list,
    load_units,
)
from narvaro.contexts.register.units import UnitRow, find_unit, unit_rows
from narvaro.contexts.register.viewers import Viewer, who_can_see
from narvaro.contexts.register.whereabouts import Stay, Whereabouts, whereabouts
from narvaro.core.actor import Actor

__all__ = [
    "EnrolledPupil",
    "GuardianCard",
    "Near",
    "NewGuardian",
    "Origin",
    "Placement",
    "PupilCard",
    "PupilsLoaded",
    "Reject",
    "RosterLoaded",
    "Stay",
    "UnitName",
    "UnitRow",
    "UnitsLoaded",
    "Viewer",
    "Whereabouts",
    "add_guardians",
    "add_to_circle",
    "authority_names",
    "calendars_by_unit",
    "calendars_of",
    "end_in_circle",
    "enrolled_between",
    "facts_folder",
    "facts_path",
    "find_pupil",
    "find_unit",
    "found_authority",
    "give_account",
    "guardian_by_source_id",
    "guardians_of",
    "identity_numbers",
    "kept_where",
    "known_by_identity",
    "list_for_protected",
    "load_pupil_list",
    "load_roster",
    "load_units",
    "organiser_ids",
    "origins_of",
    "people_around",
    "pupil_by_source_id",
    "pupil_cards",
    "pupils_from_elsewhere",
    "pupils_of_moves",
    "save_school_year",
    "school_calendar",
    "search",
    "search_form",
    "staff_of",
    "staff_to_add",
    "teaches",
    "unit_names",
    "unit_rows",
    "visible_pupil_ids",
    "whereabouts",
    "who_can_see",
]


def visible_pupil_ids(actor: Actor, action: str) -> "QuerySet[Any]":
    """A subquery for ``pupil_id__in=``: nothing is asked until it is used."""
    return visible_pupils(actor, action).values("pk")


def facts_folder(authority_id: int) -> Path:
    """Where an authority's attendance facts are stored: a folder each, so that no query can reach another's."""
    key = Authority.objects.values_list("key", flat=True).get(pk=authority_id)
    return facts_path(key)


def facts_path(authority_key: UUID) -> Path:
    """The same for those who have the authority's key at hand."""
    return Path(settings.DATA) / "facts" / str(authority_key)


@dataclass(frozen=True, slots=True)
class UnitName:
    """``code`` is the unit's key in attendance facts."""

    pk: int
    code: str
    name: str


def unit_names(authority_id: int) -> tuple[UnitName, ...]:
    rows = Unit.objects.filter(authority_id=authority_id).order_by("name").values_list("pk", "code", "name")
    return tuple(UnitName(*row) for row in rows)


def organiser_ids() -> tuple[int, ...]:
    """Of all who run schools here: for the program's own jobs."""
    kinds = (Authority.Kind.MUNICIPAL_ORGANISER, Authority.Kind.INDEPENDENT_ORGANISER)
    return tuple(Authority.objects.filter(kind__in=kinds).order_by("pk").values_list("pk", flat=True))


def authority_names() -> frozenset[str]:
    return frozenset(Authority.objects.values_list("name", flat=True))
