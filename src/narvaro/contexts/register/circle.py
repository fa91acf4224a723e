"""The people around one pupil: mentors, the school's principal and coordinators, and the circle that is given person by
person; and which rows that a school keeps about a pupil somebody may reach."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Case,
    DateField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast

from narvaro.contexts.register.models import CircleMember, Mentorship, ProtectedAccess, ProtectedIdentity, Pupil
from narvaro.contexts.register.names import search_form
from narvaro.contexts.register.permissions import RELATIONS, between, open_to
from narvaro.core import audit
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.errors import Refused
from narvaro.core.models import Membership
from narvaro.core.scope import acting, put_once
from narvaro.language import Message

CIRCLE = "circle"
_LISTED = "listed"
_ALL, _NEVER = Value(1), Cast(Value(None), DateField())
_AT_THE_SCHOOL = ("principal", "attendance_coordinator")
LONGEST_SEARCH = 80
MOST_FOUND = 20


@dataclass(frozen=True, slots=True, order=True)
class Near:
    """``why``: mentor, principal, attendance_coordinator, or circle; ``last_day``: of a time in the circle."""

    name: str
    user_id: int
    role: str
    why: str
    last_day: date | None = None


@put_once
def kept_where(actor: Actor, action: str, *, unit: str = "unit") -> Q:
    """Of rows with ``pupil`` and ``unit``: those that the actor may do the action on. A school keeps what it wrote, so
    ``own_unit`` asks where the row is kept; the pupil's next school does not read it by the enrolment."""
    if actor.role == "system":
        return Q()
    related, day = Q(pk__in=[]), today()
    for relation in access().relations_for(actor, action):
        if relation in ("own_unit", "own_authority"):
            related |= ~Q(pk__in=[])
        elif relation == CIRCLE:  # one school's decision
            near = CircleMember.objects.filter(between(day), pupil=OuterRef("pupil"), unit=OuterRef(unit))
            related |= Q(Exists(near.filter(user_id=actor.user_id)))
        else:
            related |= Q(pupil__in=Pupil.objects.filter(RELATIONS[relation](actor, day)))
    within = Q() if actor.unit_ids is None else Q(**{f"{unit}__in": sorted(actor.unit_ids)})
    return related & within & open_to(actor, "pupil__")


def people_around(pupil: int, unit: int) -> tuple[Near, ...]:
    """Everybody once, by the first reason of mentor, principal, coordinator, circle. Of a protected pupil those on the
    list only. One query."""
    found: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for why, *row in _around(pupil, unit):
        found[why].append(tuple(row))
    may = {user for _name, user, *_rest in found[_LISTED]}
    near: dict[int, Near] = {}
    for why in ("mentor", *_AT_THE_SCHOOL, CIRCLE):
        # Those of the whole authority where the school has none.
        for name, user, role, _own, last_day, _pk in [row for row in found[why] if row[3]] or found[why]:
            if not may or user in may:
                near.setdefault(user, Near(name, user, role or "", why, last_day))
    return tuple(near.values())


def _around(pupil: int, unit: int) -> "QuerySet[Any]":
    """Rows of why, name, user, role, whether the unit's own, and the last day in the circle; by name. Those on a
    protected pupil's list are among them, and nobody stands for an empty one."""
    day = today()
    mentors = Mentorship.objects.filter(between(day), pupil_id=pupil)
    staff = _in_force(unit).filter(role__in=_AT_THE_SCHOOL)
    circle = CircleMember.objects.filter(between(day), pupil_id=pupil, unit_id=unit)
    role = Subquery(_in_force(unit).filter(user=OuterRef("user")).order_by("first_day").values("role")[:1])
    listed = FilteredRelation("listed", condition=between(day, "listed__"))
    protected = ProtectedIdentity.objects.filter(pupil_id=pupil).annotate(on_it=listed)
    own = Case(When(unit=None, then=0), default=1)
    found = _rows(mentors, Value("mentor"), Value("mentor")).union(
        _rows(staff, F("role"), F("role"), own=own),
        _rows(circle, Value(CIRCLE), role, until=F("last_day")),
        _rows(protected, Value(_LISTED), Value(""), user="on_it__user"),
        all=True,
    )
    return found.order_by("named", "pk")


def _rows(
    found: "QuerySet[Any]", why: Any, acts_as: Any, *, user: str = "user", own: Any = _ALL, until: Any = _NEVER
) -> "QuerySet[Any]":
    told = {"why": why, "named": F(f"{user}__name"), "who": F(f"{user}_id"), "acts_as": acts_as}
    rows: QuerySet[Any] = found.annotate(**told, own=own, until=until).values_list(*told, "own", "until", "pk")
    return rows


