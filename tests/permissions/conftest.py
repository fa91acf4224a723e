"""One world a file; every request in it is undone."""

import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from narvaro.core.audit import chain_of
from narvaro.core.models import AuditHead
from tests.permissions.asking import Asker
from tests.permissions.oracle import law
from tests.permissions.people import TODAY, people
from tests.permissions.world import build


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Open for a whole file, where pytest-django's own is for one test."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def asker(db: None) -> Iterator[Asker]:
    rules = law()
    with (
        time_machine.travel(f"{TODAY}T10:00:00+02:00", tick=False),
        transaction.atomic(),
    ):
        world = build(people(tuple(rules["roles"])))
        AuditHead.objects.bulk_create(AuditHead(chain=chain_of(each.pk)) for each in world.authorities.values())
        for person in world.people.values():
            world.client(person)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:  # as at the end of a transaction
                cursor.execute("select set_config('narvaro.authority', '', true)")
        yield Asker(world, rules)
        transaction.set_rollback(True)


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """Everything that is logged, of all loggers."""
    text = StringIO()
    handler = logging.StreamHandler(text)
    logging.getLogger().addHandler(handler)
    yield text
    logging.getLogger().removeHandler(handler)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [*terminalreporter.stats.get("passed", ()), *terminalreporter.stats.get("failed", ())]
    cases = sum(value for report in reports for name, value in report.user_properties if name == "cases")
    if cases:
        terminalreporter.write_line(f"{cases} cases of the permission matrix, on {connection.vendor}")
