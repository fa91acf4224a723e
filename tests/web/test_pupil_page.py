"""The pupil's page: who sees it, what it says, and what it says when little is known."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from narvaro.contexts.attendance.models import MeasureRun, PupilMeasure
from narvaro.contexts.warnings.models import Decision
from narvaro.core.actor import Actor
from narvaro.core.models import AuditEntry
from narvaro.core.scope import acting
from narvaro.domain.absence import Minutes
from narvaro.ui.formats import words
from tests.databases import ASKED_BESIDES
from tests.web.attended import attended
from tests.web.conftest import As
from tests.web.world import TODAY, World

MOST_QUERIES = 14  # with the savepoint that stands for the request's transaction, and its release
WARNED = ("Warnings and decisions", "The plan points at step")


@pytest.fixture
def facts(world: World) -> None:
    attended(world)


@pytest.fixture(autouse=True)
def in_english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


def page(client: Client, world: World, name: str, tail: str = "", **query: str) -> str:
    answer = client.get(f"/pupils/{world.pupils[name].key}/{tail}", query)
    assert answer.status_code == 200
    return answer.content.decode()


def text_of(html: str) -> str:
    """As it is read: no markup, single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html.split("<main", 1)[-1])).replace("&#x27;", "'")


def the_list_says(world: World, name: str) -> Minutes:
    with acting(Actor.system(world.organiser.pk)):
        row = PupilMeasure.objects.get(pupil=world.pupils[name])
        return Minutes(row.last_20_offered, row.last_20_present, row.last_20_valid, row.last_20_invalid)


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize("name", ["Alva", "Bilal"])
def test_one_big_number_answers_in_the_heading_as_the_list_does(world: World, signed_in: As, name: str) -> None:
    said = text_of(page(signed_in("mentor"), world, name))
    rate = the_list_says(world, name).total_rate
    assert rate is not None
    assert f"{words().percent(rate).replace(' %', '%')} absence the latest 20 school days" in said.replace(" %", "%")


@pytest.mark.usefixtures("facts")
def test_what_the_number_rests_on_is_said_and_can_be_opened(world: World, signed_in: As) -> None:
    client = signed_in("mentor")
    html = page(client, world, "Alva")
    assert "of the lesson time reported" in text_of(html)
    address = re.search(r'href="([^"]+/lessons/\?[^"]+what=absent)"', html)
    assert address
    answer = client.get(address[1].replace("&amp;", "&"))
    said = text_of(answer.content.decode())
    minutes = the_list_says(world, "Alva")
    assert f"{minutes.valid // 60} h valid absence, {round(minutes.invalid / 60)} h invalid absence" in said.replace(
        "\xa0", " "
    )


@pytest.mark.usefixtures("facts")
def test_what_recurs_and_what_works_are_both_said(world: World, signed_in: As) -> None:
    alva, bilal = (text_of(page(signed_in("mentor"), world, name)) for name in ("Alva", "Bilal"))
    assert "4 of 31 Mondays away" in alva
    assert re.search(r"Idrott: away 20 of 161 lessons", alva)
    assert "5 late arrivals together 75 minutes" in alva
    assert "more than the 20 school days before" in alva
    assert "less than the 20 school days before" in bilal
    assert "Tell the pupil that it is seen." in bilal
    assert "20 school days in a row in place now" in bilal
    assert "Tell the pupil that it is seen." not in alva


@pytest.mark.usefixtures("facts")
def test_a_week_that_nobody_reported_is_hatched_and_holidays_are_blank(world: World, signed_in: As) -> None:
    html = page(signed_in("mentor"), world, "Alva")
    days = html[html.index("day-map") : html.index("</svg>", html.index("day-map"))]
    assert days.count("k-unknown") == 5
    assert "Mon 27 Oct: no school" in days.replace("\xa0", " ")


