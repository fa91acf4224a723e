"""Long work is done once, told in its row, and found when it failed; what went wrong never says a value."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from narvaro.core import jobs
from narvaro.core.errors import Refused
from narvaro.core.models import Job
from narvaro.core.scope import acting
from narvaro.language import Message
from tests.web.world import World

DONE = Message.of("Importing {file} is done.", file="x")


@pytest.fixture
def job(world: World) -> Job:
    with acting(world.actor("system_administrator")):
        made = Job.of(kind="test", user=world.users["system_administrator"], created_at=timezone.now())
        made.save()
    return made


def seen(world: World, job: Job) -> Job:
    with acting(world.actor("system_administrator")):
        return Job.objects.get(pk=job.pk)


def test_a_job_is_done_once(world: World, job: Job) -> None:
    started: list[int | None] = []

    def work(running: jobs.Running) -> Message:
        started.append(running.started_by)
        running.progress(3, 10)
        assert not jobs.state_of(seen(world, job)).interrupted
        jobs.run(world.organiser.pk, str(job.key), work)
        return DONE

    jobs.run(world.organiser.pk, str(job.key), work)
    jobs.run(world.organiser.pk, str(job.key), work)
    assert started == [world.users["system_administrator"].pk]
    after = seen(world, job)
    assert (after.state, after.done, after.total) == ("done", 10, 10)
    assert jobs.restored(after.message) == DONE


def test_progress_is_written_at_most_once_a_second(
    world: World, job: Job, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    moment = [100.0]
    monkeypatch.setattr(jobs.time, "monotonic", lambda: moment[0])

    def work(running: jobs.Running) -> Message:
        running.progress(1, 10)
        with django_assert_num_queries(0):
            running.progress(2, 10)
        assert seen(world, job).done == 1
        moment[0] += 1
        running.progress(3, 10)
        assert seen(world, job).done == 3
        return DONE

    jobs.run(world.organiser.pk, str(job.key), work)
    assert seen(world, job).state == "done"


@pytest.mark.parametrize(
    ("error", "said"),
    [(Refused(Message.of("Only the latest.")), "Only the latest."), (ValueError("Alva Bergqvist"), jobs.FAULT.text)],
)
def test_what_goes_wrong_is_told_without_values(
    world: World, job: Job, error: Exception, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    def work(running: jobs.Running) -> Message:
        raise error

    jobs.run(world.organiser.pk, str(job.key), work)
    failed = seen(world, job)
    assert (failed.state, (failed.message or {})["text"]) == ("failed", said)
    assert "Alva" not in caplog.text


def test_a_worker_that_is_told_to_stop_leaves_a_failed_job(world: World, job: Job) -> None:
    def work(running: jobs.Running) -> Message:
        raise SystemExit(1)

    with pytest.raises(SystemExit):
        jobs.run(world.organiser.pk, str(job.key), work)
    assert seen(world, job).state == "failed"


def test_a_job_nobody_holds_is_seen_as_interrupted_and_marked(world: World, job: Job) -> None:
    with acting(world.actor("system_administrator")):
        Job.objects.filter(pk=job.pk).update(state="running")
    assert jobs.state_of(seen(world, job)).interrupted
    assert seen(world, job).state == "running"
    assert jobs.mark_interrupted() == 1
    assert seen(world, job).state == "failed"


def test_a_job_that_waits_long_says_so(world: World, job: Job, frozen_day: Any) -> None:
    assert not jobs.state_of(job).waits_long
    frozen_day.shift(jobs.LONG_TO_WAIT.total_seconds() + 1)
    assert jobs.state_of(job).waits_long


def test_an_unknown_job_is_no_job(world: World) -> None:
    jobs.run(world.organiser.pk, str(uuid.uuid4()), lambda running: pytest.fail("was begun"))


def test_the_database_learns_its_tables_when_a_job_is_done(world: World, job: Job) -> None:
    """So that SQLite looks up a school's pupils instead of going through the authority's."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps them by itself")
    jobs.run(world.organiser.pk, str(job.key), lambda running: Message.of("Done."))
    with connection.cursor() as cursor:
        rows = cursor.execute("select stat from sqlite_stat1 where tbl = 'register_enrolment'").fetchall()
    assert rows
    assert all(int(stat.split()[0]) > 1 for (stat,) in rows)
