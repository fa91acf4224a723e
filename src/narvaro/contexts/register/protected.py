"""Pupils with protected identity and who is on the list of each: for the principal."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.http import Http404

from narvaro.contexts.register.models import Enrolment, ProtectedAccess, ProtectedIdentity
from narvaro.contexts.register.permissions import between
from narvaro.contexts.register.queries import PupilCard, find_pupil, pupil_cards
from narvaro.contexts.register.viewers import ACTION
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.models import Membership


@dataclass(frozen=True, slots=True)
class Listed:
    """A person on a pupil's list. ``last_day`` None: until further notice."""

    key: UUID
    name: str
    first_day: date
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Protected:
    card: PupilCard
    listed: tuple[Listed, ...]


def protected_pupils(actor: Actor) -> tuple[tuple[Protected, ...], int]:
    """Those whom the actor is listed for, and how many more there are at the actor's schools."""
    here = Enrolment.objects.filter(between(today()))
    if actor.unit_ids is not None:
        here = here.filter(unit_id__in=actor.unit_ids)
    found = ProtectedIdentity.objects.filter(pupil__in=here.values("pupil"))
    ids = list(found.values_list("pupil_id", flat=True))
    cards = pupil_cards(actor, ids)
    lists = _lists(list(cards))
    shown = [Protected(card, lists.get(pk, ())) for pk, card in cards.items()]
    return tuple(sorted(shown, key=lambda each: each.card.name)), len(ids) - len(cards)


def find_protected(actor: Actor, key: UUID) -> Protected:
    card = find_pupil(actor, key, "protected.edit")
    if not card.protected:
        raise Http404
    return Protected(card, _lists([card.pk]).get(card.pk, ()))


def _lists(pupils: list[int]) -> dict[int, tuple[Listed, ...]]:
    rows = ProtectedAccess.objects.filter(Q(last_day=None) | Q(last_day__gte=today()), protection__pupil_id__in=pupils)
    lists: dict[int, list[Listed]] = {}
    for row in rows.select_related("user", "protection").order_by("user__name"):
        person = Listed(row.user.key, row.user.name, row.first_day, row.last_day)
        lists.setdefault(row.protection.pupil_id, []).append(person)
    return {pupil: tuple(found) for pupil, found in lists.items()}


def people_to_list(actor: Actor, pupil: PupilCard) -> dict[str, tuple[int, str]]:
    """Staff at the pupil's school whose role meets pupils, by key: id and name."""
    roles = set(access().actions[ACTION].allow) - {"legal_guardian", "pupil"}
    rows = Membership.objects.filter(between(today()), authority_id=actor.authority_id, role__in=roles)
    rows = rows.filter(Q(unit_id=pupil.unit_pk) | Q(unit=None), user__is_active=True).order_by("user__name")
    return {str(key): (pk, name) for key, pk, name in rows.values_list("user__key", "user_id", "user__name")}
