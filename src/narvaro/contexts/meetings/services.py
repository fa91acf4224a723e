"""What is written of meetings. Each act is one transaction with its line in the case's chronology."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from narvaro.contexts.cases.api import CaseCard, NewEntry, NewTask, add_entry, add_tasks, end_tasks, plan_of
from narvaro.contexts.meetings.given import Agreed, Held, Planned, Someone, Told, When
from narvaro.contexts.meetings.models import Correction, Meeting, Participant, Voice
from narvaro.contexts.meetings.queries import GUARDIAN, PUPIL
from narvaro.contexts.meetings.tasks import tell_staff
from narvaro.core.actor import Actor
from narvaro.core.clock import STOCKHOLM, now, today
from narvaro.core.errors import Conflict, Refused
from narvaro.core.locking import CHANGED, save_if_unchanged
from narvaro.core.scope import acting
from narvaro.domain.case_states import CaseState
from narvaro.language import Message
from narvaro.ui.formats import moment_text

ABOUT = "meetings.Meeting"
CONVERSATION, PLANNED, MOVED, CANCELLED, HELD = (
    *("conversation", "meeting_planned", "meeting_moved", "meeting_cancelled"),
    "meeting",
)
CORRECTED = "correction"
NOT_AHEAD = Message.of("The meeting has already been held or cancelled, so it stands as it is.")
IS_WRITTEN = Message.of("The meeting is already written up and stands as it is. Write a correction beside it.")
_TITLES = {
    Meeting.Kind.MEETING: Message.of("Meeting held"),
    Meeting.Kind.PUPIL_HEALTH_TEAM: Message.of("Meeting of the pupil health team held"),
    Meeting.Kind.FOLLOW_UP: Message.of("Follow-up meeting held"),
}


def plan_meeting(*, by: Actor, case: CaseCard, planned: Planned, address: str = "") -> UUID:
    """``address`` is how links in mail begin. Raises Refused for a day that has passed or a case that is closed."""
    with acting(by):
        _check_ahead(planned.when)
        meeting: Meeting = Meeting.of(
            case_id=case.pk,
            step=case.step,
            kind=planned.kind,
            purpose=planned.purpose.strip(),
            call=planned.call.strip(),
            led_by_id=by.user_id,
            created_at=now(),
            **_when(planned.when),
        )
        meeting.save()
        Participant.objects.bulk_create(asked_row(meeting, each) for each in _each_once(planned.people))
        title = Message.of("Meeting planned for {day}", day=day_of(meeting))
        tell_case(by, case, meeting, PLANNED, title, day=today())
        _mail(by, meeting, "planned", address)
    return meeting.key


def move_meeting(
    *, by: Actor, case: CaseCard, key: UUID, version: int, when: When, reason: str, address: str = ""
) -> None:
    """Raises Http404, Refused for what was held or cancelled, Conflict when somebody moved it meanwhile."""
    with acting(by):
        meeting = _ahead(case, key, version, mine=moment_text(when.at))
        _check_ahead(when)
        save_if_unchanged(meeting, version, _when(when))
        title = Message.of("Meeting moved to {day}", day=day_of(meeting))
        tell_case(by, case, meeting, MOVED, title, day=today(), text=reason)
        _mail(by, meeting, "moved", address)


def cancel_meeting(*, by: Actor, case: CaseCard, key: UUID, version: int, reason: str, address: str = "") -> None:
    """Raises as ``move_meeting``."""
    with acting(by):
        meeting = _ahead(case, key, version, mine=reason)
        save_if_unchanged(meeting, version, {"cancelled_on": today(), "cancelled_reason": reason.strip()})
        title = Message.of("The meeting planned for {day} was cancelled", day=day_of(meeting))
        tell_case(by, case, meeting, CANCELLED, title, day=today())
        _mail(by, meeting, "cancelled", address)


def note_invited(*, by: Actor, case: CaseCard, key: UUID, participant: UUID, how: str, day: date) -> None:
    """How somebody was asked to come. Raises Http404, and Refused once the meeting was held or cancelled."""
    with acting(by):
        meeting = found_meeting(case, key)
        check_not_over(meeting)
        if not Participant.objects.filter(meeting=meeting, key=participant).update(invited=how, invited_on=day):
            raise Http404


def record_conversation(*, by: Actor, case: CaseCard, means: str, held: Held) -> UUID:
    """A talk that took place, or that somebody tried to have. Raises Refused."""
    with acting(by):
        meeting: Meeting = Meeting.of(
            case_id=case.pk,
            step=case.step,
            kind=Meeting.Kind.CONVERSATION,
            means=means,
            led_by_id=by.user_id,
            created_at=now(),
            said=held.said.strip(),
            **_recorded(by, held),
        )
        meeting.save()
        me = Someone(role=by.role, user_id=by.user_id, name=by.name)
        Participant.objects.bulk_create([asked_row(meeting, me, came=True)])
        _keep(by, case, meeting, held, tried=means)
        _tell_held(by, case, meeting, held, CONVERSATION, _conversation_title(held))
    return meeting.key


def hold_meeting(*, by: Actor, case: CaseCard, key: UUID, held: Held) -> None:
    """Writes up a planned meeting, once. Raises Http404, Refused, and Conflict with both texts when somebody else wrote
    it up meanwhile."""
    with acting(by):
        meeting = found_meeting(case, key)
        if meeting.cancelled_on is not None:
            raise Refused(NOT_AHEAD)
        if meeting.held_on is not None and meeting.version == held.version:
            raise Refused(IS_WRITTEN)
        version = held.version if meeting.held_on else meeting.version  # moved meanwhile is no matter
        save_if_unchanged(meeting, version, {"said": held.said.strip(), "came_to": held.came_to.strip()})
        Meeting.objects.filter(pk=meeting.pk).update(**_recorded(by, held))
        others = Participant.objects.filter(meeting=meeting, withdrawn_on=None).exclude(role__in=(PUPIL, GUARDIAN))
        others.filter(pk__in=held.came).update(came=True)
        others.exclude(pk__in=held.came).update(came=False)
        _keep(by, case, meeting, held, tried=Voice.Tried.INVITATION)
        _tell_held(by, case, meeting, held, HELD, _TITLES.get(Meeting.Kind(meeting.kind), Message.of("Meeting held")))


def correct_meeting(*, by: Actor, case: CaseCard, key: UUID, text: str) -> None:
    """Beside what stands. Raises Http404, and Refused before anything is written."""
    with acting(by):
        meeting = found_meeting(case, key)
        if meeting.held_on is None:
            raise Refused(Message.of("There is nothing to correct yet: the meeting has not been written up."))
        Correction.of(meeting=meeting, text=text.strip(), by_id=by.user_id, by_role=by.role, at=now()).save()
        title = Message.of("Correction of what was written about {day}", day=meeting.held_on)
        tell_case(by, case, meeting, CORRECTED, title, day=today())


def check_writable(case: CaseCard) -> None:
    """Before a form is shown, so that nobody writes in vain."""
    if not case.is_open or case.state is CaseState.HANDING_OVER:
        raise Refused(Message.of("The case is closed, or waits for another school. Nothing can be added to it now."))


def found_meeting(case: CaseCard, key: UUID) -> Meeting:
    meeting: Meeting | None = Meeting.objects.select_for_update().filter(case_id=case.pk, key=key).first()
    if meeting is None:
        raise Http404
    return meeting


def _ahead(case: CaseCard, key: UUID, version: int, *, mine: str) -> Meeting:
    meeting = found_meeting(case, key)
    check_not_over(meeting)
    if meeting.version != version:
        raise Conflict(CHANGED, theirs=moment_text(meeting.planned_at), mine=mine)
    return meeting


def check_not_over(meeting: Meeting) -> None:
    if meeting.held_on is not None or meeting.cancelled_on is not None:
        raise Refused(NOT_AHEAD)


def _check_ahead(when: When) -> None:
    if when.at < now():
        raise Refused(Message.of("That time has passed. Choose one that lies ahead, or write up what took place."))


def _when(when: When) -> dict[str, object]:
    return {"planned_at": when.at, "minutes": when.minutes, "means": when.means, "place": when.place.strip()}


def _recorded(by: Actor, held: Held) -> dict[str, object]:
    if held.day > today():
        raise Refused(Message.of("It cannot be written up before it has taken place."))
    return {
        "held_on": held.day,
        "follow_up_on": held.follow_up_on,
        "recorded_by_id": by.user_id,
        "recorded_at": now(),
    }


def day_of(meeting: Meeting) -> date:
    return meeting.planned_at.astimezone(STOCKHOLM).date() if meeting.planned_at else today()


def _each_once(people: tuple[Someone, ...]) -> list[Someone]:
    return list(dict.fromkeys(people))


def asked_row(meeting: Meeting, each: Someone, *, came: bool | None = None) -> Participant:
    made: Participant = Participant.of(
        meeting=meeting,
        role=each.role,
        user_id=each.user_id,
        guardian_id=each.guardian,
        name=each.name,
        function=each.function,
        came=came,
    )
    return made


def _keep(by: Actor, case: CaseCard, meeting: Meeting, held: Held, *, tried: str) -> None:
    """Who came, everyone's words, and what was agreed."""
    for each in held.told:
        _keep_part(meeting, each)
    voices = [voice for each in held.told if (voice := _voice(meeting, each, held.day, tried)) is not None]
    Voice.objects.bulk_create(voices)
    Participant.objects.bulk_create(asked_row(meeting, each, came=True) for each in held.also)
    if held.agreed:
        add_tasks(by=by, case=case.pk, tasks=[_task(meeting, each) for each in held.agreed])


