"""One case's own page, opening a case from a warning, and where other pages tell of it."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from narvaro.contexts.cases.api import (
    CaseCard,
    Move,
    NewEntry,
    NewTask,
    add_entry,
    add_tasks,
    cases_of,
    find_case,
    move,
)
from narvaro.contexts.register.api import add_to_circle
from narvaro.core.models import AuditEntry
from narvaro.core.scope import acting
from narvaro.domain.case_states import CaseEvent
from narvaro.language import Message
from tests.databases import ASKED_BESIDES
from tests.web.cases import decide_year, opened
from tests.web.conftest import As
from tests.web.warned import warn
from tests.web.world import TODAY, World

NOTE = Message.of("Note")
MOST_QUERIES = 22  # of six contexts; with the savepoint that stands for the request's transaction, and its release


@pytest.fixture(autouse=True)
def year(world: World) -> None:
    decide_year(world)


def page_of(client: Client, card: CaseCard, **query: str) -> str:
    answer = client.get(reverse("case", args=[card.key]), query)
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def write(world: World, card: CaseCard, times: int = 1) -> None:
    with acting(world.actor("mentor")):
        for number in range(times):
            entry = NewEntry(kind="note", title=NOTE, text=f"Hemligt {number}")
            add_entry(by=world.actor("mentor"), case=card.pk, entry=entry)
            task = NewTask(what=f"Ring {number}", owner_role="mentor", due=TODAY)
            add_tasks(by=world.actor("mentor"), case=card.pk, tasks=[task])


def test_the_page_shows_where_the_case_stands_and_no_text(world: World, signed_in: As) -> None:
    card = opened(world)
    write(world, card)
    page = page_of(signed_in("mentor"), card)
    assert "Alva" in page
    assert page.count('aria-current="step"') == 1
    assert "Ring 0" in page
    assert "Hemligt 0" not in page
    entry = reverse("case_entry", args=["0" * 8 + "-0000-0000-0000-" + "0" * 12])[:15]
    assert entry in page


def test_what_is_to_be_done_is_read_before_what_has_happened(world: World, signed_in: As) -> None:
    page = page_of(signed_in("mentor"), opened(world))
    places = [page.index(f'id="{each}"') for each in ("tasks", "attendance", "chronology", "voices", "around")]
    assert places == sorted(places)


def test_who_opens_it(world: World, signed_in: As) -> None:
    card = opened(world)
    address = reverse("case", args=[card.key])
    for role in ("mentor", "principal", "attendance_coordinator"):
        assert signed_in(role).get(address).status_code == 200, role
    for role, status in (("pupil_health", 404), ("teacher", 404), ("evaluator", 403), ("legal_guardian", 403)):
        assert signed_in(role).get(address).status_code == status, role
    with acting(world.actor("principal")):
        add_to_circle(
            by=world.actor("principal"), pupil=card.pupil, unit=card.unit_pk, user_id=world.users["pupil_health"].pk
        )
    assert signed_in("pupil_health").get(address).status_code == 200


def test_reading_is_logged_with_the_pupil(world: World, signed_in: As) -> None:
    card = opened(world)
    page_of(signed_in("mentor"), card)
    logged = AuditEntry.objects.filter(action="case.read", object_type="cases.Case").latest("seq")
    assert (logged.objects_seen, logged.details["pupil"]) == ([card.pk], card.pupil)


def test_the_chronology_is_filtered_in_place(world: World, signed_in: As) -> None:
    card = opened(world)
    write(world, card)
    client = signed_in("mentor")
    whole, notes = page_of(client, card), page_of(client, card, kind="notes")
    assert whole.count("<time") > notes.count("<time") == 1
    part = client.get(reverse("case", args=[card.key]), {"kind": "notes"}, headers={"hx-request": "true"})
    assert "<html" not in part.content.decode()


def test_acts_follow_the_state_and_the_right(world: World, signed_in: As) -> None:
    card = opened(world)

    def acts(role: str) -> set[str]:
        page = page_of(signed_in(role), card)
        return {each.value for each in CaseEvent if reverse("case_move", args=[card.key, each.value]) in page}

    assert {"next_step", "park", "close", "jump", "hand_over", "begin_return"} == acts("mentor")
    with acting(world.actor("principal")):
        add_to_circle(
            by=world.actor("principal"), pupil=card.pupil, unit=card.unit_pk, user_id=world.users["pupil_health"].pk
        )
        now = find_case(world.actor("principal"), card.key)
        asked = Move(event=CaseEvent.PARK, version=now.version, reason="Sommar", until=TODAY.replace(month=8))
        move(by=world.actor("principal"), case=card.pk, move=asked)
    assert {"resume", "close", "hand_over"} == acts("mentor")
    assert acts("pupil_health") == set()


def test_the_page_costs_the_same_for_little_and_for_much(world: World, signed_in: As) -> None:
    card, client = opened(world), signed_in("principal")
    write(world, card)
    page_of(client, card)
    asked = []
    for times in (1, 30):
        write(world, card, times)
        with CaptureQueriesContext(connection) as queries:
            page_of(client, card)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= MOST_QUERIES + ASKED_BESIDES


def test_a_decision_that_begins_work_leads_to_opening_a_case(world: World, signed_in: As) -> None:
    warn(world, ["Alva"])
    alva, client = world.pupils["Alva"], signed_in("mentor")
    sent = {
        "token": str(uuid4()),
        "kind": "talk",
        "reason": "Ringa hem",
        "follow_up_on": TODAY.replace(month=6),
        "seen": "",
    }
    answer = client.post(reverse("warning_decide", args=[alva.key]), sent)
    address = reverse("case_open", args=[alva.key])
    assert answer.headers["location"] == address
    page = client.get(address).content.decode()
    assert "Ringa hem" in page
    form = {"token": str(uuid4()), "step": "1", "owner": "", "worry": "Ringa hem"}
    first, again = client.post(address, form), client.post(address, form)
    assert first.headers["location"] == again.headers["location"]
    assert client.get(first.headers["location"]).status_code == 200
    assert client.post(address, {**form, "token": str(uuid4())}).status_code == 409
    with acting(world.actor("mentor")):
        assert list(cases_of(world.actor("mentor"), [alva.pk])) == [alva.pk]


def test_another_mentors_pupil_has_no_case_to_open(world: World, signed_in: As) -> None:
    theirs = reverse("case_open", args=[world.pupils["Alva"].key])
    assert signed_in("mentor").get(theirs).status_code == 200
    assert signed_in("other_mentor").get(theirs).status_code == 404


def test_the_list_and_today_tell_of_the_case(world: World, signed_in: As) -> None:
    warn(world, ["Alva"])
    card = opened(world)
    write(world, card)
    client = signed_in("mentor")
    address = reverse("case", args=[card.key])
    assert address in client.get("/to-act-on/").content.decode()
    today = client.get("/").content.decode()
    assert address in today
    assert "Ring 0" in today
    assert address in client.get(reverse("pupil", args=[world.pupils["Alva"].key])).content.decode()


def test_the_principals_decision_to_investigate_goes_on_in_the_case(world: World, signed_in: As) -> None:
    warn(world, ["Alva"])
    card, alva = opened(world, step=3), world.pupils["Alva"]
    sent = {
        "token": str(uuid4()),
        "kind": "investigate",
        "reason": "Lång frånvaro",
        "follow_up_on": TODAY.replace(month=6),
    }
    answer = signed_in("principal").post(reverse("warning_decide", args=[alva.key]), {**sent, "seen": ""})
    assert answer.headers["location"] == reverse("investigation_decide", args=[card.key])
    assert signed_in("principal").get(answer.headers["location"]).status_code == 200


def test_who_does_only_what_is_theirs_is_offered_no_more(world: World, signed_in: As) -> None:
    card, teacher = opened(world), world.users["teacher"].pk
    with acting(world.actor("principal")):
        add_to_circle(by=world.actor("principal"), pupil=card.pupil, unit=card.unit_pk, user_id=teacher)
        mine = NewTask(what="Min", owner_role="teacher", owner_id=teacher, due=TODAY)
        theirs = NewTask(what="Deras", owner_role="mentor", due=TODAY)
        keys = add_tasks(by=world.actor("principal"), case=card.pk, tasks=[mine, theirs])
    own, other = (reverse("case_task_end", args=[key]) for key in keys)
    for page in (
        page_of(signed_in("teacher"), card),
        signed_in("teacher").get("/cases/tasks/?whose=all").content.decode(),
    ):
        assert own in page
        assert other not in page
    assert other in page_of(signed_in("mentor"), card)
