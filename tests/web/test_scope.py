"""What is asked twice on a page is answered once; what is changed is asked again."""

from narvaro.contexts.register.api import pupil_cards
from narvaro.core.scope import acting, reading
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
