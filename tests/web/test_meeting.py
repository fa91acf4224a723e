"""The pupil-health team's meeting: whom, in which order, and one pupil after the other."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from narvaro.contexts.register.models import Enrolment, Pupil
from narvaro.core.actor import Actor
from narvaro.core.models import AuditEntry
from narvaro.core.scope import acting
from tests.databases import ASKED_BESIDES
from tests.web.attended import attended
from tests.web.conftest import As
from tests.web.test_pupil_page import in_english, text_of
from tests.web.warned import warn
from tests.web.world import YEAR_START, World

__all__ = ["in_english"]
MOST_QUERIES = 16  # with the savepoint that stands for the request's transaction, and its release
PART = {"HX-Request": "true"}


def meeting(client: Client, headers: dict[str, str] | None = None, **query: str) -> str:
    answer = client.get("/meeting/", query, headers=headers or {})
    assert answer.status_code == 200
    return answer.content.decode()


def names(html: str) -> list[str]:
    return re.findall(r'agenda-name">(\w+)', html)


def beside(html: str, way: str) -> str | None:
    found = re.search(rf'rel="{way}"[^>]*href="([^"]+)"', html)
    return found[1].replace("&amp;", "&") if found else None


def test_the_gravest_first_and_the_first_is_open(world: World, signed_in: As) -> None:
    attended(world)
    html = meeting(signed_in("pupil_health"))
    assert names(html)[0] == "Alva"
    assert "Casper" not in html
    assert "Ida" not in html
    assert '<h2 tabindex="-1">Alva' in html
    assert "absence the latest 20 school days" in text_of(html)
    assert "Nobody has decided yet." in text_of(html)


def test_next_and_previous_are_links_that_keep_the_place(world: World, signed_in: As) -> None:
    warn(world, ["Alva", "Bilal"])
    client = signed_in("attendance_coordinator")
    first = meeting(client)
    assert beside(first, "prev") is None
    address = beside(first, "next")
    assert address
    second = client.get(address).content.decode()
    assert "2 of 2" in text_of(second)
    assert beside(second, "next") is None
    assert beside(second, "prev")
    assert re.findall(r'aria-current="true"><span class="agenda-name">(\w+)', second) == names(first)[1:]


def test_the_part_is_the_pupil_alone_and_a_preloaded_one_is_written_down_as_read(world: World, signed_in: As) -> None:
    warn(world, ["Alva", "Bilal"])
    client = signed_in("pupil_health")
    bilal = world.pupils["Bilal"]
    whole, part = meeting(client), meeting(client, {**PART, "X-Preload": "1"}, pupil=str(bilal.key))
    assert names(whole) != names(part) == []
    assert "<html" not in part
    assert beside(part, "prev")
    first, second = AuditEntry.objects.filter(action="meeting.read").order_by("seq")
    assert set(first.objects_seen) == {world.pupils[name].pk for name in ("Alva", "Bilal")}
    assert (second.objects_seen, second.details) == ([bilal.pk], {"preloaded": True})
    assert "preloaded" not in first.details


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("pupil_health", 200),
        ("principal", 200),
        ("attendance_coordinator", 200),
        ("mentor", 403),
        ("school_nurse", 403),
        ("legal_guardian", 403),
        ("pupil", 403),
        ("evaluator", 403),
        ("system_administrator", 403),
    ],
)
def test_who_holds_meetings(world: World, signed_in: As, role: str, status: int) -> None:
    warn(world, ["Alva"])
    answer = signed_in(role).get("/meeting/")
    assert answer.status_code == status
    assert ("Alva" in answer.content.decode()) == (status == 200)


@pytest.mark.parametrize("name", ["Casper", "Ida", "Omar"])
def test_a_pupil_out_of_reach_is_not_there(world: World, signed_in: As, name: str) -> None:
    warn(world, ["Alva", "Casper", "Ida"])
    client = signed_in("pupil_health")
    assert client.get("/meeting/", {"pupil": world.pupils["Alva"].key}).status_code == 200
    for headers in ({}, PART):
        answer = client.get("/meeting/", {"pupil": world.pupils[name].key}, headers=headers)
        assert answer.status_code == 404
        assert name not in answer.content.decode()


def test_a_protected_pupil_is_on_the_list_of_those_who_are_listed_only(world: World, signed_in: As) -> None:
    warn(world, ["Alva", "Ida"])
    assert set(names(meeting(signed_in("principal")))) == {"Alva", "Ida"}
    assert names(meeting(signed_in("pupil_health"))) == ["Alva"]


def test_only_who_may_decide_has_the_button(world: World, signed_in: As) -> None:
    warn(world, ["Alva"])
    address = f"/to-act-on/{world.pupils['Alva'].key}/decide/"
    assert address in meeting(signed_in("principal"))
    assert address not in meeting(signed_in("pupil_health"))


def test_whose_warning_no_longer_holds_can_still_be_talked_about(world: World, signed_in: As) -> None:
    warn(world, ["Alva"])
    html = meeting(signed_in("pupil_health"), pupil=str(world.pupils["Bilal"].key))
    assert "No warning holds now" in text_of(html)
    assert str(world.pupils["Alva"].key) in (beside(html, "next") or "")


def test_steps_can_be_chosen(world: World, signed_in: As) -> None:
    warn(world, ["Alva"])
    client = signed_in("pupil_health")
    assert names(meeting(client, step="3")) == ["Alva"]
    assert names(meeting(client, step="4")) == []
    assert names(meeting(client, step="no step", pupil="no pupil")) == ["Alva"]


def test_nobody_to_talk_about(world: World, signed_in: As) -> None:
    assert "Nobody to talk about" in text_of(meeting(signed_in("principal")))


def test_one_and_thirty_cost_the_same(
    world: World, signed_in: As, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    client, counts = signed_in("pupil_health"), []
    meeting(client)
    for several in (["Alva", "Bilal"], ["Alva", "Bilal", *_thirty(world)]):
        warn(world, several)
        for headers in ({}, PART):
            with django_assert_max_num_queries(MOST_QUERIES + ASKED_BESIDES) as counted:
                html = meeting(client, headers, pupil=str(world.pupils["Alva"].key))
            counts.append(len(counted))
        assert "Alva" in html
    assert counts[:2] == counts[2:]


def _thirty(world: World) -> list[str]:
    made = [f"N{number}" for number in range(30)]
    with acting(Actor.system(world.organiser.pk)):
        pupils = Pupil.objects.bulk_create(
            [Pupil.of(pupil_id=f"e-{name}", given_name=name, family_name="P", search_text=name) for name in made]
        )
        place = {"unit": world.strand, "school_form": "GR", "grade": "7", "first_day": YEAR_START}
        Enrolment.objects.bulk_create([Enrolment.of(pupil=each, **place) for each in pupils])
    return made
