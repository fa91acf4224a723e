"""The day's work of time itself, as a job."""

from dataclasses import dataclass

from narvaro.contexts.cases.digest import send_digests
from narvaro.contexts.cases.reminding import remind
from narvaro.core.actor import Actor
from narvaro.core.jobs import Running
from narvaro.core.mail_trouble import mail_failed, mail_went
from narvaro.language import N_, Message

WITH_MAIL = N_("Reminders: {reminded}. Passed on: {escalated}. Mails: {sent}.")
WITHOUT_MAIL = N_("Reminders: {reminded}. Passed on: {escalated}. The mail waits: the mail server does not take it.")


def work(running: Running) -> Message:
    done = run_day(running.by.authority_id)
    text = WITHOUT_MAIL if done.mail_waits else WITH_MAIL
    return Message.of(text, reminded=done.reminded, escalated=done.escalated, sent=done.sent)


@dataclass(frozen=True, slots=True)
class DayDone:
    reminded: int
    escalated: int
    sent: int
    mail_waits: bool = False


def run_day(authority_id: int) -> DayDone:
    """Reminders and what goes on in line, then the mails. As often as one likes on the same day. A mail server that
    takes nothing is no fault of the day's work: the mail waits, and the system administrator is told."""
    system = Actor.system(authority_id)
    done = remind(system)
    try:
        sent = send_digests(authority_id)
    except OSError:
        mail_failed(system)
        return DayDone(done.reminded, done.escalated, 0, mail_waits=True)
    mail_went(system)
    return DayDone(done.reminded, done.escalated, sent)
