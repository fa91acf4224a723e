"""The worker asks for the night's readings, and for one where a source has said that something has changed."""

from contextlib import AbstractContextManager
from datetime import datetime, time, timedelta

from narvaro.contexts.register.api import organiser_ids
from narvaro.contexts.sources.models import Source, SourceRun
from narvaro.contexts.sources.services import Kind, State, Why, start, under_way
from narvaro.core.actor import Actor
from narvaro.core.clock import STOCKHOLM, now, today
from narvaro.core.meanwhile import repeated
from narvaro.core.scope import acting

EVERY_SECONDS = 30.0
SETTLED = timedelta(minutes=1)  # a source tells of each change by itself, and many come together
FULL_EVERY = timedelta(days=6, hours=12)
TRIES_A_NIGHT = 3
BETWEEN_TRIES = timedelta(hours=1)


def queue_what_is_due() -> int:
    """How many readings were asked for."""
    return sum(_queue_of(Actor.system(authority)) for authority in organiser_ids())


def _queue_of(by: Actor) -> int:
    with acting(by):
        sources = list(Source.objects.filter(state=Source.State.ACTIVE).order_by("pk"))
    return sum(_queue(by, source) for source in sources)


def _queue(by: Actor, source: Source) -> bool:
    """One transaction from the question to the queue, with the source's row locked: two workers ask once."""
    with acting(by):
        row = Source.objects.select_for_update().filter(pk=source.pk, state=Source.State.ACTIVE).first()
        if row is None or under_way(row):
            return False
        if _is_night(row):
            start(by=by, source=row, why=Why.NIGHT, full=_is_time_for_all(row))
        elif row.noticed_at and now() - row.noticed_at >= SETTLED:
            start(by=by, source=row, why=Why.NOTICE)
        else:
            return False
    return True


def _is_night(source: Source) -> bool:
    """From the hour on, until there has been a reading today: an hour that the clock leaps over is passed all the same,
    and one that comes twice finds the first reading there. What failed is tried again some times."""
    if source.hour is None:
        return False
    since = datetime.combine(today(), time(source.hour), STOCKHOLM)
    if now() < since:
        return False
    runs = SourceRun.objects.filter(source=source, kind=Kind.READING, started_at__gte=since)
    readings = list(runs.order_by("-started_at", "-pk"))
    if not readings:
        return True
    ended = readings[0].finished_at or readings[0].started_at
    failed = all(run.state in (State.FAILED, State.RUNNING) for run in readings)  # running, but no job lives: it died
    return failed and len(readings) < TRIES_A_NIGHT and now() - ended >= BETWEEN_TRIES


def _is_time_for_all(source: Source) -> bool:
    since = now() - FULL_EVERY
    readings = SourceRun.objects.filter(source=source, kind=Kind.READING, state=State.DONE, full=True)
    return not readings.filter(started_at__gte=since).exists()


def queued_meanwhile(*, every_seconds: float = EVERY_SECONDS) -> AbstractContextManager[None]:
    """Asks now and at each interval, while the worker runs."""
    return repeated(queue_what_is_due, name="sources", every_seconds=every_seconds)