@pytest.mark.usefixtures("facts")
def test_warnings_and_decisions_are_for_those_who_work_with_them(world: World, signed_in: As) -> None:
    _decide(world)
    for role in ("mentor", "principal", "pupil_health", "attendance_coordinator"):
        said = text_of(page(signed_in(role), world, "Alva"))
        assert all(each in said for each in WARNED), role
        assert "Wait and follow" in said
        assert "A written reason" in said
    for role in ("legal_guardian", "pupil", "school_nurse"):
        said = text_of(page(signed_in(role), world, "Alva"))
        assert "absence the latest 20 school days" in said
        assert not any(each in said for each in WARNED), role
        assert "Wait and follow" not in said
        assert "A written reason" not in said


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize("role", ["legal_guardian", "pupil"])
def test_at_home_the_same_facts_without_judgement(world: World, signed_in: As, role: str) -> None:
    here, home = (page(signed_in(each), world, "Alva") for each in ("mentor", role))
    assert "Mondays away" in here
    assert "amount notable" in here
    assert "plan's limits" in text_of(here)
    for judged in ("Mondays away", "amount notable", "plan's limits", "is-warn"):
        assert judged not in text_of(home) + home, judged
    figure = re.compile(r'answer-figure">([^<]+)<')
    assert figure.findall(here) == figure.findall(home) != []
    assert 'href="/to-act-on/' in here
    assert 'href="/to-act-on/' not in home


@pytest.mark.usefixtures("facts")
def test_protected_identity_is_marked_for_those_who_are_listed(world: World, signed_in: As) -> None:
    assert "Protected identity" in page(signed_in("principal"), world, "Ida")
    assert "Protected identity" not in page(signed_in("principal"), world, "Alva")


# --- who ---


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize("tail", ["", "lessons/", "who/"])
@pytest.mark.parametrize(
    ("role", "name", "status"),
    [
        ("mentor", "Alva", 200),
        ("other_mentor", "Alva", 404),
        ("mentor", "Casper", 404),
        ("attendance_coordinator", "Alva", 200),
        ("attendance_coordinator", "Casper", 404),
        ("attendance_coordinator", "Ida", 404),
        ("principal", "Ida", 200),
        ("ekbacken_principal", "Casper", 200),
        ("ekbacken_principal", "Alva", 404),
        ("school_nurse", "Alva", 200),
        ("legal_guardian", "Alva", 200),
        ("legal_guardian", "Bilal", 404),
        ("pupil", "Alva", 200),
        ("pupil", "Bilal", 404),
        ("teacher", "Alva", 403),
        ("evaluator", "Alva", 403),
        ("system_administrator", "Alva", 403),
        ("former_mentor", "Alva", 403),
        ("foreign_principal", "Alva", 404),
        ("mentor", "Omar", 404),
    ],
)
def test_who_may_read(world: World, signed_in: As, role: str, name: str, status: int, tail: str) -> None:
    answer = signed_in(role).get(f"/pupils/{world.pupils[name].key}/{tail}")
    assert answer.status_code == status
    assert (name in answer.content.decode()) == (status == 200)
    if role == "former_mentor":
        return
    entry = AuditEntry.objects.order_by("-pk").first()
    assert entry is not None
    assert entry.action == "attendance.read"
    assert entry.decision == ("granted" if status == 200 else "refused")
    assert entry.objects_seen == ([world.pupils[name].pk] if status == 200 else [])


@pytest.mark.usefixtures("facts")
def test_who_can_see_and_why(world: World, signed_in: As) -> None:
    said = text_of(page(signed_in("legal_guardian"), world, "Alva", "who/"))
    assert "Person mentor, mentor" in said
    assert "is the pupil's mentor" in said
    assert "Person other_mentor" not in said


# --- when little is known ---


@pytest.mark.usefixtures("facts")
def test_too_little_reported_gives_no_number(world: World, signed_in: As) -> None:
    html = page(signed_in("ekbacken_principal"), world, "Casper")
    said = text_of(html)
    assert "The absence of the latest 20 school days cannot be told" in said
    assert "Only 50% of the lesson time is reported" in said.replace("\xa0", "").replace(" %", "%")
    assert "answer-figure" not in html
    assert "Cannot be compared with before" in said


