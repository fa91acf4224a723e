"""Bringing the application up, for commands: its settings, its tables, its static files."""

import hashlib
import os
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

STAMP = ".collected"


def start() -> None:
    """Before anything of Django is imported that needs its settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "narvaro.config.settings")
    django.setup()


def make_tables() -> None:
    """Makes or updates them; nothing to do, nothing done."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


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
