"""The pupil-health team's meeting: the list at the left, one pupil at the right, the next one at hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.register.api import PupilCard, pupil_cards, visible_pupil_ids
from narvaro.contexts.warnings.api import Choice, Listed, OpenWarning, situation_words, to_act_on
from narvaro.core.actor import Actor
from narvaro.domain.warning_states import Situation
from narvaro.ui.formats import words
from narvaro.ui.parts import Kind

ACTION = "meeting.read"
WEEKS_SHOWN = 20
_TEN_THOUSAND = 10_000
_KINDS: Mapping[Situation, Kind] = {
    Situation.FIRED_AGAIN: "late",
    Situation.NEW: "info",
    Situation.FOLLOW_UP_DUE: "warn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """Whom the meeting is about, gravest first, and where it is. ``pupil`` is None when there is nobody."""

    order: tuple[Listed, ...]
    cards: Mapping[int, PupilCard]
    pupil: int | None
    step: int | None
    steps: tuple[int, ...]

    @property
    def card(self) -> PupilCard | None:
        return self.cards.get(self.pupil) if self.pupil is not None else None

    @property
    def place(self) -> int | None:
        """None for a pupil whose warnings no longer hold."""
        ids = [each.pupil for each in self.order]
        return ids.index(self.pupil) if self.pupil in ids else None

    @property
    def warnings(self) -> tuple[OpenWarning, ...]:
        """Of the pupil."""
        return self.order[self.place].warnings if self.place is not None else ()

    @property
    def neighbours(self) -> tuple[int | None, int | None]:
        """Ids of the pupils before and after; after one who is not on the list comes the first."""
        if self.place is None:
            return None, self.order[0].pupil if self.order else None
        before = self.order[self.place - 1].pupil if self.place else None
        return before, self.order[self.place + 1].pupil if self.place + 1 < len(self.order) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    url: str
    name: str
    about: str
    rate: str
    badge: str
    badge_kind: Kind
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """``before_url`` and ``after_url`` are empty at the ends."""

    said: str
    before_url: str
    after_url: str


def agenda(actor: Actor, chosen: UUID | None, step: int | None, *, whole: bool = True) -> Agenda:
    """Without ``whole`` only the pupil and those before and after have cards. Raises Http404 when ``chosen`` is out of
    reach."""
    found = sorted(to_act_on(actor, Choice()).found, key=_gravity)
    order = tuple(each for each in found if step is None or each.step >= step)
    pk = _within_reach(actor, chosen) if chosen else order[0].pupil if order else None
    steps = tuple(sorted({each.step for each in found}))
    asked = Agenda(order=order, cards={}, pupil=pk, step=step, steps=steps)
    wanted = [each.pupil for each in order] if whole else list(asked.neighbours)
    return replace(asked, cards=pupil_cards(actor, [each for each in (*wanted, pk) if each is not None]))


def _within_reach(actor: Actor, key: UUID) -> int:
    pk: int | None = visible_pupil_ids(actor, ACTION).filter(key=key).values_list("pk", flat=True).first()
    if pk is None:
        raise Http404
    return pk


def heading(found: Agenda) -> str:
    count = len(found.order)
    return ngettext("%(count)s pupil to talk about", "%(count)s pupils to talk about", count) % {
        "count": words().number(count)
    }


def lines(found: Agenda) -> tuple[Line, ...]:
    now = found.card.pk if found.card else None
    return tuple(
        _line(each, found.cards[each.pupil], found, current=each.pupil == now)
        for each in found.order
        if each.pupil in found.cards
    )


def place(found: Agenda) -> Place:
    before, after = ("" if pk is None else _url(found.cards[pk], found.step) for pk in found.neighbours)
    if found.place is None:
        return Place(said=_("No warning holds now"), before_url=before, after_url=after)
    numbers = {"place": found.place + 1, "count": len(found.order)}
    return Place(said=_("%(place)s of %(count)s") % numbers, before_url=before, after_url=after)


def step_options(steps: Iterable[int]) -> Sequence[tuple[str, str]]:
    return [
        ("", _("All steps")),
        *((str(step), _("Step %(step)s and up") % {"step": step}) for step in steps if step > 1),
    ]


def _line(each: Listed, card: PupilCard, found: Agenda, *, current: bool) -> Line:
    rate = each.overview.rate if each.overview else None
    return Line(
        url=_url(card, found.step),
        name=card.name,
        about=" · ".join(part for part in (card.class_name, _("step %(step)s") % {"step": each.step}) if part),
        rate=_("not known") if rate is None else words().share(rate, _TEN_THOUSAND),
        badge=situation_words(each.situation) if each.situation in _KINDS else "",
        badge_kind=_KINDS.get(each.situation, ""),
        current=current,
    )


def _url(card: PupilCard, step: int | None) -> str:
    query = {"pupil": card.key} | ({"step": step} if step else {})
    return f"{reverse('meeting')}?{urlencode(query)}"


def _gravity(each: Listed) -> tuple[int, int, int, int]:
    known = each.overview.rate if each.overview else None
    return -each.step, -each.severity, -(known or 0), each.pupil
