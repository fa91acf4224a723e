"""How a person may stand to a pupil, each as a condition in SQL. The access file names them; nothing else does."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from narvaro.contexts.register.models import (
    CircleMember,
    Custody,
    Enrolment,
    Mentorship,
    ProtectedAccess,
    ProtectedIdentity,
    Pupil,
)
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.scope import put_once
from narvaro.domain.school_calendar import school_year_of

Relation = Callable[[Actor, date], Q]


def between(day: date, path: str = "") -> Q:
    """Rows that are in force on the day; ``path`` leads to them ("mentorships__")."""
    ahead = Q(**{f"{path}last_day": None}) | Q(**{f"{path}last_day__gte": day})
    return Q(**{f"{path}first_day__lte": day}) & ahead


def _among(rows: "QuerySet[Any]") -> Q:
    """The pupils of the rows. A list that is made once: a school has hundreds, an authority tens of thousands."""
    return Q(pk__in=rows.values("pupil"))


def _own_authority(actor: Actor, day: date) -> Q:
    return Q(authority_id=actor.authority_id)


def _own_unit(actor: Actor, day: date) -> Q:
    here = Enrolment.objects.filter(between(day))
    return _among(here if actor.unit_ids is None else here.filter(unit_id__in=actor.unit_ids))


def left_since(day: date) -> date:
    """From when on those who have left are still somebody's concern: this school year and the one before."""
    return date(school_year_of(day) - 1, 7, 1)


def _left_unit(actor: Actor, day: date) -> Q:
    """Went last to one of the actor's schools, and to none any more."""
    gone = Enrolment.objects.filter(last_day__lt=day, last_day__gte=left_since(day))
    later = Q(last_day=None) | Q(last_day__gt=OuterRef("last_day"))
    gone = gone.exclude(Exists(Enrolment.objects.filter(later, pupil=OuterRef("pupil"))))
    return _among(gone if actor.unit_ids is None else gone.filter(unit_id__in=actor.unit_ids))


def _mentored(actor: Actor, day: date) -> Q:
    return _among(Mentorship.objects.filter(between(day), user_id=actor.user_id))


def _circle(actor: Actor, day: date) -> Q:
    return _among(CircleMember.objects.filter(between(day), user_id=actor.user_id))


def _own_child(actor: Actor, day: date) -> Q:
    return _among(Custody.objects.filter(between(day), guardian__user_id=actor.user_id, may_see=True))


def _self(actor: Actor, day: date) -> Q:
    return Q(user_id=actor.user_id)


RELATIONS: dict[str, Relation] = {
    "own_authority": _own_authority,
    "own_unit": _own_unit,
    "left_unit": _left_unit,
    "mentored": _mentored,
    "circle": _circle,
    "own_child": _own_child,
    "self": _self,
}


@put_once
def visible_pupils(actor: Actor, action: str) -> "QuerySet[Pupil]":
    """The pupils on whom ``actor`` may do ``action`` today. A protected pupil only for those on the pupil's list, for
    the pupil, and for the program's own jobs. Raises Forbidden when the role lacks the right altogether."""
    found: QuerySet[Pupil] = Pupil.objects.all()
    if actor.role == "system":
        return found
    day = today()
    related = Q()
    for relation in access().relations_for(actor, action):
        related |= RELATIONS[relation](actor, day)
    return found.filter(related).filter(open_to(actor))


@put_once
def open_to(actor: Actor, path: str = "") -> Q:
    """Pupils whose identity is not protected from the actor. ``path`` leads to them from rows that are not pupils
    ("pupil__"): few rows are looked at then, where a list of the pupils would be of all."""
    if actor.role == "system":
        return Q()
    listed = ProtectedAccess.objects.filter(between(today()), user_id=actor.user_id)
    is_protected = Q(**{f"{path}pk__in": ProtectedIdentity.objects.values("pupil")})
    is_listed = Q(**{f"{path}pk__in": listed.values("protection__pupil")})
    return ~is_protected | is_listed | Q(**{f"{path}user_id": actor.user_id})
