"""The duties around a case: decided, written, consulted, told, by the people who do it."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from narvaro.contexts.cases.api import CaseCard, entries_of, find_case, tasks_of
from narvaro.contexts.duties import services
from narvaro.contexts.duties.api import Decided, closing_answers, decide_investigation, duties_of
from narvaro.contexts.duties.models import Consultation, Investigation, Notice
from narvaro.contexts.register.models import Authority, Enrolment, Pupil
from narvaro.core.actor import Actor
from narvaro.core.crypto import encrypt
from narvaro.core.errors import Conflict, Forbidden, Refused
from narvaro.core.models import AuditEntry
from narvaro.core.scope import acting
from narvaro.domain.duties import State
from narvaro.domain.identity import check_digit
from tests.web.cases import decide_year, opened
from tests.web.conftest import As
from tests.web.met import closed, guardian, home_of, in_circle
from tests.web.warned import warn
from tests.web.world import TODAY, World

SECRET = "hemlig orsak som bara står i utredningen"


@pytest.fixture(autouse=True)
def year(world: World) -> None:
    decide_year(world)


@pytest.fixture
def case(world: World) -> CaseCard:
    return opened(world, step=3)


def page(client: Client, route: str, *key: object, **query: str) -> str:
    answer = client.get(reverse(route, args=list(key)), query)
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def send(client: Client, route: str, *key: object, **fields: Any) -> int:
    """What comes of a form that is sent once. 200 is a form shown again with what is to be mended."""
    return client.post(reverse(route, args=list(key)), {"token": str(uuid4()), **fields}).status_code


def decide(client: Client, case: CaseCard, decision: str = "start", **fields: Any) -> int:
    seen = client.get(reverse("investigation_decide", args=[case.key]))
    given = {"decision": decision, "reason": "Vi ser att det är svårt att komma.", "leader": ""}
    if seen.status_code == 200:
        given["seen"] = seen.context["form"].initial["seen"]
    return send(client, "investigation_decide", case.key, **(given | fields))


def standings(world: World, case: CaseCard, role: str = "principal") -> dict[str, Any]:
    with acting(world.actor(role)):
        return {each.rule: each for each in duties_of(world.actor(role), case)}


def hear(client: Client, case: CaseCard, who: object, outcome: str = "heard", day: date = TODAY) -> int:
    return send(client, "investigation_consult", case.key, who=str(who), outcome=outcome, day=day.isoformat(), note="")


def write(client: Client, case: CaseCard, **fields: Any) -> int:
    form = client.get(reverse("investigation_write", args=[case.key])).context["form"]
    given = {"causes": SECRET, "conclusions": "Matsalen är svår.", "measures": "Äta i klassrummet."}
    given |= {"special_support": "started", "version": str(form.initial["version"])}
    return send(client, "investigation_write", case.key, **(given | fields))


def finish(client: Client, case: CaseCard) -> int:
    shown = client.get(reverse("investigation", args=[case.key])).context["finish"]
    return send(client, "investigation_finish", case.key, version=shown.initial["version"])


# Deciding.


def test_the_question_waits_from_the_step_at_which_the_plan_asks(world: World) -> None:
    early = opened(world, "Bilal", step=1)
    assert standings(world, early)["A6"].state is State.NOT_APPLICABLE
    asked = standings(world, opened(world, step=3))["A6"]
    assert (asked.state, asked.due) == (State.DUE, date(2026, 5, 28))  # over a day for staff only
    assert asked.url


def test_the_principal_decides_and_everything_that_follows_is_set_going(world: World, signed_in: As, case: CaseCard):
    assert decide(signed_in("principal"), case) == 302
    found = standings(world, case)
    assert {rule: found[rule].state for rule in ("A6", "A7", "A8", "A9", "Q6")} == {
        "A6": State.MET,
        **dict.fromkeys(("A7", "A8", "A9"), State.DUE),
        "Q6": State.NOT_APPLICABLE,  # in grade 7, and no birth date is known
    }
    assert found["A9"].due == date(2026, 5, 26)
    with acting(world.actor("principal")):
        actor = world.actor("principal")
        waits = {each.source_id for each in tasks_of(actor, case.pk) if each.is_open}
        titles = [each.title for each in entries_of(actor, case.pk, ["investigation"])]
    assert "decide_investigation" not in waits
    assert "A6_end" in waits
    assert len({"A9", "report_organiser"} & waits) == 1
    assert len(titles) == 1


def test_unnecessary_needs_a_reason(world: World, signed_in: As, case: CaseCard) -> None:
    client = signed_in("principal")
    assert decide(client, case, "unnecessary", reason="  ") == 200
    assert decide(client, case, "unnecessary") == 302
    assert standings(world, case)["A6"].state is State.MET
    assert standings(world, case)["A9"].state is State.NOT_APPLICABLE
    with acting(world.actor("principal")):
        assert closing_answers(world.actor("principal"), case) == {"investigation"}


@pytest.mark.parametrize("role", ["mentor", "attendance_coordinator", "pupil_health", "organiser_officer", "teacher"])
def test_nobody_but_the_principal_decides(world: World, signed_in: As, case: CaseCard, role: str) -> None:
    in_circle(world, "pupil_health")
    assert signed_in("principal").get(reverse("investigation_decide", args=[case.key])).status_code == 200
    assert signed_in(role).get(reverse("investigation_decide", args=[case.key])).status_code == 403
    assert send(signed_in(role), "investigation_decide", case.key, decision="start") == 403
    with acting(world.actor(role)), pytest.raises(Forbidden):
        decide_investigation(by=world.actor(role), case=case, decided=Decided(decision="start", reason=""))


def test_the_law_stands_even_where_the_rights_are_widened(
    world: World, case: CaseCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "within_reach", lambda by, case, action: None)
    by = world.actor("attendance_coordinator")
    with acting(by), pytest.raises(Forbidden, match="principal"):
        decide_investigation(by=by, case=case, decided=Decided(decision="start", reason=""))


def test_a_double_click_decides_once(world: World, signed_in: As, case: CaseCard) -> None:
    client, token = signed_in("principal"), str(uuid4())
    assert decide(client, case, token=token) == 302
    assert decide(client, case, token=token) == 302
    with acting(world.actor("principal")):
        assert Investigation.objects.count() == 1


def test_two_principals_who_decide_at_once_see_each_other(world: World, signed_in: As, case: CaseCard) -> None:
    client = signed_in("principal")
    assert decide(client, case, "unnecessary", reason="Känd operation.") == 302
    answer = client.post(
        reverse("investigation_decide", args=[case.key]),
        {"token": str(uuid4()), "decision": "start", "reason": "Min text", "seen": ""},
    )
    assert answer.status_code == 409
    assert "Känd operation." in answer.content.decode()
    assert "Min text" in answer.content.decode()


def test_none_is_started_beside_one_that_goes_on(world: World, signed_in: As, case: CaseCard) -> None:
    client = signed_in("principal")
    assert decide(client, case) == 302
    assert decide(client, case) == 409
    with acting(Actor.system(world.organiser.pk)):
        row = Investigation.objects.get()
        row.pk, row.key = None, uuid4()
        with transaction.atomic(), pytest.raises(IntegrityError):
            row.save(force_insert=True)


# Writing, and hearing.


def test_two_who_write_at_once_lose_nothing(world: World, signed_in: As, case: CaseCard) -> None:
    decide(signed_in("principal"), case)
    assert write(signed_in("principal"), case, question="Rektorns fråga") == 302
    answer = signed_in("mentor").post(
        reverse("investigation_write", args=[case.key]),
        {"token": str(uuid4()), "question": "Mentorns fråga", "version": "0"},
    )
    assert answer.status_code == 409
    assert "Rektorns fråga" in answer.content.decode()
    assert "Mentorns fråga" in answer.content.decode()


def test_what_is_being_written_is_kept_as_a_draft(world: World, signed_in: As, case: CaseCard) -> None:
    decide(signed_in("principal"), case)
    client = signed_in("mentor")
    place = f"investigation_write:{case.key}"
    assert client.post(reverse("draft"), {"place": place, "question": "Halvt", "version": "0"}).status_code == 200
    assert "Halvt" in page(client, "investigation_write", case.key)
    assert "Halvt" not in page(signed_in("principal"), "investigation_write", case.key)


def test_it_is_finished_when_everybody_was_heard_and_everything_answered(
    world: World, signed_in: As, case: CaseCard
) -> None:
    client = signed_in("principal")
    decide(client, case)
    assert finish(client, case) == 409
    assert write(client, case) == 302
    assert finish(client, case) == 409
    assert hear(client, case, "pupil") == 302
    assert hear(client, case, "pupil_health") == 302
    assert finish(client, case) == 409
    assert hear(client, case, home_of(world).key) == 302
    assert finish(client, case) == 302
    assert standings(world, case)["A7"].state is State.MET
    with acting(world.actor("principal")):
        actor = world.actor("principal")
        answers = closing_answers(actor, case)
        open_duties = [each.source_id for each in tasks_of(actor, case.pk) if each.is_open and each.source == "duty"]
    assert answers == {"investigation", "pupil_voice", "guardian_contact", "pupil_health"}
    assert "A6_end" not in open_duties


def test_each_guardian_is_heard_or_looked_for_on_two_days(world: World, signed_in: As, case: CaseCard) -> None:
    father = guardian(world, "Erik Lindqvist")
    client = signed_in("principal")
    decide(client, case)
    for who in ("pupil", "pupil_health", home_of(world).key):
        hear(client, case, who)
    write(client, case)
    assert standings(world, case)["A7"].missing
    assert hear(client, case, father.key, "tried") == 302
    assert finish(client, case) == 409
    with time_machine.travel(f"{TODAY + timedelta(days=1)}T10:00:00+02:00", tick=False):
        client = signed_in("principal")
        hear(client, case, father.key, "tried", TODAY + timedelta(days=1))
        assert finish(client, case) == 302


def test_a_guardian_who_may_not_see_is_neither_asked_nor_shown(world: World, signed_in: As, case: CaseCard) -> None:
    apart = guardian(world, "Olle Borta", may_see=False)
    client = signed_in("principal")
    decide(client, case)
    html = page(client, "investigation_consult", case.key)
    assert "Sofia Lindqvist" in html
    assert "Olle Borta" not in html
    assert hear(client, case, apart.key) == 200
    for who in ("pupil", "pupil_health", home_of(world).key):
        hear(client, case, who)
    assert standings(world, case)["A7"].state is State.MET
    with acting(Actor.system(world.organiser.pk)):
        assert Consultation.objects.filter(guardian=apart).count() == 0


def test_a_guardian_whom_the_register_does_not_know_can_be_heard(world: World, signed_in: As) -> None:
    card = opened(world, "Bilal", step=3)
    client = signed_in("principal")
    decide(client, card)
    write(client, card)
    hear(client, card, "pupil")
    hear(client, card, "pupil_health")
    assert finish(client, card) == 409
    assert hear(client, card, "guardian") == 302
    assert finish(client, card) == 302


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), TODAY - timedelta(days=1)])
def test_nobody_was_heard_before_it_began_or_in_days_to_come(
    world: World, signed_in: As, case: CaseCard, day: date
) -> None:
    client = signed_in("principal")
    decide(client, case)
    assert hear(client, case, "pupil", day=day) == 409
    assert hear(client, case, "pupil") == 302


def test_no_answer_on_special_support_without_its_reason(world: World, signed_in: As, case: CaseCard) -> None:
    client = signed_in("principal")
    decide(client, case)
    assert write(client, case, special_support="not_indicated") == 200
    assert write(client, case, special_support="not_indicated", special_support_reason="Når målen.") == 302
    assert standings(world, case)["A8"].state is State.MET


# Who may read.


def test_text_is_on_its_own_page_and_reading_it_is_logged(world: World, signed_in: As, case: CaseCard) -> None:
    client = signed_in("principal")
    decide(client, case)
    write(client, case)
    assert SECRET not in page(client, "investigation", case.key)
    assert SECRET in page(signed_in("mentor"), "investigation_text", case.key)
    read = AuditEntry.objects.filter(action="duty.read", details__has_key="text_of")
    assert [entry.objects_seen for entry in read] == [[case.pupil]]
    assert not any(SECRET in str(entry.details) for entry in AuditEntry.objects.all())


def test_pupil_health_reads_only_from_within_the_circle(world: World, signed_in: As, case: CaseCard) -> None:
    client = signed_in("pupil_health")
    assert client.get(reverse("investigation", args=[case.key])).status_code == 404
    in_circle(world, "pupil_health")
    html = page(client, "investigation", case.key)
    assert "Alva" in html
    assert reverse("investigation_decide", args=[case.key]) not in html


@pytest.mark.parametrize("role", ["ekbacken_principal", "other_mentor", "foreign_principal"])
@pytest.mark.parametrize(
    "route", ["investigation", "investigation_text", "investigation_write", "investigation_consult"]
)
def test_another_schools_case_is_not_there(world: World, signed_in: As, case: CaseCard, role: str, route: str) -> None:
    decide(signed_in("principal"), case)
    assert signed_in("principal").get(reverse(route, args=[case.key])).status_code == 200
    assert signed_in(role).get(reverse(route, args=[case.key])).status_code == 404


# Notices.


def send_notice(client: Client, case: CaseCard, rule: str = "A9") -> Any:
    answer = client.post(
        reverse("notice_make", args=[case.key, rule]),
        {"token": str(uuid4()), "receiver_function": "Registratorn"},
        follow=True,
    )
    return answer.redirect_chain[-1][0].rstrip("/").rpartition("/")[2]


def mark(client: Client, key: object, state: str = "sent", **fields: Any) -> int:
    version = client.get(reverse("notice", args=[key])).context["form"].initial["version"]
    given = {"state": state, "day": TODAY.isoformat(), "way": "letter", "version": str(version)}
    return send(client, "notice_mark", key, **(given | fields))


def test_a_notice_holds_little_and_its_way_is_followed(world: World, signed_in: As, case: CaseCard) -> None:
    warn(world, ["Alva"], value="0.29")
    client = signed_in("principal")
    decide(client, case)
    write(client, case)
    key = send_notice(client, case)
    html = page(client, "notice", key)
    assert "Alva Påhittad" in html
    assert "29" in html
    assert SECRET not in html
    assert standings(world, case)["A9"].state is State.DUE
    assert mark(client, key) == 302
    assert standings(world, case)["A9"].state is State.MET
    assert mark(client, key, "failed") == 302
    failed = standings(world, case)["A9"]
    assert failed.state is State.DUE
    again = send_notice(client, case)
    assert again != key
    assert mark(client, again) == 302
    assert mark(client, again, "received", received_by="Registratorn") == 302
    assert standings(world, case)["A9"].state is State.MET


def test_the_same_notice_is_made_once_while_it_waits(world: World, signed_in: As, case: CaseCard) -> None:
    client = signed_in("principal")
    decide(client, case)
    assert send_notice(client, case) == send_notice(client, case)
    with acting(Actor.system(world.organiser.pk)):
        assert Notice.objects.count() == 1


def test_a_notice_is_sent_before_it_arrives_and_never_in_days_to_come(
    world: World, signed_in: As, case: CaseCard
) -> None:
    client = signed_in("principal")
    decide(client, case)
    key = send_notice(client, case)
    assert mark(client, key, "received") == 200
    assert mark(client, key, day=(TODAY + timedelta(days=1)).isoformat()) == 409
    assert mark(client, key) == 302
    assert mark(client, key, "received", day=(TODAY - timedelta(days=1)).isoformat()) == 409


def test_without_an_investigation_there_is_nothing_to_tell_of(world: World, signed_in: As, case: CaseCard) -> None:
    assert send(signed_in("principal"), "notice_make", case.key, "A9", receiver_function="X") == 409
    assert signed_in("principal").get(reverse("notice_make", args=[case.key, "A99"])).status_code == 404


@pytest.mark.parametrize(
    ("home", "state"),
    [("Exempelkommun", State.NOT_APPLICABLE), ("Grannköping", State.DUE), ("", State.DUE)],
)
def test_another_home_municipality_is_told(
    world: World, signed_in: As, case: CaseCard, home: str, state: State
) -> None:
    with acting(Actor.system(world.organiser.pk)):
        Pupil.objects.filter(pk=case.pupil).update(home_municipality=home)
    decide(signed_in("principal"), case)
    assert standings(world, case)["A10"].state is state


def test_an_independent_organiser_is_never_the_home_municipality(world: World) -> None:
    by = world.actor("foreign_principal")
    assert Authority.objects.get(pk=by.authority_id).kind == "independent_organiser"
    card = opened(world, "Omar", by="foreign_principal", step=3)
    with acting(by):
        decide_investigation(by=by, case=card, decided=Decided(decision="start", reason=""))
        found = {each.rule: each.state for each in duties_of(by, card)}
    assert found["A10"] is State.DUE


def test_a_protected_pupils_notice_has_no_name(world: World, signed_in: As) -> None:
    card = opened(world, "Ida", by="principal", step=3)
    client = signed_in("principal")
    decide(client, card)
    key = send_notice(client, card)
    with acting(Actor.system(world.organiser.pk)):
        assert Notice.objects.get().pupil_name == ""
    assert "Ida P" not in page(client, "notice", key)
    assert signed_in("attendance_coordinator").get(reverse("notice", args=[key])).status_code == 404
    assert "e-ida" not in page(signed_in("organiser_officer"), "duties_overview")


# Ages and school forms.


def born(world: World, name: str, day: date, form: str = "GR") -> None:
    """An invented number: twelve digits with a check digit that is right."""
    nine = f"{day:%y%m%d}123"
    with acting(Actor.system(world.organiser.pk)):
        identity = encrypt(f"{day:%Y%m%d}123{check_digit(nine)}", use="identity")
        Pupil.objects.filter(pk=world.pupils[name].pk).update(identity_encrypted=identity)
        Enrolment.objects.filter(pupil=world.pupils[name]).update(school_form=form)


@pytest.mark.parametrize(
    ("birth", "state"), [(date(2010, 5, 20), State.DUE), (date(2010, 5, 21), State.NOT_APPLICABLE)]
)
def test_from_the_day_of_sixteen_the_pupil_is_told(
    world: World, signed_in: As, case: CaseCard, birth: date, state: State
) -> None:
    born(world, "Alva", birth)
    decide(signed_in("principal"), case)
    assert standings(world, case)["Q6"].state is state


def test_upper_secondary_is_not_stopped_by_what_only_we_propose(world: World, signed_in: As, case: CaseCard) -> None:
    born(world, "Alva", date(2009, 1, 1), "GY")
    client = signed_in("principal")
    decide(client, case)
    found = standings(world, case)
    assert found["A7"].required
    assert found["A9"].required
    assert found["A10"].state is State.NOT_APPLICABLE
    write(client, case)
    assert finish(client, case) == 302


def test_who_turns_eighteen_has_no_guardian_to_hear(world: World, signed_in: As, case: CaseCard) -> None:
    born(world, "Alva", TODAY.replace(year=2008), "GY")
    decide(signed_in("principal"), case)
    for who in ("pupil", "pupil_health"):
        hear(signed_in("principal"), case, who)
    assert standings(world, case)["A7"].state is State.MET


# Pages.


def test_the_duties_page_lists_what_waits_first(world: World, signed_in: As, case: CaseCard) -> None:
    client = signed_in("principal")
    html = page(client, "duties")
    assert "Alva Påhittad" in html
    assert reverse("investigation_decide", args=[case.key]) in html
    assert "Alva" not in page(client, "duties", state="late")
    assert "Alva" in page(client, "duties", state="not_applicable")
    assert "Alva" not in page(client, "duties", q="Bilal")
    with time_machine.travel("2026-06-05T10:00:00+02:00", tick=False):
        assert "Alva" in page(signed_in("principal"), "duties", state="late")
    assert "Alva" not in page(signed_in("ekbacken_principal"), "duties")
    assert "Alva" in page(signed_in("mentor"), "duties")
    assert "Alva" not in page(signed_in("other_mentor"), "duties")


def test_the_organiser_sees_counts_and_the_little_that_was_reported(
    world: World, signed_in: As, case: CaseCard
) -> None:
    client, officer = signed_in("principal"), signed_in("organiser_officer")
    decide(client, case)
    write(client, case)
    assert "e-alva" not in page(officer, "duties_overview")
    mark(client, send_notice(client, case))
    html = page(officer, "duties_overview")
    assert "e-alva" in html
    assert "Strandskolan" in html
    assert "Alva" not in html
    assert SECRET not in html
    assert "e-alva" not in page(officer, "duties_overview", unit=str(world.ekbacken.pk))
    assert officer.get(reverse("investigation", args=[case.key])).status_code == 403
    assert client.get(reverse("duties_overview")).status_code == 403


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_pages_in_both_languages(world: World, signed_in: As, case: CaseCard, language: str) -> None:
    client = signed_in("principal")
    client.cookies["language"] = language
    decide(client, case)
    for route, key in (
        ("duties", ()),
        ("investigation", (case.key,)),
        ("duties_law", ()),
        ("leaves", ()),
        ("homes", ()),
    ):
        html = page(client, route, *key)
        assert f'<html lang="{language}"' in html
        assert not re.search(r"%\((\w+)\)s|\{(day|what|most)\}", html)


def test_everybody_reads_the_law_table(world: World, signed_in: As) -> None:
    for role in ("teacher", "legal_guardian", "evaluator", "principal"):
        html = page(signed_in(role), "duties_law")
        assert "7 kap. 19 a §" in html


def cases(world: World, count: int) -> list[CaseCard]:
    with acting(Actor.system(world.organiser.pk)):
        first = world.pupils["Alva"]
        for number in range(count):
            pupil = Pupil.of(
                pupil_id=f"e-{number}", given_name=f"E{number}", family_name="Påhittad", search_text=f"e{number}"
            )
            pupil.save()
            stay = Enrolment.objects.filter(pupil=first).get()
            stay.pk, stay.pupil = None, pupil
            stay.save(force_insert=True)
            world.pupils[f"E{number}"] = pupil
    made = [opened(world, f"E{number}", by="principal", step=3) for number in range(count)]
    by = world.actor("principal")
    with acting(by):
        for each in made:
            decide_investigation(by=by, case=each, decided=Decided(decision="start", reason=""))
    return made


@pytest.mark.parametrize(("role", "route"), [("principal", "duties"), ("organiser_officer", "duties_overview")])
def test_thirty_cases_ask_the_database_as_often_as_one(world: World, signed_in: As, role: str, route: str) -> None:
    counts = []
    client = signed_in(role)
    for many in (1, 30):
        cases(world, many)
        page(client, route)
        with CaptureQueriesContext(connection) as asked:
            page(client, route)
        counts.append(len(asked))
        world.pupils = {name: pupil for name, pupil in world.pupils.items() if not name.startswith("E")}
        if many == 1:
            with acting(Actor.system(world.organiser.pk)):
                Pupil.objects.filter(pupil_id="e-0").update(pupil_id="e-first")
    assert counts[0] == counts[1], counts


def test_csn_is_for_schools_that_have_upper_secondary(world: World, signed_in: As) -> None:
    link = f'href="{reverse("csn")}"'
    assert link not in page(signed_in("principal"), "duties")
    world.strand.school_forms = ["GR", "GY"]
    world.strand.save()
    assert link in page(signed_in("principal"), "duties")


def test_another_than_the_principal_cannot_finish(world: World, signed_in: As, case: CaseCard) -> None:
    decide(signed_in("principal"), case)
    assert send(signed_in("mentor"), "investigation_finish", case.key, version="0") == 403


def test_a_closed_case_takes_no_decision(world: World, case: CaseCard) -> None:
    by = world.actor("principal")
    with acting(by):
        assert find_case(by, case.key).is_open
    closed(world, case)
    with acting(by), pytest.raises(Refused):
        decide_investigation(by=by, case=case, decided=Decided(decision="start", reason=""))
    with acting(by):
        assert Investigation.objects.count() == 0


def test_seen_is_what_makes_a_decision_follow_another(world: World, case: CaseCard) -> None:
    by = world.actor("principal")
    with acting(by):
        key = decide_investigation(by=by, case=case, decided=Decided(decision="unnecessary", reason="Känd."))
    with acting(by), pytest.raises(Conflict):
        decide_investigation(by=by, case=case, decided=Decided(decision="start", reason=""))
    with acting(by):
        decide_investigation(by=by, case=case, decided=Decided(decision="start", reason="", seen=str(key)))
        assert Investigation.objects.count() == 2
