"""The register as it stands, read once, so that a list of any length is compared in a handful of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from narvaro.contexts.register.models import (
    Enrolment,
    Group,
    Mentorship,
    ProtectedAccess,
    ProtectedIdentity,
    Pupil,
    Unit,
)
from narvaro.contexts.register.names import search_form
from narvaro.contexts.register.permissions import between
from narvaro.core.models import Membership
from narvaro.core.scope import current_actor


@dataclass(frozen=True, slots=True)
class Known:
    """``mentors``: users by unit and by name or e-mail address; ``principals``: users by unit. ``identities``: pupil id
    by keyed hash. ``listed``: pupil and user of those who may see a protected pupil."""

    pupils: dict[str, Pupil]
    units: dict[str, int]
    groups: dict[tuple[int, str], Group]
    enrolments: dict[int, list[Enrolment]]
    protected: dict[int, ProtectedIdentity]
    listed: set[tuple[int, int]]
    principals: dict[int, set[int]]
    mentorships: dict[int, list[Mentorship]]
    mentors: dict[tuple[int, str], set[int]]
    identities: dict[str, str]


def known_on(day: date) -> Known:
    authority_id = current_actor().authority_id
    pupils = {pupil.pupil_id: pupil for pupil in Pupil.objects.all()}
    return Known(
        pupils=pupils,
        units=dict(Unit.objects.filter(authority_id=authority_id).values_list("code", "pk")),
        groups={(group.unit_id, group.name): group for group in Group.objects.all()},
        enrolments=_by_pupil(Enrolment.objects.select_related("group").order_by("first_day", "pk")),
        protected={each.pupil_id: each for each in ProtectedIdentity.objects.all()},
        listed=set(ProtectedAccess.objects.filter(between(day)).values_list("protection__pupil_id", "user_id")),
        principals=_principals(authority_id, day),
        mentorships=_by_pupil(Mentorship.objects.filter(between(day)).order_by("pk")),
        mentors=_mentors(authority_id, day),
        identities={each.identity_hash: each.pupil_id for each in pupils.values() if each.identity_hash},
    )


def _by_pupil(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.pupil_id].append(row)
    return found


def _principals(authority_id: int, day: date) -> dict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = Membership.objects.filter(between(day), authority_id=authority_id, role="principal", unit__isnull=False)
    for unit, user in rows.values_list("unit_id", "user_id"):
        found[unit].add(user)
    return found


def _mentors(authority_id: int, day: date) -> dict[tuple[int, str], set[int]]:
    found: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    rows = Membership.objects.filter(between(day), authority_id=authority_id, role="mentor", unit__isnull=False)
    for unit, user, name, email in rows.values_list("unit_id", "user_id", "user__name", "user__email"):
        found[unit, search_form(name)].add(user)
        found[unit, search_form(email)].add(user)
    return found
