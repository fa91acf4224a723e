"""Notices outside the school: made from the few facts that the law needs, sent, and what came of it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from narvaro.contexts.attendance.api import ListedMeasure, listed_measures
from narvaro.contexts.cases.api import CaseCard, NewEntry, add_entry, school_days_of
from narvaro.contexts.duties.known import known_of
from narvaro.contexts.duties.models import Investigation, Notice
from narvaro.contexts.duties.moves import AboutPupil, about_pupils
from narvaro.contexts.duties.permissions import WRITE
from narvaro.contexts.duties.queries import NoticeTold
from narvaro.contexts.duties.services import done, tell, within_reach
from narvaro.contexts.register.api import PupilCard
from narvaro.core.actor import Actor
from narvaro.core.clock import now, today
from narvaro.core.errors import Refused
from narvaro.core.locking import save_if_unchanged
from narvaro.core.scope import acting
from narvaro.domain.duties import Asked, InvestigationFacts
from narvaro.language import N_, Message
from narvaro.plans.law import law_table

ABOUT, ENTRY = "duties.Notice", "notice"
ENDED = (Notice.State.RECEIVED, Notice.State.FAILED, Notice.State.WITHHELD)
RECEIVERS = {
    "A9": Notice.Receiver.ORGANISER,
    "A10": Notice.Receiver.HOME_MUNICIPALITY,
    "A11": Notice.Receiver.HOME_MUNICIPALITY,
    "A12": Notice.Receiver.HOME_MUNICIPALITY,
    "KAA": Notice.Receiver.KAA,
    "A16": Notice.Receiver.CSN,
}
_OF_INVESTIGATION = ("A9", "A10")
SENT_TITLES = {
    Notice.Receiver.ORGANISER: N_("Notice to the organiser sent: that an investigation was started"),
    Notice.Receiver.HOME_MUNICIPALITY: N_("Notice to the home municipality sent"),
    Notice.Receiver.KAA: N_("Notice to the municipal activity responsibility sent"),
    Notice.Receiver.CSN: N_("Report to CSN sent"),
}
FAILED_TITLES = {
    Notice.Receiver.ORGANISER: N_("The notice to the organiser did not arrive"),
    Notice.Receiver.HOME_MUNICIPALITY: N_("The notice to the home municipality did not arrive"),
    Notice.Receiver.KAA: N_("The notice to the municipal activity responsibility did not arrive"),
    Notice.Receiver.CSN: N_("The report to CSN did not arrive"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What the person adds to the facts: a function, never a private person. ``withheld_reason``: why not CSN."""

    receiver_function: str
    planned_end: date | None = None
    needs_coordination: bool = False
    withheld_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What came of it. ``state``: sent, received or failed, with its day."""

    version: int
    state: str
    day: date
    way: str = ""
    received_by: str = ""


def prepare_notice(*, by: Actor, case: CaseCard, rule: str, prepared: Prepared) -> UUID:
    """A notice that waits to be sent; the one that waits already is given back. Raises Refused where there is nothing
    to tell of."""
    with acting(by):
        within_reach(by, case, WRITE)
        waiting = Notice.objects.filter(case_id=case.pk, rule_id=rule, state=Notice.State.PREPARED).first()
        if waiting is not None:
            return waiting.key  # type: ignore[no-any-return]
        known = known_of(by, [case])[case.pk]
        row = Notice.of(
            case_id=case.pk,
            unit_id=case.unit_pk,
            investigation=_investigation(case, rule),
            starts_on=_starts_on(known.about, known.investigation, rule),
            **_facts(known.card, known.about.measure, rule),
            **_given(by, rule, prepared),
        )
        row.save()
        tell(by, "duty.notice.prepare", ABOUT, row.pk, rule=rule)
    return row.key


def prepare_move(*, by: Actor, card: PupilCard, rule: str, prepared: Prepared) -> UUID:
    """Of coming, leaving or considerable absence, of a pupil without a case whom the caller has found within reach.
    The one that waits already is given back. Raises Refused where nothing is to be told."""
    with acting(by):
        waiting = Notice.objects.filter(pupil_id=card.pk, rule_id=rule, state=Notice.State.PREPARED).first()
        if waiting is not None:
            return waiting.key  # type: ignore[no-any-return]
        about = about_pupils(by, {card.pk: card})[card.pk]
        asked = Asked(law_table(), today(), school_days_of(by, card.unit_pk))
        if not any(each.rule == rule and each.is_open for each in about.standings(asked)):
            raise Refused(Message.of("There is nothing to tell of."))
        row = Notice.of(
            unit_id=card.unit_pk,
            starts_on=_starts_on(about, None, rule),
            **_facts(card, about.measure, rule),
            **_given(by, rule, prepared),
        )
        row.save()
        tell(by, "duty.notice.prepare", ABOUT, row.pk, rule=rule)
    return row.key


def prepare_month(
    *, by: Actor, card: PupilCard, month: tuple[date, date], invalid_min: int, prepared: Prepared
) -> UUID:
    """Of a month for CSN (A16), of a pupil whom the caller has found within reach."""
    with acting(by):
        rows = Notice.objects.filter(pupil_id=card.pk, rule_id="A16", starts_on=month[0], state=Notice.State.PREPARED)
        if (waiting := rows.first()) is not None:
            return waiting.key  # type: ignore[no-any-return]
        facts = _facts(card, listed_measures(by, [card.pk]).get(card.pk), "A16") | {"absent_min": None}
        row = Notice.of(
            unit_id=card.unit_pk,
            starts_on=month[0],
            ends_on=month[1],
            state=Notice.State.WITHHELD if prepared.withheld_reason.strip() else Notice.State.PREPARED,
            withheld_reason=prepared.withheld_reason.strip(),
            **(facts | {"invalid_min": invalid_min, "reported_min": None}),
            **_given(by, "A16", prepared),
        )
        row.save()
        tell(by, "duty.notice.prepare", ABOUT, row.pk, rule="A16")
    return row.key


def mark_notice(*, by: Actor, notice: NoticeTold, case: CaseCard | None, marked: Marked) -> None:
    """Raises Refused for a day that lies ahead or before it was made, Conflict when somebody marked it meanwhile."""
    with acting(by), transaction.atomic():
        row = Notice.objects.get(pk=notice.pk)
        _check_mark(row, marked)
        save_if_unchanged(row, marked.version, _marked(by, row, marked))
        if case is not None and marked.state != Notice.State.RECEIVED:
            titles = SENT_TITLES if marked.state == Notice.State.SENT else FAILED_TITLES
            title = Message.of(titles[Notice.Receiver(row.to)])
            entry = NewEntry(kind=ENTRY, title=title, day=marked.day, about_type=ABOUT, about_key=row.key)
            add_entry(by=by, case=case.pk, entry=entry)
        if case is not None and marked.state == Notice.State.SENT:
            done(by, case, row.rule_id)
        tell(by, "duty.notice.mark", ABOUT, row.pk, state=marked.state)


def _check_mark(row: Notice, marked: Marked) -> None:
    if marked.day > today():
        raise Refused(Message.of("The day has not come yet."))
    if row.state in ENDED:
        raise Refused(
            Message.of("It is already written what came of the notice. Make a new one if it has to go again.")
        )
    if (row.state == Notice.State.PREPARED) != (marked.state == Notice.State.SENT):
        raise Refused(Message.of("A notice is first sent, and then it arrives or does not."))
    if row.sent_on is not None and marked.day < row.sent_on:
        raise Refused(Message.of("It cannot have arrived before it was sent."))


def _marked(by: Actor, row: Notice, marked: Marked) -> dict[str, object]:
    if marked.state == Notice.State.SENT:
        way = Notice.Way(marked.way) if marked.way else ""
        return {"state": marked.state, "way": way, "sent_on": marked.day, "sent_by_id": by.user_id}
    if marked.state == Notice.State.RECEIVED:
        return {"state": marked.state, "received_on": marked.day, "received_by": marked.received_by.strip()}
    return {"state": marked.state, "failed_on": marked.day}


def _investigation(case: CaseCard, rule: str) -> Investigation | None:
    if rule not in _OF_INVESTIGATION:
        return None
    rows = Investigation.objects.filter(case_id=case.pk, decision=Investigation.Decision.START)
    row: Investigation | None = rows.order_by("-decided_at", "-pk").first()
    if row is None:
        raise Refused(Message.of("No investigation has been started, so there is nothing to tell of."))
    return row


def _starts_on(about: AboutPupil, investigation: InvestigationFacts | None, rule: str) -> date:
    if rule in _OF_INVESTIGATION and investigation is not None:
        return investigation.decided_on
    if rule == "A12":
        return about.absence.counted_to if about.absence else today()
    left = about.origin.left_on
    if left is not None and left <= today():
        return left
    return about.origin.came_on or today()


def _facts(card: PupilCard, measure: ListedMeasure | None, rule: str) -> dict[str, object]:
    """No name of a protected pupil: such a notice goes by hand. The extent only where the rule is about it."""
    tells_extent = measure is not None and rule in (*_OF_INVESTIGATION, "A12")
    last = measure.last_20 if measure is not None and tells_extent else None
    return {
        "pupil_id": card.pk,
        "pupil_ref": card.pupil_id,
        "pupil_name": "" if card.protected else card.name,
        "unit_name": card.unit_name,
        "grade": card.grade,
        "absent_min": last.valid + last.invalid if last else None,
        "invalid_min": last.invalid if last else None,
        "reported_min": last.reported if last else None,
    }


def _given(by: Actor, rule: str, prepared: Prepared) -> dict[str, object]:
    return {
        "rule_id": rule,
        "to": RECEIVERS[rule],
        "receiver_function": prepared.receiver_function.strip(),
        "planned_end": prepared.planned_end,
        "needs_coordination": prepared.needs_coordination,
        "made_by_id": by.user_id,
        "made_at": now(),
    }
