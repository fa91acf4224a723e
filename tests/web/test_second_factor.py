"""A second factor: required of those who reach others, asked for at every sign-in, and no way around it."""

import base64
import time
from uuid import uuid4

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail as mails
from django.test import Client, override_settings
from django.urls import reverse

from narvaro.core.access import access
from narvaro.core.models import AuditEntry, Membership
from narvaro.core.second_factor import reaches_others
from tests.web.conftest import As
from tests.web.test_sign_in import sign_in
from tests.web.world import PASSWORD, TODAY, World

SET_UP = "/account/second-factor/set-up"
Clock = time_machine.Traveller
required = override_settings(SECOND_FACTOR="required")


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def set_up(client: Client) -> str:
    """Sets it up as a person does. The key, as the app has it."""
    assert client.get(SET_UP).status_code == 200
    secret: str = client.session["mfa.totp.secret"]
    answer = client.post(SET_UP, {"code": code_for(secret)})
    assert (answer.status_code, answer["Location"]) == (302, "/account/second-factor/recovery-codes")
    return secret


@pytest.fixture
def mentor(world: World) -> Client:
    client = Client()
    assert sign_in(client, "mentor@example.se").status_code == 302
    return client


def test_which_roles_reach_others() -> None:
    assert {role for role in access().roles if not reaches_others(role)} >= {"pupil"}
    assert reaches_others("mentor")
    assert reaches_others("legal_guardian")


