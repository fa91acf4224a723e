"""Whose coming, leaving or absence may have to be told outside the organiser: told apart in SQL, so that only they are
looked at one by one."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from narvaro.contexts.register.models import Authority, Enrolment, Pupil
from narvaro.contexts.register.origins import LONGEST_PAUSE, is_foreign
from narvaro.contexts.register.permissions import left_since, visible_pupils
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.scope import asked_once
from narvaro.domain.school_calendar import school_year_of

_JUNE, _AUGUST, _SEPTEMBER = 6, 8, 9


def pupils_of_moves(actor: Actor, action: str) -> "QuerySet[Any]":
    """A subquery of those within reach who have left, and of those of another home municipality who have come this
    school year. Some too many; never one too few. Raises Forbidden."""
    return visible_pupils(actor, action).filter(_left() | (_homes(actor, {True}) & _came())).values("pk")


def pupils_from_elsewhere(actor: Actor, action: str, forms: Collection[str]) -> "QuerySet[Any]":
    """A subquery of those within reach who go to one of the school forms today, and whose home municipality is another
    or unknown. Raises Forbidden."""
    still = Q(last_day=None) | Q(last_day__gte=today())
    going = _of_pupil().filter(still, first_day__lte=today(), school_form__in=list(forms))
    return visible_pupils(actor, action).filter(_homes(actor, {True, None}), Exists(going)).values("pk")


def _homes(actor: Actor, foreign: Collection[bool | None]) -> Q:
    return Q(home_municipality__in=[home for home, is_it in _told_homes(actor) if is_it in foreign])


@asked_once
def _told_homes(actor: Actor) -> tuple[tuple[str, bool | None], ...]:
    """Each home municipality in the register, and whether it is another than the organiser's."""
    authority = Authority.objects.get(pk=actor.authority_id)
    homes = Pupil.objects.values_list("home_municipality", flat=True).distinct()
    return tuple((each, is_foreign(authority, each)) for each in homes)


def _of_pupil() -> "QuerySet[Enrolment]":
    found: QuerySet[Enrolment] = Enrolment.objects.filter(pupil=OuterRef("pk"))
    return found


def _came() -> Q:
    """Began this school year, but those who surely went on: there before the summer and again when the autumn began,
    without a long pause since. Who was there on the first day that the register knows did not come then."""
    day, begun = today(), date(school_year_of(today()), 7, 1)
    opened = Enrolment.objects.aggregate(day=Min("first_day"))["day"] or begun
    autumn = date(begun.year, _SEPTEMBER, 1)
    before = _of_pupil().filter(Q(last_day=None) | Q(last_day__gte=autumn - LONGEST_PAUSE), first_day__lt=begun)
    again = _of_pupil().filter(first_day__gte=begun, first_day__lte=autumn)
    paused = _of_pupil().filter(last_day__gte=begun, last_day__lt=day - LONGEST_PAUSE)
    went_on = Q(Exists(before)) & Q(Exists(again)) & ~Q(Exists(paused))
    return Q(Exists(_of_pupil().filter(first_day__gte=begun, first_day__gt=opened))) & ~went_on


def _left() -> Q:
    """Registers end everybody in June; who left then is gone when the next school year has begun without them."""
    day = today()
    by = date(day.year, _JUNE, 1) if _JUNE <= day.month < _AUGUST else day
    still = _of_pupil().filter(Q(last_day=None) | Q(last_day__gte=by))
    return ~Q(Exists(still)) & Q(Exists(_of_pupil().filter(last_day__gte=left_since(day))))
