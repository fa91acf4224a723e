"""From a provider of SS 12000 to the database and the facts: a simulated week ends in the simulator's truth."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from narvaro.contexts.attendance.models import MeasureRun
from narvaro.contexts.duties.models import AnnouncedAbsence
from narvaro.contexts.register.api import facts_folder
from narvaro.contexts.register.models import Authority, Custody, Enrolment, Mentorship, ProtectedIdentity, Pupil
from narvaro.contexts.sources import services
from narvaro.contexts.sources.models import Source, SourceRun
from narvaro.core.actor import Actor
from narvaro.core.clock import now, today
from narvaro.core.models import Membership, User
from narvaro.core.scope import acting
from narvaro.domain.school_calendar import date_of
from narvaro.facts.measures import Snapshot
from narvaro.facts.store import Store
from narvaro.simulator import Served, Simulation, served

DAY = date(2025, 11, 5)
PUPILS, WEEKS = 30, 1


@pytest.fixture(scope="module")
def simulation() -> Iterator[Simulation]:
    with Simulation(pupils=PUPILS, day=DAY, weeks=WEEKS) as made:
        yield made


@pytest.fixture(scope="module")
def at(simulation: Simulation) -> Iterator[Served]:
    with served(simulation) as serving:
        yield serving


@pytest.fixture(autouse=True)
def frozen_day(simulation: Simulation) -> Iterator[time_machine.Traveller]:
    """The clock of the simulation, which lets lessons begin."""
    with time_machine.travel(simulation.now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def by(db: None, settings: Any) -> Actor:
    settings.SOURCE_HOSTS, settings.ADDRESS = frozenset({"127.0.0.1"}), "http://127.0.0.1:9"
    authority = Authority.objects.create(name="Exempelkommun", kind="municipal_organiser", code="0999")
    user = User.objects.create(email="admin@example.se", name="Admin")
    row = Membership.objects.create(user=user, authority=authority, role="system_administrator", first_day=DAY)
    return replace(Actor.system(authority.pk), user_id=user.pk, role=row.role, membership_id=row.pk)


def connect(by: Actor, at: Served) -> Source:
    address = services.Address(name="Simulatorn", base_url=at.address, auth="bearer", token=at.access.token)
    source = services.add(by=by, address=address)
    choices = services.Choices(
        guardians=True,
        identity_numbers=True,
        give_assignments=True,
        only_deviations=False,
        always_marked=True,
        hour=None,
    )
    services.choose_reading(by=by, source=source, choices=choices)
    return source


def read(by: Actor, source: Source, **how: Any) -> SourceRun:
    services.start(by=by, source=source, **how)
    with acting(by):
        run: SourceRun = SourceRun.objects.filter(source=source, kind="reading").latest("pk")
    assert run.state == "done", run.message
    return run


def test_a_simulated_week_ends_in_the_simulators_truth(
    by: Actor, simulation: Simulation, at: Served, frozen_day: Any
) -> None:
    source, truth = connect(by, at), simulation
    first = read(by, source, full=True)
    assert lessons_stored(by) == lessons_in_truth(truth)
    with acting(by):
        assert enrolled() == enrolled_in_truth(truth)
        assert ProtectedIdentity.objects.count() == first.counts["protected"] > 0
        assert Custody.objects.values("guardian").distinct().count() == first.counts["guardians"] > 0
        assert Mentorship.objects.exists()
        assert not Pupil.objects.filter(identity_hash=None).exists()
        assert MeasureRun.objects.count() == 1
        assert Source.objects.get().subscription_ends > now() + timedelta(days=30)
    assert Membership.objects.filter(role="mentor", source=source.key).exists()
    with acting(by):
        assert announced() == announced_in_truth(truth) != set()
    truth.step(days=1)
    frozen_day.move_to(truth.now)
    again = read(by, source)
    assert not again.full
    assert again.counts["attendance_rows"] > 0
    assert lessons_stored(by) == lessons_in_truth(truth)
    with acting(by):
        assert enrolled() == enrolled_in_truth(truth)
        assert announced() == announced_in_truth(truth)


def announced() -> set[tuple[str, str, datetime, datetime]]:
    rows = AnnouncedAbsence.objects.values_list("source_id", "pupil__pupil_id", "starts", "announced_at")
    return set(rows)


def announced_in_truth(truth: Simulation) -> set[tuple[str, str, datetime, datetime]]:
    """Whatever a guardian has told of the latest four weeks: all that there is of this simulation."""
    rows = truth.rows(
        """select a.id::varchar, p.id::varchar, a.starts, a.modified from absence as a
        join person as p on p.nr = a.person
        join responsible as r on r.person = a.person and r.adult = a.registered_by
        where a.type = 'Anmäld frånvaro' and r.relation = 'Vårdnadshavare'"""
    )
    return {(id, pupil, starts.replace(tzinfo=UTC), at.replace(tzinfo=UTC)) for id, pupil, starts, at in rows}


def lessons_in_truth(truth: Simulation) -> set[tuple[Any, ...]]:
    return {
        (each.pupil_id, each.date, each.lesson_id, each.offered, each.is_reported, each.valid or 0, each.invalid or 0)
        for each in truth.truth_lessons()
    }


def enrolled() -> set[tuple[str, str]]:
    rows = Enrolment.objects.filter(first_day__lte=today()).exclude(last_day__lt=today())
    return set(rows.values_list("pupil__pupil_id", "unit__code"))


def enrolled_in_truth(truth: Simulation) -> set[tuple[str, str]]:
    return {
        (each.pupil_id, each.unit_code)
        for each in truth.truth_roster().pupils
        if not each.is_cancelled and each.first_day <= today() <= (each.last_day or date.max)
    }


def lessons_stored(by: Actor) -> set[tuple[Any, ...]]:
    columns = "pupil_no, day_no, lesson_id, offered_min, reported, valid_min, invalid_min"
    store = Store(facts_folder(by.authority_id))
    with Snapshot(store.root, store.current()) as snapshot:
        rows = snapshot.engine.query(f"select {columns} from facts")
        return {
            (snapshot.pupil_ids[pupil], date_of(day), lesson, offered, bool(reported), valid or 0, invalid or 0)
            for pupil, day, lesson, offered, reported, valid, invalid in rows
        }
