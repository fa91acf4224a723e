"""Versions of the attendance plan: which is in force, and what a school does otherwise."""

from datetime import date, timedelta

import pytest

from narvaro.contexts.plan.api import DEFAULT_PRESET, plan_in_force, plan_of_version, version_in_force
from narvaro.contexts.plan.models import PlanVersion
from narvaro.core.clock import now
from narvaro.core.scope import acting
from narvaro.plans import load_plan, preset_text
from tests.web.world import TODAY


def approved(number, preset, day, **values):
    made = PlanVersion.of(
        number=number,
        name=preset,
        title=f"Plan {number}",
        document=preset_text(preset),
        preset=preset,
        state="approved",
        created_at=now(),
        changed_at=now(),
        approved_at=now(),
        in_force_from=day,
        **values,
    )
    made.save()
    return made


def test_until_somebody_approves_a_version_the_shipped_plan_holds_and_is_stored_once(world):
    actor = world.actor("mentor")
    with acting(actor):
        assert plan_in_force(actor, TODAY).name == DEFAULT_PRESET
        assert PlanVersion.objects.count() == 0
        first = version_in_force(actor, TODAY)
        assert version_in_force(actor, TODAY) == first
        assert PlanVersion.objects.count() == 1
        assert (first.preset, first.number, first.is_shipped) == (DEFAULT_PRESET, 1, True)
        assert plan_of_version(actor, first.pk) == load_plan(DEFAULT_PRESET)
        assert version_in_force(actor, date(2001, 1, 1)) == first


def test_the_version_whose_day_came_last_is_in_force(world):
    actor = world.actor("principal")
    with acting(actor):
        version_in_force(actor, TODAY)
        approved(2, "national_levels", TODAY)
        approved(3, "hours_ladder", TODAY + timedelta(days=5))
        PlanVersion.of(
            number=4, name="x", title="Utkast", document="", state="draft", created_at=now(), changed_at=now()
        ).save()
        assert version_in_force(actor, TODAY - timedelta(days=1)).number == 1
        assert version_in_force(actor, TODAY).number == 2
        assert plan_in_force(actor, TODAY).name == "national_levels"
        assert version_in_force(actor, TODAY + timedelta(days=9)).number == 3


def test_another_authoritys_version_is_not_there(world):
    own, other = world.actor("principal"), world.actor("foreign_principal")
    with acting(own):
        version = approved(2, "national_levels", TODAY)
        assert plan_of_version(own, version.pk).name == "national_levels"
    with acting(other):
        with pytest.raises(PlanVersion.DoesNotExist):
            plan_of_version(other, version.pk)
        assert plan_in_force(other, TODAY).name == DEFAULT_PRESET
