"""A rule tried on the stored history before it is decided on; and the choices of old, which are versions now."""

import importlib
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.urls import reverse

from narvaro.contexts.plan.api import plan_in_force, version_in_force
from narvaro.contexts.plan.models import PlanTrial
from narvaro.contexts.register.models import Unit
from narvaro.core.models import Job
from narvaro.core.scope import acting
from narvaro.plans import load_plan
from tests.web.attended import attended
from tests.web.conftest import As
from tests.web.world import TODAY, World

ROLE = "organiser_officer"


def asked(client: Any, **values: str) -> Any:
    return client.post(reverse("plan_try"), {"token": str(uuid4()), "chosen": "", "rule": "", **values})


def trial_of(world: World) -> PlanTrial:
    with acting(world.actor(ROLE)):
        return PlanTrial.objects.get()


def test_a_rule_is_tried_in_the_worker_and_told_school_by_school(world: World, signed_in: As) -> None:
    attended(world)
    client = signed_in(ROLE)
    response = asked(client, rule="total_rate(last_20) >= 5 %")
    assert response.status_code == 302
    page = client.get(response.url).content.decode()
    assert "total_rate(last_20) &gt;= 0.05" in page
    assert "Strandskolan" in page
    assert "Alva" not in page
    result = trial_of(world).result
    assert result["flagged"] > 0
    assert {each["code"] for each in result["schools"]} <= set(Unit.objects.values_list("code", flat=True))
    assert sum(new for _monday, _flagged, new in result["weeks"]) == sum(each["new"] for each in result["schools"])
    assert response.url in client.get(reverse("plan_try")).content.decode()


def test_work_under_way_is_watched_until_it_is_done(world: World, signed_in: As) -> None:
    client = signed_in(ROLE)
    page = asked(client, rule="total_rate(last_20) >= 5 %").url
    trial = trial_of(world)
    address = reverse("plan_trial_progress", args=[trial.key])
    assert client.get(address).headers["HX-Refresh"] == "true"
    with acting(world.actor(ROLE)):
        Job.objects.filter(pk=trial.job_id).update(state=Job.State.WAITING)
    assert address in client.get(page).content.decode()
    assert "HX-Refresh" not in client.get(address).headers


def test_a_rule_of_a_plan_is_tried_with_its_occasion(world: World, signed_in: As) -> None:
    client = signed_in(ROLE)
    client.get(reverse("plan"))
    assert asked(client, chosen="1-occasions_3").status_code == 302
    trial = trial_of(world)
    assert (trial.rule, trial.occasion) == ("occasions(last_20) >= 3", "spell")


def test_without_facts_the_page_says_what_is_missing(world: World, signed_in: As) -> None:
    client = signed_in(ROLE)
    response = asked(client, rule="total_rate(last_20) >= 5 %")
    page = client.get(response.url)
    assert page.status_code == 200
    assert page.context["failure"]
    assert not page.context["progress"]
    assert trial_of(world).result is None


@pytest.mark.parametrize("sent", [{}, {"rule": "total_rate(week) > 1"}, {"chosen": "1-no_such"}])
def test_what_is_no_rule_is_not_tried(sent: dict[str, str], world: World, signed_in: As) -> None:
    assert asked(signed_in(ROLE), **sent).status_code == 200
    with acting(world.actor(ROLE)):
        assert not PlanTrial.objects.exists()
    assert asked(signed_in(ROLE), rule="total_rate(last_20) >= 5 %").status_code == 302


def test_a_trial_is_for_the_own_authority(world: World, signed_in: As) -> None:
    response = asked(signed_in(ROLE), rule="total_rate(last_20) >= 5 %")
    assert signed_in("principal").get(response.url).status_code == 200
    assert signed_in("foreign_principal").get(response.url).status_code == 404
    assert signed_in("mentor").get(response.url).status_code == 403


# Choices of old


class _Rows(list[Any]):
    """Of a table as it was, in memory: what the migration asks of it."""

    def filter(self, authority_id: int) -> "_Rows":
        return _Rows(row for row in self if row.authority_id == authority_id)

    def order_by(self, _name: str) -> "_Rows":
        return self


class _Choice:
    def __init__(self, preset: str, day: Any, authority_id: int, chosen_by_id: int) -> None:
        self.preset, self.in_force_from, self.authority_id = preset, day, authority_id
        self.chosen_by_id, self.reason = chosen_by_id, "Beslut i nämnden"
        self.chosen_at = f"{day.isoformat()}T10:00:00Z"


class _Apps:
    def __init__(self, choices: _Rows) -> None:
        self.choices = choices

    def get_model(self, app: str, name: str) -> Any:
        if name == "PlanChoice":
            return type("PlanChoice", (), {"_base_manager": self.choices})
        return apps.get_model(app, name)


def test_a_chosen_preset_is_an_approved_version(world: World) -> None:
    migration = importlib.import_module("narvaro.contexts.plan.migrations.0004_choices_become_versions")
    actor, user = world.actor(ROLE), world.users[ROLE].pk
    days = (TODAY - timedelta(days=30), TODAY - timedelta(days=5))
    rows = _Rows(
        _Choice(preset, day, world.organiser.pk, user)
        for preset, day in zip(("national_levels", "hours_ladder"), days, strict=True)
    )
    rows.append(_Choice("no_longer_here", TODAY, world.organiser.pk, user))
    with acting(actor):
        migration._of_authority(_Apps(rows), world.organiser.pk)
        assert plan_in_force(actor, days[0] - timedelta(days=1)) == load_plan("tyreso_default")
        assert plan_in_force(actor, days[0]) == load_plan("national_levels")
        assert plan_in_force(actor, TODAY) == load_plan("hours_ladder")
        assert version_in_force(actor, TODAY).number == 3
        assert version_in_force(actor, days[0] - timedelta(days=1)).is_shipped
