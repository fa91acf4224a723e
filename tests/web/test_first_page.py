"""The way of every request: signed in, by right, audited in the same transaction."""

import re

import pytest
from django.test import Client

from narvaro.contexts.register.models import Pupil
from narvaro.contexts.register.permissions import visible_pupils
from narvaro.core.errors import Forbidden, NoActor
from narvaro.core.models import AuditEntry
from narvaro.core.scope import acting
from tests.web.conftest import As
from tests.web.world import World


def test_a_visitor_is_sent_to_sign_in(db: None, client: Client) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/sign-in?next=/")


def test_a_page_leaves_its_audit_row(signed_in: As) -> None:
    assert signed_in("mentor").get("/").status_code == 200
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.role, entry.decision, entry.seq) == ("today.read", "mentor", "granted", 1)


@pytest.mark.parametrize(
    ("role", "places"),
    [
        ("organiser_officer", {"/plan/", "/duties/schools/", "/settings/"}),
        ("teacher", {"/cases/", "/plan/"}),
        ("evaluator", {"/plan/"}),
        ("social_worker", set()),
        ("mentor", set()),
    ],
)
def test_who_has_no_pupils_on_it_is_led_on_to_what_is_theirs(signed_in: As, role: str, places: set[str]) -> None:
    html = signed_in(role).get("/").content.decode()
    listed = html.partition("<main")[2].partition("</main>")[0]
    assert set(re.findall(r'<li><a href="(.*?)">', listed)) == places
    assert ("Här finns inget för din roll än." in listed) is (role == "social_worker")


def test_without_an_actor_nobody_is_found(world: World) -> None:
    with pytest.raises(NoActor):
        Pupil.objects.count()


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("mentor", {"Alva", "Bilal"}),
        ("former_mentor", None),
        ("other_mentor", set()),
        ("attendance_coordinator", {"Alva", "Bilal"}),
        ("principal", {"Alva", "Bilal", "Ida"}),
        ("ekbacken_principal", {"Casper", "Lo"}),
        ("foreign_principal", {"Omar"}),
        ("legal_guardian", {"Alva"}),
        ("pupil", {"Alva"}),
    ],
)
def test_who_sees_whom(world: World, role: str, names: set[str] | None) -> None:
    from narvaro.core.accounts import actors_of

    actors = actors_of(world.users[role])
    if names is None:
        assert not actors
        return
    with acting(actors[0]):
        assert {each.given_name for each in visible_pupils(actors[0], "attendance.read")} == names


def test_a_role_without_the_right_is_forbidden(world: World) -> None:
    actor = world.actor("evaluator")
    with acting(actor), pytest.raises(Forbidden):
        visible_pupils(actor, "attendance.read")
