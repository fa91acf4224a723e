"""What people do with a source, and how a reading is begun: one at a time for each source."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from narvaro.contexts.duties.api import forget_announced
from narvaro.contexts.sources import places, tasks
from narvaro.contexts.sources.connecting import bound_to, sealed
from narvaro.contexts.sources.models import Source, SourceRun
from narvaro.contexts.sources.places import Pem
from narvaro.core import audit, jobs
from narvaro.core.actor import Actor
from narvaro.core.clock import now
from narvaro.core.errors import Refused
from narvaro.core.scope import acting
from narvaro.language import Message

Kind, Why, State = SourceRun.Kind, SourceRun.Why, SourceRun.State
_TASKS = {Kind.CHECK: tasks.check, Kind.READING: tasks.read}
SAME_NAME = Message.of("There is a source of this name already. Give this one another.")
BUSY = Message.of("The source is being read. Wait until that is done, or come back in a while.")
NOT_CHOSEN = Message.of("Choose what is read first; nothing is read before that.")
PAUSED = Message.of("The source is paused. Start it again first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a source is and how one signs in. ``token`` and ``secret`` empty: as they were. ``pem``: files that were
    sent, by which; an empty one takes the file away."""

    name: str
    base_url: str
    auth: str
    header: str = ""
    token_url: str = ""
    client_id: str = ""
    scope: str = ""
    token: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    pem: Mapping[Pem, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What is read of a source, and when."""

    guardians: bool
    identity_numbers: bool
    give_assignments: bool
    only_deviations: bool
    always_marked: bool
    hour: int | None


def add(*, by: Actor, address: Address) -> Source:
    """With a check under way. Raises Refused for a name that is taken."""
    with acting(by):
        source = Source.of(made_by_id=by.user_id, made_at=now())
        _address(source, address)
        _told(by, "source.add", source)
        start(by=by, source=source, kind=Kind.CHECK)
    return source


def change_address(*, by: Actor, source: Source, address: Address) -> None:
    """With a check under way. What was secret for other hosts is forgotten: it must be written anew. Raises Refused."""
    with acting(by):
        row = _not_busy(source)
        if bound_to(row.base_url, row.token_url) != bound_to(address.base_url, address.token_url):
            row.token_encrypted = row.secret_encrypted = None
            for which in ("certificate", "key"):
                places.drop_pem(row.key, which)
        _address(row, address)
        _told(by, "source.change", row)
        start(by=by, source=row, kind=Kind.CHECK)


def _address(source: Source, address: Address) -> None:
    for name in ("name", "base_url", "auth", "header", "token_url", "client_id", "scope"):
        setattr(source, name, getattr(address, name))
    if address.token:
        source.token_encrypted = sealed(address.token, source)
    if address.secret:
        source.secret_encrypted = sealed(address.secret, source)
    _save(source)
    for which, content in address.pem.items():
        if content:
            places.keep_pem(source.key, which, content)
        else:
            places.drop_pem(source.key, which)


def _save(source: Source) -> None:
    try:
        with transaction.atomic():
            source.save()
    except IntegrityError:
        raise Refused(SAME_NAME) from None


def choose_units(*, by: Actor, source: Source, units: Sequence[str]) -> None:
    """Ids of the organisations that are read; none means all."""
    with acting(by):
        Source.objects.filter(pk=source.pk).update(units=sorted(units))
        _told(by, "source.units", source, units=len(units))


def choose_reading(*, by: Actor, source: Source, choices: Choices) -> None:
    """Saves what is read and when. From then on the source is read."""
    with acting(by):
        state = Source.State.ACTIVE if source.state == Source.State.SETTING_UP else source.state
        Source.objects.filter(pk=source.pk).update(state=state, **asdict(choices))
        _told(by, "source.choose", source)


def pause(*, by: Actor, source: Source, paused: bool) -> None:
    """A reading that is under way goes on to its end."""
    states = (Source.State.ACTIVE, Source.State.PAUSED)
    before, after = states if paused else states[::-1]
    with acting(by):
        Source.objects.filter(pk=source.pk, state=before).update(state=after, noticed_at=None)
        _told(by, "source.pause" if paused else "source.resume", source)


def forget(*, by: Actor, source: Source) -> None:
    """The source, its secrets, its history and what homes announced in it are gone; the register and the attendance
    stay. Raises Refused while it is being read."""
    with acting(by):
        row = _not_busy(source)
        _told(by, "source.forget", row)
        forget_announced(by=by, source=row.key)
        row.delete()
        places.forget(row.key)


def start(
    *,
    by: Actor,
    source: Source,
    kind: str = Kind.READING,
    why: str = Why.PERSON,
    full: bool = False,
    confirmed: bool = False,
) -> SourceRun:
    """A reading or a check in the queue; when one is under way, that one. Raises Refused where nothing is read."""
    with acting(by):
        row = Source.objects.select_for_update().get(pk=source.pk)
        if busy := under_way(row):
            return busy
        if kind == Kind.READING:
            _refuse_unread(row)
            Source.objects.filter(pk=row.pk).update(noticed_at=None)
        _close_dead(row)
        with jobs.queued(_TASKS[Kind(kind)], by=by, kind=f"source.{kind}") as job:
            values: dict[str, Any] = {"kind": kind, "why": why, "full": full, "confirmed": confirmed}
            run = SourceRun.of(source=row, job=job, started_by_id=by.user_id, started_at=now(), **values)
            run.save()
    return run


def under_way(source: Source) -> SourceRun | None:
    """The run whose job lives."""
    running = SourceRun.objects.filter(source=source, state=State.RUNNING).select_related("job")
    return next((run for run in running if run.job and jobs.state_of(run.job).under_way), None)


def _refuse_unread(source: Source) -> None:
    if source.state == Source.State.SETTING_UP:
        raise Refused(NOT_CHOSEN)
    if source.state == Source.State.PAUSED:
        raise Refused(PAUSED)


def _close_dead(source: Source) -> None:
    """Runs whose worker died; what they had done whole stays, and the next goes on from there."""
    dead = SourceRun.objects.filter(source=source, state=State.RUNNING)
    dead.update(state=State.FAILED, finished_at=now(), message=jobs.kept(jobs.INTERRUPTED))


def _not_busy(source: Source) -> Source:
    row: Source = Source.objects.select_for_update().get(pk=source.pk)
    if under_way(row):
        raise Refused(BUSY)
    return row


def _told(by: Actor, action: str, source: Source, **details: Any) -> None:
    touched = audit.Touched()
    touched.saw("sources.Source", [source.pk], **details)
    audit.append(by=by, action=action, touched=touched)
