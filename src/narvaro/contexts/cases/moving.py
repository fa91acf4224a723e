"""From one state or step to another: each change once, with its reason, against the version that the person saw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.http import Http404

from narvaro.contexts.cases.cards import CaseCard, card_of
from narvaro.contexts.cases.chronology import NewEntry, put, tell
from narvaro.contexts.cases.days import due_day
from narvaro.contexts.cases.models import Case, Entry, Task
from narvaro.contexts.cases.opening import continued
from narvaro.contexts.cases.permissions import STEP, handovers_to, held, visible_cases
from narvaro.contexts.cases.stepping import begin_step, leave_step, move_deadlines, next_step, plan_for, step_of
from narvaro.contexts.cases.titles import told
from narvaro.contexts.cases.todo import HANDOVER, NewTask, ended, put_tasks
from narvaro.contexts.register.api import end_in_circle, people_around, unit_names
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.errors import Conflict, Refused
from narvaro.core.locking import save_if_unchanged
from narvaro.core.scope import acting
from narvaro.domain.case_states import CaseEvent, CaseState, NotNow, after
from narvaro.domain.plan import ClosingNeed, Step
from narvaro.language import N_, Message, Words
from narvaro.ui.formats import words

LONGEST_REASON = 4_000
HANDOVER_WITHIN = 5  # school days for the other school to answer
JUMP_REASONS: Mapping[str, Message] = {
    "long_illness": Message.of("long illness with a medical plan"),
    "not_useful": Message.of("the step would not be useful"),
    "not_reached": Message.of("the guardian could not be reached"),
    "placed_in_care": Message.of("placed in care"),
    "moved": Message.of("moved"),
    "other": Message.of("another reason"),
}
OUTCOMES: Mapping[str, Message] = {
    "goals_met": Message.of("the goals are reached"),
    "better": Message.of("attendance is good enough"),
    "not_needed": Message.of("there was no cause for concern"),
    "other_service": Message.of("another service has taken over"),
    "left_school": Message.of("the pupil has left the school"),
    "other": Message.of("another reason"),
}
NEEDS: Mapping[ClosingNeed, Message] = {
    "outcome": Message.of("an outcome and its reason"),
    "pupil_voice": Message.of("the pupil's own words"),
    "guardian_contact": Message.of("contact with a guardian"),
    "pupil_health": Message.of("that pupil health has been consulted"),
    "investigation": Message.of("that the investigation is finished, or the decision not to investigate"),
    "goals_met_twice": Message.of(
        "that the goals were met twice: first the return is watched, then the case is closed"
    ),
}
LAST_STEP = Message.of("This is the last step of the plan.")
# The pupil has left, or others measure.
_WITHOUT_GOALS = ("not_needed", "other_service", "left_school")
NOT_NOW = Message.of("This cannot be done with the case as it stands now.")
_BY_RECEIVER = (CaseEvent.ACCEPTED, CaseEvent.DECLINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """``version``: of the card that the person saw. ``code``: of JUMP_REASONS or OUTCOMES. ``until``: for parking, and
    where wished the day of the next follow-up. ``end_tasks``: the old step's open tasks are no longer needed.
    ``answered``: what the step's closing needs and is there, as the contexts above have found."""

    event: CaseEvent
    version: int
    to_step: int | None = None
    code: str = ""
    reason: str = ""
    until: date | None = None
    to_unit: int | None = None
    end_tasks: bool = False
    answered: frozenset[ClosingNeed] = field(default_factory=frozenset)


def move(*, by: Actor, case: int, move: Move) -> CaseCard:
    """The case as it is then; for an accepted handover the receiving school's own. Raises Http404 out of reach,
    Conflict when somebody changed it in between, Refused for what the state or the plan does not allow."""
    if move.event is CaseEvent.REOPEN:
        raise Refused(Message.of("A case is opened again where cases are opened, with a step and what happened."))
    with acting(by):
        found = handovers_to(by) if move.event in _BY_RECEIVER else visible_cases(by, STEP)
        row = held(found, case)
        check_version(row, move.version, move.reason)
        try:
            state = after(CaseState(row.state), move.event)
        except NotNow:
            raise Refused(NOT_NOW) from None
        if len(move.reason) > LONGEST_REASON:
            raise Refused(Message.of("The text is longer than {most} characters. Shorten it.", most=LONGEST_REASON))
        return card_of(_DOES[move.event](by, row, move, state).pk)


def missing_to_close(step: Step, answered: frozenset[ClosingNeed]) -> tuple[ClosingNeed, ...]:
    """Beside the outcome and its reason, which the form asks for."""
    return tuple(need for need in step.work.closing_needs if need != "outcome" and need not in answered)


