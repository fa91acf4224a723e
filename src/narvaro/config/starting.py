"""Bringing the application up, for commands: its settings, its tables, its static files."""

import hashlib
import os
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from narvaro.config.sqlite.damage import mark_as_own, refuse_damaged

STAMP = ".collected"


def start() -> None:
    """Before anything of Django is imported that needs its settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "narvaro.config.settings")
    django.setup()


def make_tables() -> None:
    """Makes or updates them; nothing to do, nothing done. Raise Refused for a database file that is damaged."""
    file = _database_file()
    if file:
        refuse_damaged(file)
    call_command("migrate", verbosity=0, interactive=False)
    if file:
        mark_as_own(file)
    call_command("createcachetable", verbosity=0)


def _database_file() -> Path | None:
    default = settings.DATABASES["default"]
    return Path(default["NAME"]) if default["ENGINE"] == "narvaro.config.sqlite" else None


def collect_static() -> None:
    """Compressed once for each state of the program's files, so that a later start takes no time."""
    stamp, wanted = settings.STATIC_ROOT / STAMP, _state_of_files()
    if not stamp.exists() or stamp.read_text("ascii") != wanted:
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(wanted, "ascii")


def _state_of_files() -> str:
    state = hashlib.sha256()
    for path in sorted(Path(settings.SOURCE).glob("**/static/**/*")):
        about = path.stat()
        state.update(f"{path.name} {about.st_size} {about.st_mtime_ns}\n".encode())
    return state.hexdigest()
