"""What other contexts get from the register."""

from uuid import uuid4

import pytest
from django.http import Http404

from narvaro.contexts.register import api, permissions, viewers
from narvaro.contexts.register.models import Enrolment, Pupil
from narvaro.core.actor import Actor
from narvaro.core.errors import Forbidden
from narvaro.core.scope import acting
from tests.web.world import YEAR_START, World


def cards_of(actor: Actor, ids: list[int] | None = None) -> dict[str, api.PupilCard]:
    with acting(actor):
        found = (
            list(api.visible_pupil_ids(actor, "attendance.read").values_list("pk", flat=True)) if ids is None else ids
        )
        return {card.name.split()[0]: card for card in api.pupil_cards(actor, found).values()}


def test_a_card_says_where_the_pupil_goes_and_who_follows(world: World) -> None:
    card = cards_of(world.actor("attendance_coordinator"))["Alva"]
    assert (card.name, card.class_name, card.grade, card.form) == ("Alva Påhittad", "7B", "7", "GR")
    assert (card.unit_name, card.unit_pk, card.protected) == ("Strandskolan", world.strand.pk, False)
    assert card.mentors == ("Person mentor",)


def test_who_moved_is_where_she_is_now(world: World) -> None:
    card = cards_of(world.actor("ekbacken_principal"))["Lo"]
    assert (card.unit_name, card.class_name) == ("Ekbackens skola", "")


def test_a_later_stay_that_has_ended_does_not_hide_the_school_in_force(world: World) -> None:
    actor = world.actor("principal")
    with acting(actor):
        stay = {"school_form": "GR", "grade": "7", "first_day": YEAR_START.replace(month=10)}
        Enrolment.of(
            pupil=world.pupils["Alva"], unit=world.ekbacken, last_day=YEAR_START.replace(month=11), **stay
        ).save()
    assert cards_of(actor)["Alva"].unit_name == "Strandskolan"


def test_cards_leave_out_a_protected_pupil_even_when_asked_for_by_id(world: World) -> None:
    ids = [world.pupils[name].pk for name in ("Alva", "Ida")]
    assert cards_of(world.actor("principal"), ids).keys() == {"Alva", "Ida"}
    assert cards_of(world.actor("attendance_coordinator"), ids).keys() == {"Alva"}


def test_cards_cost_the_same_for_one_and_for_thirty(world: World, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    actor = world.actor("attendance_coordinator")
    with acting(actor):
        made = [
            Pupil.of(pupil_id=f"e-{n}", given_name=f"N{n}", family_name="P", search_text=f"n{n} p") for n in range(30)
        ]
        pupils = Pupil.objects.bulk_create(made)
        place = {"unit": world.strand, "school_form": "GR", "grade": "7", "first_day": YEAR_START}
        Enrolment.objects.bulk_create([Enrolment.of(pupil=each, **place) for each in pupils])
        for several in (pupils[:1], pupils):
            with django_assert_num_queries(1):
                assert len(api.pupil_cards(actor, [each.pk for each in several])) == len(several)


def test_a_pupil_is_found_by_key_within_reach_only(world: World) -> None:
    actor = world.actor("mentor")
    with acting(actor):
        assert api.find_pupil(actor, world.pupils["Alva"].key, "attendance.read").pk == world.pupils["Alva"].pk
        for key in (world.pupils["Casper"].key, world.pupils["Ida"].key, world.pupils["Omar"].key, uuid4(), "no-key"):
            with pytest.raises(Http404):
                api.find_pupil(actor, key, "attendance.read")
    evaluator = world.actor("evaluator")
    with acting(evaluator), pytest.raises(Forbidden):
        api.find_pupil(evaluator, world.pupils["Alva"].key, "attendance.read")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("alva", ["Alva"]),
        ("PÅHITTAD", ["Alva", "Bilal"]),
        ("påhittad bil", ["Bilal"]),
        ("pa\u030ahittad", ["Alva", "Bilal"]),
        ("ida", []),
        ("casper", []),
        ("%", []),
        ("_", []),
        ("", []),
        ("\x00", []),
        ("alva\x00", ["Alva"]),
        ("🙂", []),
        ("a" * 1_000_000, []),
    ],
)
def test_search_finds_names_in_any_spelling_within_reach(world: World, text: str, names: list[str]) -> None:
    actor = world.actor("attendance_coordinator")
    with acting(actor):
        for pupil in Pupil.objects.all():
            pupil.search_text = f"{pupil.given_name} {pupil.family_name}".casefold()
            pupil.save(update_fields=["search_text"])
        assert [card.name.split()[0] for card in api.search(actor, text)] == names


def test_a_measure_run_learns_where_each_pupil_belongs(world: World) -> None:
    system = Actor.system(world.organiser.pk)
    with acting(system):
        found = api.pupil_by_source_id(system)
    alva = world.pupils["Alva"].pk
    assert found["e-alva"] == api.Placement(alva, world.strand.pk, "7", "GR", "7B")
    assert found["e-lo"].unit_pk == world.ekbacken.pk
    assert "e-omar" not in found


def test_who_can_see_agrees_with_what_each_one_sees(world: World) -> None:
    """The same relations asked from both sides: nobody sees a pupil without standing in the list, nor the reverse."""
    people = {role: world.actor(role) for role in world.users if role not in ("former_mentor", "foreign_principal")}
    people = {role: actor for role, actor in people.items() if actor.authority_id == world.organiser.pk}
    for name in ("Alva", "Ida", "Casper", "Lo"):
        pupil = world.pupils[name]
        principal = Actor.system(world.organiser.pk)
        with acting(principal):
            said = {each.name for each in api.who_can_see(principal, api.pupil_cards(principal, [pupil.pk])[pupil.pk])}
        seeing = {actor.name for actor in people.values() if _sees(actor, pupil)}
        assert seeing
        assert said == seeing, name


def _sees(actor: Actor, pupil: Pupil) -> bool:
    with acting(actor):
        try:
            return api.visible_pupil_ids(actor, "attendance.read").filter(pk=pupil.pk).exists()
        except Forbidden:
            return False


def test_every_relation_has_its_other_side() -> None:
    assert viewers.HOLDS.keys() == permissions.RELATIONS.keys()


def test_each_authority_has_its_own_folder_of_facts(world: World) -> None:
    own, other = api.facts_folder(world.organiser.pk), api.facts_folder(world.other_organiser.pk)
    assert own != other
    assert own.parent == other.parent
