"""Opening a case: one open case a pupil and school; one that was closed this school year goes on (M06, M08, M11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404

from narvaro.contexts.cases.cards import CaseCard, card_of
from narvaro.contexts.cases.chronology import NewEntry, put, tell
from narvaro.contexts.cases.models import Case
from narvaro.contexts.cases.permissions import OPEN, READ, WORRY, visible_cases
from narvaro.contexts.cases.stepping import begin_step, plan_for, step_of
from narvaro.contexts.plan.api import version_in_force
from narvaro.contexts.register.api import add_to_circle, people_around, pupil_cards, visible_pupil_ids
from narvaro.core.actor import Actor
from narvaro.core.clock import now, today
from narvaro.core.errors import Refused
from narvaro.core.scope import acting
from narvaro.domain.case_states import OPEN as OPEN_STATES
from narvaro.domain.case_states import CaseEvent, CaseState, after
from narvaro.domain.plan import Step
from narvaro.domain.school_calendar import school_year_of
from narvaro.language import Message

LONGEST_WORRY = 4_000
ORIGIN_WORDS: Mapping[str, Message] = {
    Case.Origin.WARNING: Message.of("a warning"),
    Case.Origin.GUARDIAN: Message.of("a guardian's worry"),
    Case.Origin.PUPIL: Message.of("the pupil's own worry"),
    Case.Origin.COLLEAGUE: Message.of("a colleague's worry"),
    Case.Origin.OUTSIDE: Message.of("a worry from outside school"),
    Case.Origin.HANDOVER: Message.of("a handover from another school"),
}
ALREADY_OPEN = Message.of("There is an open case for the pupil at this school already. Go on in that one.")
NO_SCHOOL = Message.of("The pupil goes to no school here today, so no case can be opened.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """``origin``: a value of Case.Origin. ``worry``: what was said, in words. ``owner_id``: a person around the pupil;
    None: as the plan says. ``day``: when it began, where that was before today."""

    pupil: int
    step: int
    origin: str
    worry: str = ""
    owner_id: int | None = None
    day: date | None = None


def open_case(*, by: Actor, opening: Opening) -> CaseCard:
    """Opens, or opens again what was closed this school year. Raises Http404 for a pupil out of reach, Refused when
    one is open already, for an unknown step, or an owner who is not around the pupil."""
    with acting(by):
        if not visible_pupil_ids(by, OPEN).filter(pk=opening.pupil).exists():
            raise Http404
        unit = unit_of(by, opening.pupil)
        if open_row(opening.pupil, unit) is not None:
            raise Refused(ALREADY_OPEN)
        row = _opened(by, opening, unit)
        _let_opener_in(by, row)
        return card_of(row.pk)


def _let_opener_in(by: Actor, row: Case) -> None:
    """Who opens a case works with it, also in a role that reads through the circle alone."""
    if by.user_id is None or visible_cases(by, READ).filter(pk=row.pk).exists():
        return
    add_to_circle(by=by, pupil=row.pupil_id, unit=row.unit_id, user_id=by.user_id)
    put(by, row, NewEntry(kind="circle", title=Message.of("{name} came into the circle", name=by.name)))


def report_worry(*, by: Actor, opening: Opening) -> CaseCard:
    """Adds the worry to the open case, or opens one at its step. The actor may not be let read it: the card is for the
    program. Raises as ``open_case``."""
    with acting(by):
        if not visible_pupil_ids(by, WORRY).filter(pk=opening.pupil).exists():
            raise Http404
        unit = unit_of(by, opening.pupil)
        row = open_row(opening.pupil, unit)
        if row is None:
            row = _opened(by, opening, unit)
        else:
            title = Message.of("A worry was told: {origin}", origin=ORIGIN_WORDS[Case.Origin(opening.origin)])
            # Also while the case is being handed over: a worry is never turned away.
            put(by, row, NewEntry(kind="worry", title=title, text=opening.worry, day=opening.day))
            tell(by, "case.worry", row)
        return card_of(row.pk)


def continued(by: Actor, taken_over: Case, worry: str) -> Case:
    """The receiving school's own case, at the step where the sender's was; an open one that it had already goes on."""
    unit = taken_over.handed_to_id
    row = open_row(taken_over.pupil_id, unit)
    if row is None:
        row = _new(by, taken_over.pupil_id, unit, Case.Origin.HANDOVER, worry, today())
        row.continues = taken_over
        _keep(row)
        step = plan_for(by, row).step(taken_over.step) or plan_for(by, row).steps[0]
        _tell_opened(by, row, step, worry, today())
        begin_step(by, row, step, today())
    title = Message.of("Taken over from {unit}", unit=taken_over.unit.name)
    put(by, row, NewEntry(kind="hand_over", title=title, text=worry))
    return row


def open_row(pupil: int, unit: int | None) -> Case | None:
    found = Case.objects.select_for_update(of=("self",)).filter(pupil_id=pupil, unit_id=unit)
    row: Case | None = found.filter(state__in=sorted(OPEN_STATES)).first()
    return row


def unit_of(by: Actor, pupil: int) -> int:
    card = pupil_cards(by, [pupil]).get(pupil)
    if card is None or card.unit_pk is None:
        raise Refused(NO_SCHOOL)
    return card.unit_pk


def _opened(by: Actor, opening: Opening, unit: int) -> Case:
    day = opening.day or today()
    if day > today():
        raise Refused(Message.of("A case cannot begin on a day that lies ahead."))
    if len(opening.worry) > LONGEST_WORRY:
        raise Refused(Message.of("The text is longer than {most} characters. Shorten it.", most=LONGEST_WORRY))
    _check_owner(opening, unit)
    earlier = _latest_closed(opening.pupil, unit)
    if earlier is not None and earlier.school_year == school_year_of(day):
        return _reopened(by, earlier, opening, day)
    row = _new(by, opening.pupil, unit, opening.origin, opening.worry, day)
    row.continues = earlier
    _keep(row)
    step = step_of(plan_for(by, row), opening.step)
    _tell_opened(by, row, step, opening.worry, day)
    begin_step(by, row, step, day, owner_id=opening.owner_id)
    return row


def _new(by: Actor, pupil: int, unit: int | None, origin: str, worry: str, day: date) -> Case:
    row: Case = Case.of(
        pupil_id=pupil,
        unit_id=unit,
        plan_version_id=version_in_force(by, day).pk,
        school_year=school_year_of(day),
        state=CaseState.ACTIVE,
        step=0,
        owner_role="",
        origin=origin,
        worry=worry.strip(),
        opened_by_id=by.user_id,
        opened_at=_moment(day),
    )
    return row


def _keep(row: Case) -> None:
    """Of two who open at once the second is told."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refused(ALREADY_OPEN) from None


