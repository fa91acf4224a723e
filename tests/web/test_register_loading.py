"""A list of pupils becomes the register: who is new, changed, moved, ended and protected, and what a list cannot do."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from narvaro.contexts.register import api
from narvaro.contexts.register.models import Enrolment, Group, Mentorship, ProtectedIdentity, Pupil, Unit
from narvaro.contexts.register.pupil_rows import PupilRow
from narvaro.contexts.register.services import PupilsLoaded, load_pupil_list, load_pupils, load_units
from narvaro.core.actor import Actor
from narvaro.core.crypto import decrypt
from narvaro.core.errors import Refused
from narvaro.core.models import AuditEntry, User
from narvaro.core.scope import acting
from narvaro.domain.identity import check_digit, normalise
from narvaro.facts.readers.pupil_list import UnitLine, read_pupil_lines
from tests.web.world import TODAY, YEAR_START, World

YESTERDAY = TODAY - timedelta(days=1)
NUMBER = f"20130512-239{check_digit('130512239')}"


def row(pupil_id: str, unit: str = "1001", group: str = "7B", **changes: object) -> PupilRow:
    given = pupil_id.removeprefix("e-").capitalize()
    base = PupilRow(line=2, pupil_id=pupil_id, unit_code=unit, given_name=given, family_name="Påhittad")
    placed = replace(base, school_form="GR", grade=group[:1], group_name=group, first_day=YEAR_START)
    return replace(placed, **changes)  # type: ignore[arg-type]


def as_it_is() -> list[PupilRow]:
    """The list that says what the world already holds."""
    return [
        row("e-alva"),
        row("e-bilal"),
        row("e-ida"),
        row("e-casper", "1002", "5A"),
        row("e-lo", last_day=date(2026, 1, 9)),
        row("e-lo", "1002", "", grade="7", first_day=date(2026, 1, 10)),
    ]


def load(world: World, rows: list[PupilRow], *, confirmed: bool = False) -> PupilsLoaded:
    return load_pupils(by=Actor.system(world.organiser.pk), rows=rows, confirmed=confirmed)


def stays(world: World, pupil_id: str) -> list[tuple[str, str, date, date | None]]:
    with acting(Actor.system(world.organiser.pk)):
        found = Enrolment.objects.filter(pupil__pupil_id=pupil_id).order_by("first_day")
        return list(found.values_list("unit__code", "group__name", "first_day", "last_day"))


def sees(world: World, role: str, name: str) -> bool:
    actor = world.actor(role)
    with acting(actor):
        return api.visible_pupil_ids(actor, "attendance.read").filter(given_name=name).exists()


@pytest.fixture
def settled(world: World) -> World:
    """A first load writes the search texts; after it, the same list changes nothing."""
    load(world, as_it_is())
    return world


def test_the_same_list_again_changes_nothing(settled: World) -> None:
    again = load(settled, as_it_is())
    assert again == PupilsLoaded(
        new=0, changed=0, moved=0, ended=0, unchanged=5, protected=0, without_mentor=0, same_identity=0
    )


def test_a_new_pupil_gets_a_stay_a_class_and_a_name_to_search(settled: World) -> None:
    loaded = load(settled, [*as_it_is(), row("e-nora", group="7C", given_name="Nore\u0301")])
    assert (loaded.new, loaded.changed, loaded.unchanged) == (1, 0, 5)
    assert stays(settled, "e-nora") == [("1001", "7C", YEAR_START, None)]
    with acting(Actor.system(settled.organiser.pk)):
        assert Group.objects.filter(name="7C", unit=settled.strand).count() == 1
        assert Pupil.objects.get(pupil_id="e-nora").search_text == "nor\u00e9 påhittad"


def test_a_class_change_is_written_on_the_stay(settled: World) -> None:
    rows = [row("e-alva", group="7C"), *as_it_is()[1:]]
    assert load(settled, rows).changed == 1
    assert stays(settled, "e-alva") == [("1001", "7C", YEAR_START, None)]


def test_a_move_ends_one_stay_and_begins_another(settled: World) -> None:
    moved = row("e-alva", "1002", "7A", first_day=TODAY)
    assert load(settled, [moved, *as_it_is()[1:]]).moved == 1
    assert stays(settled, "e-alva") == [("1001", "7B", YEAR_START, YESTERDAY), ("1002", "7A", TODAY, None)]
    assert not sees(settled, "principal", "Alva")
    assert sees(settled, "ekbacken_principal", "Alva")


def test_a_new_school_year_is_a_new_stay_at_the_same_unit(settled: World) -> None:
    assert load(settled, [row("e-alva", group="8B", first_day=TODAY), *as_it_is()[1:]]).changed == 1
    assert stays(settled, "e-alva") == [("1001", "7B", YEAR_START, YESTERDAY), ("1001", "8B", TODAY, None)]


def test_who_is_no_longer_listed_has_ended(settled: World) -> None:
    assert sees(settled, "principal", "Bilal")
    loaded = load(settled, [each for each in as_it_is() if each.pupil_id != "e-bilal"])
    assert (loaded.ended, loaded.unchanged) == (1, 4)
    assert stays(settled, "e-bilal") == [("1001", "7B", YEAR_START, YESTERDAY)]
    assert not sees(settled, "principal", "Bilal")


def test_one_schools_list_ends_nobody_at_another(settled: World) -> None:
    loaded = load(settled, [row("e-casper", "1002", "5A"), *as_it_is()[4:]])
    assert loaded.ended == 0
    assert sees(settled, "principal", "Alva")


def test_without_a_first_day_the_stay_in_force_is_meant_and_a_new_one_begins_today(settled: World) -> None:
    rows = [replace(each, first_day=None) if each.pupil_id == "e-alva" else each for each in as_it_is()]
    assert load(settled, [*rows, row("e-nora", first_day=None)]).unchanged == 5
    assert stays(settled, "e-alva") == [("1001", "7B", YEAR_START, None)]
    assert stays(settled, "e-nora") == [("1001", "7B", TODAY, None)]


def test_a_protected_identity_takes_effect_at_once(settled: World) -> None:
    assert sees(settled, "attendance_coordinator", "Alva")
    rows = [row("e-alva", is_protected=True, home_municipality="Exempelkommun"), *as_it_is()[1:]]
    assert load(settled, rows).protected == 1
    assert not sees(settled, "attendance_coordinator", "Alva")
    with acting(Actor.system(settled.organiser.pk)):
        assert Pupil.objects.get(pupil_id="e-alva").home_municipality == ""


def test_the_principal_is_the_first_to_see_a_newly_protected_pupil(settled: World) -> None:
    load(settled, [row("e-alva", is_protected=True), *as_it_is()[1:], row("e-nora", is_protected=True)])
    for name in ("Alva", "Nora"):
        assert sees(settled, "principal", name)
        assert not sees(settled, "attendance_coordinator", name)


def test_a_protected_pupil_who_moves_is_seen_by_the_new_principal_alone(settled: World) -> None:
    assert sees(settled, "principal", "Ida")
    moved = row("e-ida", "1002", "7A", first_day=TODAY)
    load(settled, [moved, *(each for each in as_it_is() if each.pupil_id != "e-ida")])
    assert (sees(settled, "principal", "Ida"), sees(settled, "ekbacken_principal", "Ida")) == (False, True)


def test_a_list_never_lifts_a_protection(settled: World) -> None:
    load(settled, [replace(each, is_protected=False) for each in as_it_is()])
    with acting(Actor.system(settled.organiser.pk)):
        assert ProtectedIdentity.objects.filter(pupil__pupil_id="e-ida").exists()


def test_a_mentor_is_one_account_of_that_name_at_the_school(settled: World) -> None:
    rows = [row("e-alva", mentor="person  OTHER_mentor"), row("e-bilal", mentor="Nobody Here"), *as_it_is()[2:]]
    assert load(settled, rows).without_mentor == 1
    assert (sees(settled, "other_mentor", "Alva"), sees(settled, "mentor", "Alva")) == (True, False)
    assert not sees(settled, "mentor", "Bilal")


def test_two_mentors_of_one_name_are_told_apart_by_address_only(settled: World) -> None:
    User.objects.filter(email="other_mentor@example.se").update(name="Person mentor")
    rows = [row("e-alva", mentor="Person mentor"), row("e-bilal", mentor="other_mentor@example.se"), *as_it_is()[2:]]
    assert load(settled, rows).without_mentor == 1
    with acting(Actor.system(settled.organiser.pk)):
        current = Mentorship.objects.filter(last_day=None).values_list("pupil__pupil_id", "user__email")
        assert set(current) == {("e-bilal", "other_mentor@example.se")}


def test_without_a_mentor_column_mentors_stay(settled: World) -> None:
    load(settled, as_it_is())
    assert sees(settled, "mentor", "Alva")


def test_an_identity_number_is_kept_encrypted_and_matches_once(settled: World) -> None:
    number = normalise(NUMBER, today=TODAY)
    rows = [row("e-alva", identity=number), row("e-bilal", identity=number), *as_it_is()[2:]]
    assert load(settled, rows).same_identity == 1
    with acting(Actor.system(settled.organiser.pk)):
        alva, bilal = Pupil.objects.filter(pupil_id__in=("e-alva", "e-bilal")).order_by("pupil_id")
    assert decrypt(alva.identity_encrypted, use="identity") == number.canonical
    assert number.canonical not in (alva.identity_hash or "")
    assert (len(alva.identity_hash or ""), bilal.identity_hash) == (64, None)
    assert load(settled, rows).unchanged == 5


def many(count: int) -> list[PupilRow]:
    return [row(f"e-{number:05d}", group="9A") for number in range(count)]


def test_far_fewer_pupils_wait_for_a_yes_and_nothing_is_changed(settled: World) -> None:
    full = [*as_it_is(), *many(20)]
    load(settled, full)
    with pytest.raises(Refused):
        load(settled, as_it_is())
    assert sees(settled, "principal", "00001")
    assert load(settled, as_it_is(), confirmed=True).ended == 20


def test_forty_percent_fewer_is_the_limit(settled: World) -> None:
    load(settled, [*as_it_is(), *many(20)])  # 25 enrolled
    assert load(settled, [*as_it_is(), *many(10)]).ended == 10  # 15 of 25 is 60 %
    with pytest.raises(Refused):
        load(settled, [*as_it_is(), *many(3)])  # 8 of 15 is less


def test_any_order_of_rows_gives_the_same_register(world: World) -> None:
    rows = [*as_it_is(), *many(12), row("e-lo", "1002", "7A", first_day=date(2026, 3, 2))]
    load(world, rows)
    before = {pupil: stays(world, pupil) for pupil in {each.pupil_id for each in rows}}
    shuffled = list(rows)
    Random(7).shuffle(shuffled)
    assert load(world, shuffled).unchanged == 17
    assert {pupil: stays(world, pupil) for pupil in before} == before


def test_a_load_of_many_costs_few_queries(settled: World, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_max_num_queries(30):
        assert load(settled, [*as_it_is(), *many(400)]).new == 400


def test_a_load_is_audited_by_counts_and_ids(settled: World) -> None:
    load(settled, [*as_it_is(), row("e-nora")])
    entry = AuditEntry.objects.filter(action="register.load_pupils").latest("seq")
    assert entry.details == {"new": 1, "changed": 0, "moved": 0, "ended": 0}
    assert len(entry.objects_seen) == 1


def test_a_file_is_judged_row_by_row(settled: World, tmp_path: Path) -> None:
    file = tmp_path / "pupils.csv"
    file.write_text(
        "elev_id;fornamn;efternamn;skolenhetskod;fran;till;personnummer\n"
        "e-a;Nils;Påhittad;1001;2026-05-01;;20130512-0000\n"
        "e-b;;;1001;;;\n"
        "e-c;Eva;Påhittad;9999;;;\n"
        "e-d;Eva;Påhittad;1001;1 maj;;\n"
        "e-e;Eva;Påhittad;1001;2026-05-02;2026-05-01;\n"
        f"e-f;{'x' * 81};Påhittad;1001;;;\n"
        "e-g;Nu\x00ll\u202e;A\u030asa;1001;;;\n",
        encoding="utf-8",
    )
    system = Actor.system(settled.organiser.pk)
    loaded = load_pupil_list(by=system, lines=read_pupil_lines(file), confirmed=True)
    found = [(each.line, each.column) for each in loaded.rejects]
    assert found == [(3, "given_name"), (4, "unit_code"), (5, "first_day"), (6, "last_day"), (7, "given_name")]
    assert loaded.new == 2
    with acting(system):
        assert Pupil.objects.get(pupil_id="e-g").name == "Null Åsa"
        assert Pupil.objects.get(pupil_id="e-a").identity_hash is None


def test_units_are_added_and_changed_and_never_removed(world: World) -> None:
    lines = [
        UnitLine(line=2, code="1001", name="Strandskolan", school_forms=("GR",)),
        UnitLine(line=3, code="1009", name="Ny skola", area="Norra"),
    ]
    loaded = load_units(by=Actor.system(world.organiser.pk), lines=lines)
    assert (loaded.new, loaded.changed, loaded.unchanged) == (1, 0, 1)
    changed = load_units(by=Actor.system(world.organiser.pk), lines=[replace(lines[1], name="Nya skolan")])
    assert (changed.new, changed.changed) == (0, 1)
    assert set(Unit.objects.filter(authority=world.organiser).values_list("code", "name")) == {
        ("1001", "Strandskolan"),
        ("1002", "Ekbackens skola"),
        ("1009", "Nya skolan"),
    }
