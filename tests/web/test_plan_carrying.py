"""What schools do otherwise when a new version comes: seen before it is approved, let go on, or taken up again."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from narvaro.contexts.plan.api import deviations_of, plan_of_version, version_in_force
from narvaro.core.scope import acting
from tests.web.test_plan_pages import DAY, approval, change, draft, school, sent
from tests.web.world import TODAY, World

__all__ = ["draft"]
PLACE, MEETING = "steps.1.contact_within", "steps.2.must_do"


@pytest.fixture
def otherwise(world: World, signed_in: Any) -> None:
    client = signed_in("principal")
    assert client.post(school(world, PLACE), sent(value="1", reason="Vi är små")).status_code == 302
    assert client.post(school(world, MEETING), sent(value="Fråga.", reason="Så gör vi")).status_code == 302


def approve(signed_in: Any, draft: Any, **values: str) -> None:
    client = signed_in("system_administrator")
    assert client.post(reverse("plan_approve", args=[draft.key]), approval(draft, **values)).status_code == 302


def now(world: World) -> dict[str, Any]:
    actor = world.actor("principal")
    with acting(actor):
        found = deviations_of(actor, version_in_force(actor, TODAY).pk, world.strand.pk)
        return {each.place: (each.value, each.reason) for each in found}


def test_the_schools_are_seen_before_it_is_approved(world: World, signed_in: Any, draft: Any) -> None:
    page = reverse("plan_approve", args=[draft.key])
    client = signed_in("system_administrator")
    assert "Strandskolan" not in client.get(page).content.decode()
    assert "carries_over" not in client.get(page).content.decode()
    signed_in("principal").post(school(world, PLACE), sent(value="1", reason="Vi är små"))
    html = client.get(page).content.decode()
    assert "Strandskolan" in html
    assert "får fortsätta" in html
    assert "carries_over" in html


def test_sentences_of_the_plan_follow_each_other(world: World, signed_in: Any) -> None:
    html = signed_in("principal").get(school(world)).content.decode()
    assert "Ett meddelande räcker inte." in html
    assert ".;" not in html


def test_they_end_with_their_version_unless_the_municipality_lets_them_go_on(
    world: World, signed_in: Any, draft: Any, otherwise: None
) -> None:
    assert set(now(world)) == {PLACE, MEETING}
    approve(signed_in, draft)
    assert now(world) == {}


def test_the_municipality_lets_them_go_on(world: World, signed_in: Any, draft: Any, otherwise: None) -> None:
    before = now(world)
    approve(signed_in, draft, carries_over="on")
    assert now(world) == before
    actor = world.actor("principal")
    with acting(actor):
        assert plan_of_version(actor, draft.pk, unit=world.strand.pk).step(1).work.contact_within == 1


def test_what_begins_later_goes_on_from_then(world: World, signed_in: Any, draft: Any, otherwise: None) -> None:
    later = TODAY + timedelta(days=10)
    approve(signed_in, draft, carries_over="on", in_force_from=later.strftime(DAY))
    actor = world.actor("principal")
    with acting(actor):
        assert deviations_of(actor, draft.pk) == ()
    with time_machine.travel(f"{later}T10:00:00+02:00", tick=False), acting(actor):
        assert len(deviations_of(actor, draft.pk)) == 2


def test_what_the_new_version_says_itself_or_forbids_does_not_go_on(
    world: World, signed_in: Any, draft: Any, otherwise: None
) -> None:
    officer = signed_in("organiser_officer")
    assert change(officer, draft, "schools", schools_may_change=["must_do"]).status_code == 302
    html = signed_in("system_administrator").get(reverse("plan_approve", args=[draft.key])).content.decode()
    assert "upphör med den gamla versionen" in html
    client = signed_in("system_administrator")
    form = approval(draft, seen=1, carries_over="on")
    assert client.post(reverse("plan_approve", args=[draft.key]), form).status_code == 302
    assert set(now(world)) == {MEETING}


def test_the_school_takes_it_up_again_itself(world: World, signed_in: Any, draft: Any, otherwise: None) -> None:
    approve(signed_in, draft)
    client = signed_in("principal")
    assert "får fortsätta så: 1 skoldag" in client.get(school(world)).content.decode().replace("\xa0", " ")
    form = client.get(school(world, PLACE)).context["form"]
    assert (form.fields["value"].initial, form.initial["reason"]) == (1, "Vi är små")
    assert client.post(school(world, PLACE), sent(value="1", reason="Vi är små")).status_code == 302
    assert now(world) == {PLACE: (1, "Vi är små")}
    html = client.get(school(world)).content.decode().replace("\xa0", " ")
    assert "får fortsätta så: 1 skoldag" not in html
    assert "får fortsätta så: Fråga." in html