def _reopened(by: Actor, row: Case, opening: Opening, day: date) -> Case:
    step = step_of(plan_for(by, row), opening.step)
    row.state = after(CaseState(row.state), CaseEvent.REOPEN)
    row.closed_on, row.outcome, row.version = None, "", row.version + 1
    row.save(update_fields=["state", "closed_on", "outcome", "version"])
    title = Message.of(
        "Opened again at step {number}, {name}: {origin}",
        number=step.number,
        name=step.name,
        origin=ORIGIN_WORDS[Case.Origin(opening.origin)],
    )
    row.step = step.number
    put(by, row, NewEntry(kind=CaseEvent.REOPEN, title=title, text=opening.worry, day=day))
    tell(by, "case.reopen", row, step=step.number)
    begin_step(by, row, step, day, owner_id=opening.owner_id)
    return row


def _tell_opened(by: Actor, row: Case, step: Step, worry: str, day: date) -> None:
    row.step = step.number
    title = Message.of(
        "The case was opened at step {number}, {name}: {origin}",
        number=step.number,
        name=step.name,
        origin=ORIGIN_WORDS[Case.Origin(row.origin)],
    )
    put(by, row, NewEntry(kind="open", title=title, text=worry, day=day))
    tell(by, "case.open", row, step=step.number, origin=row.origin)


def _check_owner(opening: Opening, unit: int) -> None:
    around = {each.user_id for each in people_around(opening.pupil, unit)}
    if opening.owner_id is not None and opening.owner_id not in around:
        raise Refused(Message.of("Choose somebody who works around the pupil, or add the person to the circle first."))


def _latest_closed(pupil: int, unit: int) -> Case | None:
    found: Any = Case.objects.select_for_update(of=("self",)).filter(pupil_id=pupil, unit_id=unit)
    row: Case | None = found.filter(state=CaseState.CLOSED).order_by("-closed_on", "-pk").first()
    return row


def _moment(day: date) -> Any:
    """The day's own hour, so that what was opened earlier is told so."""
    moment = now()
    return moment if day == today() else moment.replace(year=day.year, month=day.month, day=day.day)
