"""Settings: who may open what, whose things they reach, and that what is sent is saved once or refused in words."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from narvaro.contexts.register.api import save_school_year, school_calendar
from narvaro.contexts.register.models import ProtectedAccess, SchoolYear, Unit
from narvaro.core.actor import Actor
from narvaro.core.models import AuditEntry, Membership, User
from narvaro.core.scope import acting
from narvaro.demo.school_year import demo_calendar
from tests.web.conftest import As
from tests.web.world import TODAY, World

ROLES = (
    *("teacher", "mentor", "pupil_health", "school_nurse", "principal", "attendance_coordinator", "organiser_officer"),
    *("collaboration_team", "process_leader", "evaluator", "kaa_coordinator", "system_administrator"),
    *("legal_guardian", "pupil", "social_worker", "clinician"),
)
MAY: dict[str, set[str]] = {
    "settings": {"system_administrator", "principal", "attendance_coordinator", "organiser_officer"},
    "settings_units": {"system_administrator", "principal", "organiser_officer"},
    "settings_unit": {"system_administrator"},
    "settings_staff": {"system_administrator", "principal"},
    "settings_invite": {"system_administrator", "principal"},
    "settings_person": {"system_administrator", "principal"},
    "settings_calendar": {"system_administrator", "principal", "organiser_officer"},
    "settings_calendar_year": {"system_administrator", "principal", "organiser_officer"},
    "settings_calendar_unit": {"system_administrator", "principal"},
    "settings_protected": {"principal"},
    "settings_protected_pupil": {"principal"},
}
SENT: dict[str, set[str]] = {
    "settings_unit": {"system_administrator"},
    "settings_invite": {"system_administrator", "principal"},
    "settings_assignment_end": {"system_administrator", "principal"},
    "settings_account_close": {"system_administrator"},
    "settings_second_factor": {"system_administrator"},
    "settings_calendar_year": {"system_administrator"},
    "settings_calendar_unit": {"system_administrator", "principal"},
    "settings_calendar_drop": {"system_administrator", "principal"},
    "settings_protected_pupil": {"principal"},
    "settings_protected_end": {"principal"},
}
Sent = dict[str, Any]


def parts_of(world: World, route: str) -> Sent:
    """What stands in the address, within reach of all who may."""
    parts: dict[str, Sent] = {
        "settings_unit": {"unit": world.strand.key},
        "settings_person": {"person": world.users["mentor"].key},
        "settings_assignment_end": {"person": world.users["mentor"].key, "assignment": assignment_of(world, "mentor")},
        "settings_account_close": {"person": world.users["mentor"].key},
        "settings_second_factor": {"person": world.users["mentor"].key},
        "settings_calendar_year": {"year": 2025},
        "settings_calendar_unit": {"year": 2025, "unit": world.strand.key},
        "settings_calendar_drop": {"year": 2025, "unit": world.strand.key},
        "settings_protected_pupil": {"pupil": world.pupils["Ida"].key},
        "settings_protected_end": {"pupil": world.pupils["Ida"].key, "person": world.users["principal"].key},
    }
    return parts.get(route, {})


def address(world: World, route: str, **parts: Any) -> str:
    return reverse(route, kwargs={**parts_of(world, route), **parts})


def assignment_of(world: World, role: str) -> UUID:
    return Membership.objects.filter(user=world.users[role]).earliest("pk").key


def token() -> str:
    return str(uuid4())


@pytest.fixture
def decided(world: World) -> World:
    """A school year for the organiser, and a second person who may see Ida."""
    save_school_year(by=Actor.system(world.organiser.pk), calendar=demo_calendar(2025))
    return world


def invitation(world: World, **changes: Any) -> Sent:
    sent = {"email": "ny@example.se", "name": "Ny Person", "role": "mentor", "unit": str(world.strand.key)}
    return {"token": token(), **sent, "first_day": TODAY.isoformat(), "last_day": "", **changes}


def year_sent(**changes: Any) -> Sent:
    calendar = demo_calendar(2025)
    sent: Sent = {
        "token": token(),
        "autumn_first": calendar.autumn.first,
        "autumn_last": calendar.autumn.last,
        "spring_first": calendar.spring.first,
        "spring_last": calendar.spring.last,
        "staff_days": "\n".join(map(str, calendar.staff_days)),
        "extra_days": "",
        "seen": 0,
        "breaks-TOTAL_FORMS": len(calendar.breaks) + 1,
        "breaks-INITIAL_FORMS": 0,
    }
    for number, each in enumerate(calendar.breaks):
        sent |= {f"breaks-{number}-{name}": getattr(each, name) for name in ("name", "first", "last")}
    return {**sent, **changes}


@pytest.mark.parametrize("route", MAY)
def test_each_page_opens_for_those_who_may_and_nobody_else(decided: World, signed_in: As, route: str) -> None:
    answers = {role: signed_in(role).get(address(decided, route)).status_code for role in ROLES}
    assert {role for role, status in answers.items() if status == 200} == MAY[route]
    assert {status for role, status in answers.items() if role not in MAY[route]} == {403}


@pytest.mark.parametrize("route", SENT)
def test_each_form_is_taken_from_those_who_may_and_nobody_else(decided: World, signed_in: As, route: str) -> None:
    url = address(decided, route)
    refused = {role for role in ROLES if signed_in(role).post(url, {}).status_code == 403}
    assert refused == set(ROLES) - SENT[route]


@pytest.mark.parametrize("route", [*MAY, *SENT])
def test_a_form_from_elsewhere_and_a_visitor_are_turned_away(world: World, route: str) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.get(address(world, route)).status_code == 302
    client.force_login(world.users["principal"], backend="allauth.account.auth_backends.AuthenticationBackend")
    if route in SENT:
        assert client.post(address(world, route), {"token": token()}).status_code == 403


@pytest.mark.parametrize(
    ("role", "route", "parts"),
    [
        ("system_administrator", "settings_unit", lambda w: {"unit": w.other_school.key}),
        ("system_administrator", "settings_person", lambda w: {"person": w.users["foreign_principal"].key}),
        ("system_administrator", "settings_person", lambda w: {"person": w.users["legal_guardian"].key}),
        ("principal", "settings_person", lambda w: {"person": w.users["ekbacken_principal"].key}),
        ("principal", "settings_person", lambda w: {"person": w.users["system_administrator"].key}),
        ("principal", "settings_calendar_unit", lambda w: {"unit": w.ekbacken.key}),
        ("principal", "settings_calendar_unit", lambda w: {"unit": w.other_school.key}),
        ("foreign_principal", "settings_protected_pupil", lambda w: {}),
        ("ekbacken_principal", "settings_protected_pupil", lambda w: {}),
        ("principal", "settings_protected_pupil", lambda w: {"pupil": w.pupils["Alva"].key}),
        ("system_administrator", "settings_calendar_year", lambda w: {"year": 1999}),
    ],
)
def test_what_is_another_authoritys_or_another_schools_is_not_found(
    decided: World, signed_in: As, role: str, route: str, parts: Callable[[World], Sent]
) -> None:
    assert signed_in(role).get(address(decided, route, **parts(decided))).status_code == 404


@pytest.mark.parametrize(
    ("role", "person"),
    [("principal", "ekbacken_principal"), ("principal", "system_administrator"), ("principal", "foreign_principal")],
)
def test_an_assignment_out_of_reach_cannot_be_ended(world: World, signed_in: As, role: str, person: str) -> None:
    parts = {"person": world.users[person].key, "assignment": assignment_of(world, person)}
    url = reverse("settings_assignment_end", kwargs=parts)
    assert signed_in(role).post(url, {"token": token()}).status_code == 404
    assert Membership.objects.get(user=world.users[person]).last_day is None


def test_the_system_administrator_reads_no_pupils_name(decided: World, signed_in: As) -> None:
    pages = [route for route, roles in MAY.items() if "system_administrator" in roles]
    texts = [signed_in("system_administrator").get(address(decided, route)).content.decode() for route in pages]
    assert any("Strandskolan" in text for text in texts)
    assert not [text for text in texts for name in ("Alva", "Bilal", "Ida ", "Casper") if name in text]


def test_staff_are_found_by_any_spelling_of_the_name(world: World, signed_in: As) -> None:
    User.objects.filter(pk=world.users["teacher"].pk).update(name="Åsa Öberg")
    for text in ("åsa", "ÅSA", "A\u030asa O\u0308berg", "teacher@"):
        page = signed_in("principal").get(reverse("settings_staff"), {"q": text}).content.decode()
        assert "Åsa Öberg" in page
        assert "Person mentor" not in page
    assert "1 person" in page
    for text in ("🙂", "%", "\x00", "x" * 5000):
        answer = signed_in("principal").get(reverse("settings_staff"), {"q": text, "page": "x", "role": "\x00"})
        assert answer.status_code == 200


def test_a_principal_sees_the_own_units_staff_only(world: World, signed_in: As) -> None:
    page = signed_in("principal").get(reverse("settings_staff")).content.decode()
    assert "Person mentor" in page
    assert "Person ekbacken_principal" not in page
    assert "Person system_administrator" not in page


def test_staff_pages_cost_the_same_for_few_and_many(world: World, signed_in: As, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    client = signed_in("principal")
    client.get(reverse("settings_staff"))
    made = User.objects.bulk_create([User(email=f"m{n}@example.se", name=f"M {n}") for n in range(60)])
    for some in (made[:1], made[1:]):
        Membership.objects.bulk_create(
            [
                Membership(user=each, authority=world.organiser, unit=world.strand, role="mentor", first_day=TODAY)
                for each in some
            ]
        )
        with django_assert_max_num_queries(18):
            assert client.get(reverse("settings_staff")).status_code == 200


def test_a_new_colleague_gets_an_account_a_role_and_a_link(world: World, signed_in: As) -> None:
    answer = signed_in("principal").post(reverse("settings_invite"), invitation(world, name="A\u030asa Ny"))
    user = User.objects.get(email="ny@example.se")
    assert answer["Location"] == reverse("settings_person", args=[user.key])
    assert user.name == "Åsa Ny"
    membership = Membership.objects.get(user=user)
    assert (membership.role, membership.unit, membership.given_by) == ("mentor", world.strand, world.users["principal"])
    assert [message.to for message in mail.outbox] == [["ny@example.se"]]
    page = signed_in("principal").get(answer["Location"]).content.decode()
    assert "Person principal" in page


def test_a_double_click_invites_once(world: World, signed_in: As) -> None:
    sent, client = invitation(world), signed_in("principal")
    first, second = (client.post(reverse("settings_invite"), sent) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert Membership.objects.filter(user__email="ny@example.se").count() == 1
    again = client.post(reverse("settings_invite"), {**sent, "token": token()})
    assert again.status_code == 409
    assert client.post(reverse("settings_invite"), {**sent, "token": "x"}).status_code in (200, 400)


def test_who_has_an_account_elsewhere_keeps_it(world: World, signed_in: As) -> None:
    foreign = world.users["foreign_principal"]
    sent = invitation(world, email=foreign.email.upper(), name="Another Name")
    assert signed_in("principal").post(reverse("settings_invite"), sent).status_code == 302
    foreign.refresh_from_db()
    assert foreign.name == "Person foreign_principal"
    assert not mail.outbox
    assert Membership.objects.filter(user=foreign).count() == 2


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 302),
        ({"role": "principal"}, 200),
        ({"role": "system_administrator"}, 200),
        ({"unit": "all"}, 200),
        ({"email": "principal@example.se"}, 409),
        ({"last_day": "2020-01-01"}, 200),
        ({"email": "not an address"}, 200),
        ({"name": ""}, 200),
        ({"name": "x" * 121}, 200),
        ({"name": "x" * 1_000_000}, 200),
        ({"name": "Null\x00"}, 302),
        ({"name": "Eva 🙂"}, 302),
    ],
)
def test_what_a_principal_may_give_and_what_can_be_sent(
    world: World, signed_in: As, changes: Sent, status: int
) -> None:
    before = User.objects.count(), Membership.objects.count()
    answer = signed_in("principal").post(reverse("settings_invite"), invitation(world, **changes))
    assert answer.status_code == status
    after = User.objects.count(), Membership.objects.count()
    assert (after != before) == (status == 302)


def test_another_schools_unit_cannot_be_given(world: World, signed_in: As) -> None:
    for unit in (world.ekbacken, world.other_school):
        sent = invitation(world, unit=str(unit.key))
        assert signed_in("principal").post(reverse("settings_invite"), sent).status_code == 200
    assert not User.objects.filter(email="ny@example.se").exists()


def test_nobody_raises_themselves(world: World, signed_in: As) -> None:
    own = world.users["system_administrator"]
    sent = invitation(world, email=own.email, role="principal")
    assert signed_in("system_administrator").post(reverse("settings_invite"), sent).status_code == 409
    assert Membership.objects.filter(user=own).count() == 1


def test_an_ended_assignment_is_gone_at_the_next_request(world: World, signed_in: As) -> None:
    mentor, principal = signed_in("mentor"), signed_in("principal")
    assert mentor.get("/").status_code == 200
    assert principal.post(address(world, "settings_assignment_end"), {"token": token()}).status_code == 302
    assert mentor.get("/").status_code == 403
    row = Membership.objects.get(user=world.users["mentor"])
    assert (row.last_day, row.ended_by) == (TODAY - timedelta(days=1), world.users["principal"])
    actions = AuditEntry.objects.filter(action="account.end").values_list("user_id", flat=True)
    assert list(actions) == [world.users["principal"].pk]
    page = principal.get(address(world, "settings_person")).content.decode()
    assert "Person principal" in page


def test_ones_own_assignment_and_a_colleague_principals_are_not_ended(world: World, signed_in: As) -> None:
    own = {"person": world.users["principal"].key, "assignment": assignment_of(world, "principal")}
    url = reverse("settings_assignment_end", kwargs=own)
    assert signed_in("principal").post(url, {"token": token()}).status_code == 409
    assert signed_in("system_administrator").post(url, {"token": token()}).status_code == 302


def test_a_closed_account_is_signed_out(world: World, signed_in: As) -> None:
    mentor = signed_in("mentor")
    assert mentor.get("/").status_code == 200
    url, person = address(world, "settings_account_close"), address(world, "settings_person")
    assert url in signed_in("system_administrator").get(person).content.decode()
    assert url not in signed_in("principal").get(person).content.decode()
    assert signed_in("system_administrator").post(url, {"token": token()}).status_code == 302
    assert mentor.get("/").status_code == 302
    page = signed_in("system_administrator").get(address(world, "settings_person")).content.decode()
    assert 'data-color="info"' in page
    assert url not in page


def test_an_account_that_another_authority_needs_is_not_closed(world: World, signed_in: As) -> None:
    system = Membership(user=world.users["mentor"], authority=world.social_services, role="social_worker")
    system.first_day = TODAY
    system.save()
    url = address(world, "settings_account_close")
    assert signed_in("system_administrator").post(url, {"token": token()}).status_code == 409
    assert User.objects.get(pk=world.users["mentor"].pk).is_active


def test_a_unit_is_edited_once_and_within_its_limits(world: World, signed_in: As) -> None:
    client, url = signed_in("system_administrator"), address(world, "settings_unit")
    sent = {
        "token": token(),
        "name": "Strandskolan Norra",
        "area": "Norra",
        "school_forms": ["GR", "GRS"],
        "grades": "F-9",
        "version": "1",
    }
    assert client.post(url, sent).status_code == 302
    assert client.post(url, {**sent, "name": "Again"}).status_code == 302
    unit = Unit.objects.get(pk=world.strand.pk)
    assert (unit.name, unit.area, unit.school_forms, unit.grades) == (
        "Strandskolan Norra",
        "Norra",
        ["GR", "GRS"],
        "F-9",
    )
    for wrong in ({"name": "x" * 121}, {"name": "\x00"}, {"school_forms": ["XX"]}, {"name": " \n "}):
        assert client.post(url, {**sent, "token": token(), **wrong}).status_code == 200
    assert AuditEntry.objects.filter(action="unit.edit").count() == 1


def test_of_two_who_edit_a_unit_the_second_sees_both_texts(world: World, signed_in: As) -> None:
    client, url = signed_in("system_administrator"), address(world, "settings_unit")
    sent = {"name": "First", "school_forms": ["GR"], "version": "1"}
    assert client.post(url, {**sent, "token": token()}).status_code == 302
    late = client.post(url, {**sent, "token": token(), "name": "Second"})
    assert late.status_code == 409
    assert {"First", "Second"} <= set(re.findall("First|Second", late.content.decode()))
    assert Unit.objects.get(pk=world.strand.pk).name == "First"
    assert client.post(url, {**sent, "token": token(), "name": "Second", "version": "2"}).status_code == 302


def test_of_two_who_save_a_school_year_the_second_sees_both(world: World, signed_in: As) -> None:
    client, url = signed_in("system_administrator"), address(world, "settings_calendar_year")
    assert client.post(url, year_sent()).status_code == 302
    late = client.post(url, year_sent(extra_days="2025-09-06"))
    assert late.status_code == 409
    assert "2025-09-06" in late.content.decode()
    assert school_calendar(Actor.system(world.organiser.pk), None, 2025) == demo_calendar(2025)
    assert client.post(url, year_sent(extra_days="2025-09-06", seen="1")).status_code == 302


def test_a_school_year_is_saved_with_its_breaks(world: World, signed_in: As) -> None:
    url = address(world, "settings_calendar_year")
    answer = signed_in("system_administrator").post(url, year_sent(), follow=True)
    assert school_calendar(Actor.system(world.organiser.pk), None, 2025) == demo_calendar(2025)
    assert "178" in answer.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"autumn_first": "2024-08-19"},
        {"spring_first": "2025-12-01"},
        {"autumn_last": "2025-08-01"},
        {"staff_days": "the third of November"},
        {"staff_days": "2027-01-01"},
        {"staff_days": "2025-11-03", "extra_days": "2025-11-03"},
        {"breaks-0-last": ""},
        {"breaks-0-last": "2025-10-01"},
        {"breaks-0-name": ""},
        {"breaks-0-first": "2024-10-27", "breaks-0-last": "2024-10-28"},
        {"breaks-0-name": "x" * 61},
        {"autumn_first": ""},
        {"staff_days": "x" * 1_000_000},
        {"staff_days": "\x00"},
        {"breaks-TOTAL_FORMS": "x"},
    ],
)
def test_a_year_that_contradicts_itself_is_not_saved(world: World, signed_in: As, wrong: Sent) -> None:
    client, url = signed_in("system_administrator"), address(world, "settings_calendar_year")
    assert client.post(url, year_sent(**wrong)).status_code == 200
    assert not SchoolYear.objects.exists()
    assert client.post(url, year_sent()).status_code == 302
    assert SchoolYear.objects.count() == 1


def test_too_few_school_days_are_saved_and_said(world: World, signed_in: As) -> None:
    url = address(world, "settings_calendar_year")
    shorter = year_sent(staff_days="\n".join(map(str, (*demo_calendar(2025).staff_days, date(2025, 9, 1)))))
    page = signed_in("system_administrator").post(url, shorter, follow=True).content.decode()
    assert "177" in page


def test_a_year_that_nobody_has_decided_says_so(decided: World, signed_in: As) -> None:
    for role in ("system_administrator", "principal"):
        page = signed_in(role).get(address(decided, "settings_calendar_year", year=2026)).content.decode()
        assert "2026/27" in page
        assert "178" not in page


def test_a_school_that_differs_and_returns(decided: World, signed_in: As) -> None:
    client, url = signed_in("principal"), address(decided, "settings_calendar_unit")
    assert "178" in client.get(url).content.decode()
    follows = "1 skola följer den gemensamma kalendern"
    assert follows in client.get(reverse("settings_calendar")).content.decode()
    assert client.post(url, year_sent(extra_days="2025-09-06")).status_code == 302
    assert follows not in client.get(reverse("settings_calendar")).content.decode()
    own = school_calendar(Actor.system(decided.organiser.pk), decided.strand.pk, 2025)
    assert own is not None
    assert len(own.school_days()) == 179
    assert school_calendar(Actor.system(decided.organiser.pk), decided.ekbacken.pk, 2025) == demo_calendar(2025)
    assert client.post(address(decided, "settings_calendar_drop"), {"token": token()}).status_code == 302
    assert school_calendar(Actor.system(decided.organiser.pk), decided.strand.pk, 2025) == demo_calendar(2025)


def test_a_principal_adds_and_takes_off_who_may_see_a_protected_pupil(world: World, signed_in: As) -> None:
    client, coordinator = signed_in("principal"), world.users["attendance_coordinator"]
    url = address(world, "settings_protected_pupil")
    sent = {"token": token(), "person": str(coordinator.key)}
    for _ in range(2):
        assert client.post(url, sent).status_code == 302
    with acting(world.actor("principal")):
        assert ProtectedAccess.objects.filter(user=coordinator).count() == 1
    assert "Person attendance_coordinator" in client.get(reverse("settings_protected")).content.decode()
    end = address(world, "settings_protected_end", person=coordinator.key)
    assert client.post(end, {"token": token()}).status_code == 302
    with acting(world.actor("principal")):
        assert not ProtectedAccess.objects.filter(user=coordinator).exists()
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"protected.list", "protected.unlist", "protected.edit"} <= actions


def test_the_last_one_on_the_list_stays(world: World, signed_in: As) -> None:
    assert signed_in("principal").post(address(world, "settings_protected_end"), {"token": token()}).status_code == 409


def test_only_staff_of_the_school_can_be_listed(world: World, signed_in: As) -> None:
    for person in ("ekbacken_principal", "foreign_principal", "legal_guardian", "teacher"):
        sent = {"token": token(), "person": str(world.users[person].key)}
        assert signed_in("principal").post(address(world, "settings_protected_pupil"), sent).status_code == 200
    with acting(world.actor("principal")):
        assert ProtectedAccess.objects.count() == 1


def test_a_principal_who_is_not_listed_learns_the_number_and_no_name(world: World, signed_in: As) -> None:
    with acting(world.actor("principal")):
        ProtectedAccess.objects.all().delete()
    page = signed_in("principal").get(reverse("settings_protected")).content.decode()
    assert "Ida Påhittad" not in page
    assert "1 " in page
