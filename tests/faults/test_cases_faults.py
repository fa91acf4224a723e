"""The worker dies in the middle of the day's reminders: nothing half is kept, and nobody gets two mails. Each step runs
in a process of its own, on SQLite over a data directory of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.databases import OwnDatabase
from tests.web.mail_server import mail_server

REPOSITORY = Path(__file__).parents[2]
WAITING = {"passed_on": 0, "entries": 0, "claimed": 0}


def _python(data: Path, code: str, **more: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "NARVARO_DATA": str(data), "DJANGO_SETTINGS_MODULE": "narvaro.config.settings", **more}
    environment.pop("DATABASE_URL", None)
    setup = "import django; django.setup(); from tests.faults.test_cases_faults import *; "
    command = [sys.executable, "-c", setup + code]
    return subprocess.Popen(command, cwd=REPOSITORY, env=environment, text=True, stdout=subprocess.PIPE)


def _run(data: Path, code: str, **more: str) -> Any:
    process = _python(data, f"print(json.dumps({code}))", **more)
    told, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return json.loads(told.splitlines()[-1])


@pytest.fixture(scope="module")
def prepared(own_database: OwnDatabase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    own_database(data)
    assert _run(data, "prepare()") > 3
    return data


@pytest.fixture
def data(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "data"))


def test_killed_while_passing_on_nothing_half_is_kept(data: Path) -> None:
    with _python(data, "die_after(2); remind()") as worker:
        assert worker.wait(60) == -signal.SIGKILL
    assert _run(data, "told()") == WAITING
    done = _run(data, "[remind(), told()]")[1]
    assert done["passed_on"] == done["entries"] > 3
    assert _run(data, "[remind(), told()]")[1] == done


def test_killed_between_noting_a_mail_and_sending_it_nobody_gets_two(data: Path) -> None:
    with mail_server() as box:
        server = {"NARVARO_EMAIL_HOST": "127.0.0.1", "NARVARO_EMAIL_PORT": str(box.port)}
        with _python(data, "die_at_the_mail(); remind(mail=True)", **server) as worker:
            assert worker.wait(60) == -signal.SIGKILL
        assert _run(data, "told()")["claimed"] == 1
        people = _run(data, "remind(mail=True)", **server)
        assert _run(data, "remind(mail=True)", **server) == 0
    addresses = [each["To"] for each in box.mails]
    assert len(addresses) == len(set(addresses)) == people


# --- what the steps' processes do ---


def _late() -> Any:
    import time_machine

    return time_machine.travel("2026-05-28T07:00:00+02:00", tick=False)


def _system() -> Any:
    from narvaro.contexts.register.models import Authority
    from narvaro.core.actor import Actor

    return Actor.system(Authority.objects.get(name="Exempelkommun").pk)


def prepare() -> int:
    """How many tasks wait."""
    import time_machine

    from narvaro.contexts.cases.models import Task
    from narvaro.core.scope import acting
    from tests.web.cases import decide_year, opened
    from tests.web.world import TODAY, build_world

    with time_machine.travel(f"{TODAY}T10:00:00+02:00", tick=False):
        world = build_world()
        decide_year(world)
        opened(world)
        opened(world, "Bilal")
        opened(world, "Casper", by="ekbacken_principal", step=4)
    with acting(_system()):
        return int(Task.objects.count())


def remind(*, mail: bool = False) -> int:
    from narvaro.contexts.cases import digest, reminding

    with _late():
        system = _system()
        reminding.remind(system)
        return digest.send_digests(system.authority_id) if mail else 0


def die_after(times: int) -> None:
    from narvaro.contexts.cases import reminding

    real, left = reminding._told, [times]

    def soon_killed(*given: Any) -> None:
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        real(*given)

    reminding._told = soon_killed


def die_at_the_mail() -> None:
    from narvaro.contexts.cases import digest

    digest.EmailMessage.send = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment,return-value]


def told() -> dict[str, int]:
    from narvaro.contexts.cases.models import Digest, Entry, Task
    from narvaro.core.scope import acting

    with acting(_system()):
        return {
            "passed_on": Task.objects.exclude(escalated_to="").count(),
            "entries": Entry.objects.filter(kind="escalated").count(),
            "claimed": Digest.objects.count(),
        }
