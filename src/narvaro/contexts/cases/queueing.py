"""Once a day for each organiser the worker asks for the day's work; what failed is asked for again, and mail that
waits when its pause is over."""

from contextlib import AbstractContextManager

from narvaro.contexts.cases import tasks
from narvaro.contexts.register.api import organiser_ids
from narvaro.core import jobs
from narvaro.core.actor import Actor
from narvaro.core.clock import STOCKHOLM, now, today
from narvaro.core.mail_trouble import trouble
from narvaro.core.meanwhile import repeated
from narvaro.core.models import Job
from narvaro.core.scope import acting

KIND = "remind"
FROM_HOUR = 6  # so that the mail is there when school begins
EVERY_SECONDS = 900.0


def queue_what_is_due() -> int:
    """A job for each organiser that has none today that went well or is under way, or whose mail is to be tried again;
    how many. Not before six."""
    if now().astimezone(STOCKHOLM).hour < FROM_HOUR:
        return 0
    return sum(_queue(authority) for authority in organiser_ids())


def _queue(authority_id: int) -> bool:
    system = Actor.system(authority_id)
    with acting(system):
        of_today = Job.objects.filter(kind=KIND, created_at__date=today())
        going = [each for each in of_today if not _has_failed(each)]
        if any(each.state != Job.State.DONE for each in going) or (going and not _mail_is_due(system)):
            return False
    with jobs.queued(tasks.remind_open_work, by=system, kind=KIND):
        return True


def _mail_is_due(system: Actor) -> bool:
    waits = trouble(system)
    return waits is not None and waits.next_try_at <= now()


def _has_failed(job: Job) -> bool:
    return job.state == Job.State.FAILED or jobs.state_of(job).interrupted


def queued_meanwhile(*, every_seconds: float = EVERY_SECONDS) -> AbstractContextManager[None]:
    """Asks now and at each interval, while the worker runs."""
    return repeated(queue_what_is_due, name="daily", every_seconds=every_seconds)
