"""What is told of meetings. That one took place is told with the case; what was said, on its own page alone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from narvaro.contexts.meetings.models import Correction, Meeting, Participant, Voice
from narvaro.core.actor import Actor
from narvaro.core.clock import STOCKHOLM

PUPIL, GUARDIAN, OTHER = "pupil", "legal_guardian", "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantTold:
    """``name`` is empty for the pupil. ``came`` None: not told."""

    pk: int
    key: UUID
    role: str
    name: str
    function: str
    user_id: int | None
    guardian: int | None
    invited: str
    invited_on: date | None
    came: bool | None
    withdrawn_on: date | None

    @property
    def is_staff(self) -> bool:
        return self.user_id is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingTold:
    """``case`` is a database id. What was written is not here. ``withdrawn``: who was asked once and no longer is."""

    pk: int
    key: UUID
    case: int
    step: int
    kind: str
    means: str
    planned_at: datetime | None
    minutes: int
    place: str
    purpose: str
    call: str
    led_by: str
    led_by_id: int | None
    held_on: date | None
    follow_up_on: date | None
    recorded_by: str
    cancelled_on: date | None
    version: int
    people: tuple[ParticipantTold, ...]
    withdrawn: tuple[ParticipantTold, ...]

    @property
    def day(self) -> date | None:
        """The planned one."""
        return self.planned_at.astimezone(STOCKHOLM).date() if self.planned_at else None

    @property
    def is_ahead(self) -> bool:
        """Neither held nor cancelled: it can be moved, cancelled and held."""
        return self.held_on is None and self.cancelled_on is None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceTold:
    """``guardian`` is a database id; None for the pupil, and for a guardian whom the register does not know."""

    whose: str
    guardian: int | None
    words: str
    tried_on: date | None
    tried_how: str


@dataclass(frozen=True, slots=True)
class CorrectionTold:
    text: str
    by: str
    by_role: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingText:
    """What was written. Whoever asks says so to the audit."""

    said: str
    came_to: str
    cancelled_reason: str
    voices: tuple[VoiceTold, ...]
    corrections: tuple[CorrectionTold, ...]


def meetings_of(actor: Actor, case: int) -> tuple[MeetingTold, ...]:
    """The latest first; the caller has found the case within reach. Two queries."""
    return _told(Meeting.objects.filter(case_id=case).order_by("-held_on", "-planned_at", "-pk"))


def meeting_told(actor: Actor, case: int, key: UUID) -> MeetingTold:
    """Raises Http404 for what is not in the case, which the caller has found within reach."""
    for each in _told(Meeting.objects.filter(case_id=case, key=key)):
        return each
    raise Http404


def meeting_text(actor: Actor, told: MeetingTold) -> MeetingText:
    row = Meeting.objects.values("said", "came_to", "cancelled_reason").get(pk=told.pk)
    voices = Voice.objects.filter(meeting_id=told.pk).order_by("pk")
    columns = ("whose", "guardian_id", "words", "tried_on", "tried_how")
    corrections = Correction.objects.filter(meeting_id=told.pk).order_by("at", "pk")
    return MeetingText(
        **row,
        voices=tuple(
            VoiceTold(whose=whose, guardian=guardian, words=words, tried_on=tried_on, tried_how=how)
            for whose, guardian, words, tried_on, how in voices.values_list(*columns)
        ),
        corrections=tuple(CorrectionTold(*row) for row in corrections.values_list("text", "by__name", "by_role", "at")),
    )


def _told(rows: "QuerySet[Meeting]") -> tuple[MeetingTold, ...]:
    found = list(rows.defer("said", "came_to", "cancelled_reason").select_related("led_by", "recorded_by"))
    people = _people(each.pk for each in found)
    return tuple(_one(row, tuple(people.get(row.pk, ()))) for row in found)


def _one(row: Meeting, people: tuple[ParticipantTold, ...]) -> MeetingTold:
    return MeetingTold(
        pk=row.pk,
        key=row.key,
        case=row.case_id,
        step=row.step,
        kind=row.kind,
        means=row.means,
        planned_at=row.planned_at,
        minutes=row.minutes,
        place=row.place,
        purpose=row.purpose,
        call=row.call,
        led_by=row.led_by.name if row.led_by else "",
        led_by_id=row.led_by_id,
        held_on=row.held_on,
        follow_up_on=row.follow_up_on,
        recorded_by=row.recorded_by.name if row.recorded_by else "",
        cancelled_on=row.cancelled_on,
        version=row.version,
        people=tuple(each for each in people if each.withdrawn_on is None),
        withdrawn=tuple(each for each in people if each.withdrawn_on is not None),
    )


def _people(meetings: Iterable[int]) -> dict[int, list[ParticipantTold]]:
    columns = (
        *("pk", "key", "role", "name", "function", "user_id", "guardian_id"),
        *("invited", "invited_on", "came", "withdrawn_on"),
    )
    found: defaultdict[int, list[ParticipantTold]] = defaultdict(list)
    rows = Participant.objects.filter(meeting_id__in=list(meetings)).order_by("pk")
    for row in rows.values("meeting_id", *columns):
        meeting, guardian = row.pop("meeting_id"), row.pop("guardian_id")
        found[meeting].append(ParticipantTold(guardian=guardian, **row))
    return found
