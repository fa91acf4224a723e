"""What other organisers tell this home municipality (A14): written down when it comes, given to somebody, assessed."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from narvaro.contexts.cases.api import school_days_of
from narvaro.contexts.duties.models import ReceivedNotice
from narvaro.contexts.duties.permissions import RECEIVED
from narvaro.contexts.duties.services import tell
from narvaro.contexts.register.api import PupilCard, visible_pupil_ids
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.clock import now, today
from narvaro.core.errors import Refused
from narvaro.core.locking import save_if_unchanged
from narvaro.core.scope import acting, asked_once
from narvaro.domain.deadlines import SchoolDays
from narvaro.domain.duties import Asked, ReceivedFacts, Standing, State, received
from narvaro.domain.school_calendar import school_year_of
from narvaro.language import Message
from narvaro.plans.law import law_table

ABOUT = "duties.ReceivedNotice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What the notice says, and no more. ``pupil_name`` empty: the identity is protected, and ``reference`` tells which
    child it is about by the sender's own number."""

    subject: str
    about_day: date | None
    pupil_name: str
    reference: str
    school_name: str
    school_form: str
    grade: str
    needs_coordination: bool
    sender: str
    received_on: date
    way: str
    handler_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """``contact``: the function that coordinates, where measures are coordinated."""

    version: int
    decision: str
    reason: str
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedTold(Arrived):
    """With what has come of it, without the reason of the assessment, which ``assessment_text`` reads."""

    pk: int
    key: UUID
    pupil_id: int | None
    entered_by: str
    entered_at: datetime
    handler: str
    decision: str
    contact: str
    decided_by: str
    decided_on: date | None
    version: int


_NAMES = ("entered_by", "handler", "decided_by")


@asked_once
def received_notices(actor: Actor) -> tuple[ReceivedTold, ...]:
    """What waits to be assessed, the longest first, then what came this school year. One query."""
    since = date(school_year_of(today()), 7, 1)
    rows = _within_reach(actor).filter(Q(decision="") | Q(received_on__gte=since))
    told = _told(rows.order_by("received_on", "pk"))
    return (*(each for each in told if not each.decision), *(each for each in reversed(told) if each.decision))


def find_received(actor: Actor, key: UUID) -> ReceivedTold:
    """Raises Http404."""
    for found in _told(_within_reach(actor).filter(key=key)):
        return found
    raise Http404


def assessment_text(actor: Actor, notice: ReceivedTold) -> str:
    found: str = _within_reach(actor).values_list("decision_reason", flat=True).get(pk=notice.pk)
    return found


def _within_reach(actor: Actor) -> "QuerySet[Any]":
    """All of the organiser's, but those about a register pupil whose identity is protected from the actor. Raises
    Forbidden."""
    open_pupils = visible_pupil_ids(actor, RECEIVED)
    found: QuerySet[Any] = ReceivedNotice.objects.filter(Q(pupil=None) | Q(pupil__in=open_pupils))
    return found


def _told(rows: "QuerySet[Any]") -> tuple[ReceivedTold, ...]:
    plain = [each.name for each in fields(ReceivedTold) if each.name not in _NAMES]
    return tuple(
        ReceivedTold(
            entered_by=row.entered_by.name,
            handler=row.handler.name if row.handler else "",
            decided_by=row.decided_by.name if row.decided_by else "",
            **{name: getattr(row, name) for name in plain},
        )
        for row in rows.select_related(*_NAMES)
    )


def standing_of(notice: ReceivedTold, days: SchoolDays) -> Standing:
    """``days``: of the whole organiser."""
    facts = ReceivedFacts(received_on=notice.received_on, assessed_on=notice.decided_on)
    return received(Asked(law_table(), today(), days), notice.school_form, facts)


def waiting_received(actor: Actor) -> tuple[Standing, ...]:
    """How those that nobody has assessed stand; nothing for who may not know of them."""
    if not access().decide(actor, RECEIVED).allowed:
        return ()
    days = school_days_of(actor, None)
    return tuple(standing_of(each, days) for each in received_notices(actor) if not each.decision)


def received_states(actor: Actor) -> tuple[State, ...]:
    """Of what waits and what came this school year: what the organiser counts."""
    if not access().decide(actor, RECEIVED).allowed:
        return ()
    days = school_days_of(actor, None)
    return tuple(standing_of(each, days).state for each in received_notices(actor))


def write_received(*, by: Actor, arrived: Arrived) -> UUID:
    """Raises Refused without a name or a number to know the child by, and for a day that has not come."""
    with acting(by):
        if not arrived.pupil_name.strip() and not arrived.reference.strip():
            raise Refused(Message.of("Write the child's name, or the sender's reference where it is protected."))
        if arrived.received_on > today():
            raise Refused(Message.of("The day has not come yet."))
        values = {name: getattr(arrived, name) for name in Arrived.__slots__}
        values = {name: each.strip() if isinstance(each, str) else each for name, each in values.items()}
        row = ReceivedNotice.of(**values, entered_by_id=by.user_id, entered_at=now())
        row.save()
        tell(by, "received.write", ABOUT, row.pk, subject=arrived.subject)
    return row.key


def give_received(*, by: Actor, notice: ReceivedTold, handler: int | None, version: int) -> None:
    """Who handles it from now on; None: nobody in particular. Raises Conflict when somebody saved meanwhile."""
    with acting(by):
        save_if_unchanged(_open(by, notice), version, {"handler_id": handler})
        tell(by, "received.give", ABOUT, notice.pk, handler=handler)


def link_received(*, by: Actor, notice: ReceivedTold, card: PupilCard | None, version: int) -> None:
    """To a pupil of the register whom the actor found within reach, or to nobody. Raises Conflict."""
    with acting(by):
        save_if_unchanged(_row(by, notice), version, {"pupil_id": card.pk if card else None})
        tell(by, "received.link", ABOUT, notice.pk, pupil=card.pk if card else None)


def assess_received(*, by: Actor, notice: ReceivedTold, assessed: Assessed) -> None:
    """Whether measures are to be coordinated, with the reason. It stands. Raises Refused when it is assessed already
    or tells no contact, Conflict when somebody saved meanwhile."""
    with acting(by):
        row = _open(by, notice)
        coordinates = assessed.decision == ReceivedNotice.Decision.COORDINATE
        if not assessed.reason.strip():
            raise Refused(Message.of("A decision needs a reason."))
        if coordinates and not assessed.contact.strip():
            raise Refused(Message.of("Write which function coordinates, so that the school knows whom to ask."))
        values = {
            "decision": ReceivedNotice.Decision(assessed.decision).value,
            "decision_reason": assessed.reason.strip(),
            "contact": assessed.contact.strip() if coordinates else "",
            "decided_by_id": by.user_id,
            "decided_on": today(),
        }
        save_if_unchanged(row, assessed.version, values)
        tell(by, "received.assess", ABOUT, notice.pk, decision=assessed.decision)


def _row(by: Actor, notice: ReceivedTold) -> ReceivedNotice:
    row: ReceivedNotice | None = _within_reach(by).select_for_update(of=("self",)).filter(pk=notice.pk).first()
    if row is None:
        raise Http404
    return row


def _open(by: Actor, notice: ReceivedTold) -> ReceivedNotice:
    row = _row(by, notice)
    if row.decision:
        raise Refused(Message.of("The notice is assessed already, and the assessment stands."))
    return row
