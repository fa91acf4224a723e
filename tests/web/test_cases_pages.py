"""The pages of cases, by the people who use them."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from narvaro.contexts.cases import api
from narvaro.contexts.cases.api import CaseCard, Move, NewEntry, NewTask
from narvaro.contexts.cases.models import Case, Entry, Substitute, Task
from narvaro.contexts.register.api import add_to_circle
from narvaro.contexts.register.models import CircleMember, Enrolment
from narvaro.core.models import AuditEntry
from narvaro.core.scope import acting
from narvaro.domain.case_states import CaseEvent, CaseState
from narvaro.language import Message
from tests.web.cases import decide_year, opened
from tests.web.conftest import As
from tests.web.warned import warn
from tests.web.world import TODAY, YEAR_START, World, _pupil

E = CaseEvent
LATER = TODAY + timedelta(days=14)


@pytest.fixture(autouse=True)
def year(world: World) -> None:
    decide_year(world)


def text_of(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def send(client: Client, address: str, **fields: Any) -> int:
    answer = client.post(address, {"token": str(uuid4()), **fields})
    assert answer.status_code != 200, re.findall(r'class="error".*?</p>', answer.content.decode())
    return answer.status_code


def note(world: World, card: CaseCard, text: str = "Hemlig anteckning", by: str = "mentor") -> Any:
    with acting(world.actor(by)):
        entry = NewEntry(kind="note", title=Message.of("Note"), text=text)
        return api.add_entry(by=world.actor(by), case=card.pk, entry=entry)


def let_in(world: World, card: CaseCard, role: str, **more: Any) -> None:
    with acting(world.actor("principal")):
        add_to_circle(
            by=world.actor("principal"), pupil=card.pupil, unit=card.unit_pk, user_id=world.users[role].pk, **more
        )


def url(name: str, card: CaseCard, *more: Any) -> str:
    return reverse(name, args=[card.key, *more])


def test_the_list_shows_the_work_beside_the_attendance(world: World, signed_in: As) -> None:
    warn(world, ["Alva"])
    opened(world)
    html = text_of(signed_in("mentor"), "/cases/")
    assert "Alva Påhittad" in html
    assert "Person mentor" in html
    assert "29 %" in html.replace("\xa0", " ")
    assert "<svg" in html


def test_the_list_holds_what_each_may_know_of(world: World, signed_in: As) -> None:
    opened(world)
    opened(world, "Ida", by="principal")
    seen = {role: text_of(signed_in(role), "/cases/") for role in ("principal", "mentor", "pupil_health", "teacher")}
    assert all("Alva P" in seen[role] for role in ("principal", "mentor", "pupil_health"))
    assert "Alva P" not in seen["teacher"]
    assert [role for role in seen if "Ida P" in seen[role]] == ["principal"]
    assert "Alva P" not in text_of(signed_in("ekbacken_principal"), "/cases/")
    for role in ("legal_guardian", "evaluator", "system_administrator", "organiser_officer"):
        assert signed_in(role).get("/cases/").status_code == 403


def test_pupil_health_knows_of_a_case_and_reads_it_when_let_in(world: World, signed_in: As) -> None:
    card = opened(world)
    key = note(world, card)
    client = signed_in("pupil_health")
    link = url("case", card)
    assert link not in text_of(client, "/cases/")
    assert client.get(reverse("case_entry", args=[key])).status_code == 404
    let_in(world, card, "pupil_health")
    assert link in text_of(client, "/cases/")
    assert "Hemlig anteckning" in text_of(client, reverse("case_entry", args=[key]))


def test_an_ended_time_in_the_circle_is_over_at_once(world: World, signed_in: As) -> None:
    card = opened(world)
    key = note(world, card)
    let_in(world, card, "teacher")
    assert signed_in("teacher").get(reverse("case_entry", args=[key])).status_code == 200
    with acting(world.actor("principal")):
        CircleMember.objects.update(first_day=YEAR_START, last_day=TODAY - timedelta(days=1))
    assert signed_in("teacher").get(reverse("case_entry", args=[key])).status_code == 404


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("", {"Alva", "Bilal", "Lo"}),
        ("overdue", {"Alva"}),
        ("parked", {"Bilal"}),
        ("rest_over", {"Bilal"}),
        ("changes_school", {"Lo"}),
        ("closed", set()),
    ],
)
def test_the_list_can_be_asked(world: World, signed_in: As, frozen_day: Any, show: str, names: set[str]) -> None:
    with acting(world.actor("principal")):
        moved = Enrolment.objects.filter(pupil=world.pupils["Lo"])
        moved.filter(unit=world.ekbacken).update(first_day=date(2026, 6, 1), last_day=None)
        moved.filter(unit=world.strand).update(last_day=date(2026, 5, 31))
    opened(world)
    opened(world, "Lo", by="principal")
    card = opened(world, "Bilal")
    move = Move(event=E.PARK, version=card.version, until=date(2026, 6, 2), reason="Sjuk")
    with acting(world.actor("principal")):
        api.move(by=world.actor("principal"), case=card.pk, move=move)
        Task.objects.filter(case__pupil=world.pupils["Lo"]).update(due=date(2026, 6, 9))
    frozen_day.move_to("2026-06-02T10:00:00+02:00")
    html = text_of(signed_in("principal"), "/cases/", show=show)
    assert {name for name in ("Alva", "Bilal", "Lo") if f"{name} Påhittad" in html} == names


def test_done_things_that_change_nothing_are_found(world: World, signed_in: As, frozen_day: Any) -> None:
    warn(world, ["Alva", "Bilal"])
    with_work = opened(world, day=date(2026, 4, 15))
    opened(world, "Bilal", day=date(2026, 4, 15))
    client = signed_in("mentor")
    assert "Alva P" not in text_of(client, "/cases/", show="unchanged")
    with acting(world.actor("mentor")):
        task = api.tasks_of(world.actor("mentor"), with_work.pk)[0]
    assert send(client, reverse("case_task_end", args=[task.key]), how="done", outcome="Pratade") == 302
    html = text_of(client, "/cases/", show="unchanged")
    assert "Alva P" in html
    assert "Bilal P" not in html


def test_the_list_asks_as_often_for_many(
    world: World, signed_in: As, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    warn(world, ["Alva"])
    opened(world)
    client = signed_in("principal")
    client.get("/cases/")
    with CaptureQueriesContext(connection) as few:
        client.get("/cases/")
    with acting(world.actor("principal")):
        for number in range(30):
            world.pupils[f"E{number}"] = _pupil(f"E{number}", world.strand, "7B")
    for number in range(30):
        opened(world, f"E{number}", by="principal")
    with CaptureQueriesContext(connection) as many:
        assert client.get("/cases/").content.decode().count("Påhittad") >= 30
    assert len(many) == len(few)
    with CaptureQueriesContext(connection) as tasks:
        assert client.get("/cases/tasks/?whose=all").content.decode().count("Påhittad") >= 30
    with acting(world.actor("principal")):
        Task.objects.exclude(pk=Task.objects.order_by("pk")[0].pk).delete()
    with CaptureQueriesContext(connection) as one_task:
        assert client.get("/cases/tasks/?whose=all").content.decode().count("Påhittad") == 1
    assert len(tasks) == len(one_task)


def test_a_worry_opens_a_case_and_joins_an_open_one(world: World, signed_in: As) -> None:
    client = signed_in("teacher")
    assert "Alva P" in text_of(client, "/cases/worry/", q="alva")
    assert "Casper" not in text_of(client, "/cases/worry/", q="casper")
    address = f"/cases/worry/?pupil={world.pupils['Alva'].key}"
    fields = {"who": "guardian", "signs": ["sad", "body"], "worry": "Gråter på morgonen."}
    assert send(client, address, **fields) == 302
    assert send(client, address, **fields) == 302
    with acting(world.actor("principal")):
        assert Case.objects.count() == 1
        assert list(Entry.objects.order_by("pk").values_list("kind", flat=True)) == ["open", "worry"]
        assert "Gråter på morgonen." in Entry.objects.order_by("pk")[0].text
    assert client.get(f"/cases/worry/?pupil={world.pupils['Casper'].key}").status_code == 404


def test_a_worry_is_never_turned_away(world: World, signed_in: As) -> None:
    card = opened(world)
    fields = {"version": "0", "to_unit": str(world.ekbacken.pk), "reason": "Flytt"}
    assert send(signed_in("principal"), url("case_move", card, "hand_over"), **fields) == 302
    address = f"/cases/worry/?pupil={world.pupils['Alva'].key}"
    assert send(signed_in("teacher"), address, who="colleague", worry="Ledsen") == 302
    with acting(world.actor("principal")):
        assert Entry.objects.filter(case_id=card.pk, kind="worry").count() == 1


def test_a_double_click_is_one_act(world: World, signed_in: As) -> None:
    card, client, token = opened(world), signed_in("mentor"), str(uuid4())
    for _ in range(2):
        answer = client.post(url("case_note", card), {"token": token, "day": TODAY.isoformat(), "text": "En gång"})
        assert answer["Location"] == url("case", card)
    with acting(world.actor("mentor")):
        assert Entry.objects.filter(kind="note").count() == 1


def test_reading_a_text_is_logged_and_its_words_are_not(world: World, signed_in: As) -> None:
    card = opened(world)
    key = note(world, card)
    answer = signed_in("mentor").get(reverse("case_entry", args=[key]), headers={"HX-Request": "true"})
    assert "Hemlig anteckning" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    row = AuditEntry.objects.filter(action="case.read").latest("seq")
    assert row.objects_seen == [card.pk]
    assert row.details["entry"] == str(key)
    assert "Hemlig" not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_a_draft_of_a_note_waits(world: World, signed_in: As) -> None:
    card, client = opened(world), signed_in("mentor")
    place = f"case_note:{card.key}"
    assert client.post("/draft", {"place": place, "text": "Halvskrivet", "day": TODAY.isoformat()}).status_code == 200
    assert "Halvskrivet" in text_of(client, url("case_note", card))
    assert send(client, url("case_note", card), day=TODAY.isoformat(), text="Färdigt") == 302
    assert "Halvskrivet" not in text_of(client, url("case_note", card))


def test_a_task_from_made_to_done(world: World, signed_in: As) -> None:
    card, client = opened(world), signed_in("mentor")
    owner = f"principal.{world.users['principal'].pk}"
    assert send(client, url("case_task_add", card), what="Boka rum", owner=owner, due=LATER.isoformat()) == 302
    with acting(world.actor("mentor")):
        task = Task.objects.get(what="Boka rum")
    assert "Boka rum" in text_of(signed_in("principal"), "/cases/tasks/")
    assert "Boka rum" not in text_of(client, "/cases/tasks/")
    person = str(world.users["mentor"].pk)
    assert send(client, reverse("case_task_give", args=[task.key]), person=person, reason="Jag hinner") == 302
    assert "Boka rum" in text_of(client, "/cases/tasks/")
    assert (
        client.post(reverse("case_task_end", args=[task.key]), {"token": str(uuid4()), "how": "not_needed"}).status_code
        == 200
    )
    assert send(client, reverse("case_task_end", args=[task.key]), how="done", outcome="Bokat") == 302
    assert (
        client.post(reverse("case_task_end", args=[task.key]), {"token": str(uuid4()), "how": "done"}).status_code
        == 409
    )


def test_a_colleague_in_the_circle_does_what_is_theirs_and_no_more(world: World, signed_in: As) -> None:
    card = opened(world)
    let_in(world, card, "teacher")
    teacher = world.users["teacher"].pk
    new = NewTask(what="Rasten", owner_role="teacher", owner_id=teacher, due=LATER)
    with acting(world.actor("mentor")):
        mine = api.add_tasks(by=world.actor("mentor"), case=card.pk, tasks=[new])[0]
        others = api.tasks_of(world.actor("mentor"), card.pk)[0]
    client = signed_in("teacher")
    assert "Rasten" in text_of(client, "/cases/tasks/")
    assert send(client, reverse("case_task_end", args=[others.key]), how="done") == 403
    assert send(client, reverse("case_task_end", args=[mine]), how="done") == 302
    assert client.get(url("case_note", card)).status_code == 403


@pytest.mark.parametrize(
    ("event", "fields", "state", "step"),
    [
        ("next_step", {"reason": ""}, "active", 2),
        ("jump", {"to_step": "3", "code": "not_useful"}, "active", 3),
        ("park", {"until": LATER.isoformat(), "reason": "Sjuk"}, "parked", 1),
        ("begin_return", {}, "returning", 1),
        ("close", {"code": "better", "reason": "Bra"}, "closed", 1),
    ],
)
def test_each_move_has_a_page_that_says_what_happens(
    world: World, signed_in: As, event: str, fields: dict[str, str], state: str, step: int
) -> None:
    card, client = opened(world), signed_in("mentor")
    html = text_of(client, url("case_move", card, event))
    assert "Alva Påhittad" in html
    assert send(client, url("case_move", card, event), version="0", **fields) == 302
    with acting(world.actor("mentor")):
        row = Case.objects.get()
    assert (row.state, row.step) == (state, step)


def test_a_move_that_the_state_does_not_take_has_no_page(world: World, signed_in: As) -> None:
    card, client = opened(world), signed_in("mentor")
    assert client.get(url("case_move", card, "park")).status_code == 200
    for event, status in (("resume", 409), ("reopen", 409), ("accepted", 404), ("nonsense", 404)):
        assert client.get(url("case_move", card, event)).status_code == status


def test_closing_names_what_is_missing(world: World, signed_in: As) -> None:
    one, three = opened(world), opened(world, "Bilal", by="principal", step=3)
    client = signed_in("principal")
    assert "ds-alert" not in text_of(client, url("case_move", one, "close"))
    assert "ds-alert" in text_of(client, url("case_move", three, "close"))
    fields = {"version": "0", "code": "better", "reason": "Bra"}
    answer = client.post(url("case_move", three, "close"), {"token": str(uuid4()), **fields, "reason": "Bra så"})
    assert answer.status_code == 200  # with what was written
    assert "Bra så" in answer.content.decode()
    assert "ska det finnas:" in answer.content.decode()
    assert send(client, url("case_move", one, "close"), **fields) == 302


def test_what_cannot_be_done_now_is_nobody_elses_doing(world: World, signed_in: As) -> None:
    answer = signed_in("mentor").get(url("case_move", opened(world), "resume"))
    assert answer.status_code == 409
    assert "Det går inte som det står nu" in answer.content.decode()
    assert "Någon annan hann före" not in answer.content.decode()


def test_two_editors_get_both_texts(world: World, signed_in: As) -> None:
    card = opened(world)
    mentor, principal = signed_in("mentor"), signed_in("principal")
    assert send(mentor, url("case_move", card, "park"), version="0", until=LATER.isoformat(), reason="Inlagd") == 302
    answer = principal.post(
        url("case_move", card, "close"), {"token": str(uuid4()), "version": "0", "code": "better", "reason": "Allt bra"}
    )
    assert answer.status_code == 409
    assert "Inlagd" in answer.content.decode()
    assert "Någon annan hann före" in answer.content.decode()
    assert "Allt bra" in answer.content.decode()


def test_a_handover_from_asked_to_taken_over(world: World, signed_in: As) -> None:
    card = opened(world)
    fields = {"version": "0", "to_unit": str(world.ekbacken.pk), "reason": "Prova morgonstöd"}
    assert send(signed_in("principal"), url("case_move", card, "hand_over"), **fields) == 302
    receiver = signed_in("ekbacken_principal")
    page = reverse("case_receive", args=[card.key])
    assert page in text_of(receiver, "/cases/")
    assert "Prova morgonstöd" in text_of(receiver, page)
    assert signed_in("principal").get(page).status_code == 404
    assert send(receiver, page, version="1", answer="accepted") == 302
    assert receiver.get(page).status_code == 404
    with acting(world.actor("principal")):
        assert set(Case.objects.values_list("state", "unit__name")) == {
            (CaseState.HANDED_OVER, "Strandskolan"),
            (CaseState.ACTIVE, "Ekbackens skola"),
        }


def test_the_circle_is_the_principals(world: World, signed_in: As) -> None:
    card, client = opened(world), signed_in("principal")
    page, teacher = url("case_circle", card), world.users["teacher"].pk
    assert "Person teacher" in text_of(client, page, q="teacher")
    assert send(client, page, person=str(teacher), add="on") == 302
    assert url("case", card) in text_of(signed_in("teacher"), "/cases/")
    assert send(client, page, person=str(teacher)) == 302
    assert url("case", card) not in text_of(signed_in("teacher"), "/cases/")
    with acting(world.actor("principal")):
        assert Entry.objects.filter(kind="circle").count() == 2
    assert signed_in("mentor").get(page).status_code == 403
    assert (
        client.post(
            page, {"token": str(uuid4()), "person": str(world.users["ekbacken_principal"].pk), "add": "on"}
        ).status_code
        == 200
    )


def test_a_protected_pupils_circle_holds_only_those_on_the_list(world: World, signed_in: As) -> None:
    card = opened(world, "Ida", by="principal")
    client, page = signed_in("principal"), url("case_circle", card)
    assert "Person teacher" not in text_of(client, page, q="teacher")
    answer = client.post(page, {"token": str(uuid4()), "person": str(world.users["teacher"].pk), "add": "on"})
    assert answer.status_code == 200
    with acting(world.actor("principal")):
        assert not CircleMember.objects.exists()


def test_a_substitute_does_the_tasks_on_the_days_and_no_longer(world: World, signed_in: As, frozen_day: Any) -> None:
    card = opened(world)
    client, stand_in = signed_in("mentor"), signed_in("teacher")
    assert "Alva P" not in text_of(stand_in, "/cases/tasks/")
    first, last = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
    fields = {"first_day": first.isoformat(), "last_day": last.isoformat(), "person": str(world.users["teacher"].pk)}
    assert send(client, "/cases/away/", **fields) == 302
    assert "Alva P" not in text_of(stand_in, "/cases/tasks/")
    frozen_day.move_to(f"{first}T10:00:00+02:00")
    stand_in = signed_in("teacher")
    assert "Alva P" in text_of(stand_in, "/cases/tasks/")
    with acting(world.actor("mentor")):
        task = api.tasks_of(world.actor("mentor"), card.pk)[0]
    assert send(stand_in, reverse("case_task_end", args=[task.key]), how="done") == 302
    # What comes meanwhile is open to the substitute too.
    opened(world, "Bilal")
    assert "Bilal P" in text_of(stand_in, "/cases/tasks/")
    frozen_day.move_to(f"{last + timedelta(days=1)}T10:00:00+02:00")
    stand_in = signed_in("teacher")
    assert "Alva P" not in text_of(stand_in, "/cases/tasks/")


def test_a_substitute_can_be_taken_back(world: World, signed_in: As) -> None:
    opened(world)
    client = signed_in("mentor")
    fields = {"first_day": TODAY.isoformat(), "last_day": LATER.isoformat(), "person": str(world.users["teacher"].pk)}
    assert send(client, "/cases/away/", **fields) == 302
    assert "Alva P" in text_of(signed_in("teacher"), "/cases/tasks/")
    with acting(world.actor("mentor")):
        row = Substitute.objects.get()
    assert (
        signed_in("other_mentor").post(reverse("case_away_end", args=[row.key]), {"token": str(uuid4())}).status_code
        == 404
    )
    assert send(client, reverse("case_away_end", args=[row.key])) == 302
    assert "Alva P" not in text_of(signed_in("teacher"), "/cases/tasks/")


@pytest.mark.parametrize("name", ["Casper", "Ida"])
def test_anothers_case_is_not_there(world: World, signed_in: As, name: str) -> None:
    card = opened(world, name, by="principal" if name == "Ida" else "ekbacken_principal")
    own = opened(world)
    client = signed_in("mentor")
    for route, more in (("case_note", ()), ("case_task_add", ()), ("case_move", ("park",))):
        assert client.get(url(route, own, *more)).status_code == 200
        assert client.get(url(route, card, *more)).status_code == 404


def test_the_pages_are_said_in_english_too(world: World, signed_in: As) -> None:
    opened(world)
    world.users["mentor"].language = "en"
    world.users["mentor"].save()
    client = signed_in("mentor")
    client.cookies["language"] = "en"
    html = text_of(client, "/cases/")
    assert "open case" in html
    assert "1 · Talk" in html


def test_a_running_case_keeps_its_plan_until_it_is_moved(world: World, signed_in: As) -> None:
    from narvaro.contexts.plan.models import PlanVersion

    card, client = opened(world), signed_in("mentor")
    assert client.post(url("case_plan", card), {"token": str(uuid4()), "version": "0"}).status_code == 409
    with acting(world.actor("principal")):
        old = PlanVersion.objects.values().get()
        kept = {name: value for name, value in old.items() if name not in ("id", "key", "authority_id")}
        new = PlanVersion.of(**{**kept, "number": 2, "title": "Vår nya plan", "in_force_from": TODAY})
        new.save()
        assert Case.objects.get().plan_version_id == old["id"]
    assert "Vår nya plan" in text_of(client, url("case_plan", card))
    assert send(client, url("case_plan", card), version="0") == 302
    with acting(world.actor("principal")):
        assert Case.objects.get().plan_version_id == new.pk
        assert Entry.objects.filter(kind="plan").count() == 1