@required
def test_every_page_leads_to_setting_it_up(mentor: Client) -> None:
    for path in ("/?q=1", "/account", "/account/password", "/account/second-factor/remove"):
        answer = mentor.get(path)
        assert (answer.status_code, answer["Location"]) == (302, SET_UP), path
    part = mentor.get("/", headers={"hx-request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (401, SET_UP)
    assert mentor.post("/role", {"assignment": "1"})["Location"] == SET_UP
    assert mentor.get("/health").status_code == 200
    assert mentor.get("/account/sign-out").status_code == 200


@required
def test_set_up_it_opens_the_page_one_wanted(mentor: Client) -> None:
    mentor.get("/?q=1")
    set_up(mentor)
    page = mentor.get("/account/second-factor/recovery-codes").content.decode()
    assert 'href="/?q=1"' in page
    assert mentor.get("/").status_code == 200


@required
def test_a_pupil_who_sees_only_themselves_needs_none(world: World, client: Client) -> None:
    sign_in(client, "pupil@example.se")
    assert client.get("/account").status_code == 200


def test_offered_it_is_a_choice(mentor: Client) -> None:
    assert mentor.get("/").status_code == 200
    set_up(mentor)
    assert mentor.post("/account/second-factor/remove").status_code == 302
    assert not Authenticator.objects.exists()
    changes = [each.details["change"] for each in AuditEntry.objects.filter(action="account.security").order_by("pk")]
    assert "totp_deactivated" in changes


def test_at_the_next_sign_in_the_code_is_asked_for(mentor: Client, frozen_day: Clock) -> None:
    secret = set_up(mentor)
    client = Client()
    assert sign_in(client, "mentor@example.se", next="/?q=1")["Location"] == "/account/code"
    assert client.get("/").status_code == 302  # the password alone opens nothing
    assert client.post("/account/code", {"code": "000000"}).status_code == 200
    assert client.get("/").status_code == 302
    frozen_day.shift(60)
    code = code_for(secret)
    assert client.post("/account/code", {"code": code})["Location"] == "/?q=1"
    assert client.get("/").status_code == 200
    replay = Client()
    sign_in(replay, "mentor@example.se")
    assert replay.post("/account/code", {"code": code}).status_code == 200


def test_one_can_leave_the_code_and_sign_in_as_somebody_else(mentor: Client) -> None:
    set_up(mentor)
    client = Client()
    sign_in(client, "mentor@example.se")
    assert client.get("/account/sign-in")["Location"] == "/account/code"
    client.post("/account/sign-out")
    assert client.get("/account/sign-in").status_code == 200
    assert client.get("/account/code").status_code == 302


def test_only_who_came_all_the_way_is_signed_in(mentor: Client) -> None:
    set_up(mentor)
    before = AuditEntry.objects.filter(action="sign_in", decision="granted").count()
    sign_in(Client(), "mentor@example.se")
    assert AuditEntry.objects.filter(action="sign_in", decision="granted").count() == before == 1


def test_the_sixth_wrong_code_is_told_to_wait(mentor: Client, frozen_day: Clock) -> None:
    set_up(mentor)
    client = Client()
    sign_in(client, "mentor@example.se")
    assert [client.post("/account/code", {"code": "000000"}).status_code for _ in range(6)] == [200] * 5 + [429]


def test_a_recovery_code_lets_in_once(mentor: Client) -> None:
    set_up(mentor)
    page = mentor.get("/account/second-factor/recovery-codes").content.decode()
    recovery = page.partition("<code>")[2].partition("</code>")[0]
    answers = []
    for _ in range(2):
        client = Client()
        sign_in(client, "mentor@example.se")
        answers.append(client.post("/account/code", {"code": recovery}).status_code)
    assert answers == [302, 200]


def test_the_key_is_encrypted_where_it_lies(mentor: Client) -> None:
    secret = set_up(mentor)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert base64.b32decode(secret).hex() not in kept


@required
def test_where_it_is_required_it_cannot_be_removed(mentor: Client) -> None:
    set_up(mentor)
    assert mentor.post("/account/second-factor/remove").status_code == 200
    assert Authenticator.objects.filter(type="totp").exists()


def test_changing_it_later_asks_for_the_password_again(mentor: Client, frozen_day: Clock) -> None:
    set_up(mentor)
    frozen_day.shift(6 * 60)
    page = "/account/second-factor/recovery-codes/new"
    asked = mentor.get(page)
    assert asked["Location"].startswith("/account/again/password?next=")
    assert mentor.post(asked["Location"], {"password": "wrong"}).status_code == 200
    assert mentor.post(asked["Location"], {"password": PASSWORD})["Location"] == page
    assert mentor.get(page).status_code == 200


def test_a_session_made_before_it_was_required_is_asked_too(signed_in: As) -> None:
    client = signed_in("mentor")
    assert client.get("/").status_code == 200
    with required:
        assert client.get("/")["Location"] == SET_UP


def reset(world: World, signed_in: As, who: str = "mentor", by: str = "system_administrator") -> int:
    address = reverse("settings_second_factor", args=[world.users[who].key])
    return signed_in(by).post(address, {"token": str(uuid4()), "reason": "lost"}).status_code


def test_a_lost_phone_is_reset_by_the_system_administrator_and_the_person_is_told(
    world: World, signed_in: As, mentor: Client
) -> None:
    set_up(mentor)
    admin = signed_in("system_administrator")
    other = Client()
    sign_in(other, "principal@example.se")
    set_up(other)
    person = reverse("settings_person", args=[world.users["mentor"].key])
    assert reverse("settings_second_factor", args=[world.users["mentor"].key]) in admin.get(person).content.decode()
    assert reset(world, signed_in) == 302
    assert not Authenticator.objects.filter(user=world.users["mentor"]).exists()
    assert Authenticator.objects.filter(user=world.users["principal"]).exists()
    assert mentor.get("/").status_code == 302  # signed out
    (mail,) = mails.outbox  # type: ignore[attr-defined]
    assert mail.to == ["mentor@example.se"]
    assert "Person mentor" in mail.body
    row = AuditEntry.objects.get(action="account.second_factor.reset")
    assert row.details["reason"] == "lost"
    assert reset(world, signed_in) == 409  # there is none any more


def test_a_second_factor_is_not_reset_by_oneself_or_for_another_authority(
    world: World, signed_in: As, mentor: Client
) -> None:
    set_up(mentor)
    assert reset(world, signed_in, by="principal") == 403
    assert reset(world, signed_in, who="system_administrator") == 409
    assert reset(world, signed_in, who="foreign_principal") == 404
    elsewhere = Membership(user=world.users["mentor"], authority=world.social_services, role="social_worker")
    elsewhere.first_day = TODAY
    elsewhere.save()
    assert reset(world, signed_in) == 409
    assert Authenticator.objects.filter(user=world.users["mentor"]).exists()
    elsewhere.delete()
    assert reset(world, signed_in) == 302
