"""The day's work of time itself, as a job."""

from dataclasses import dataclass

from narvaro.contexts.cases.digest import send_digests
from narvaro.contexts.cases.reminding import remind
from narvaro.core.actor import Actor
from narvaro.core.jobs import Running
from narvaro.language import Message


def work(running: Running) -> Message:
    done = run_day(running.by.authority_id)
    return Message.of(
        "Reminders: {reminded}. Passed on: {escalated}. Mails: {sent}.",
        reminded=done.reminded,
        escalated=done.escalated,
        sent=done.sent,
    )


@dataclass(frozen=True, slots=True)
class DayDone:
    reminded: int
    escalated: int
    sent: int


def run_day(authority_id: int) -> DayDone:
    """Reminders and what goes on in line, then the mails. As often as one likes on the same day."""
    done = remind(Actor.system(authority_id))
    return DayDone(done.reminded, done.escalated, send_digests(authority_id))
