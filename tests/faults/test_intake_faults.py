"""The worker dies in the middle of an import: the last snapshot stays, the job is found, and starting again finishes it
once (DR1, DR13). Each step runs in a process of its own, over a data directory of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.databases import OwnDatabase

REPOSITORY = Path(__file__).parents[2]
PUPILS, DAYS = 400, 20


def _python(data: Path, code: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "NARVARO_DATA": str(data), "DJANGO_SETTINGS_MODULE": "narvaro.config.settings"}
    setup = "import django; django.setup(); from tests.faults.test_intake_faults import *; "
    command = [sys.executable, "-c", setup + code]
    return subprocess.Popen(command, cwd=REPOSITORY, env=environment, text=True, stdout=subprocess.PIPE)


def _run(data: Path, code: str) -> Any:
    process = _python(data, f"print(json.dumps({code}))")
    told, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return json.loads(told.splitlines()[-1])


@pytest.fixture(scope="module")
def prepared(own_database: OwnDatabase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that has been tried and whose reading is queued."""
    data = tmp_path_factory.mktemp("data")
    own_database(data)
    assert _run(data, "prepare()") == "ready"
    return data


@pytest.fixture
def data(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "data"))


def test_killed_while_reading_the_last_snapshot_stays_and_the_job_is_found(data: Path) -> None:
    assert _run(data, "commit()") == "reading"
    with _python(data, "work_off()") as worker:
        _wait_for(lambda: any(data.glob("facts/*/wor[k]/*")))
        worker.send_signal(signal.SIGKILL)
        assert worker.wait() == -signal.SIGKILL
    dead = _run(data, "told()")
    assert dead == {"run": "reading", "job": "running", "interrupted": True, "snapshot": 0, "rows": 0, "counts": [0, 0]}
    assert _run(data, "[mark(), told()['job'], mark()]") == [1, "failed", 0]
    assert _run(data, "[commit(), work_off()]") == ["reading", "done"]
    rows = PUPILS * DAYS
    done = {"run": "done", "job": "done", "interrupted": False, "snapshot": 1, "rows": rows, "counts": [rows, rows]}
    assert _run(data, "told()") == done


def test_killed_after_the_facts_were_stored_it_is_not_read_in_twice(data: Path) -> None:
    assert _run(data, "commit()") == "reading"
    with _python(data, "die_before_telling(); work_off()") as worker:
        assert worker.wait(60) == -signal.SIGKILL
    dead = _run(data, "told()")
    assert (dead["run"], dead["interrupted"], dead["snapshot"]) == ("reading", True, 1)
    assert _run(data, "[commit(), work_off()]") == ["reading", "done"]
    rows = PUPILS * DAYS
    done = _run(data, "told()")
    assert (done["run"], done["snapshot"], done["rows"], done["counts"]) == ("done", 1, rows, [rows, rows])


def _wait_for(happened: Any) -> None:
    until = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.002)


# --- what the steps' processes do ---


def prepare() -> str:
    from datetime import date

    from narvaro.contexts.register.models import Authority, Pupil, Unit
    from narvaro.core.actor import Actor
    from narvaro.core.models import Membership, User
    from narvaro.core.scope import acting

    authority = Authority.objects.create(name="Exempelkommun", kind="municipal_organiser")
    Unit.objects.create(authority=authority, code="10000001", name="Strandskolan")
    user = User.objects.create(email="admin@example.se", name="Admin")
    Membership.objects.create(user=user, authority=authority, role="system_administrator", first_day=date(2025, 8, 1))
    with acting(Actor.system(authority.pk)):
        Pupil.objects.bulk_create(Pupil.of(pupil_id=f"e{n}", given_name="E", family_name=str(n)) for n in range(PUPILS))
    _send(user)
    work_off()
    return str(_state())


def _send(user: Any) -> None:
    from narvaro.contexts.intake import places, services
    from narvaro.contexts.intake.uploading import SentFile
    from narvaro.core.accounts import actors_of
    from tests.lesson_files import row, table

    actor = actors_of(user)[0]
    rows = [
        row(elev_id=f"e{pupil}", datum=f"2026-03-{day:02d}") for pupil in range(PUPILS) for day in range(1, DAYS + 1)
    ]
    path = places.new_upload(actor.authority_id)
    path.write_text(table(*rows))
    services.send(by=actor, files=[SentFile(path, "lektioner.csv", path.stat().st_size, "0" * 64, None)])


def commit() -> str:
    from narvaro.contexts.intake import services
    from narvaro.contexts.intake.permissions import run_to_change
    from narvaro.core.accounts import actors_of
    from narvaro.core.models import User
    from narvaro.core.scope import acting

    actor = actors_of(User.objects.get())[0]
    with acting(actor):
        from narvaro.contexts.intake.models import ImportRun

        key = ImportRun.objects.get().key
        services.commit(by=actor, run=run_to_change(actor, key), confirmed=False)
    return str(_state())


def work_off() -> str:
    from django.core.management import call_command

    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    return str(_state())


def die_before_telling() -> None:
    from narvaro.contexts.intake import work

    work._write_stored = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]


def told() -> dict[str, Any]:
    from narvaro.contexts.intake.models import ImportRun
    from narvaro.contexts.intake.places import facts_folder
    from narvaro.core import jobs
    from narvaro.core.scope import acting
    from narvaro.facts.store import Store

    with acting(_system()):
        run = ImportRun.objects.select_related("job").get()
        assert run.job is not None
        current = Store(facts_folder(run.authority_id)).current()
        return {
            "run": run.state,
            "job": run.job.state,
            "interrupted": jobs.state_of(run.job).interrupted,
            "snapshot": current.number,
            "rows": sum(file.rows for file in current.of("facts")),
            "counts": [run.read, run.accepted],
        }


def _state() -> Any:
    from narvaro.contexts.intake.models import ImportRun
    from narvaro.core.scope import acting

    with acting(_system()):
        return ImportRun.objects.get().state


def _system() -> Any:
    from narvaro.contexts.register.models import Authority
    from narvaro.core.actor import Actor

    return Actor.system(Authority.objects.get().pk)


def mark() -> int:
    from narvaro.core import jobs

    return jobs.mark_interrupted()