def _keep_part(meeting: Meeting, told: Told) -> None:
    came = {"came": True, "tried": False}.get(told.outcome)
    asked = Participant.objects.filter(meeting=meeting, role=told.who.role, guardian_id=told.who.guardian)
    if came is not None and not asked.update(came=came, withdrawn_on=None):
        asked_row(meeting, told.who, came=came).save()


def _voice(meeting: Meeting, told: Told, day: date, tried: str) -> Voice | None:
    whose = Voice.Whose.PUPIL if told.who.role == PUPIL else Voice.Whose.GUARDIAN
    about = {"meeting": meeting, "whose": whose, "guardian_id": told.who.guardian}
    voice: Voice | None = None
    if told.words.strip():
        voice = Voice.of(**about, words=told.words.strip())
    elif told.outcome == "tried":
        voice = Voice.of(**about, tried_on=day, tried_how=tried)
    return voice


def _task(meeting: Meeting, each: Agreed) -> NewTask:
    return NewTask(
        what=each.what.strip(),
        owner_role=each.role,
        owner_id=each.user_id,
        due=each.due,
        source="meeting",
        source_id=str(meeting.key),
        step=meeting.step,
    )


def _conversation_title(held: Held) -> Message:
    came = {each.who.role for each in held.told if each.outcome == "came"}
    if came == {PUPIL, GUARDIAN}:
        return Message.of("Conversation with the pupil and a guardian")
    if came == {PUPIL}:
        return Message.of("Conversation with the pupil")
    if came == {GUARDIAN}:
        return Message.of("Conversation with a guardian")
    return Message.of("Tried to reach those at home, without an answer")


