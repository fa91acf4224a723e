"""How long a session lives, and what ends it at once."""

import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from narvaro.core.accounts import close_account, end_membership
from narvaro.core.models import Membership
from tests.web.conftest import As
from tests.web.test_sign_in import sign_in
from tests.web.world import World

MINUTE, HOUR = 60, 3600
Clock = time_machine.Traveller


def is_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def test_a_session_that_is_used_lives_on(signed_in: As, frozen_day: Clock) -> None:
    client = signed_in("mentor")
    for _ in range(6):
        assert is_in(client)
        frozen_day.shift(29 * MINUTE)
    assert is_in(client)


def test_thirty_minutes_without_use_end_it(signed_in: As, frozen_day: Clock) -> None:
    client = signed_in("mentor")
    assert is_in(client)
    frozen_day.shift(30 * MINUTE)
    assert not is_in(client)


def test_ten_hours_end_it_however_it_is_used(signed_in: As, frozen_day: Clock) -> None:
    client = signed_in("mentor")
    assert is_in(client)
    for _ in range(10 * 3 - 1):
        frozen_day.shift(20 * MINUTE)
        assert is_in(client)
    frozen_day.shift(20 * MINUTE)
    assert not is_in(client)


def test_a_lapsed_session_cannot_be_taken_up_again(signed_in: As, frozen_day: Clock) -> None:
    client = signed_in("mentor")
    assert is_in(client)
    cookie = client.cookies["session"].value
    frozen_day.shift(31 * MINUTE)
    assert not is_in(client)
    frozen_day.shift(-31 * MINUTE)
    again = Client()
    again.cookies["session"] = cookie
    assert not is_in(again)


def test_signing_in_makes_a_new_session(world: World, client: Client) -> None:
    known_to_somebody_else = client.session
    known_to_somebody_else["planted"] = "x"
    known_to_somebody_else.save()
    client.cookies["session"] = before = known_to_somebody_else.session_key
    sign_in(client, "mentor@example.se")
    assert is_in(client)
    assert client.cookies["session"].value != before
    assert not Session.objects.filter(pk=before).exists()


def test_ten_hours_count_from_the_sign_in(world: World, client: Client, frozen_day: Clock) -> None:
    session = client.session
    session["session_born"] = session["session_used"] = frozen_day_seconds() - 9 * HOUR
    session.save()
    client.cookies["session"] = session.session_key
    sign_in(client, "mentor@example.se")
    frozen_day.shift(25 * MINUTE)
    assert is_in(client)


def frozen_day_seconds() -> float:
    import time

    return time.time()


def test_a_closed_account_is_out_at_the_next_request(signed_in: As, world: World) -> None:
    client = signed_in("mentor")
    assert is_in(client)
    close_account(by=world.actor("system_administrator"), user=world.users["mentor"])
    assert not is_in(client)


def test_an_account_closed_past_us_is_out_too(signed_in: As, world: World) -> None:
    client, user = signed_in("mentor"), world.users["mentor"]
    assert is_in(client)
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert not is_in(client)
    page = sign_in(Client(), "mentor@example.se")
    assert page["Location"] == "/account/inactive"


def test_an_ended_assignment_is_refused_at_the_next_request(signed_in: As, world: World) -> None:
    client = signed_in("mentor")
    assert client.get("/").status_code == 200
    membership = Membership.objects.get(user=world.users["mentor"])
    end_membership(by=world.actor("system_administrator"), membership=membership)
    assert client.get("/").status_code == 403
