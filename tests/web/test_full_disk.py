"""A database without room (DR3): a note is not half saved, the page says so, what fits goes on, and room heals all."""

import io
import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from narvaro.contexts.cases.api import CaseCard
from narvaro.contexts.cases.models import Entry
from narvaro.core import logs
from narvaro.core.models import AuditEntry
from narvaro.core.scope import acting
from tests.web.cases import opened
from tests.web.conftest import As
from tests.web.met import system
from tests.web.test_databases import on_sqlite
from tests.web.world import TODAY, World

pytestmark = on_sqlite
SAID = "Servern har inget utrymme kvar"
LONG = "Hemligt om morgnarna. " * 800


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logs.set_up(stream)
    yield stream
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def room() -> Iterator[Any]:
    """Lets the database grow by so many pages and no further."""

    def grow(pages: int) -> None:
        with connection.cursor() as cursor:
            (size,) = cursor.execute("pragma page_count").fetchone()
            cursor.execute(f"pragma max_page_count = {size + pages}")

    yield grow
    grow(1_000_000)


def write(client: Client, case: CaseCard, text: str) -> Any:
    given = {"token": str(uuid4()), "day": TODAY.isoformat(), "text": text}
    return client.post(reverse("case_note", args=[case.key]), given)


def kept(world: World) -> tuple[int, int]:
    with acting(system(world)):
        return Entry.objects.count(), AuditEntry.objects.count()


def test_a_note_without_room_is_not_saved_and_reading_goes_on(
    world: World, signed_in: As, room: Any, log: io.StringIO
) -> None:
    case, client = opened(world), signed_in("mentor")
    before = kept(world)
    room(2)
    answer = write(client, case, LONG)
    assert answer.status_code == 503
    assert SAID in answer.content.decode()
    assert kept(world) == before
    assert "the disk is full" in log.getvalue()
    assert not any(word in log.getvalue() for word in ("Hemligt", "Alva", "morgnarna"))
    assert client.get(reverse("case", args=[case.key])).status_code == 200
    room(1_000)
    assert write(client, case, LONG).status_code == 302
    assert kept(world)[0] == before[0] + 1


def test_with_no_room_for_the_audit_nothing_about_a_pupil_is_shown(
    world: World, signed_in: As, room: Any, log: io.StringIO
) -> None:
    case, client = opened(world), signed_in("mentor")
    room(0)
    answers = [client.get(reverse("case", args=[case.key])) for _ in range(60)]
    refused = [each for each in answers if each.status_code == 503]
    assert {each.status_code for each in answers} == {200, 503}
    assert all(SAID in each.content.decode() and "Alva" not in each.content.decode() for each in refused)
    assert client.get(reverse("health")).status_code == 200
    room(1_000)
    assert client.get(reverse("case", args=[case.key])).status_code == 200
