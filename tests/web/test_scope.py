"""What is asked twice on a page is answered once; what is changed is asked again."""

from datetime import date

import pytest
from django.db.models import Q, QuerySet

from narvaro.contexts.register.api import pupil_cards, visible_pupil_ids
from narvaro.contexts.register.models import Pupil
from narvaro.core import scope
from narvaro.core.actor import Actor
from narvaro.core.errors import Forbidden, NoActor
from narvaro.core.scope import acting, put_once, reading
from tests.web.world import World


def test_a_request_that_only_reads_asks_once(world: World, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    mentor, alva = world.actor("mentor"), world.pupils["Alva"].pk
    with reading(mentor):
        first = pupil_cards(mentor, [alva])
        with django_assert_num_queries(0):
            assert pupil_cards(mentor, [alva, alva]) == first
        with acting(mentor), django_assert_num_queries(0):
            assert pupil_cards(mentor, [alva]) == first
        with django_assert_num_queries(1):
            assert pupil_cards(mentor, [alva, world.pupils["Bilal"].pk]) != first


def test_another_request_and_one_that_changes_ask_again(world: World, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    mentor, alva = world.actor("mentor"), world.pupils["Alva"]
    with reading(mentor):
        assert pupil_cards(mentor, [alva.pk])[alva.pk].name == alva.name
    with acting(mentor):
        for _time in range(2):
            with django_assert_num_queries(1):
                pupil_cards(mentor, [alva.pk])
        alva.family_name = "Ny"
        alva.save()
        assert pupil_cards(mentor, [alva.pk])[alva.pk].name.endswith("Ny")
    with reading(mentor):
        assert pupil_cards(mentor, [alva.pk])[alva.pk].name.endswith("Ny")


def test_how_it_is_put_is_kept_and_no_answer_is(world: World) -> None:
    mentor, times = world.actor("mentor"), list[str]()

    @put_once
    def named(actor: Actor, name: str) -> "QuerySet[Pupil]":
        times.append(name)
        return Pupil.objects.filter(given_name=name)

    with acting(mentor):
        before = named(mentor, "Alva")
        assert len(before) == 1
        world.pupils["Alva"].delete()
        assert not named(mentor, "Alva").exists()
        assert not named(mentor, "Bilal").filter(given_name="Alva").exists()
        assert named(mentor, "Bilal").exists()
    assert times == ["Alva", "Bilal"]


def test_it_is_put_anew_for_another_day_and_another_actor(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, date]] = []

    @put_once
    def noted(actor: Actor) -> Q:
        seen.append((actor.role, scope.today()))
        return Q()

    for day in (date(2026, 1, 8), date(2026, 1, 9)):
        monkeypatch.setattr("narvaro.core.scope.today", lambda day=day: day)
        for role in ("mentor", "principal", "mentor"):
            with acting(world.actor(role)):
                noted(world.actor(role))
    days = (date(2026, 1, 8), date(2026, 1, 9))
    assert seen == [(role, day) for day in days for role in ("mentor", "principal")]


def test_nobody_is_told_how_to_ask_without_acting_or_without_the_right(world: World) -> None:
    mentor, administrator = world.actor("mentor"), world.actor("system_administrator")
    with acting(mentor):
        assert visible_pupil_ids(mentor, "attendance.read").exists()
    with pytest.raises(NoActor):
        visible_pupil_ids(mentor, "attendance.read")
    for _time in range(2):
        with acting(administrator), pytest.raises(Forbidden):
            visible_pupil_ids(administrator, "attendance.read")
