"""The day's mail: how much waits, and where. No name, no school and no word about a pupil leaves by mail.

The mail server is reached before anything is written. Then each person's mail is noted as sent before it is: killed in
between it is lost for the day, and comes twice never. What the server surely did not take is noted no longer."""

from collections.abc import Iterator
from dataclasses import dataclass
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from narvaro.contexts.cases.cards import RUNNING
from narvaro.contexts.cases.days import school_days_of
from narvaro.contexts.cases.models import Digest
from narvaro.contexts.cases.permissions import LIST, RECEIVE, STEP, TASK, handovers_to, visible_cases
from narvaro.contexts.cases.todo import my_tasks
from narvaro.core.access import access
from narvaro.core.accounts import actors_of
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.mail_trouble import trouble
from narvaro.core.models import User
from narvaro.core.scope import acting
from narvaro.domain.case_states import CaseState


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of one person, in all their roles at the authority."""

    tasks: int = 0
    late: int = 0
    follow_ups: int = 0
    rested: int = 0
    handovers: int = 0

    def __add__(self, other: "Waiting") -> "Waiting":
        return Waiting(
            self.tasks + other.tasks,
            self.late + other.late,
            self.follow_ups + other.follow_ups,
            self.rested + other.rested,
            self.handovers + other.handovers,
        )

    @property
    def is_something(self) -> bool:
        """Tasks whose day is far off are no reason to write."""
        return bool(self.late or self.follow_ups or self.rested or self.handovers)


def send_digests(authority_id: int) -> int:
    """How many were sent. None on a day without school, and none where everybody is invented. Raises OSError when the
    mail server cannot be reached or takes nothing; those who got no mail are then not noted either. After that it is
    reached for, also when nothing waits."""
    system = Actor.system(authority_id)
    with acting(system):
        if settings.PRACTICE_DAY is not None or not school_days_of(system, None).is_school_day(today()):
            return 0
        people, no_trouble = list(_people(authority_id)), trouble(system) is None
    waiting = [(user, found) for user in people if (found := _of_person(user, authority_id)).is_something]
    if not waiting and no_trouble:
        return 0
    with get_connection() as connection:
        return sum(_sent(system, user, found, connection) for user, found in waiting)


def waiting_for(actor: Actor) -> Waiting:
    """In one role, within what that role may know of."""
    return Waiting(*_tasks(actor), *_cases(actor), handovers=_handovers(actor))


def _people(authority_id: int) -> Iterator[User]:
    roles = [role for role, relations in access().actions[TASK].allow.items() if relations]
    found = User.objects.filter(is_active=True, memberships__authority_id=authority_id, memberships__role__in=roles)
    yield from found.distinct().order_by("pk")


def _of_person(user: User, authority_id: int) -> Waiting:
    together = Waiting()
    for actor in actors_of(user):
        if actor.authority_id == authority_id:
            with acting(actor):
                together += waiting_for(actor)
    return together


def _tasks(actor: Actor) -> tuple[int, int]:
    if not access().decide(actor, TASK).allowed:
        return 0, 0
    found = my_tasks(actor)
    return len(found), sum(each.is_late or each.reminded_on is not None for each in found)


def _cases(actor: Actor) -> tuple[int, int]:
    """Follow-ups whose day has come in the cases that the actor leads, and those of them whose rest is over."""
    if not access().decide(actor, STEP).allowed:
        return 0, 0
    mine = visible_cases(actor, LIST).filter(owner_id=actor.user_id)
    due = mine.filter(state__in=sorted(RUNNING), follow_up_on__lte=today()).count()
    return due, mine.filter(state=CaseState.PARKED, parked_until__lte=today()).count()


def _handovers(actor: Actor) -> int:
    return handovers_to(actor).count() if access().decide(actor, RECEIVE).allowed else 0


def _sent(system: Actor, user: User, found: Waiting, connection: Any) -> int:
    if not _claimed(system, user):
        return 0
    with override(user.language):
        message = EmailMessage(_subject(found), _body(found), to=[user.email], connection=connection)
    try:
        return message.send()
    except SMTPRecipientsRefused:
        return 0  # an address that is not there is nobody else's trouble
    except (SMTPSenderRefused, SMTPDataError):
        with acting(system):
            Digest.objects.filter(user_id=user.pk, day=today()).delete()
        raise


def _claimed(system: Actor, user: User) -> bool:
    """True for the first who asks on the day, at whichever authority."""
    try:
        with acting(system), transaction.atomic():
            Digest.of(user_id=user.pk, day=today()).save()
    except IntegrityError:
        return False
    return True


def _subject(found: Waiting) -> str:
    count = found.late + found.follow_ups + found.rested + found.handovers
    return ngettext("%(count)s thing waits for you in Närvaro", "%(count)s things wait for you in Närvaro", count) % {
        "count": count
    }


def _body(found: Waiting) -> str:
    lines = [
        (found.late, "cases/tasks", _("Tasks whose day is near, or has been: %(count)s")),
        (found.follow_ups, "cases", _("Follow-ups whose day has come: %(count)s")),
        (found.rested, "cases", _("Cases whose rest is over: %(count)s")),
        (found.handovers, "cases", _("Handovers that wait for your answer: %(count)s")),
    ]
    told = "\n".join(text % {"count": count} for count, _where, text in lines if count)
    return f"{told}\n\n{_where_to()}\n"


def _where_to() -> str:
    if not settings.ADDRESS:
        return _("Sign in to Närvaro to see them.")
    tasks, cases = (f"{settings.ADDRESS}{reverse(route)}" for route in ("case_tasks", "cases"))
    return _("Your tasks: %(tasks)s\nThe cases: %(cases)s") % {"tasks": tasks, "cases": cases}
