"""A mail server that takes no mail: told once to the system administrator, tried again after longer and longer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.core.mail import EmailMessage

from narvaro.core.actor import Actor
from narvaro.core.clock import now
from narvaro.core.models import MailTrouble
from narvaro.core.scope import acting

SHORTEST, LONGEST = timedelta(minutes=15), timedelta(hours=8)
MOST_TRIES = 10  # two days and some hours
_MOST_DOUBLINGS = 10  # a larger number could not make the pause longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    since: datetime
    tries: int
    next_try_at: datetime


def pause(tries: int) -> timedelta:
    """After so many tries that failed: a quarter of an hour, then twice as long each time."""
    times: int = 2 ** min(max(tries - 1, 0), _MOST_DOUBLINGS)
    return min(times * SHORTEST, LONGEST)


def mail_failed(by: Actor) -> None:
    """Notes a try that failed; of many letters at once, one."""
    with acting(by):
        row = MailTrouble.objects.select_for_update().first() or MailTrouble.of(since=now(), next_try_at=now())
        if row.next_try_at <= now():
            row.tries += 1
            row.next_try_at = now() + pause(row.tries)
            row.save()


def mail_went(by: Actor) -> None:
    with acting(by):
        MailTrouble.objects.all().delete()


def trouble(actor: Actor) -> Trouble | None:
    """Of the actor's authority, now."""
    row = MailTrouble.objects.values("since", "tries", "next_try_at").first()
    return None if row is None else Trouble(**row)


def deliver(message: EmailMessage, *, by: Actor | None, task: Any, tries: int, arguments: Mapping[str, Any]) -> None:
    """Sends the letter, or has ``task`` send it again after a pause, with ``tries`` one more. ``by`` None: of no
    authority, so that nobody is told. An address that is not there is nobody else's trouble."""
    try:
        message.send()
    except SMTPRecipientsRefused:
        return
    except OSError:
        if by is not None:
            mail_failed(by)
        if tries < MOST_TRIES:
            task.using(run_after=now() + pause(tries + 1)).enqueue(**arguments, tries=tries + 1)
    else:
        if by is not None:
            mail_went(by)
