"""Where a pupil belongs in law: birth date, home municipality, and when the pupil came to the organiser."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from django.db.models import Exists, F, OuterRef

from narvaro.contexts.register.models import IDENTITY, Authority, Custody, Pupil, Unit
from narvaro.contexts.register.permissions import between
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.crypto import decrypt
from narvaro.domain.identity import InvalidIdentity, normalise

# A summer without enrolment is no leaving; the longest is from early June to late August.
LONGEST_PAUSE = timedelta(days=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """``birth`` is read from the identity number and shown nowhere. ``foreign``: the organiser is another than the home
    municipality; None where the register does not know which that is. ``left_on`` also when it lies ahead.
    ``has_guardian``: the register knows one, also one who may not see."""

    birth: date | None
    home: str
    foreign: bool | None
    came_on: date | None
    left_on: date | None
    has_guardian: bool


def origins_of(actor: Actor, pupils: Iterable[int]) -> dict[int, Origin]:
    """The pupils are within the actor's reach. One query: a row for each of a pupil's enrolments."""
    custodies = Custody.objects.filter(between(today()), pupil=OuterRef("pk"))
    rows = Pupil.objects.filter(pk__in=set(pupils)).annotate(has_guardian=Exists(custodies)).select_related("authority")
    stays = {"first_day": F("enrolments__first_day"), "last_day": F("enrolments__last_day")}
    found: defaultdict[Pupil, list[tuple[date, date | None]]] = defaultdict(list)
    for row in rows.annotate(**stays).order_by("first_day", "enrolments__pk"):
        found[row] += [(row.first_day, row.last_day)] if row.first_day else []
    return {row.pk: _origin(row, _latest(of_row) if of_row else (None, None)) for row, of_row in found.items()}


def _origin(row: Any, stay: tuple[date | None, date | None]) -> Origin:
    return Origin(
        birth=_birth(row.identity_encrypted),
        home=row.home_municipality,
        foreign=is_foreign(row.authority, row.home_municipality),
        came_on=stay[0],
        left_on=stay[1],
        has_guardian=row.has_guardian,
    )


def teaches(actor: Actor, forms: Collection[str]) -> bool:
    """Whether one of the actor's schools has any of the school forms."""
    units = Unit.objects.filter(authority_id=actor.authority_id)
    if actor.unit_ids is not None:
        units = units.filter(pk__in=actor.unit_ids)
    return any(set(forms) & set(each) for each in units.values_list("school_forms", flat=True))


def _birth(identity: bytes | None) -> date | None:
    if not identity:
        return None
    try:
        return normalise(decrypt(identity, use=IDENTITY), today=today()).birth_date
    except (InvalidIdentity, InvalidTag):  # another key, or nothing that was ever a number
        return None


def is_foreign(authority: Authority, home: str) -> bool | None:
    """Whether the organiser is another than the home municipality; None where the register does not know that."""
    if authority.kind != Authority.Kind.MUNICIPAL_ORGANISER:
        return True  # an independent organiser is nobody's home municipality
    if not home.strip():
        return None
    return home.strip() != authority.code and _plain(home) != _plain(authority.name)


def _plain(name: str) -> str:
    """ "Tyresö kommun" and "Tyresö" are one place."""
    return name.strip().casefold().removesuffix(" kommun").removesuffix(" stad")


def _latest(spans: list[tuple[date, date | None]]) -> tuple[date, date | None]:
    """The latest unbroken time with the organiser, whichever its schools."""
    came, left = spans[0]
    for first, last in spans[1:]:
        if left is not None and first - left > LONGEST_PAUSE:
            came, left = first, last
        else:
            left = None if left is None or last is None else max(left, last)
    return came, left
