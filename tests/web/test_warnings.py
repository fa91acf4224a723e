"""The list, why, and deciding: by the people who do it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client

from narvaro.contexts.attendance.api import ListedMeasure, Measured, overview, write_measures
from narvaro.contexts.warnings.api import run_measures
from narvaro.contexts.warnings.models import Decision, Warning
from narvaro.core.actor import Actor
from narvaro.core.models import AuditEntry
from narvaro.core.scope import acting
from narvaro.domain.absence import Minutes
from tests.databases import ASKED_BESIDES
from tests.web.conftest import As
from tests.web.warned import summary_of, warn
from tests.web.world import TODAY, World

FOLLOW_UP = TODAY + timedelta(days=14)


def _list(client: Client, **query: str) -> str:
    answer = client.get("/to-act-on/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def _decide(client: Client, world: World, name: str = "Alva", **fields: str) -> int:
    page = client.get(f"/to-act-on/{world.pupils[name].key}/decide/")
    seen = page.context["form"].initial["seen"] if page.status_code == 200 else ""
    given = {"kind": "await", "reason": "Pratat hemma.", "follow_up_on": FOLLOW_UP.isoformat(), "seen": seen}
    given["token"] = str(uuid4())
    return client.post(f"/to-act-on/{world.pupils[name].key}/decide/", given | fields).status_code


def test_the_mentor_sees_the_own_pupils_and_why(world: World, signed_in: As) -> None:
    warn(world, ["Alva", "Casper", "Ida"])
    html = _list(signed_in("mentor"))
    assert "Alva Påhittad" in html
    assert "29" in html
    assert "Casper" not in html
    assert "Ida P" not in html


@pytest.mark.parametrize("role", ["evaluator", "system_administrator", "legal_guardian", "pupil", "social_worker"])
def test_other_roles_have_no_list(world: World, signed_in: As, role: str) -> None:
    warn(world, ["Alva"])
    answer = signed_in(role).get("/to-act-on/")
    assert answer.status_code == 403
    assert "Alva" not in answer.content.decode()


def test_why_shows_the_lessons_behind(world: World, signed_in: As) -> None:
    warn(world, ["Alva"])
    html = signed_in("mentor").get(f"/to-act-on/{world.pupils['Alva'].key}/").content.decode()
    assert html.count("Idrott") == 1
    assert "96" in html


@pytest.mark.parametrize("name", ["Casper", "Ida", "Omar"])
def test_somebody_elses_pupil_is_not_there(world: World, signed_in: As, name: str) -> None:
    warn(world, ["Alva", "Casper", "Ida"])
    key = world.pupils[name].key
    client = signed_in("mentor")
    assert client.get(f"/to-act-on/{world.pupils['Alva'].key}/").status_code == 200
    assert client.get(f"/to-act-on/{key}/").status_code == 404
    assert client.get(f"/to-act-on/{key}/decide/").status_code == 404
    assert client.post(f"/to-act-on/{key}/decide/", {"kind": "acknowledge"}).status_code == 404


def test_a_decision_rests_the_pupil_until_the_follow_up(world: World, signed_in: As) -> None:
    warn(world, ["Alva"])
    client = signed_in("mentor")
    assert "Alva" in _list(client, situation="urgent")
    assert _decide(client, world) == 302
    assert "Alva" not in _list(client, situation="urgent")
    assert "Alva" in _list(client, situation="awaiting")
    entry = AuditEntry.objects.filter(action="warning.decide", details__kind="await").get()
    assert entry.objects_seen == [world.pupils["Alva"].pk]


def test_worse_by_the_margin_fires_again_and_less_does_not(world: World, signed_in: As) -> None:
    warn(world, ["Alva"], value="0.29")
    client = signed_in("mentor")
    _decide(client, world)
    warn(world, ["Alva"], value="0.33", as_of=TODAY + timedelta(days=1))
    assert "Alva" not in _list(client, situation="urgent")
    warn(world, ["Alva"], value="0.34", as_of=TODAY + timedelta(days=2))
    assert "Alva" in _list(client, situation="fired_again")


def test_a_warning_that_no_longer_holds_lapses_and_is_kept(world: World, signed_in: As) -> None:
    warn(world, ["Alva"])
    warn(world, ["Bilal"], as_of=TODAY + timedelta(days=1))
    html = _list(signed_in("mentor"))
    assert "Bilal" in html
    assert "Alva" not in html
    with acting(Actor.system(world.organiser.pk)):
        assert Warning.objects.filter(lapsed_on=TODAY + timedelta(days=1)).count() == 1


def test_without_facts_no_numbers_stand(world: World, signed_in: As, tmp_path: Path) -> None:
    warn(world, ["Alva"])
    client = signed_in("mentor")
    assert "Alva P" in _list(client)
    assert run_measures(by=Actor.system(world.organiser.pk), store=tmp_path / "store") is None
    assert "Alva P" not in _list(client)


@pytest.mark.parametrize(
    "fields",
    [{"reason": ""}, {"follow_up_on": ""}, {"follow_up_on": TODAY.isoformat()}, {"kind": "investigate"}, {"kind": ""}],
)
def test_a_decision_that_lacks_something_is_not_saved(world: World, signed_in: As, fields: dict[str, str]) -> None:
    warn(world, ["Alva"])
    assert _decide(signed_in("mentor"), world, **fields) == 200
    with acting(Actor.system(world.organiser.pk)):
        assert not Decision.objects.exists()


def test_investigation_is_the_principals(world: World, signed_in: As) -> None:
    warn(world, ["Alva"])
    assert _decide(signed_in("principal"), world, kind="investigate") == 302


@pytest.mark.parametrize(("role", "may"), [("mentor", True), ("principal", True), ("pupil_health", False)])
def test_deciding_is_offered_to_those_who_may(world: World, signed_in: As, role: str, may: bool) -> None:
    warn(world, ["Alva"])
    client, address = signed_in(role), f"/to-act-on/{world.pupils['Alva'].key}/"
    for page in ("/to-act-on/", address):
        html = client.get(page).content.decode()
        assert "Alva" in html
        assert (f"{address}decide/" in html) is may


def test_two_who_decide_at_once_see_each_other(world: World, signed_in: As) -> None:
    warn(world, ["Alva"])
    mentor, principal = signed_in("mentor"), signed_in("principal")
    address = f"/to-act-on/{world.pupils['Alva'].key}/decide/"
    assert _decide(principal, world, reason="Rektors ord") == 302
    late = {"kind": "await", "reason": "Mentorns ord", "follow_up_on": FOLLOW_UP.isoformat(), "seen": ""}
    late["token"] = str(uuid4())
    answer = mentor.post(address, late)
    assert answer.status_code == 409
    assert "Rektors ord" in answer.content.decode()
    assert "Mentorns ord" in answer.content.decode()


def test_queries_do_not_grow_with_the_list(world: World, signed_in: As, django_assert_max_num_queries: object) -> None:
    warn(world, ["Alva"])
    client = signed_in("principal")
    _list(client)
    with django_assert_max_num_queries(13 + ASKED_BESIDES):  # type: ignore[operator]
        _list(client)
    warn(world, ["Alva", "Bilal", "Ida"], as_of=TODAY + timedelta(days=1))
    with django_assert_max_num_queries(13 + ASKED_BESIDES):  # type: ignore[operator]
        _list(client)


@pytest.mark.parametrize("role", ["mentor", "principal", "evaluator", "legal_guardian", "pupil", "social_worker"])
def test_every_role_has_a_day(world: World, signed_in: As, role: str) -> None:
    warn(world, ["Alva"])
    answer = signed_in(role).get("/")
    assert answer.status_code == 200
    assert ("Alva" in answer.content.decode()) == (role in ("mentor", "principal", "legal_guardian", "pupil"))


def test_a_double_click_is_one_decision(world: World, signed_in: As) -> None:
    warn(world, ["Alva"])
    client, token = signed_in("mentor"), str(uuid4())
    assert [_decide(client, world, token=token, seen="") for _ in range(2)] == [302, 302]
    with acting(Actor.system(world.organiser.pk)):
        assert Decision.objects.count() == 1


def test_a_draft_comes_back_and_goes_when_the_decision_is_saved(world: World, signed_in: As) -> None:
    warn(world, ["Alva"])
    client = signed_in("mentor")
    address = f"/to-act-on/{world.pupils['Alva'].key}/decide/"
    place = client.get(address).context["place"]
    told = client.post("/draft", {"place": place, "kind": "await", "reason": "Halvfärdig text"})
    assert "10.00" in told.content.decode()
    assert "Halvfärdig text" in client.get(address).content.decode()
    assert "Halvfärdig text" not in signed_in("principal").get(address).content.decode()
    assert _decide(client, world) == 302
    assert "Halvfärdig text" not in client.get(address).content.decode()


@pytest.mark.parametrize(("place", "text", "status"), [("elsewhere", "x", 409), (None, "x" * 20_001, 413)])
def test_a_draft_that_cannot_be_kept_says_so(
    world: World, signed_in: As, place: str | None, text: str, status: int
) -> None:
    known = f"warning_decide:{world.pupils['Alva'].key}"
    answer = signed_in("mentor").post("/draft", {"place": place or known, "reason": text})
    assert answer.status_code == status


def test_a_nurse_looks_for_a_pupil_by_name(world: World, signed_in: As) -> None:
    nurse = signed_in("school_nurse")
    assert "Alva P" not in nurse.get("/").content.decode()
    assert "Alva P" in nurse.get("/", {"q": "alva"}).content.decode()
    for name in ("casper", "ida", "omar"):
        assert f"{name.title()} P" not in nurse.get("/", {"q": name}).content.decode()
    assert AuditEntry.objects.order_by("-pk").first().details == {"searched": True}


def test_a_change_is_told_only_when_the_pupils_page_would_tell_it(world: World, signed_in: As) -> None:
    """A new pupil's earlier weeks are too few to compare with."""
    measure = ListedMeasure(
        school_days=30, last_20=Minutes(6000, 3000, 3000, 0), previous_20=Minutes(6000, 6000, 0, 0), weeks=()
    )
    assert measure.change == 50
    assert replace(measure, school_days=29).change is None


