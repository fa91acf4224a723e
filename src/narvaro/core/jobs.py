"""Long work: queued in one transaction with its row, done once, watched by a page, and found when its worker has died.

A running job holds the lock of a file of its own. The system frees the lock when the process ends, however it ends, so
nobody has to guess by a time-out whether a job is dead.
"""

import fcntl
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models.functions import Coalesce

from narvaro.core.actor import Actor
from narvaro.core.clock import now
from narvaro.core.logs import place_of
from narvaro.core.models import Job
from narvaro.core.planning import learn
from narvaro.core.scope import acting
from narvaro.language import Message

log = logging.getLogger("narvaro.jobs")

TOLD_EVERY_SECONDS = 1.0
LONG_TO_WAIT = timedelta(seconds=30)
INTERRUPTED = Message.of("The work was interrupted before it was done. Nothing half done was kept; start it again.")
FAULT = Message.of(
    "Something went wrong on our side. Nothing half done was kept. Try again, or ask whoever runs Närvaro."
)


@dataclass(slots=True)
class Running:
    """A job under way. ``by`` acts for the program; ``started_by`` is the person who asked for it."""

    by: Actor
    key: str
    started_by: int | None
    _told: float = field(default=0.0)

    def progress(self, done: int, total: int) -> None:
        """Written at most once a second, in a transaction of its own, so call it as often as you like."""
        moment = time.monotonic()
        if moment - self._told < TOLD_EVERY_SECONDS:
            return
        self._told = moment
        with acting(self.by):
            Job.objects.filter(key=self.key).update(done=done, total=total)


@dataclass(frozen=True, slots=True)
class JobState:
    """What a page shows of a job. ``interrupted``: its worker died. ``waits_long``: no worker seems to be there."""

    state: str
    done: int
    total: int
    message: Message | None
    interrupted: bool
    waits_long: bool

    @property
    def under_way(self) -> bool:
        return self.state in (Job.State.WAITING, Job.State.RUNNING) and not self.interrupted


@contextmanager
def queued(task: Any, *, by: Actor, kind: str) -> Iterator[Job]:
    """A new job, to be tied to what it is about inside the block; all of it is one transaction.

    ``task``: a django_tasks task that takes ``authority_id`` and ``job_key`` and hands them to ``run``.
    """
    with acting(by):
        job = Job.of(kind=kind, user_id=by.user_id, created_at=now())
        job.save()
        yield job
        task.enqueue(authority_id=by.authority_id, job_key=str(job.key))


def run(authority_id: int, job_key: str, work: Callable[[Running], Message]) -> None:
    """Does the work unless it was begun before. What goes wrong is told in the row and nowhere else: the queue keeps
    tracebacks, and those can hold what a file held."""
    by = Actor.system(authority_id)
    with _locked(job_key) as got_it:
        if not got_it or not _begin(by, job_key):
            return
        with acting(by):
            started_by = Job.objects.values_list("user_id", flat=True).get(key=job_key)
        try:
            message = work(Running(by, job_key, started_by))
        except Exception as error:
            _end(by, job_key, Job.State.FAILED, _told(error, job_key))
        except BaseException:
            _end(by, job_key, Job.State.FAILED, INTERRUPTED)
            raise
        else:
            _end(by, job_key, Job.State.DONE, message)
            learn()  # after it is told: a busy database must not leave done work looking unfinished


def state_of(job: Job) -> JobState:
    """Reads only; what it finds dead is marked by the next worker, or when the person starts anew."""
    return JobState(
        state=job.state,
        done=job.done,
        total=job.total or 0,
        message=restored(job.message),
        interrupted=job.state == Job.State.RUNNING and not _is_held(str(job.key)),
        waits_long=job.state == Job.State.WAITING and now() - job.created_at > LONG_TO_WAIT,
    )


def mark_interrupted() -> int:
    """Jobs whose worker died are failed jobs. For a worker's start; returns how many there were."""
    authorities = Job._meta.get_field("authority").related_model
    assert authorities is not None and not isinstance(authorities, str)  # noqa: S101, PT018 - a foreign key has one
    found = authorities._default_manager.values_list("pk", flat=True)
    return sum(_mark_of(Actor.system(pk)) for pk in found)


def kept(message: Message) -> dict[str, Any]:
    """As it is stored: a text of the catalogue and its values, to be said in the reader's language."""
    return {"text": message.text, "values": dict(message.values)}


def restored(stored: dict[str, Any] | None) -> Message | None:
    return Message.of(stored["text"], **stored["values"]) if stored else None


def _mark_of(by: Actor) -> int:
    with acting(by):
        running = Job.objects.filter(state=Job.State.RUNNING).values_list("key", flat=True)
        dead = [str(key) for key in running if not _is_held(str(key))]
    for key in dead:
        _end(by, key, Job.State.FAILED, INTERRUPTED)
        _lock_file(key).unlink(missing_ok=True)
    return len(dead)


def _begin(by: Actor, job_key: str) -> bool:
    with acting(by):
        waiting = Job.objects.filter(key=job_key, state=Job.State.WAITING)
        return bool(waiting.update(state=Job.State.RUNNING, started_at=now()))


def _end(by: Actor, job_key: str, state: str, message: Message) -> None:
    with acting(by):
        values: dict[str, Any] = {"state": state, "message": kept(message), "finished_at": now()}
        if state == Job.State.DONE:
            values["done"] = Coalesce("total", "done")
        Job.objects.filter(key=job_key, state=Job.State.RUNNING).update(**values)


def _told(error: Exception, job_key: str) -> Message:
    message = getattr(error, "message", None)
    if isinstance(message, Message):
        return message
    log.error("%s at %s in job %s", type(error).__name__, place_of(error), job_key)
    return FAULT


def _lock_file(job_key: str) -> Path:
    folder = Path(settings.DATA) / "jobs"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder / f"{job_key}.lock"


@contextmanager
def _locked(job_key: str) -> Iterator[bool]:
    path = _lock_file(job_key)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            path.unlink(missing_ok=True)


def _is_held(job_key: str) -> bool:
    path = _lock_file(job_key)
    if not path.exists():
        return False
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
