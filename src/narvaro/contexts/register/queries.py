"""Pupils as other contexts read them: frozen cards, in a fixed number of queries however many they are."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.http import Http404

from narvaro.contexts.register.models import IDENTITY, Enrolment, ProtectedIdentity, Pupil
from narvaro.contexts.register.names import search_form
from narvaro.contexts.register.permissions import between, open_to, visible_pupils
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.crypto import matching_key
from narvaro.core.scope import asked_once, put_once
from narvaro.domain.identity import Identity

LONGEST_SEARCH = 80
MOST_FOUND = 50
_AT_A_TIME = 10_000  # ids in one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilCard:
    """Who a pupil is, on every page. Where the pupil goes today, or went last; empty where nothing is known.

    ``pk`` is for other tables, ``pupil_id`` for the attendance facts, ``key`` for addresses.
    """

    pk: int
    key: UUID
    pupil_id: str
    name: str
    class_name: str
    grade: str
    form: str
    unit_pk: int | None
    unit_name: str
    mentors: tuple[str, ...]
    protected: bool


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the facts' pupil belongs: what a measure run needs."""

    pk: int
    unit_pk: int | None
    grade: str
    form: str
    group: str


def pupil_cards(actor: Actor, ids: Iterable[int]) -> dict[int, PupilCard]:
    """The ids come from ``visible_pupil_ids``; a protected pupil whom the actor may not see is left out still."""
    return _cards_of(actor, tuple(sorted(set(ids))))


@asked_once
def _cards_of(actor: Actor, wanted: tuple[int, ...]) -> dict[int, PupilCard]:
    cards: dict[int, PupilCard] = {}
    for start in range(0, len(wanted), _AT_A_TIME):
        cards.update(_cards(_told(actor).filter(pk__in=wanted[start : start + _AT_A_TIME])))
    return cards


def find_pupil(actor: Actor, key: UUID | str, action: str) -> PupilCard:
    """Raises Http404 when the pupil is not within the actor's reach, Forbidden when the role lacks the right."""
    visible = _told(actor, action)
    try:
        found = visible.filter(key=UUID(str(key)))
    except ValueError:
        raise Http404 from None
    for card in _cards(found).values():
        return card
    raise Http404


def search(actor: Actor, text: str, *, action: str = "attendance.read") -> tuple[PupilCard, ...]:
    """Pupils whose name holds every word of the text, by name; at most MOST_FOUND. Nothing for an empty text."""
    words = search_form(text[:LONGEST_SEARCH]).split()
    if not words:
        return ()
    found = visible_pupils(actor, action)
    for word in words:
        found = found.filter(search_text__contains=word)
    ids = list(found.order_by("search_text", "pk").values_list("pk", flat=True)[:MOST_FOUND])
    cards = pupil_cards(actor, ids)
    return tuple(cards[each] for each in ids if each in cards)


def pupil_by_source_id(actor: Actor) -> dict[str, Placement]:
    """Every pupil of the authority by the facts' pupil id: for the program's own jobs, never for a page."""
    latest, nowhere = _latest_places(), (None, "", "", "")
    return {
        pupil_id: Placement(pk, *latest.get(pk, nowhere))
        for pk, pupil_id in Pupil.objects.values_list("pk", "pupil_id")
    }


def known_by_identity(actor: Actor) -> Callable[[Identity], str | None]:
    """The facts' pupil id of who has an identity number: for the program's own jobs, which read files by it (ADR 0009,
    0017). Numbers are compared as keyed hashes; none is decrypted."""
    rows = Pupil.objects.filter(identity_hash__isnull=False)
    known: dict[str, str] = dict(rows.values_list("identity_hash", "pupil_id"))
    return lambda identity: known.get(matching_key(identity.canonical, use=IDENTITY))


@put_once
def _told(actor: Actor, action: str | None = None) -> "QuerySet[Any]":
    """A row for each place and mentor of a pupil, who is within reach of the action or, without one, of any. Of the
    places the one in force today is last."""
    day = today()
    pupils = Pupil.objects.filter(open_to(actor)) if action is None else visible_pupils(actor, action)
    rows = pupils.annotate(
        protected=Exists(ProtectedIdentity.objects.filter(pupil=OuterRef("pk"))),
        place=FilteredRelation("enrolments", condition=Q(enrolments__first_day__lte=day)),
        mentor=FilteredRelation("mentorships", condition=between(day, "mentorships__")),
    )
    places = F("place__last_day").asc(nulls_last=True), "place__first_day", "place__pk"
    found: QuerySet[Any] = rows.order_by(*places, "mentor__user__name").values_list(*_CARD)
    return found


def _cards(told: "QuerySet[Any]") -> dict[int, PupilCard]:
    """One query."""
    latest: dict[int, tuple[Any, ...]] = {}
    mentors: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for *card, mentor, name in told:
        latest[card[0]] = tuple(card)
        if mentor is not None:
            mentors[card[0]][mentor] = name
    return {pk: _card(row, tuple(mentors[pk].values())) for pk, row in latest.items()}


_CARD = (
    *("pk", "key", "pupil_id", "given_name", "family_name", "protected", "place__unit_id", "place__unit__name"),
    *("place__group__name", "place__grade", "place__school_form", "mentor__pk", "mentor__user__name"),
)


def _card(row: tuple[Any, ...], mentors: tuple[str, ...]) -> PupilCard:
    pk, key, pupil_id, given, family, protected, unit, unit_name, group, grade, form = row
    return PupilCard(
        pk=pk,
        key=key,
        pupil_id=pupil_id,
        name=f"{given} {family}".strip(),
        class_name=group or "",
        grade=grade or "",
        form=form or "",
        unit_pk=unit,
        unit_name=unit_name or "",
        mentors=mentors,
        protected=protected,
    )


def _latest_places() -> dict[int, tuple[int, str, str, str]]:
    """By pupil: unit, grade, school form and class of the enrolment that is in force today, else of the last that
    was."""
    rows = Enrolment.objects.filter(first_day__lte=today())
    rows = rows.order_by(F("last_day").asc(nulls_last=True), "first_day", "pk")
    columns = ("pupil_id", "unit_id", "grade", "school_form", "group__name")
    return {pupil: (unit, grade, form, group or "") for pupil, unit, grade, form, group in rows.values_list(*columns)}
