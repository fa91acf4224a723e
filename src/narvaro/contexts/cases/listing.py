"""The list of open work: which cases, in which order, and how the attendance goes beside what is done (M11, G13)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max

from narvaro.contexts.attendance.api import ListedMeasure, listed_measures
from narvaro.contexts.cases.cards import RUNNING, CaseCard, cards
from narvaro.contexts.cases.days import school_days_of
from narvaro.contexts.cases.models import Entry, Task
from narvaro.contexts.cases.permissions import LIST, READ, RECEIVE, handovers_to, visible_cases
from narvaro.contexts.cases.standing_in import away_for
from narvaro.contexts.register.api import PupilCard, pupil_cards
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.domain.case_states import OPEN, CaseState
from narvaro.domain.change import LAST_DAYS
from narvaro.domain.school_calendar import school_year_of
from narvaro.domain.since import Since, change_since

_LAST = date.max
_NOT_KNOWN = -1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the person asked to see. Unknown values fall back to everything."""

    text: str = ""
    show: str = ""
    step: str = ""
    owner: str = ""
    sort: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A case with its pupil, what was done lately, and how attendance has changed. ``readable``: the actor may open
    it."""

    card: CaseCard
    pupil: PupilCard
    measure: ListedMeasure | None
    since_opened: Since | None
    since_step: Since | None
    last_contact: date | None
    done_lately: int
    readable: bool

    @property
    def next_day(self) -> date | None:
        if self.card.state is CaseState.PARKED:
            return self.card.parked_until
        days = [day for day in (self.card.next_due, self.card.follow_up_on) if day is not None]
        return min(days, default=None)

    @property
    def changes_school(self) -> bool:
        moved = self.pupil.unit_pk is not None and self.pupil.unit_pk != self.card.unit_pk
        return moved and self.card.is_open and self.card.state is not CaseState.HANDING_OVER

    @property
    def follow_up_due(self) -> bool:
        return self.card.state in RUNNING and self.card.follow_up_on is not None and self.card.follow_up_on <= today()

    @property
    def rest_is_over(self) -> bool:
        return self.card.parked_until is not None and self.card.parked_until <= today()

    @property
    def nothing_changes(self) -> bool:
        """Things are done, and absence has not clearly fallen since the step began; unknown is neither."""
        return self.done_lately > 0 and self.since_step is not None and not self.since_step.is_better


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """``found`` in order, after the choice; ``everything`` is every open case that the actor may know of, for counts.
    ``handovers`` wait for the actor's school to answer."""

    found: tuple[Listed, ...]
    everything: tuple[Listed, ...]
    handovers: tuple[tuple[CaseCard, PupilCard], ...]

    def count(self, show: str) -> int:
        return sum(SHOWS[show](each) for each in self.everything)


SHOWS: Mapping[str, Callable[[Listed], bool]] = {
    "": lambda each: True,
    "overdue": lambda each: each.card.overdue > 0,
    "follow_up": lambda each: each.follow_up_due,
    "rest_over": lambda each: each.rest_is_over,
    "unchanged": lambda each: each.nothing_changes,
    "changes_school": lambda each: each.changes_school,
    "parked": lambda each: each.card.state is CaseState.PARKED,
    "returning": lambda each: each.card.state is CaseState.RETURNING,
    "handing_over": lambda each: each.card.state is CaseState.HANDING_OVER,
}
CLOSED, MINE = "closed", "mine"


def listed_cases(actor: Actor, choice: Choice) -> Cases:
    """A fixed number of queries, however many the cases are."""
    everything = _listed(actor, closed=False)
    shown = _listed(actor, closed=True) if choice.show == CLOSED else everything
    mine = {actor.user_id, *away_for(actor)} if choice.owner == MINE else set()
    found = [each for each in shown if _fits(each, choice) and (not mine or each.card.owner_id in mine)]
    order = _ORDERS.get(choice.sort.lstrip("-"), _urgency)
    found.sort(key=order, reverse=choice.sort.startswith("-") and order is not _urgency)
    return Cases(found=tuple(found), everything=everything, handovers=_handovers(actor))