def lacks_to_close(step: Step, answered: frozenset[ClosingNeed], outcome: str) -> Message | None:
    """What must be there before a case is closed at the step with that outcome; None when it is."""
    if outcome in _WITHOUT_GOALS:
        answered |= {"goals_met_twice"}
    missing = missing_to_close(step, answered)
    told = "; ".join(NEEDS[need].say(words().language) for need in missing)
    text = Message.of("Before the case can be closed at this step there must be: {missing}.", missing=told)
    return text if missing else None


def watched(state: CaseState) -> frozenset[ClosingNeed]:
    """The goals were met when the return began to be watched, and again when the case is closed; people judge both."""
    return frozenset({"goals_met_twice"}) if state is CaseState.RETURNING else frozenset()


def check_version(row: Case, version: int, mine: str) -> None:
    """Raises Conflict with what was written last, beside ``mine``."""
    if row.version == version:
        return
    latest = Entry.objects.filter(case=row).order_by("-pk").first()
    theirs = "" if latest is None else "\n".join(part for part in (told(latest.title), latest.text) if part)
    raise Conflict(
        Message.of(
            "Somebody else changed the case while you were writing. Read both, and decide again if it is needed."
        ),
        theirs=theirs,
        mine=mine,
    )


def _saved(row: Case, state: CaseState, **fields: object) -> None:
    save_if_unchanged(row, row.version, {"state": state, **fields})


def _said(by: Actor, row: Case, move: Move, title: Message) -> None:
    put(by, row, NewEntry(kind=move.event, title=title, text=move.reason))
    tell(by, f"case.{move.event}", row, step=row.step)


def _needs_reason(move: Move) -> None:
    if not move.reason.strip():
        raise Refused(Message.of("Write the reason, so that it can be understood later."))


def _to_step(by: Actor, row: Case, move: Move, state: CaseState, step: Step, title: str, **more: object) -> Case:
    old = row.step
    leave_step(row, move.event)
    _saved(row, state, parked_until=None)
    row.step = step.number
    _said(by, row, move, Message.of(title, number=step.number, name=step.name, **more))
    if move.end_tasks:
        _end_open(by, row, Q(step=old), Message.of("The case moved on to another step."))
    begin_step(by, row, step, today())
    return row


def _next(by: Actor, row: Case, move: Move, state: CaseState) -> Case:
    step = next_step(plan_for(by, row), row.step)
    if step is None:
        raise Refused(LAST_STEP)
    return _to_step(by, row, move, state, step, N_("Moved on to step {number}, {name}"))


def _jump(by: Actor, row: Case, move: Move, state: CaseState) -> Case:
    if move.code not in JUMP_REASONS:
        raise Refused(Message.of("Choose why steps are left out."))
    if move.code == "other":
        _needs_reason(move)
    plan = plan_for(by, row)
    step, following = step_of(plan, move.to_step or 0), next_step(plan, row.step)
    if following is None or step.number <= following.number:
        raise Refused(Message.of("A jump goes past at least one step. Choose a later step."))
    return _to_step(
        by, row, move, state, step, N_("Jumped to step {number}, {name}: {why}"), why=JUMP_REASONS[move.code]
    )


def _back(by: Actor, row: Case, move: Move, state: CaseState) -> Case:
    """From the return, where the goals did not hold, also to the step where the case was."""
    _needs_reason(move)
    step = step_of(plan_for(by, row), move.to_step or 0)
    if step.number > row.step or (step.number == row.step and row.state != CaseState.RETURNING):
        raise Refused(Message.of("Choose an earlier step."))
    return _to_step(by, row, move, state, step, N_("Went back to step {number}, {name}, after the follow-up"))


def _park(by: Actor, row: Case, move: Move, state: CaseState) -> Case:
    _needs_reason(move)
    if move.until is None or move.until <= today():
        raise Refused(Message.of("Choose a day that lies ahead."))
    _saved(row, state, parked_until=move.until)
    _said(by, row, move, Message.of("Parked until {day}", day=move.until))
    return row


def _resume(by: Actor, row: Case, move: Move, state: CaseState) -> Case:
    """What was parked goes on where it was, with its deadlines moved by the school days that it rested."""
    if row.state == CaseState.PARKED:
        move_deadlines(by, row, _latest(row, CaseEvent.PARK))
    _saved(row, state, parked_until=None, follow_up_on=move.until or _follow_up(by, row))
    _said(by, row, move, Message.of("Taken up again"))
    return row


def _return(by: Actor, row: Case, move: Move, state: CaseState) -> Case:
    _saved(row, state, follow_up_on=move.until or _follow_up(by, row))
    _said(by, row, move, Message.of("The goals are reached; the return is watched"))
    if move.end_tasks:
        _end_open(by, row, Q(), Message.of("The goals are reached."))
    return row


