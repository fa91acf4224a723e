"""Bad input 15: protected in the source today and not yesterday. Nobody but those listed sees the pupil from then on,
also not in what was made before: lists, pages, a letter, a calendar file, a draft, a notice, the day's mail."""

from typing import Any

import pytest
from django.urls import reverse

from narvaro.contexts.cases.api import CaseCard
from narvaro.contexts.register.api import search
from narvaro.contexts.register.models import ProtectedAccess, Pupil
from narvaro.core.actor import Actor
from narvaro.core.drafts import place_of, save_draft
from narvaro.core.scope import acting
from tests.web.cases import decide_year, opened
from tests.web.conftest import As
from tests.web.met import planned
from tests.web.test_duties import decide, send_notice
from tests.web.test_register_rosters import line, load, of_strand, roster
from tests.web.warned import warn
from tests.web.world import World

NAME = "Alva Påhittad"
LISTS = {
    "mentor": ("today", "warnings", "cases", "duties", "homes", "leaves", "csn"),
    "attendance_coordinator": ("today", "warnings", "cases", "meeting", "duties"),
    "pupil_health": ("warnings", "cases", "meeting"),
}
OF_THE_PUPIL = ("pupil", "pupil_lessons", "pupil_who", "warning", "warning_decide", "case_open")
OF_THE_CASE = ("case", "case_note", "case_circle", "meeting_plan")


@pytest.fixture
def case(world: World) -> CaseCard:
    decide_year(world)
    warn(world, ["Alva", "Bilal"])
    return opened(world, step=3)


def protect(world: World) -> None:
    load(world, roster(pupils=(line("e-alva", is_protected=True, home_municipality="0138"), *of_strand()[1:])))


def lists_with_the_name(signed_in: As) -> set[tuple[str, str]]:
    return {
        (role, route)
        for role, routes in LISTS.items()
        for route in routes
        if "Alva" in signed_in(role).get(reverse(route)).content.decode()
    }


def test_lists_that_were_made_no_longer_hold_the_pupil(world: World, signed_in: As, case: CaseCard) -> None:
    before = lists_with_the_name(signed_in)
    assert {("mentor", "today"), ("mentor", "warnings"), ("mentor", "cases"), ("pupil_health", "meeting")} <= before
    assert {("attendance_coordinator", "warnings"), ("attendance_coordinator", "duties")} <= before
    protect(world)
    assert lists_with_the_name(signed_in) == set()
    mentor = world.actor("mentor")
    with acting(mentor):
        assert search(mentor, "bilal")
        assert not search(mentor, "alva")


def test_pages_papers_and_drafts_about_the_pupil_are_gone_but_for_those_listed(
    world: World, signed_in: As, case: CaseCard
) -> None:
    meeting = planned(world, signed_in("mentor"), case)
    by = world.actor("mentor")
    save_draft(by=by, place=place_of("case_note", case.key), fields={"text": "Om Alva."})
    pupil = world.pupils["Alva"].key
    addresses = [
        *(reverse(route, args=[pupil]) for route in OF_THE_PUPIL),
        *(reverse(route, args=[case.key]) for route in OF_THE_CASE),
        *(
            reverse(route, args=[case.key, meeting.key])
            for route in ("meeting_show", "meeting_letter", "meeting_calendar")
        ),
    ]
    opened_before = {address for address in addresses if signed_in("mentor").get(address).status_code == 200}
    assert len(opened_before) >= len(addresses) - 2
    protect(world)
    for role in ("mentor", "attendance_coordinator", "pupil_health"):
        for address in addresses:
            answer = signed_in(role).get(address)
            assert answer.status_code in (403, 404), (role, address)
            assert "Alva" not in answer.content.decode()
    assert signed_in("principal").get(reverse("case", args=[case.key])).status_code == 200


def test_a_notice_that_was_written_before_has_no_name_any_more(world: World, signed_in: As, case: CaseCard) -> None:
    principal = signed_in("principal")
    decide(principal, case)
    address = reverse("notice", args=[send_notice(principal, case)])
    assert NAME in principal.get(address).content.decode().partition("<main")[2]
    protect(world)
    assert NAME not in told(principal.get(address))
    assert signed_in("attendance_coordinator").get(address).status_code == 404
    assert "e-alva" not in signed_in("organiser_officer").get(reverse("duties_overview")).content.decode()


def told(answer: Any) -> str:
    """The notice's own words; the links around it are for those who are listed."""
    return answer.content.decode().partition("<dl")[2].partition("</dl>")[0]


def test_the_home_municipality_goes_and_the_principal_is_listed(world: World, case: CaseCard) -> None:
    with acting(Actor.system(world.organiser.pk)):
        Pupil.objects.filter(pupil_id="e-alva").update(home_municipality="0138")
    protect(world)
    with acting(Actor.system(world.organiser.pk)):
        assert Pupil.objects.get(pupil_id="e-alva").home_municipality == ""
        listed = ProtectedAccess.objects.filter(protection__pupil__pupil_id="e-alva")
        assert [each.user for each in listed.select_related("user")] == [world.users["principal"]]