def test_what_is_just_below_a_limit_is_not_lifted_to_it(world: World) -> None:
    """14.997 % is under 15 %, also where it is counted in ten-thousandths."""
    system, pupil = Actor.system(world.organiser.pk), world.pupils["Alva"]
    below = Minutes(30_000, 25_501, 0, 4_499)
    measured = Measured(pupil=pupil.pk, unit=None, group_name="7B", grade="7", summary=summary_of(pupil, below))
    with acting(system):
        write_measures(by=system, as_of=TODAY, measured=[measured])
        assert overview(system, [pupil.pk])[pupil.pk].rate == 1499


def test_looking_for_a_name_also_finds_who_is_not_on_the_list(world: World, signed_in: As) -> None:
    warn(world, ["Alva"])
    principal, others = signed_in("principal"), "Andra med det namnet"
    html = _list(principal, q="bilal")
    assert others in html
    assert f'href="/pupils/{world.pupils["Bilal"].key}/"' in html
    assert AuditEntry.objects.order_by("-pk").first().objects_seen == [world.pupils["Bilal"].pk]
    for text in ("", "alva", "casper", "omar"):  # on the list, at another school, another organiser's
        assert others not in _list(principal, q=text)
    assert others in _list(principal, q="ida")  # protected, and the principal is on her list
    assert others not in _list(signed_in("attendance_coordinator"), q="ida")