def _listed(actor: Actor, *, closed: bool) -> tuple[Listed, ...]:
    rows = visible_cases(actor, LIST)
    if closed:
        rows = rows.filter(school_year=school_year_of(today())).exclude(state__in=sorted(OPEN))
    else:
        rows = rows.filter(state__in=sorted(OPEN))
    found = cards(rows)
    ids = [card.pk for card in found]
    pupils = pupil_cards(actor, (card.pupil for card in found))
    measures = listed_measures(actor, list(pupils))
    contacts, done = _contacts(ids), _done_lately(actor, ids)
    readable = _readable(actor, ids)
    return tuple(
        _one(card, pupils[card.pupil], measures.get(card.pupil), contacts.get(card.pk), done.get(card.pk, 0), readable)
        for card in found
        if card.pupil in pupils
    )


def _one(
    card: CaseCard,
    pupil: PupilCard,
    measure: ListedMeasure | None,
    last_contact: date | None,
    done_lately: int,
    readable: set[int],
) -> Listed:
    weeks = measure.weeks if measure else ()
    return Listed(
        card=card,
        pupil=pupil,
        measure=measure,
        since_opened=change_since(weeks, card.opened_on),
        since_step=change_since(weeks, card.step_since),
        last_contact=last_contact,
        done_lately=done_lately,
        readable=card.pk in readable,
    )


def _contacts(ids: Iterable[int]) -> dict[int, date]:
    rows = Entry.objects.filter(case_id__in=list(ids), contact=True).values("case_id").annotate(latest=Max("day"))
    return dict(rows.values_list("case_id", "latest"))


def _done_lately(actor: Actor, ids: Iterable[int]) -> dict[int, int]:
    """Tasks that were done in the latest 20 school days of the organiser's calendar."""
    first = school_days_of(actor, None).before(today(), LAST_DAYS)
    rows = Task.objects.filter(case_id__in=list(ids), done_on__gte=first, not_needed=False)
    return dict(rows.values("case_id").annotate(times=Count("pk")).values_list("case_id", "times"))


def _readable(actor: Actor, ids: Iterable[int]) -> set[int]:
    if not access().decide(actor, READ).allowed:
        return set()
    return set(visible_cases(actor, READ).filter(pk__in=list(ids)).values_list("pk", flat=True))


def _handovers(actor: Actor) -> tuple[tuple[CaseCard, PupilCard], ...]:
    if not access().decide(actor, RECEIVE).allowed:
        return ()
    waiting = cards(handovers_to(actor).order_by("pk"))
    pupils = pupil_cards(actor, (card.pupil for card in waiting))
    return tuple((card, pupils[card.pupil]) for card in waiting if card.pupil in pupils)


def _fits(each: Listed, choice: Choice) -> bool:
    name = each.pupil.name.casefold()
    return (
        all(word in name for word in choice.text.casefold().split())
        and (not choice.step.isdigit() or each.card.step == int(choice.step))
        and (choice.owner in ("", MINE) or each.card.owner_role == choice.owner)
        and SHOWS.get(choice.show, SHOWS[""])(each)
    )


def _urgency(each: Listed) -> tuple[Any, ...]:
    """What waits for an answer or is late first, then by the next day."""
    waits = each.rest_is_over or each.follow_up_due or each.changes_school
    return (-min(each.card.overdue, 1), not waits, each.next_day or _LAST, -each.card.step, each.card.pk)


def _change(each: Listed) -> Any:
    return _NOT_KNOWN if each.since_opened is None else each.since_opened.points


_ORDERS: Mapping[str, Callable[[Listed], Any]] = {
    "pupil": lambda each: (each.pupil.name.casefold(), each.card.pk),
    "step": lambda each: (each.card.step, each.card.pk),
    "owner": lambda each: (each.card.owner_name or each.card.owner_role, each.card.pk),
    "next": lambda each: (each.next_day or _LAST, each.card.pk),
    "contact": lambda each: (each.last_contact or date.min, each.card.pk),
    "change": lambda each: (_change(each), each.card.pk),
}
