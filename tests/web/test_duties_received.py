"""What other organisers told the home municipality (A14): written down, given, linked, assessed, by the organiser."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from narvaro.contexts.duties.models import ReceivedNotice
from narvaro.contexts.duties.received import Assessed, assess_received, find_received, waiting_received
from narvaro.contexts.register.models import ProtectedAccess, ProtectedIdentity
from narvaro.core.actor import Actor
from narvaro.core.errors import Conflict, Refused
from narvaro.core.models import AuditEntry
from narvaro.core.scope import acting
from narvaro.domain.duties import State
from tests.web.cases import decide_year
from tests.web.conftest import As
from tests.web.world import TODAY, World

REASON = "hemligt skäl"


@pytest.fixture(autouse=True)
def year(world: World) -> None:
    decide_year(world)


def page(client: Client, route: str, *key: object, **query: str) -> str:
    client.cookies["language"] = "en"
    answer = client.get(reverse(route, args=list(key)), query)
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def send(client: Client, route: str, *key: object, **fields: Any) -> int:
    return client.post(reverse(route, args=list(key)), {"token": str(uuid4()), **fields}).status_code


def arrives(client: Client, **fields: Any) -> int:
    given = {
        "subject": "investigation",
        "about_day": TODAY.isoformat(),
        "pupil_name": "Nora Exempel",
        "reference": "",
        "school_name": "Friskolan",
        "school_form": "GR",
        "grade": "8",
        "sender": "Friskolan AB, rektor",
        "received_on": TODAY.isoformat(),
        "way": "letter",
        "handler": "",
    }
    return send(client, "received_new", **(given | fields))


def only(world: World) -> Any:
    with acting(Actor.system(world.organiser.pk)):
        return ReceivedNotice.objects.get()


def assess(client: Client, row: Any, decision: str = "coordinate", **fields: Any) -> int:
    given = {"decision": decision, "reason": REASON, "contact": "Resursteamet", "version": str(row.version)}
    return send(client, "received_assess", row.key, **(given | fields))


def test_a_notice_is_written_down_waits_and_is_assessed(world: World, signed_in: As) -> None:
    client = signed_in("organiser_officer")
    assert "No notice from another organiser waits" in page(client, "received_notices")
    assert arrives(client, needs_coordination="on") == 302
    html = page(client, "received_notices")
    assert "1 notice from another organiser waits to be assessed" in html
    assert "Nora Exempel" in html
    assert "1 notice from another organiser waits to be assessed" in page(client, "duties_overview")
    assert assess(client, only(world)) == 302
    html = page(client, "received_notice", only(world).key)
    assert "Measures are to be coordinated" in html
    assert REASON in html
    assert "contact: Resursteamet" in html
    assert "No notice from another organiser waits" in page(client, "received_notices")
    assert "waits to be assessed" not in page(client, "duties_overview")
    assert assess(client, only(world), "not_needed") == 409


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"pupil_name": ""}, 200),
        ({"pupil_name": "", "reference": "2026-17"}, 302),
        ({"received_on": (TODAY + timedelta(days=1)).isoformat()}, 200),
        ({"sender": ""}, 200),
        ({"subject": "rumour"}, 200),
        ({"handler": "999999"}, 200),
    ],
)
def test_what_a_notice_must_tell(world: World, signed_in: As, fields: dict[str, str], status: int) -> None:
    assert arrives(signed_in("organiser_officer"), **fields) == status


@pytest.mark.parametrize(
    ("decision", "fields", "status"),
    [
        ("coordinate", {"contact": ""}, 200),
        ("not_needed", {"contact": ""}, 302),
        ("not_needed", {"reason": " "}, 200),
        ("coordinate", {"version": "7"}, 409),
    ],
)
def test_an_assessment_has_a_reason_and_a_contact(
    world: World, signed_in: As, decision: str, fields: dict[str, str], status: int
) -> None:
    client = signed_in("organiser_officer")
    arrives(client)
    assert assess(client, only(world), decision, **fields) == status
    assert bool(only(world).decision) is (status == 302)


def test_who_handles_it_is_written_and_two_do_not_take_it_at_once(world: World, signed_in: As) -> None:
    client, officer = signed_in("organiser_officer"), world.users["organiser_officer"]
    arrives(client)
    row = only(world)
    assert send(client, "received_handler", row.key, handler=str(officer.pk), version="0") == 302
    assert send(client, "received_handler", row.key, handler="", version="0") == 409
    assert send(client, "received_handler", row.key, handler=str(world.users["teacher"].pk), version="1") == 200
    assert only(world).handler_id == officer.pk
    assert "Person organiser_officer" in page(client, "received_notices")


def test_the_pupil_is_found_in_the_register_and_linked(world: World, signed_in: As) -> None:
    client = signed_in("organiser_officer")
    arrives(client, pupil_name="Alva")
    row = only(world)
    html = page(client, "received_notice", row.key)
    assert "Alva Påhittad" in html
    assert "Ida Påhittad" not in page(client, "received_notice", row.key, q="Ida")
    assert send(client, "received_link", row.key, pupil=str(world.pupils["Ida"].key), version="0") == 404
    assert send(client, "received_link", row.key, pupil=str(world.pupils["Alva"].key), version="0") == 302
    assert only(world).pupil_id == world.pupils["Alva"].pk
    assert "Strandskolan" in page(client, "received_notice", row.key)
    seen = AuditEntry.objects.filter(action="received.handle").order_by("-pk").first()
    assert seen is not None
    assert str(world.pupils["Alva"].pk) in str(seen.objects_seen)
    assert send(client, "received_link", row.key, pupil="", version="1") == 302
    assert only(world).pupil_id is None


def test_nobody_is_missed_in_the_register_before_a_name_is_asked_for(world: World, signed_in: As) -> None:
    client = signed_in("organiser_officer")
    arrives(client, pupil_name="", reference="2026-17")
    nobody = "Nobody of that name"
    assert nobody not in page(client, "received_notice", only(world).key)
    assert nobody in page(client, "received_notice", only(world).key, q="Nora")


def test_a_notice_about_a_protected_pupil_is_for_those_on_the_list(world: World, signed_in: As) -> None:
    client = signed_in("organiser_officer")
    arrives(client, pupil_name="", reference="2026-17")
    with acting(Actor.system(world.organiser.pk)):
        ReceivedNotice.objects.update(pupil=world.pupils["Ida"])
    row = only(world)
    assert client.get(reverse("received_notice", args=[row.key])).status_code == 404
    assert "2026-17" not in page(client, "received_notices")
    with acting(Actor.system(world.organiser.pk)):
        protection, officer = ProtectedIdentity.objects.get(), world.users["organiser_officer"]
        ProtectedAccess.of(protection=protection, user=officer, first_day=TODAY).save()
    assert "2026-17" in page(client, "received_notices")


@pytest.mark.parametrize("role", ["principal", "mentor", "attendance_coordinator", "system_administrator"])
def test_schools_do_not_read_what_others_told_the_municipality(world: World, signed_in: As, role: str) -> None:
    arrives(signed_in("organiser_officer"))
    client = signed_in(role)
    assert client.get(reverse("received_notices")).status_code == 403
    assert client.get(reverse("received_notice", args=[only(world).key])).status_code == 403


def test_a_notice_is_late_after_ten_school_days_and_not_of_upper_secondary(world: World, signed_in: As) -> None:
    client, officer = signed_in("organiser_officer"), world.actor("organiser_officer")
    arrives(client, received_on=date(2026, 5, 1).isoformat())
    arrives(client, received_on=date(2026, 5, 1).isoformat(), school_form="GY", pupil_name="Ali Exempel")
    with acting(officer):
        assert sorted(each.state for each in waiting_received(officer)) == [State.DUE, State.LATE]


def test_the_service_itself_refuses_what_the_form_would(world: World, signed_in: As) -> None:
    arrives(signed_in("organiser_officer"))
    officer = world.actor("organiser_officer")
    with acting(officer):
        found = find_received(officer, only(world).key)
        with pytest.raises(Refused):
            assess_received(by=officer, notice=found, assessed=Assessed(version=0, decision="not_needed", reason=" "))
        with pytest.raises(Conflict):
            assess_received(by=officer, notice=found, assessed=Assessed(version=9, decision="not_needed", reason="Nej"))


def test_the_list_asks_the_same_number_of_queries_however_long(world: World, signed_in: As) -> None:
    client = signed_in("organiser_officer")
    counts = []
    for _ in range(2):
        arrives(client)
        client.get(reverse("received_notices"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("received_notices"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
