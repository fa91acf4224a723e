"""Who is asked to a planned meeting is changed: somebody more, somebody no longer. What was stays to be read."""

from collections.abc import Collection
from uuid import UUID

from narvaro.contexts.cases.api import CaseCard
from narvaro.contexts.meetings.given import Someone
from narvaro.contexts.meetings.models import Meeting, Participant
from narvaro.contexts.meetings.services import (
    asked_row,
    check_not_over,
    day_of,
    found_meeting,
    mail_staff,
    tell_case,
)
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.errors import Conflict, Refused
from narvaro.core.locking import CHANGED
from narvaro.core.scope import acting
from narvaro.language import Message

ENTRY = "meeting_people"


def change_people(
    *,
    by: Actor,
    case: CaseCard,
    key: UUID,
    version: int,
    kept: Collection[UUID],
    more: tuple[Someone, ...],
    address: str = "",
) -> None:
    """``kept``: participants who are asked still, by key; everybody else no longer is. Colleagues are told by mail;
    whoever comes back is invited anew. Raises Http404, Refused for what was held or cancelled and where nobody would be
    left, Conflict when somebody changed the meeting meanwhile."""
    with acting(by):
        meeting = found_meeting(case, key)
        check_not_over(meeting)
        _check_version(meeting, version, more)
        asked = Participant.objects.filter(meeting=meeting, withdrawn_on=None)
        gone = list(asked.exclude(key__in=list(kept)).values_list("pk", flat=True))
        if not more and not asked.exclude(pk__in=gone).exists():
            raise Refused(Message.of("Somebody must be asked to the meeting. If nobody is, cancel it."))
        come = [_ask(meeting, each) for each in dict.fromkeys(more)]
        Participant.objects.filter(pk__in=gone).update(withdrawn_on=today())
        meeting.version += 1
        meeting.save(update_fields=["version"])
        mail_staff(by, Participant.objects.filter(pk__in=come), "planned", address)
        mail_staff(by, Participant.objects.filter(pk__in=gone), "withdrawn", address)
        title = Message.of(
            "Changed who is asked to the meeting {day}: {more} more, {fewer} fewer",
            day=day_of(meeting),
            more=len(come),
            fewer=len(gone),
        )
        tell_case(by, case, meeting, ENTRY, title, day=today())


def _check_version(meeting: Meeting, version: int, more: tuple[Someone, ...]) -> None:
    if meeting.version == version:
        return
    asked = Participant.objects.filter(meeting=meeting, withdrawn_on=None).order_by("pk")
    names = [name or function for name, function in asked.values_list("name", "function") if name or function]
    mine = [each.name or each.function for each in more if each.name or each.function]
    raise Conflict(CHANGED, theirs=", ".join(names), mine=", ".join(mine))


def _ask(meeting: Meeting, someone: Someone) -> int:
    """Anew, where they were asked before."""
    before = Participant.objects.filter(meeting=meeting, withdrawn_on__isnull=False)
    if someone.user_id is not None:
        before = before.filter(user_id=someone.user_id)
    elif someone.guardian is not None:
        before = before.filter(guardian_id=someone.guardian)
    else:
        before = before.filter(
            role=someone.role, name=someone.name, function=someone.function, user=None, guardian=None
        )
    row = before.first() or asked_row(meeting, someone)
    row.withdrawn_on, row.invited, row.invited_on = None, "", None
    row.save()
    return int(row.pk)
