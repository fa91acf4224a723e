"""What the worker does with a source: roster, register, what homes announced, lessons, numbers, and only then the
client's memory. Each step is whole or nothing, so a reading that dies anywhere is healed by the next, which begins
where the last good one ended."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from narvaro.contexts.duties.api import load_announced
from narvaro.contexts.register.api import facts_folder, load_roster, pupil_by_source_id, unit_names
from narvaro.contexts.sources import kept, places
from narvaro.contexts.sources.connecting import connection_of, wanted_of
from narvaro.contexts.sources.models import LeftOut, Source, SourceRun
from narvaro.contexts.sources.own_findings import left_out_of, own_findings, register_counts
from narvaro.contexts.sources.subscribing import keep_subscribed
from narvaro.contexts.warnings.api import run_measures
from narvaro.core import audit, jobs
from narvaro.core.actor import Actor
from narvaro.core.clock import now, today
from narvaro.core.scope import acting
from narvaro.facts.errors import HeldForConfirmation
from narvaro.facts.staging import Register
from narvaro.facts.store import Store
from narvaro.language import Message
from narvaro.ss12000.source import READING_LESSONS, READING_ROSTER, opened
from narvaro.ss12000.source import Source as Client

State = SourceRun.State
CHECKED = Message.of("The school system answers.")
READ = Message.of("The school system has been read, and the numbers are counted anew.")
WEEKS_AGAIN_IN_FULL = 12  # registers are mended for weeks after the lesson
HISTORY = timedelta(days=180)
# Where each part lies in the whole work, in hundredths.
PARTS = {READING_ROSTER: (0, 25), READING_LESSONS: (25, 85)}
COUNTING = 85


def check(running: jobs.Running) -> Message:
    """Signs in, asks for the organisations and what there is. Changes nothing but what is known of the source."""
    run = _run(running)
    with _telling(running, run), _opened(running, run) as client:
        found = client.check()
        there = kept.kept_capabilities(found.capabilities)
        with acting(running.by):
            tree = kept.kept_organisations(found.organisations)
            known = Source.objects.filter(pk=run.source_id)
            known.update(organisations=tree, capabilities=there, standard=found.version)
            _write(running, run, "source.checked", state=State.DONE, capabilities=there)
    return CHECKED


def read(running: jobs.Running) -> Message:
    run = _run(running)
    with _telling(running, run), _opened(running, run) as client:
        _read(running, run, client)
    return READ


def _read(running: jobs.Running, run: SourceRun, client: Client) -> None:
    by, source = running.by, run.source
    store = facts_folder(by.authority_id)
    roster = client.read_roster(full=run.full, confirmed=run.confirmed)
    loaded = load_roster(
        by=by,
        roster=roster,
        source=source.key,
        give_assignments=source.give_assignments,
        confirmed=run.confirmed,
    )
    if announced := client.read_absences():
        load_announced(by=by, source=source.key, read=announced)
    lessons = client.read_lessons(Store(store), register=_register(by), today=today(), confirmed=run.confirmed)
    if loaded.changed or lessons.imported or not _went_well(by, run):
        running.progress(COUNTING, 100)
        run_measures(by=by, store=store)
    reading = client.commit()
    subscribed = keep_subscribed(client, source)
    with acting(by):
        there = kept.merged_capabilities(source.capabilities, reading.capabilities)
        Source.objects.filter(pk=source.pk).update(capabilities=there, **subscribed)
        _write(
            running,
            run,
            "source.read",
            state=State.DONE,
            full=reading.full,
            counts=dict(reading.counts),
            register=register_counts(loaded),
            differences=kept.kept_differences(reading.differences),
            findings=kept.kept_findings((*reading.findings, *own_findings(loaded))),
            capabilities=kept.kept_capabilities(reading.capabilities),
            route=reading.route,
        )
        LeftOut.objects.filter(run__source=source).delete()
        LeftOut.objects.bulk_create(
            [LeftOut.of(run=run, **values) for values in left_out_of(roster, loaded.pupils.rejects)]
        )
        SourceRun.objects.filter(source=source, started_at__lt=now() - HISTORY).delete()


def _run(running: jobs.Running) -> SourceRun:
    with acting(running.by):
        run: SourceRun = SourceRun.objects.select_related("source").get(job__key=running.key)
        return run


@contextmanager
def _opened(running: jobs.Running, run: SourceRun) -> Iterator[Client]:
    source = run.source
    wanted = wanted_of(source, weeks_again=WEEKS_AGAIN_IN_FULL if run.full else 1)
    memory = places.memory(source.key)
    with opened(connection_of(source), wanted, memory, now=now, tell=_teller(running)) as client:
        yield client


def _teller(running: jobs.Running) -> Callable[[str, float], None]:
    def tell(what: str, share: float) -> None:
        first, last = PARTS.get(what, (0, 0))
        running.progress(round(first + (last - first) * min(max(share, 0.0), 1.0)), 100)

    return tell


@contextmanager
def _telling(running: jobs.Running, run: SourceRun) -> Iterator[None]:
    """What went wrong stands in the run as well as in the job. A fault of ours is told without its words."""
    try:
        yield
    except HeldForConfirmation as held:
        _write(running, run, "source.held", state=State.HELD, message=jobs.kept(held.message))
        raise
    except Exception as error:
        message = getattr(error, "message", None)
        said = message if isinstance(message, Message) else jobs.FAULT
        _write(running, run, "source.failed", state=State.FAILED, message=jobs.kept(said))
        raise


def _register(by: Actor) -> Register:
    with acting(by):
        pupils = frozenset(pupil_by_source_id(by))
    return Register(pupils, frozenset(unit.code for unit in unit_names(by.authority_id)))


def _went_well(by: Actor, run: SourceRun) -> bool:
    """The reading before this one came to its end, so the numbers are those of what is stored."""
    with acting(by):
        earlier = SourceRun.objects.filter(source=run.source, kind=SourceRun.Kind.READING).exclude(pk=run.pk)
        states = earlier.order_by("-started_at", "-pk").values_list("state", flat=True)
        return bool(states.first() == State.DONE)


def _write(running: jobs.Running, run: SourceRun, action: str, **values: Any) -> None:
    """The run's new values and the audit row, together. Only counts are told in it."""
    with acting(running.by):
        SourceRun.objects.filter(pk=run.pk).update(finished_at=now(), **values)
        touched = audit.Touched()
        touched.saw("sources.SourceRun", [run.pk], by=running.started_by, full=run.full)
        audit.append(by=running.by, action=action, touched=touched)