def staff_to_add(actor: Actor, *, action: str, pupil: int, unit: int, text: str | None) -> tuple[Near, ...]:
    """Whoever can be in the circle and bears the name: staff of the school or of the whole authority, in a role that
    ``action`` lets read through the circle. None: all who can be, however they are called."""
    roles = [role for role, relations in access().actions[action].allow.items() if CIRCLE in relations]
    words = search_form((text or "")[:LONGEST_SEARCH]).split()
    if not words and text is not None:
        return ()
    taken = {each.user_id for each in people_around(pupil, unit)}
    listed = _listed(pupil)
    rows = _in_force(unit).filter(authority_id=actor.authority_id, role__in=roles).order_by("user__name", "pk")
    people: dict[int, Near] = {}
    for user, name, role in rows.values_list("user_id", "user__name", "role"):
        free = user not in taken and (listed is None or user in listed)
        if free and all(word in search_form(name) for word in words):
            people.setdefault(user, Near(name, user, role, ""))
    return tuple(people.values())[: None if text is None else MOST_FOUND]


def staff_of(actor: Actor, roles: Iterable[str]) -> tuple[Near, ...]:
    """Colleagues in the roles at the actor's schools or in all of the authority, once each, by name; not the actor."""
    rows = Membership.objects.filter(between(today()), authority_id=actor.authority_id, user__is_active=True)
    rows = rows.filter(role__in=list(roles)).exclude(user_id=actor.user_id or 0)
    if actor.unit_ids is not None:
        rows = rows.filter(Q(unit_id__in=sorted(actor.unit_ids)) | Q(unit=None))
    people: dict[int, Near] = {}
    for user, name, role in rows.order_by("user__name", "pk").values_list("user_id", "user__name", "role"):
        people.setdefault(user, Near(name, user, role, ""))
    return tuple(people.values())


def add_to_circle(
    *, by: Actor, pupil: int, unit: int, user_id: int, first_day: date | None = None, last_day: date | None = None
) -> None:
    """At one school. Nothing when the person is there already. Raises Refused for a protected pupil's when not on the
    list."""
    first = first_day or today()
    with acting(by):
        listed = _listed(pupil)
        if listed is not None and user_id not in listed:
            raise Refused(Message.of("The pupil's identity is protected, and the person is not on the list."))
        rows = CircleMember.objects.filter(pupil_id=pupil, unit_id=unit, user_id=user_id)
        if rows.filter(Q(last_day=None) | Q(last_day__gte=last_day or date.max), first_day__lte=first).exists():
            return
        if last_day is None:  # from now on, instead of what was to end
            rows.filter(first_day__gte=first).delete()
            rows.filter(Q(last_day=None) | Q(last_day__gte=first)).update(last_day=first - timedelta(days=1))
        CircleMember.of(
            pupil_id=pupil, unit_id=unit, user_id=user_id, first_day=first, last_day=last_day, given_by_id=by.user_id
        ).save()
        _told(by, "circle.add", [pupil], user=user_id)


def end_in_circle(*, by: Actor, pupil: int, unit: int, users: Iterable[int] | None = None) -> None:
    """From the next request they read no more. None: everybody, when the school's work has ended."""
    day = today()
    with acting(by):
        rows = CircleMember.objects.filter(Q(last_day=None) | Q(last_day__gte=day), pupil_id=pupil, unit_id=unit)
        if users is not None:
            rows = rows.filter(user_id__in=list(users))
        ended = sorted(rows.values_list("user_id", flat=True))
        rows.filter(first_day__gte=day).delete()  # begun today or later: it never was
        rows.update(last_day=day - timedelta(days=1))
        if ended:
            _told(by, "circle.end", [pupil], users=ended)


def _in_force(unit: int) -> "QuerySet[Membership]":
    """At the unit or in all of its authority, by people who can sign in."""
    rows = Membership.objects.filter(between(today()), user__is_active=True)
    return rows.filter(Q(unit_id=unit) | Q(unit=None, authority__units=unit))


def _listed(pupil: int) -> set[int] | None:
    """Those who may see a protected pupil; None where everybody with a right may."""
    if not ProtectedIdentity.objects.filter(pupil_id=pupil).exists():
        return None
    rows = ProtectedAccess.objects.filter(between(today()), protection__pupil_id=pupil)
    return set(rows.values_list("user_id", flat=True))


def _told(by: Actor, action: str, pupils: list[int], **details: object) -> None:
    touched = audit.Touched()
    touched.saw("register.Pupil", pupils, **details)
    audit.append(by=by, action=action, touched=touched)
