"""What other contexts may ask of meetings. A ``CaseCard`` or a case's id was found within reach by whoever asks."""

from narvaro.contexts.meetings.given import Agreed, Held, Planned, Someone, Told, When
from narvaro.contexts.meetings.hearing import (
    Hearing,
    Spoken,
    VoiceCoverage,
    VoiceOf,
    everybody_spoken_with,
    heard,
    latest_contact,
    voice_coverage,
    voices_of,
)
from narvaro.contexts.meetings.queries import MeetingTold, ParticipantTold, meetings_of
from narvaro.contexts.meetings.services import (
    correct_meeting,
    hold_meeting,
    plan_meeting,
    record_conversation,
)
from narvaro.contexts.meetings.upcoming import OwnMeeting, upcoming

__all__ = [
    "Agreed",
    "Hearing",
    "Held",
    "MeetingTold",
    "OwnMeeting",
    "ParticipantTold",
    "Planned",
    "Someone",
    "Spoken",
    "Told",
    "VoiceCoverage",
    "VoiceOf",
    "When",
    "correct_meeting",
    "everybody_spoken_with",
    "heard",
    "hold_meeting",
    "latest_contact",
    "meetings_of",
    "plan_meeting",
    "record_conversation",
    "upcoming",
    "voice_coverage",
    "voices_of",
]
