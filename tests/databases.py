"""A database of its own, for what several processes do to one at the same time."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from narvaro.config.sqlite import LIBRARY

# PostgreSQL is told the authority of each transaction, for its row-level security (core/scope.py).
ASKED_BESIDES = 1 if os.environ.get("DATABASE_URL", "").startswith("postgres") else 0
ROOT = Path(__file__).resolve().parents[1]
# Makes one in the data directory that it is given, migrated and empty, of the kind that the run is on, and says the
# surroundings by which a process finds it.
OwnDatabase = Callable[[Path], dict[str, str]]


def copy_of_the_runs(path: Path) -> Path:
    """The SQLite database of this process as it is between two tests; to migrate another would take seconds. Here they
    pass only where no test asks that database, so that pytest-django has not made it."""
    call_command("migrate", verbosity=0)
    with closing(LIBRARY.connect(path)) as file:
        connection.connection.backup(file)
    return path


def own_database(migrated: Path | None, folder: Path) -> dict[str, str]:
    surroundings = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "NARVARO_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "narvaro.config.settings",
    }
    if migrated:
        folder.mkdir(exist_ok=True)
        shutil.copy(migrated, folder / "narvaro.sqlite3")
    else:
        surroundings["DATABASE_URL"] = _new_in_server(os.environ["DATABASE_URL"])
        run(surroundings, "-m", "django", "migrate", "--verbosity", "0", "--skip-checks")
    return surroundings


def _new_in_server(address: str) -> str:
    import psycopg

    name = f"own_{uuid.uuid4().hex}"
    with closing(psycopg.connect(address, autocommit=True)) as connection:
        connection.execute(f"create database {name}")
    before, _, after = address.partition("?")
    return f"{before.rpartition('/')[0]}/{name}?{after}"


def run(surroundings: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], env=surroundings, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_together(surroundings: Mapping[str, str], times: int, *arguments: str) -> list[str]:
    """The same command in several processes at once; what each printed."""
    started = [
        subprocess.Popen([sys.executable, *arguments], env=surroundings, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _each in range(times)
    ]
    printed = [process.communicate(timeout=300)[0] for process in started]
    assert [process.returncode for process in started] == [0] * times
    return printed
