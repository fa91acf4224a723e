"""The national format on its page: who gets what, and what is noted about it."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from narvaro.contexts.register.api import facts_folder
from narvaro.contexts.register.models import ProtectedIdentity
from narvaro.core.crypto import encrypt
from narvaro.core.models import AuditEntry, Membership
from narvaro.core.scope import acting
from tests.lesson_files import import_files, row, write
from tests.web.conftest import As
from tests.web.world import TODAY, World

AUTUMN, SPRING = "4050", "4051"
NUMBER = "20130101TF01"
"""Invented."""


@pytest.fixture
def facts(world: World, tmp_path: Path) -> None:
    """Lo was at Strand in autumn and is at Ekbacken; Ida's identity is protected; nobody knows the stranger."""
    lessons = [
        row(elev_id="e-alva", skolenhetskod="1001", datum="2025-09-01", giltig_min=60, narvarominuter=0),
        row(elev_id="e-alva", skolenhetskod="1001", datum="2026-02-02"),
        row(elev_id="e-bilal", skolenhetskod="1001", datum="2025-09-01"),
        row(elev_id="e-ida", skolenhetskod="1001", datum="2025-09-01", ogiltig_min=60, narvarominuter=0),
        row(elev_id="e-lo", skolenhetskod="1001", datum="2025-09-01", ogiltig_min=15, narvarominuter=45),
        row(elev_id="e-lo", skolenhetskod="1002", datum="2026-02-02"),
        row(elev_id="e-casper", skolenhetskod="1002", datum="2025-09-01"),
        row(elev_id="e-stranger", skolenhetskod="1001", datum="2025-09-01"),
    ]
    import_files(facts_folder(world.organiser.pk), write(tmp_path, *lessons))


def file_of(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def made(client: Client, route: str = "national_file", **fields: str) -> Any:
    return client.post(reverse(route), {"term": AUTUMN} | fields)


@pytest.mark.usefixtures("facts")
def test_the_page_holds_sums_by_school_and_no_pupil(signed_in: As) -> None:
    client = signed_in("attendance_coordinator")
    page = " ".join(client.get(reverse("national"), {"term": AUTUMN}).content.decode().split())
    assert "Strandskolan" in page
    assert "höstterminen 2025" in page
    assert "e-alva" not in page
    assert "Alva" not in page
    assert "vårterminen 2026" in client.get(reverse("national")).content.decode()
    assert reverse("national") in client.get(reverse("settings")).content.decode()


@pytest.mark.usefixtures("facts")
def test_the_file_holds_the_schools_pupils_of_that_time_and_nobody_protected(world: World, signed_in: As) -> None:
    answer = made(signed_in("principal"))
    assert "attachment" in answer["Content-Disposition"]
    rows = file_of(answer)
    assert [(each["elev_id"], each["giltig_franvaro_h"], each["ogiltig_franvaro_h"]) for each in rows] == [
        ("e-alva", "1,00", "0,00"),
        ("e-bilal", "0,00", "0,00"),
        ("e-lo", "0,00", "0,25"),
    ]
    assert {each["skolenhetskod"] for each in rows} == {"1001"}
    entry = AuditEntry.objects.filter(action="national.read").latest("seq")
    assert entry.objects_seen == sorted(world.pupils[name].pk for name in ("Alva", "Bilal", "Lo"))
    assert (entry.details["term"], entry.details["rows"]) == (4050, 3)


@pytest.mark.usefixtures("facts")
def test_another_schools_principal_has_that_school_only(signed_in: As) -> None:
    assert [each["elev_id"] for each in file_of(made(signed_in("ekbacken_principal")))] == ["e-casper"]
    assert [each["elev_id"] for each in file_of(made(signed_in("ekbacken_principal"), term=SPRING))] == ["e-lo"]


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize("role", ["teacher", "mentor", "organiser_officer", "system_administrator", "legal_guardian"])
def test_others_are_refused(signed_in: As, role: str) -> None:
    assert signed_in(role).get(reverse("national")).status_code == 403
    assert made(signed_in(role)).status_code == 403


@pytest.mark.usefixtures("facts")
def test_identity_numbers_are_a_right_of_their_own_and_asked_for_each_time(world: World, signed_in: As) -> None:
    principal, coordinator = signed_in("principal"), signed_in("attendance_coordinator")
    assert made(principal, "national_identity", needed="on").status_code == 403
    assert reverse("national_identity") not in principal.get(reverse("national")).content.decode()
    assert reverse("national_identity") in coordinator.get(reverse("national")).content.decode()
    assert made(coordinator, "national_identity").status_code == 400
    refused = made(coordinator, "national_identity", needed="on")
    assert refused.status_code == 409
    assert "3 elever saknar personnummer" in refused.content.decode()
    _give_numbers(world)
    answer = made(coordinator, "national_identity", needed="on")
    rows = file_of(answer)
    assert {each["personnummer"] for each in rows} == {f"2013010{n}TF01" for n in (1, 2, 3)}
    assert "elev_id" not in rows[0]
    assert NUMBER not in answer["Content-Disposition"]
    entry = AuditEntry.objects.filter(action="national.identity").latest("seq")
    assert len(entry.objects_seen) == 3
    assert "TF01" not in str(entry.details)
    assert all(NUMBER not in row.values() for row in file_of(made(coordinator)))


@pytest.mark.usefixtures("facts")
def test_who_is_protected_since_yesterday_is_in_no_file_made_today(world: World, signed_in: As) -> None:
    client = signed_in("principal")
    assert "e-alva" in {each["elev_id"] for each in file_of(made(client))}
    with acting(world.actor("system_administrator")):
        ProtectedIdentity.of(pupil=world.pupils["Alva"], since=TODAY).save()
    assert {each["elev_id"] for each in file_of(made(client))} == {"e-bilal", "e-lo"}


@pytest.mark.usefixtures("facts")
def test_the_file_is_of_one_moment_and_nobodys_after_the_assignment_has_ended(
    world: World, signed_in: As, tmp_path: Path
) -> None:
    client = signed_in("principal")
    answer = made(client)
    root = facts_folder(world.organiser.pk)
    import_files(root, write(tmp_path, row(elev_id="e-bilal", skolenhetskod="1001", datum="2025-09-02"), name="2.csv"))
    hours = {each["elev_id"]: each["erbjuden_tid_h"] for each in file_of(answer)}
    assert hours["e-bilal"] == "1,00"
    assert {each["elev_id"]: each["erbjuden_tid_h"] for each in file_of(made(client))}["e-bilal"] == "2,00"
    Membership.objects.filter(user=world.users["principal"]).update(last_day=TODAY - timedelta(days=1))
    assert made(client).status_code == 403


def _give_numbers(world: World) -> None:
    with acting(world.actor("system_administrator")):
        for place, name in enumerate(("Alva", "Bilal", "Lo"), start=1):
            pupil = world.pupils[name]
            pupil.identity_encrypted = encrypt(f"2013010{place}TF01", use="identity")
            pupil.save(update_fields=["identity_encrypted"])


def test_without_lessons_there_is_nothing_to_hand_in(signed_in: As) -> None:
    client = signed_in("principal")
    page = client.get(reverse("national"))
    assert (page.status_code, b"national/file" in page.content) == (200, False)
    assert made(client).status_code == 400


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize("term", ["", "x", "4049", "999999999999", "-1", "٤٠٥٠"])
def test_a_term_that_is_not_there(signed_in: As, term: str) -> None:
    client = signed_in("principal")
    assert client.get(reverse("national"), {"term": term}).status_code == 200
    assert made(client, term=term).status_code == 400
