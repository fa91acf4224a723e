"""The worker is killed while it reads a school system: the last good state stays, and the next reading heals it
(DR13). Every death is a process of its own, over one data directory, each after what the one before left."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.databases import OwnDatabase

REPOSITORY = Path(__file__).parents[2]
# Where it dies: what is called, and what is stored by then: pupils in the register, rows of lessons, times remembered.
DEATHS = (
    ("read_absences", {"pupils": 2, "rows": 0, "remembered": 0}),
    ("read_lessons", {"pupils": 2, "rows": 0, "remembered": 0}),
    ("run_measures", {"pupils": 2, "rows": 2, "remembered": 0}),
    ("kept_findings", {"pupils": 2, "rows": 2, "remembered": 1}),
)


def _run(data: Path, code: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "NARVARO_DATA": str(data), "DJANGO_SETTINGS_MODULE": "narvaro.config.settings"}
    setup = "import django; django.setup(); from tests.faults.test_sources_faults import *; "
    return subprocess.run(
        [sys.executable, "-c", setup + code],
        cwd=REPOSITORY,
        env=environment,
        text=True,
        capture_output=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def data(own_database: OwnDatabase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("data")
    own_database(made)
    done = _run(made, "prepare()")
    assert done.returncode == 0, done.stderr
    return made


def test_killed_in_any_step_the_next_reading_heals(data: Path) -> None:
    before: dict[str, int] = {"pupils": 0, "rows": 0, "remembered": 0}
    for where, stored in DEATHS:
        died = _run(data, f"read(die_at={where!r})")
        assert died.returncode == -signal.SIGKILL, (where, died.stderr)
        (found,) = told(died)
        assert {name: found[name] for name in before} == before, where
        before = stored
    done = _run(data, "read()")
    assert done.returncode == 0, done.stderr
    dead, healed = told(done)
    assert {name: dead[name] for name in before} == before
    assert (dead["interrupted"], dead["latest"]) == (True, "running")
    assert healed["states"] == ["failed"] * len(DEATHS) + ["done"]
    assert (healed["pupils"], healed["rows"], healed["remembered"], healed["measured"]) == (2, 2, 2, True)


def told(process: "subprocess.CompletedProcess[str]") -> list[dict[str, Any]]:
    """The state before a reading, and after it where there is an after."""
    return [json.loads(line) for line in process.stdout.splitlines() if line.startswith("{")]


# --- what the steps' processes do ---


def prepare() -> None:
    from datetime import date

    from narvaro.contexts.register.models import Authority
    from narvaro.contexts.sources import services
    from narvaro.core.accounts import actors_of
    from narvaro.core.models import Membership, User
    from tests.web.school_system import ADDRESS, CHOICES

    authority = Authority.objects.create(name="Exempelkommun", kind="municipal_organiser")
    user = User.objects.create(email="admin@example.se", name="Admin")
    Membership.objects.create(user=user, authority=authority, role="system_administrator", first_day=date(2025, 8, 1))
    (by,) = actors_of(user)
    _in_its_place()
    source = services.add(by=by, address=ADDRESS)
    _work_off()
    services.choose_reading(by=by, source=source, choices=CHOICES)


def read(die_at: str = "") -> None:
    from narvaro.contexts.sources import services
    from narvaro.contexts.sources.models import Source
    from narvaro.core.accounts import actors_of
    from narvaro.core.models import User
    from narvaro.core.scope import acting

    (by,) = actors_of(User.objects.get(email="admin@example.se"))
    with acting(by):
        source = Source.objects.get()
    print(json.dumps(state()), flush=True)
    services.start(by=by, source=source)
    _in_its_place(die_at)
    _work_off()
    print(json.dumps(state()), flush=True)


def _in_its_place(die_at: str = "") -> None:
    from django.conf import settings

    from narvaro.contexts.sources import kept, work
    from tests.lesson_files import row, table
    from tests.web.school_system import SchoolSystem
    from tests.web.test_register_rosters import line, roster

    lessons = Path(settings.DATA) / "lektioner.csv"
    rows = [row(elev_id=pupil, skolenhetskod="1001", datum="2026-05-04") for pupil in ("e-alva", "e-bilal")]
    lessons.write_text(table(*rows))
    system = SchoolSystem(roster=roster(pupils=(line("e-alva"), line("e-bilal"))), lessons=lessons)
    memory = Path(settings.DATA) / "remembered"
    _before(system, "commit", lambda: _remember(memory))
    for place in (system, work, kept):
        if die_at and hasattr(place, die_at):
            _before(place, die_at, lambda: os.kill(os.getpid(), signal.SIGKILL))
    work.opened = system.opened


def _remember(memory: Path) -> None:
    memory.write_text(str(int(memory.read_text() if memory.exists() else 0) + 1))


def _before(place: Any, name: str, act: Callable[[], None]) -> None:
    real = getattr(place, name)

    def acted(*given: Any, **how: Any) -> Any:
        act()
        return real(*given, **how)

    setattr(place, name, acted)


def _work_off() -> None:
    from django.core.management import call_command

    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)


def state() -> dict[str, Any]:
    from django.conf import settings

    from narvaro.contexts.attendance.models import MeasureRun
    from narvaro.contexts.register.api import facts_folder
    from narvaro.contexts.register.models import Authority, Pupil
    from narvaro.contexts.sources.models import SourceRun
    from narvaro.core import jobs
    from narvaro.core.actor import Actor
    from narvaro.core.scope import acting
    from narvaro.facts.store import Store

    memory = Path(settings.DATA) / "remembered"
    authority = Authority.objects.get().pk
    with acting(Actor.system(authority)):
        runs = list(SourceRun.objects.filter(kind="reading").select_related("job").order_by("pk"))
        current = Store(facts_folder(authority)).current()
        return {
            "latest": runs[-1].state if runs else "",
            "states": [run.state for run in runs],
            "interrupted": any(run.job is not None and jobs.state_of(run.job).interrupted for run in runs[-1:]),
            "pupils": Pupil.objects.count(),
            "rows": sum(file.rows for file in current.of("facts")),
            "remembered": int(memory.read_text() if memory.exists() else 0),
            "measured": MeasureRun.objects.exists(),
        }
