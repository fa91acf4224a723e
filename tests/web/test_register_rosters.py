"""What a source tells becomes the register: its own units and nobody else's, guardians, mentors, protection at once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from narvaro.contexts.register import api
from narvaro.contexts.register.models import Custody, Enrolment, Guardian, Mentorship, ProtectedIdentity, Pupil, Unit
from narvaro.contexts.register.rosters import RosterLoaded, load_roster
from narvaro.core.actor import Actor
from narvaro.core.models import AuditEntry, Membership, User
from narvaro.core.scope import acting
from narvaro.domain.identity import check_digit
from narvaro.facts.errors import HeldForConfirmation
from narvaro.facts.readers.pupil_list import PupilLine, UnitLine
from narvaro.ss12000.told import GuardianLine, Roster, StaffLine
from tests.web.world import TODAY, YEAR_START, World

SOURCE = uuid4()
YESTERDAY = TODAY - timedelta(days=1)
STRAND = UnitLine(line=1, code="1001", name="Strandskolan", school_forms=("GR",))


def line(pupil_id: str, **changes: Any) -> PupilLine:
    given = pupil_id.removeprefix("e-").capitalize()
    base = PupilLine(line=1, pupil_id=pupil_id, unit_code="1001", given_name=given, family_name="Påhittad")
    said = replace(base, school_form="GR", grade="7", group_name="7B", first_day=str(YEAR_START), is_protected=False)
    return replace(said, **changes)


def of_strand(*more: PupilLine) -> tuple[PupilLine, ...]:
    return (line("e-alva"), line("e-bilal"), line("e-ida"), *more)


def roster(**parts: Any) -> Roster:
    return Roster(**{"units": (STRAND,), "pupils": of_strand(), **parts})


def load(world: World, told: Roster, **how: Any) -> RosterLoaded:
    how = {"source": SOURCE, "give_assignments": True, "confirmed": False, **how}
    return load_roster(by=Actor.system(world.organiser.pk), roster=told, **how)


def inside(world: World) -> Any:
    return acting(Actor.system(world.organiser.pk))


def sees(world: World, role: str, name: str) -> bool:
    actor = world.actor(role)
    with acting(actor):
        return api.visible_pupil_ids(actor, "attendance.read").filter(given_name=name).exists()


def stays(world: World, pupil_id: str) -> list[tuple[str, Any]]:
    with inside(world):
        found = Enrolment.objects.filter(pupil__pupil_id=pupil_id).order_by("first_day")
        return list(found.values_list("unit__code", "last_day"))


def test_a_source_ends_pupils_of_its_own_units_only(world: World) -> None:
    loaded = load(world, roster(pupils=of_strand()[1:]))
    assert (loaded.pupils.ended, stays(world, "e-alva")) == (1, [("1001", YESTERDAY)])
    assert stays(world, "e-casper") == [("1002", None)]


def test_a_stay_at_anothers_unit_is_not_ended_by_the_source_that_tells_of_the_pupil_too(world: World) -> None:
    load(world, roster(pupils=of_strand(line("e-casper", first_day=str(TODAY)))))
    assert stays(world, "e-casper") == [("1002", None), ("1001", None)]


def test_a_unit_of_the_source_without_pupils_is_emptied(world: World) -> None:
    ekbacken = UnitLine(line=2, code="1002", name="Ekbackens skola")
    loaded = load(world, roster(units=(STRAND, ekbacken), pupils=of_strand(line("e-lo", last_day="2026-01-09"))))
    assert loaded.pupils.ended == 2
    assert stays(world, "e-casper") == [("1002", YESTERDAY)]


def test_many_endings_wait_for_a_persons_yes(world: World) -> None:
    many = [line(f"e-{number}") for number in range(20)]
    load(world, roster(pupils=of_strand(*many)))
    with pytest.raises(HeldForConfirmation) as held:
        load(world, roster(pupils=of_strand(*many[6:])))
    assert dict(held.value.message.values) == {"ended": 6, "before": 23}
    assert stays(world, "e-0") == [("1001", None)]
    assert load(world, roster(pupils=of_strand(*many[6:])), confirmed=True).pupils.ended == 6
    assert load(world, roster(pupils=of_strand(*many[11:]))).pupils.ended == 5


def test_what_the_source_does_not_tell_of_a_unit_stays_as_written_here(world: World) -> None:
    with inside(world):
        Unit.objects.filter(code="1001").update(area="Norra", grades="F-9")
    load(world, roster(units=(replace(STRAND, name="Nya Strandskolan"),)))
    unit = Unit.objects.get(code="1001")
    assert (unit.name, unit.area, unit.grades) == ("Nya Strandskolan", "Norra", "F-9")


def test_a_long_key_of_a_unit_is_kept_whole(world: World) -> None:
    code = str(uuid4())
    load(world, roster(units=(STRAND, UnitLine(line=2, code=code, name="x" * 200))))
    assert Unit.objects.get(code=code).name == "x" * 120


# --- guardians ---

MOTHER = GuardianLine(
    source_id="g-1", name="Siri Påhittad", email="siri@example.se", phone="070-1", pupil_ids=("e-alva", "e-bilal")
)


def custodies(world: World, pupil_id: str) -> list[tuple[str, str, Any, bool]]:
    with inside(world):
        found = Custody.objects.filter(pupil__pupil_id=pupil_id).order_by("pk")
        return list(found.values_list("guardian__name", "guardian__email", "last_day", "may_see"))


def test_guardians_come_change_and_go(world: World, frozen_day: Any) -> None:
    loaded = load(world, roster(guardians=(MOTHER,))).guardians
    assert (loaded.new, loaded.changed, loaded.begun, loaded.ended) == (1, 0, 2, 0)
    again = load(world, roster(guardians=(MOTHER,))).guardians
    assert (again.new, again.changed, again.begun, again.ended) == (0, 0, 0, 0)
    frozen_day.move_to("2026-05-21T10:00:00+02:00")
    now = replace(MOTHER, email="ny@example.se", pupil_ids=("e-bilal",))
    third = load(world, roster(guardians=(now,))).guardians
    assert (third.new, third.changed, third.begun, third.ended) == (0, 1, 0, 1)
    assert custodies(world, "e-alva")[1:] == [("Siri Påhittad", "ny@example.se", TODAY, True)]
    assert custodies(world, "e-bilal") == [("Siri Påhittad", "ny@example.se", None, True)]


def test_a_guardian_whom_a_person_wrote_in_is_never_ended_by_a_source(world: World) -> None:
    load(world, roster(guardians=()))
    assert custodies(world, "e-alva") == [("Sofia Lindqvist", "", None, True)]


def test_the_same_name_with_the_same_child_is_the_same_guardian(world: World) -> None:
    sofia = GuardianLine(source_id="g-2", name="sofia  lindqvist", phone="070-2", pupil_ids=("e-alva",))
    loaded = load(world, roster(guardians=(sofia,))).guardians
    assert (loaded.new, loaded.changed, loaded.begun) == (0, 1, 0)
    with inside(world):
        guardian = Guardian.objects.get(source_id="g-2")
        assert (guardian.user, guardian.phone) == (world.users["legal_guardian"], "070-2")


def test_a_custody_that_comes_back_keeps_the_decision_that_the_guardian_may_not_see(world: World) -> None:
    load(world, roster(guardians=(MOTHER,)))
    with inside(world):
        Custody.objects.filter(guardian__source_id="g-1").update(may_see=False, first_day=YEAR_START)
    load(world, roster(guardians=()))
    load(world, roster(guardians=(MOTHER,)))
    assert [each[2:] for each in custodies(world, "e-bilal")] == [(YESTERDAY, False), (None, False)]


def test_a_protected_guardians_contact_data_are_not_kept(world: World) -> None:
    load(world, roster(guardians=(MOTHER,)))
    assert custodies(world, "e-bilal")[0][1] == "siri@example.se"
    load(world, roster(guardians=(replace(MOTHER, is_protected=True),)))
    with inside(world):
        guardian = Guardian.objects.get(source_id="g-1")
        assert (guardian.name, guardian.email, guardian.phone) == ("Siri Påhittad", "", "")


def test_an_adult_pupil_has_no_guardian_as_the_source_tells_of_none(world: World) -> None:
    load(world, roster(guardians=(MOTHER,)))
    assert sees_as_guardian(world) is False
    with inside(world):
        Guardian.objects.filter(source_id="g-1").update(user=world.users["legal_guardian"])
    assert sees_as_guardian(world) is True
    load(world, roster(guardians=(replace(MOTHER, pupil_ids=("e-alva",)),)))
    assert sees_as_guardian(world) is False


def sees_as_guardian(world: World) -> bool:
    return sees(world, "legal_guardian", "Bilal")


# --- mentors ---

KIM = StaffLine(source_id="s-1", name="Kim Ny", email="Kim.Ny@example.se", unit_codes=("1001",), mentor_at=("1001",))


def mentors(world: World, pupil_id: str) -> set[str]:
    with inside(world):
        found = Mentorship.objects.filter(pupil__pupil_id=pupil_id, last_day=None)
        return set(found.values_list("user__email", flat=True))


def test_a_mentor_of_the_source_gets_an_account_without_password_and_the_pupils(world: World) -> None:
    told = roster(staff=(KIM,), pupils=of_strand(line("e-nora", mentor="kim.ny@example.se")))
    loaded = load(world, told)
    assert loaded.mentors is not None
    assert (loaded.mentors.accounts, loaded.mentors.begun, loaded.mentors.ended) == (1, 1, 0)
    assert mentors(world, "e-nora") == {"kim.ny@example.se"}
    user = User.objects.get(email="kim.ny@example.se")
    assert not user.has_usable_password()
    row = Membership.objects.get(user=user)
    assert (row.role, row.unit, row.source, row.first_day) == ("mentor", world.strand, SOURCE, TODAY)
    again = load(world, told)
    assert again.mentors is not None
    assert (again.mentors.accounts, again.mentors.begun, again.mentors.ended) == (0, 0, 0)


def test_only_what_the_source_gave_is_ended_by_it(world: World, frozen_day: Any) -> None:
    load(world, roster(staff=(KIM,)))
    load(world, roster(staff=(replace(KIM, email="annan@example.se"),)), source=uuid4())
    frozen_day.move_to("2026-05-21T10:00:00+02:00")
    loaded = load(world, roster())
    assert loaded.mentors is not None
    assert loaded.mentors.ended == 1
    ended = {row.user.email: row.last_day for row in Membership.objects.filter(role="mentor").select_related("user")}
    assert ended["kim.ny@example.se"] == TODAY
    assert ended["annan@example.se"] is None
    assert ended["mentor@example.se"] is None


def test_an_assignment_that_a_person_gave_is_not_given_again_and_a_closed_account_stays_closed(world: World) -> None:
    known = replace(KIM, email="mentor@example.se")
    User.objects.filter(email="other_mentor@example.se").update(is_active=False)
    closed = replace(KIM, source_id="s-2", email="other_mentor@example.se", mentor_at=("1001", "1002"))
    ekbacken = UnitLine(line=2, code="1002", name="Ekbackens skola")
    pupils = of_strand(line("e-casper", unit_code="1002"), line("e-lo", unit_code="1002", first_day="2026-01-10"))
    loaded = load(world, roster(units=(STRAND, ekbacken), pupils=pupils, staff=(known, closed)))
    assert loaded.mentors is not None
    assert loaded.mentors.begun == 0


def test_without_the_setting_no_account_is_made_and_a_protected_person_gets_none(world: World) -> None:
    assert load(world, roster(staff=(KIM,)), give_assignments=False).mentors is None
    loaded = load(world, roster(staff=(replace(KIM, is_protected=True),)))
    assert loaded.protected_staff == 1
    assert not User.objects.filter(email="kim.ny@example.se").exists()


def test_a_login_name_that_is_an_address_stands_in_for_a_missing_one(world: World) -> None:
    load(world, roster(staff=(replace(KIM, email="", login_names=("kn12", "KN12@example.se")),)))
    assert User.objects.filter(email="kn12@example.se").exists()


# --- protection and identity ---


def test_a_marking_in_the_source_protects_at_once(world: World) -> None:
    assert sees(world, "mentor", "Alva")
    loaded = load(world, roster(pupils=(line("e-alva", is_protected=True, home_municipality="0138"), *of_strand()[1:])))
    assert loaded.pupils.protected == 1
    assert not sees(world, "mentor", "Alva")
    assert sees(world, "principal", "Alva")
    with inside(world):
        assert ProtectedIdentity.objects.filter(pupil__pupil_id="e-alva").exists()
        assert Pupil.objects.get(pupil_id="e-alva").home_municipality == ""


def test_two_ids_with_one_number_are_told_and_not_merged(world: World) -> None:
    twins = tuple(line(f"e-{name}", identity_number=f"20130512-239{check_digit('130512239')}") for name in ("x", "y"))
    loaded = load(world, roster(pupils=of_strand(*twins)))
    assert (loaded.pupils.new, loaded.pupils.same_identity) == (2, 1)


def test_each_part_leaves_its_trace_without_a_name(world: World) -> None:
    load(world, roster(guardians=(MOTHER,), staff=(KIM,)))
    rows = {row.action: row for row in AuditEntry.objects.all()}
    wanted = {
        "register.load_units",
        "account.create",
        "account.keep",
        "register.load_pupils",
        "register.load_guardians",
    }
    assert wanted <= rows.keys()
    assert rows["register.load_guardians"].objects_seen
    assert not any(word in str(row.details) for row in rows.values() for word in ("Siri", "Kim", "example"))


def test_all_or_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_anything: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("narvaro.contexts.register.rosters.load_guardians", fail)
    with pytest.raises(RuntimeError):
        load(world, roster(units=(replace(STRAND, name="Halvvägs"),), staff=(KIM,)))
    assert Unit.objects.get(code="1001").name == "Strandskolan"
    assert not User.objects.filter(email="kim.ny@example.se").exists()