def _tell_held(by: Actor, case: CaseCard, meeting: Meeting, held: Held, kind: str, title: Message) -> None:
    """Also to the case's tasks: the step's meeting is held when one of its kind is."""
    contact = any(each.outcome == "came" for each in held.told)
    if _is_the_steps(by, case, meeting) and (contact or meeting.kind == Meeting.Kind.PUPIL_HEALTH_TEAM):
        end_tasks(by=by, case=case.pk, source="step", source_id="meeting")
    entry = NewEntry(
        kind=kind,
        title=title,
        day=held.day,
        contact=contact,
        follow_up_on=held.follow_up_on,
        about_type=ABOUT,
        about_key=meeting.key,
    )
    add_entry(by=by, case=case.pk, entry=entry)


def _is_the_steps(by: Actor, case: CaseCard, meeting: Meeting) -> bool:
    step = plan_of(by, case).step(case.step)
    required = step.work.meeting if step else None
    return required is not None and required.kind == meeting.kind


def tell_case(
    by: Actor, case: CaseCard, meeting: Meeting, kind: str, title: Message, *, day: date, text: str = ""
) -> None:
    entry = NewEntry(kind=kind, title=title, text=text, day=day, about_type=ABOUT, about_key=meeting.key)
    add_entry(by=by, case=case.pk, entry=entry)


def _mail(by: Actor, meeting: Meeting, what: str, address: str) -> None:
    """To the colleagues who are asked to come, but not to whoever does this."""
    staff = Participant.objects.filter(meeting=meeting, withdrawn_on=None)
    mail_staff(by, staff, what, address)


def mail_staff(by: Actor, rows: "QuerySet[Any]", what: str, address: str) -> None:
    """To the colleagues among them."""
    staff = rows.filter(user__isnull=False).exclude(user_id=by.user_id)
    for pk in staff.order_by("pk").values_list("pk", flat=True):
        tell_staff.enqueue(authority_id=by.authority_id, participant=pk, what=what, address=address)
    if what == "planned":
        staff.update(invited=Participant.Invited.PROGRAM, invited_on=today())
