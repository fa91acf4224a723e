"""A person's own meetings, for the first page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from narvaro.contexts.cases.api import visible_case_ids
from narvaro.contexts.meetings.models import Meeting
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.clock import STOCKHOLM, now

READ = "conversation.read"
LOOKED_BACK = timedelta(days=60)  # for meetings that nobody has written up
MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnMeeting:
    """``pupil`` is a database id. ``to_write_up``: its time has passed, and nobody has said what came of it."""

    key: UUID
    case: UUID
    pupil: int
    kind: str
    at: datetime
    place: str
    to_write_up: bool

    @property
    def day(self) -> date:
        return self.at.astimezone(STOCKHOLM).date()


def upcoming(actor: Actor) -> tuple[OwnMeeting, ...]:
    """Neither held nor cancelled, in order of time, of those pupils whose cases the actor may read. One query."""
    if not access().decide(actor, READ).allowed:
        return ()
    rows = Meeting.objects.filter(
        participants__user_id=actor.user_id,
        participants__withdrawn_on=None,
        case__in=visible_case_ids(actor, READ),
        held_on=None,
        cancelled_on=None,
        planned_at__gte=now() - LOOKED_BACK,
    )
    columns = ("key", "case__key", "case__pupil_id", "kind", "planned_at", "place", "minutes")
    return tuple(_own(*row) for row in rows.order_by("planned_at", "pk").values_list(*columns)[:MOST])


def _own(key: UUID, case: UUID, pupil: int, kind: str, at: datetime, place: str, minutes: int) -> OwnMeeting:
    over = at + timedelta(minutes=minutes) < now()
    return OwnMeeting(key=key, case=case, pupil=pupil, kind=kind, at=at, place=place, to_write_up=over)
