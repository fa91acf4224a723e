"""Pupils as other contexts read them: frozen cards, in a fixed number of queries however many they are."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import Http404

from narvaro.contexts.register.models import IDENTITY, Enrolment, Mentorship, ProtectedIdentity, Pupil
from narvaro.contexts.register.names import search_form
from narvaro.contexts.register.permissions import between, open_to, visible_pupils
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.crypto import matching_key
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
    wanted = sorted(set(ids))
    cards: dict[int, PupilCard] = {}
    for start in range(0, len(wanted), _AT_A_TIME):
        cards.update(_cards(actor, Pupil.objects.filter(pk__in=wanted[start : start + _AT_A_TIME])))
    return cards


def find_pupil(actor: Actor, key: UUID | str, action: str) -> PupilCard:
    """Raises Http404 when the pupil is not within the actor's reach, Forbidden when the role lacks the right."""
    visible = visible_pupils(actor, action)
    try:
        found = visible.filter(key=UUID(str(key)))
    except ValueError:
        raise Http404 from None
    for card in _cards(actor, found).values():
        return card
    raise Http404


def search(actor: Actor, text: str, *, action: str = "attendance.read") -> tuple[PupilCard, ...]:
    """Pupils whose name holds every word of the text, by name; at most MOST_FOUND. Nothing for an empty text."""
    words = search_form(text[:LONGEST_SEARCH]).split()
    found = visible_pupils(actor, action)
    if not words:
        return ()
    for word in words:
        found = found.filter(search_text__contains=word)
    ids = list(found.order_by("search_text", "pk").values_list("pk", flat=True)[:MOST_FOUND])
    cards = pupil_cards(actor, ids)
    return tuple(cards[each] for each in ids if each in cards)


def pupil_by_source_id(actor: Actor) -> dict[str, Placement]:
    """Every pupil of the authority by the facts' pupil id: for the program's own jobs, never for a page."""
    latest = _latest_enrolments(Enrolment.objects.all())
    nowhere = (None, "", "", "")
    return {
        pupil_id: Placement(pk, *(_place(latest[pk]) if pk in latest else nowhere))
        for pk, pupil_id in Pupil.objects.values_list("pk", "pupil_id")
    }


def known_by_identity(actor: Actor) -> Callable[[Identity], str | None]:
    """The facts' pupil id of who has an identity number: for the program's own jobs, which read files by it (ADR 0009,
    0017). Numbers are compared as keyed hashes; none is decrypted."""
    rows = Pupil.objects.filter(identity_hash__isnull=False)
    known: dict[str, str] = dict(rows.values_list("identity_hash", "pupil_id"))
    return lambda identity: known.get(matching_key(identity.canonical, use=IDENTITY))


def _place(row: dict[str, Any]) -> tuple[int | None, str, str, str]:
    return row["unit_id"], row["grade"], row["school_form"], row["group__name"] or ""


def _cards(actor: Actor, pupils: "QuerySet[Pupil]") -> dict[int, PupilCard]:
    protected = Exists(ProtectedIdentity.objects.filter(pupil=OuterRef("pk")))
    rows = list(
        pupils.filter(open_to(actor))
        .annotate(protected=protected)
        .values("pk", "key", "pupil_id", "given_name", "family_name", "protected")
    )
    ids = [row["pk"] for row in rows]
    latest = _latest_enrolments(Enrolment.objects.filter(pupil_id__in=ids))
    mentors = _mentors(ids)
    return {row["pk"]: _card(row, latest.get(row["pk"], {}), tuple(mentors[row["pk"]])) for row in rows}


def _card(row: Mapping[str, Any], place: Mapping[str, Any], mentors: tuple[str, ...]) -> PupilCard:
    return PupilCard(
        pk=row["pk"],
        key=row["key"],
        pupil_id=row["pupil_id"],
        name=f"{row['given_name']} {row['family_name']}".strip(),
        class_name=place.get("group__name") or "",
        grade=place.get("grade", ""),
        form=place.get("school_form", ""),
        unit_pk=place.get("unit_id"),
        unit_name=place.get("unit__name", ""),
        mentors=mentors,
        protected=row["protected"],
    )


def _latest_enrolments(found: "QuerySet[Enrolment]") -> dict[int, dict[str, Any]]:
    """The one in force today, else the last that was."""
    rows = found.filter(first_day__lte=today()).order_by(F("last_day").asc(nulls_last=True), "first_day", "pk")
    columns = ("pupil_id", "unit_id", "unit__name", "group__name", "grade", "school_form", "last_day")
    return {row["pupil_id"]: row for row in rows.values(*columns)}


def _mentors(ids: list[int]) -> defaultdict[int, list[str]]:
    names: defaultdict[int, list[str]] = defaultdict(list)
    rows = Mentorship.objects.filter(between(today()), pupil_id__in=ids).order_by("user__name")
    for pupil, name in rows.values_list("pupil_id", "user__name"):
        names[pupil].append(name)
    return names
