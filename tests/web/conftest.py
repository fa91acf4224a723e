"""The small municipality, the frozen day, and a client signed in as somebody."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import translation

from tests.web.world import TODAY, World, build_world

As = Callable[[str], Client]
ASKS_A_DATABASE = {"db", "own_database"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL those that ask it: the others say there what they say on SQLite, where all of them run."""
    if connection.vendor == "postgresql":
        others = [each for each in items if ASKS_A_DATABASE.isdisjoint(each.fixturenames)]  # type: ignore[attr-defined]
        config.hook.pytest_deselected(items=others)
        items[:] = [each for each in items if each not in others]


@pytest.fixture(autouse=True)
def frozen_day() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(f"{TODAY}T10:00:00+02:00", tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def swedish() -> Iterator[None]:
    """A request leaves its language behind in the thread, and the next test's file is whichever comes."""
    with translation.override("sv"):
        yield


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def signed_in(world: World) -> As:
    """``signed_in("mentor")``: a client with that person's session."""

    def client_of(role: str) -> Client:
        client = Client()
        client.force_login(world.users[role], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return client_of