@pytest.mark.usefixtures("facts")
def test_two_schools_are_summed_and_named(world: World, signed_in: As) -> None:
    client = signed_in("ekbacken_principal")
    assert "several schools: Strandskolan, Ekbackens skola" in text_of(page(client, world, "Lo"))
    assert "several schools" not in text_of(page(client, world, "Casper"))
    lessons = text_of(page(client, world, "Lo", "lessons/", first="2026-01-07", last="2026-01-12"))
    assert "Strandskolan" in lessons
    assert "Ekbackens skola" in lessons


@pytest.mark.usefixtures("facts")
def test_a_single_day_is_enough_for_what_it_says(world: World, signed_in: As) -> None:
    said = text_of(page(signed_in("principal"), world, "Tuva"))
    assert "absence the latest school day" in said
    assert "Cannot be compared with before" in said


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize("tail", ["", "lessons/"])
def test_without_lessons_it_says_so(world: World, signed_in: As, tail: str) -> None:
    assert "No lessons in the school year" in text_of(page(signed_in("principal"), world, "Nora", tail))


@pytest.mark.parametrize("tail", ["", "lessons/"])
def test_before_the_first_import_it_says_so(world: World, signed_in: As, tail: str) -> None:
    assert "No attendance has been read in yet" in text_of(page(signed_in("principal"), world, "Alva", tail))


@pytest.mark.usefixtures("facts")
def test_a_snapshot_that_is_gone_gives_the_newest(world: World, signed_in: As) -> None:
    with acting(Actor.system(world.organiser.pk)):
        MeasureRun.objects.update(snapshot=77)
    assert "absence the latest 20 school days" in text_of(page(signed_in("mentor"), world, "Alva"))


# --- lessons ---


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"week": "2026-05-06"}, "20 lessons, 4 May–10 May"),
        ({"first": "2026-05-12", "last": "2026-05-12"}, "4 lessons, Tue 12 May"),
        ({"subject": "Idrott", "what": "missed"}, "20 lessons"),
        ({"weekday": "1", "what": "absent", "first": "2026-04-20"}, "16 lessons"),
        ({"what": "late"}, "5 lessons"),
        ({"what": "unknown"}, "20 lessons"),
        ({"what": "missed", "edge": "first"}, "4 lessons"),
        ({"subject": "Idrott' or 1=1", "what": "missed"}, "0 lessons"),
        ({"what": "everything", "first": "yesterday", "weekday": "9"}, "lessons, 19 Aug–20 May"),
    ],
)
def test_lessons_behind_a_number(world: World, signed_in: As, query: dict[str, str], said: str) -> None:
    found = text_of(page(signed_in("mentor"), world, "Alva", "lessons/", **query)).replace("\xa0", " ")
    assert said in found


@pytest.mark.usefixtures("facts")
def test_lessons_open_in_place_and_as_a_page(world: World, signed_in: As) -> None:
    client, address = signed_in("mentor"), f"/pupils/{world.pupils['Alva'].key}/lessons/?week=2026-05-06"
    whole, part = client.get(address), client.get(address, headers={"HX-Request": "true"})
    assert b"<html" in whole.content
    assert b"<html" not in part.content
    assert part.content.count(b"<tr") == whole.content.count(b"<tr") == 21
    assert b"The week before" in whole.content


@pytest.mark.usefixtures("facts")
def test_a_page_costs_the_same_for_little_and_for_much(
    world: World, signed_in: As, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    client = signed_in("principal")
    page(client, world, "Alva")
    counts = []
    for name in ("Tuva", "Alva"):
        with django_assert_max_num_queries(MOST_QUERIES + ASKED_BESIDES) as counted:
            page(client, world, name)
        counts.append(len(counted))
    assert len(set(counts)) == 1


def _decide(world: World) -> None:
    with acting(world.actor("mentor")):
        Decision.of(
            pupil=world.pupils["Alva"],
            kind="await",
            reason="A written reason",
            follow_up_on=TODAY + timedelta(days=14),
            decided_by=world.users["mentor"],
            decided_as="mentor",
            decided_at=f"{TODAY}T08:00:00+02:00",
        ).save()
