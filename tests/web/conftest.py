"""The small municipality, the frozen day, and a client signed in as somebody."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from tests.web.world import TODAY, World, build_world

As = Callable[[str], Client]


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