def _close(by: Actor, row: Case, move: Move, state: CaseState) -> Case:
    if move.code not in OUTCOMES:
        raise Refused(Message.of("Choose how it went."))
    _needs_reason(move)
    answered = move.answered | watched(CaseState(row.state))
    if lacks := lacks_to_close(step_of(plan_for(by, row), row.step), answered, move.code):
        raise Refused(lacks)
    leave_step(row, move.event)
    _saved(row, state, closed_on=today(), outcome=move.code, parked_until=None)
    _said(by, row, move, Message.of("Closed: {outcome}", outcome=OUTCOMES[move.code]))
    _end_open(by, row, Q(), Message.of("The case was closed."))
    return row


def _hand_over(by: Actor, row: Case, move: Move, state: CaseState) -> Case:
    """Frozen until the other school has answered; ``reason`` is all that it gets to read."""
    _needs_reason(move)
    units = {each.pk: each.name for each in unit_names(by.authority_id)}
    if move.to_unit not in units or move.to_unit == row.unit_id:
        raise Refused(Message.of("Choose another school to hand over to."))
    if row.state == CaseState.PARKED:
        move_deadlines(by, row, _latest(row, CaseEvent.PARK))
    _saved(row, state, handed_to_id=move.to_unit, parked_until=None)
    _said(by, row, move, Message.of("Handed over to {unit}; waits for an answer", unit=units[move.to_unit]))
    principals = [each for each in people_around(row.pupil_id, move.to_unit) if each.why == "principal"]
    put_handover_task(by, row, principals[0].user_id if len(principals) == 1 else None)
    return row


def put_handover_task(by: Actor, row: Case, owner_id: int | None) -> None:
    due = due_day(by, row.handed_to_id, today(), HANDOVER_WITHIN)  # type: ignore[arg-type] # set just before
    what = Message.of("Answer the handover")
    new = NewTask(what=Words(what.say("sv"), what.say("en")), owner_role="principal", due=due, source=HANDOVER)
    put_tasks(by, row, [new])
    Task.objects.filter(case=row, source=HANDOVER, done_on=None).update(owner_id=owner_id)


def _accepted(by: Actor, row: Case, move: Move, state: CaseState) -> Case:
    """The sender keeps its records; the circle there has done its part, and the receiving school chooses its own."""
    worry = _handed_text(row)
    leave_step(row, move.event)
    _saved(row, state, closed_on=today())
    _said(by, row, move, Message.of("Taken over by {unit}", unit=row.handed_to.name))  # type: ignore[union-attr]
    ended(by, row, Task.objects.filter(case=row, source=HANDOVER, done_on=None), "", not_needed=False)
    _end_open(by, row, Q(), Message.of("The case was handed over."))
    end_in_circle(by=by, pupil=row.pupil_id, unit=row.unit_id)
    return continued(by, row, worry)


def _declined(by: Actor, row: Case, move: Move, state: CaseState) -> Case:
    _needs_reason(move)
    unit = row.handed_to.name  # type: ignore[union-attr] # a case that is handed over has one
    _saved(row, state, handed_to_id=None)
    _said(by, row, move, Message.of("{unit} did not take over", unit=unit))
    ended(by, row, Task.objects.filter(case=row, source=HANDOVER, done_on=None), "", not_needed=False)
    move_deadlines(by, row, _latest(row, CaseEvent.HAND_OVER))
    return row


def _handed_text(row: Case) -> str:
    latest = Entry.objects.filter(case=row, kind=CaseEvent.HAND_OVER).order_by("-pk").first()
    return latest.text if latest else ""


def handed_text(actor: Actor, card: CaseCard) -> str:
    """What the sending school wrote for the receiving one. Raises Http404 for whom it was not written."""
    row = handovers_to(actor).filter(pk=card.pk).first()
    if row is None:
        raise Http404
    return _handed_text(row)


def _end_open(by: Actor, row: Case, which: Q, outcome: Message) -> None:
    ended(by, row, Task.objects.filter(which, case=row, done_on=None), outcome.say("sv"), not_needed=True)


def _latest(row: Case, kind: str) -> date:
    day: date = Entry.objects.filter(case=row, kind=kind).order_by("-pk").values_list("day", flat=True)[0]
    return day


def _follow_up(by: Actor, row: Case) -> date:
    return due_day(by, row.unit_id, today(), step_of(plan_for(by, row), row.step).work.follow_up_after)


_DOES: Mapping[CaseEvent, Callable[[Actor, Case, Move, CaseState], Case]] = {
    CaseEvent.NEXT_STEP: _next,
    CaseEvent.JUMP: _jump,
    CaseEvent.GO_BACK: _back,
    CaseEvent.PARK: _park,
    CaseEvent.RESUME: _resume,
    CaseEvent.BEGIN_RETURN: _return,
    CaseEvent.CLOSE: _close,
    CaseEvent.HAND_OVER: _hand_over,
    CaseEvent.ACCEPTED: _accepted,
    CaseEvent.DECLINED: _declined,
}
