"""The same surroundings everywhere: no network (pyproject.toml), one zone, the same generated examples in every run."""

import gc
import os
import time
from functools import partial
from typing import Any

import pytest
from hypothesis import settings

from tests.databases import OwnDatabase, copy_of_the_runs, own_database

# Not Europe/Stockholm, so that code which forgets to say its zone is seen.
os.environ.update(TZ="UTC", LC_ALL="C.UTF-8", COLUMNS="120", NO_COLOR="1")
os.environ.pop("FORCE_COLOR", None)
time.tzset()
# As in the server (config/wsgi.py), a twentieth less.
gc.set_threshold(100_000, 50, 50)

settings.register_profile("steady", derandomize=True, deadline=None)
# pytest --hypothesis-profile=thorough looks for new examples; what it finds becomes an @example.
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile("steady")


@pytest.fixture(scope="session", name="own_database")
def _own_database(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> OwnDatabase:
    if "DATABASE_URL" in os.environ:
        return partial(own_database, None)
    with django_db_blocker.unblock():
        return partial(own_database, copy_of_the_runs(tmp_path_factory.mktemp("migrated") / "narvaro.sqlite3"))
