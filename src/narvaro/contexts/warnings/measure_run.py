"""After facts changed: every pupil's numbers and warnings anew (M03). Computed outside any transaction, written pupil
by pupil in small ones, so that nobody waits for a page meanwhile. A pupil's numbers and warnings change together."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from narvaro.contexts.attendance.api import Measured, RunFacts, clear_measures, finish_run, write_measures
from narvaro.contexts.plan.api import plan_in_force
from narvaro.contexts.register.api import Placement, pupil_by_source_id
from narvaro.contexts.warnings.raising import close_others, raise_warnings
from narvaro.core import audit
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.scope import acting
from narvaro.domain.absence import NO_MINUTES
from narvaro.domain.plan import Plan
from narvaro.domain.school_calendar import date_of
from narvaro.domain.warnings import Warning
from narvaro.facts.by_pupil import make_by_pupil
from narvaro.facts.judging import Belonging, warnings
from narvaro.facts.measures import Snapshot
from narvaro.facts.overview import first_day_shown
from narvaro.facts.store import Store

PUPILS_AT_A_TIME = 20

Computed = list[tuple[Measured, list[Warning]]]


def run_measures(*, by: Actor, store: Path) -> RunFacts | None:
    """From the newest snapshot in ``store``, by the plan in force on its last day. None when it holds no facts: then no
    numbers stand and no warnings are open."""
    manifest = Store(store).current()
    if not manifest.of("facts"):
        _nothing_left(by)
        return None
    with Snapshot(store, manifest) as snapshot:
        as_of = date_of(snapshot.as_of)
        with acting(by):
            plan, places = plan_in_force(by, as_of), pupil_by_source_id(by)
        computed, facts = _computed(snapshot, manifest.number, plan, places)
    make_by_pupil(store, manifest)
    _write(by, plan, computed, facts)
    return facts


def _nothing_left(by: Actor) -> None:
    with acting(by):
        close_others(by=by, as_of=today(), pupils=())
        clear_measures(by=by)


def _computed(
    snapshot: Snapshot, number: int, plan: Plan, places: Mapping[str, Placement]
) -> tuple[Computed, RunFacts]:
    summaries = snapshot.summaries(occasion=plan.occasion)
    belonging = {pupil_id: Belonging(place.form or None, place.grade or None) for pupil_id, place in places.items()}
    raised = warnings(snapshot, plan, belonging)
    weeks = snapshot.weeks(first_day=first_day_shown(snapshot))
    computed: Computed = []
    for pupil_no, summary in summaries.items():
        if place := places.get(summary.pupil_id):
            measured = Measured(
                pupil=place.pk,
                unit=place.unit_pk,
                group_name=place.group,
                grade=place.grade,
                summary=summary,
                weeks=tuple(weeks.get(pupil_no, ())),
            )
            computed.append((measured, raised.get(pupil_no, [])))
    facts = RunFacts(
        snapshot=number,
        as_of=date_of(snapshot.as_of),
        first_day=date_of(snapshot.first_day),
        minutes=sum((each.minutes for each in summaries.values()), NO_MINUTES),
        unmatched_pupils=len(summaries) - len(computed),
    )
    return computed, facts


def _write(by: Actor, plan: Plan, computed: Computed, facts: RunFacts) -> None:
    for some in _batches(computed):
        with _leaving_room(), acting(by):
            write_measures(by=by, as_of=facts.as_of, measured=[measured for measured, _ in some])
            raised = {measured.pupil: found for measured, found in some}
            raise_warnings(by=by, plan=plan, as_of=facts.as_of, raised=raised)
    pupils = [measured.pupil for measured, _ in computed]
    with acting(by):
        close_others(by=by, as_of=facts.as_of, pupils=pupils)
        finish_run(by=by, facts=facts, pupils=pupils)
        touched = audit.Touched()
        touched.saw("attendance.MeasureRun", [facts.snapshot], pupils=len(pupils))
        audit.append(by=by, action="measures.run", touched=touched)


@contextmanager
def _leaving_room() -> Iterator[None]:
    """As much time after a transaction as it took: on SQLite one writes at a time, and every page writes its audit."""
    started = time.monotonic()
    yield
    time.sleep(time.monotonic() - started)


def _batches(computed: Computed) -> Iterator[Sequence[tuple[Measured, list[Warning]]]]:
    remaining = iter(computed)
    while some := list(islice(remaining, PUPILS_AT_A_TIME)):
        yield some
