"""Coming, leaving and considerable absence (A11, KAA, A12): of every pupil, with or without a case."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from narvaro.contexts.attendance.api import whole_invalid_days
from narvaro.contexts.attendance.models import PupilMeasure
from narvaro.contexts.duties.listing import overview, rows_for
from narvaro.contexts.duties.models import Notice
from narvaro.contexts.register.api import visible_pupil_ids, who_can_see
from narvaro.contexts.register.models import Enrolment, Pupil
from narvaro.core.actor import Actor
from narvaro.core.scope import acting
from narvaro.domain.duties import State
from tests.web.attended import attended
from tests.web.cases import decide_year, opened
from tests.web.conftest import As
from tests.web.test_duties import born, page
from tests.web.world import TODAY, YEAR_START, World

A_WEEK_AGO = TODAY - timedelta(days=7)


@pytest.fixture(autouse=True)
def year(world: World) -> None:
    decide_year(world)


def change(world: World, name: str, home: str = "", **enrolment: Any) -> None:
    with acting(Actor.system(world.organiser.pk)):
        Pupil.objects.filter(pk=world.pupils[name].pk).update(home_municipality=home)
        Enrolment.objects.filter(pupil=world.pupils[name]).update(**enrolment)


def told(world: World, role: str = "principal") -> set[tuple[str, str, State]]:
    actor = world.actor(role)
    with acting(actor):
        return {(each.card.name.split()[0], each.duty.rule, each.duty.state) for each in rows_for(actor)}


def send(client: Client, name: str, world: World, rule: str) -> Any:
    given = {"token": str(uuid4()), "receiver_function": "Utbildningsförvaltningen"}
    return client.post(reverse("move_notice", args=[world.pupils[name].key, rule]), given)


def test_a_pupil_from_another_municipality_who_came_is_told_of_without_a_case(world: World) -> None:
    assert told(world) == set()
    change(world, "Alva", home="Grannby", first_day=A_WEEK_AGO)
    change(world, "Bilal", home="Exempelkommun", first_day=A_WEEK_AGO)
    assert told(world) == {("Alva", "A11", State.DUE)}
    assert told(world, "ekbacken_principal") == set()
    assert told(world, "mentor") == set()


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ((), True),
        (((date(2024, 8, 19), date(2025, 6, 10)),), False),  # a summer is no leaving
        (((date(2023, 8, 19), date(2024, 6, 10)),), True),
        (((date(2024, 8, 19), date(2025, 5, 2)),), True),
        (((date(2024, 8, 19), date(2025, 6, 10)), (date(2025, 8, 19), date(2025, 9, 30))), True),
    ],
)
def test_who_came_is_told_apart_from_who_goes_on(
    world: World, before: tuple[tuple[date, date], ...], found: bool
) -> None:
    change(world, "Alva", home="Grannby", first_day=date(2026, 2, 2) if len(before) > 1 else YEAR_START)
    change(world, "Casper", first_day=date(2021, 8, 19))  # so far back does the register go
    with acting(Actor.system(world.organiser.pk)):
        for first, last in before:
            pupil, unit = world.pupils["Alva"], world.ekbacken
            Enrolment.of(pupil=pupil, unit=unit, school_form="GR", grade="6", first_day=first, last_day=last).save()
    assert ("Alva", "A11", State.LATE) in told(world) or not found
    assert bool(told(world)) is found


def test_who_was_there_when_the_register_began_did_not_come_then(world: World) -> None:
    change(world, "Alva", home="Grannby")
    assert told(world) == set()
    change(world, "Casper", first_day=YEAR_START - timedelta(days=1))
    assert told(world) == {("Alva", "A11", State.LATE)}


def test_who_left_is_still_of_the_school_that_was_left_and_is_handed_over(world: World) -> None:
    born(world, "Alva", date(2009, 3, 1), form="GY")
    change(world, "Alva", home="Grannby", last_day=A_WEEK_AGO, grade="2")
    assert told(world) == {("Alva", "A11", State.DUE), ("Alva", "KAA", State.DUE)}
    assert told(world, "ekbacken_principal") == set()
    with acting(world.actor("principal")):
        assert world.pupils["Alva"].pk not in {
            row["pk"] for row in visible_pupil_ids(world.actor("principal"), "attendance.read")
        }


def test_who_goes_on_to_another_of_our_schools_has_not_left(world: World) -> None:
    assert world.pupils["Lo"]
    change(world, "Casper", home="Grannby", first_day=date(2024, 8, 19), last_day=A_WEEK_AGO)
    assert told(world, "ekbacken_principal") == {("Casper", "A11", State.DUE)}
    with acting(Actor.system(world.organiser.pk)):
        Enrolment.of(
            pupil=world.pupils["Casper"], unit=world.strand, school_form="GR", grade="5", first_day=TODAY
        ).save()
    assert told(world, "ekbacken_principal") == set()
    assert told(world) == set()


def test_a_protected_pupil_is_told_of_to_those_on_the_list_alone(world: World) -> None:
    change(world, "Ida", home="Grannby", first_day=A_WEEK_AGO)
    assert told(world) == {("Ida", "A11", State.DUE)}  # the principal is on the list
    assert told(world, "attendance_coordinator") == set()


def test_a_notice_is_made_sent_and_answers_the_duty(world: World, signed_in: As) -> None:
    change(world, "Alva", home="Grannby", first_day=A_WEEK_AGO)
    client = signed_in("principal")
    link = reverse("move_notice", args=[world.pupils["Alva"].key, "A11"])
    assert link in client.get(reverse("duties")).content.decode()
    assert client.get(link).status_code == 200
    answer = send(client, "Alva", world, "A11")
    assert answer.status_code == 302
    assert send(client, "Alva", world, "A11").url == answer.url  # the one that waits
    with acting(world.actor("principal")):
        row = Notice.objects.get()
        assert (row.starts_on, row.unit_id, row.case_id, row.absent_min) == (A_WEEK_AGO, world.strand.pk, None, None)
    mark = {"token": str(uuid4()), "state": "sent", "day": TODAY.isoformat(), "way": "letter", "version": "0"}
    assert client.post(f"{answer.url}mark/", mark).status_code == 302
    assert told(world) == {("Alva", "A11", State.MET)}
    assert send(client, "Alva", world, "A11").status_code == 409
    assert send(client, "Bilal", world, "A11").status_code == 409
    assert send(client, "Casper", world, "A11").status_code == 404
    assert client.get(reverse("move_notice", args=[world.pupils["Alva"].key, "A9"])).status_code == 404


def test_a_case_tells_of_its_own_pupil_once(world: World) -> None:
    opened(world, step=1)
    change(world, "Alva", home="Grannby", first_day=A_WEEK_AGO)
    actor = world.actor("principal")
    with acting(actor):
        assert [each.case_url != "" for each in rows_for(actor) if each.duty.rule == "A11"] == [True]


def test_the_organiser_counts_them_by_school(world: World) -> None:
    change(world, "Alva", home="Grannby", first_day=A_WEEK_AGO)
    officer = world.actor("organiser_officer")
    with acting(officer):
        found = overview(officer, None)
        assert [(each.label, each.due) for _pk, _cases, each in found.schools if each.due] == [("Strandskolan", 1)]
        assert [each.due for each in overview(officer, world.ekbacken.pk).duties] == []
        assert found.quiet == ("Ekbackens skola",)


def test_the_organisers_heading_counts_what_has_no_case_too(world: World, signed_in: As) -> None:
    client = signed_in("organiser_officer")
    client.cookies["language"] = "en"
    assert "No duty waits for anybody" in page(client, "duties_overview")
    change(world, "Alva", home="Grannby", first_day=A_WEEK_AGO)
    html = page(client, "duties_overview")
    assert "1 duty waits for somebody" in html
    assert "in 0 open cases and without a case" in html
    assert "1 school has no duty now" in html


@pytest.fixture
def facts(world: World) -> Path:
    return attended(world)


def test_whole_days_of_the_term_without_a_valid_reason_are_of_the_facts(world: World, facts: Path) -> None:
    system = Actor.system(world.organiser.pk)
    with acting(system):
        found = whole_invalid_days(system)
        assert found == {"e-alva": (date(2026, 4, 27), date(2026, 5, 4), date(2026, 5, 11), date(2026, 5, 18))}
        assert whole_invalid_days(Actor.system(world.other_organiser.pk)) == found  # asked within the first's scope
    with acting(Actor.system(world.other_organiser.pk)):
        assert whole_invalid_days(Actor.system(world.other_organiser.pk)) == {}


def test_considerable_absence_is_told_of_without_a_case(world: World, signed_in: As, facts: Path) -> None:
    born(world, "Alva", date(2009, 3, 1), form="GY")
    change(world, "Alva", home="Grannby", first_day=date(2024, 8, 19))
    with acting(Actor.system(world.organiser.pk)):
        row = PupilMeasure.objects.get(pupil=world.pupils["Alva"])
        reported = row.last_20_present + row.last_20_valid + row.last_20_invalid
        assert 100 * row.last_20_invalid >= 20 * reported
    assert ("Alva", "A12", State.DUE) in told(world)
    assert send(signed_in("principal"), "Alva", world, "A12").status_code == 302
    change(world, "Alva", home="Exempelkommun")
    assert told(world) == set()


def test_ten_whole_days_are_enough(world: World, facts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    born(world, "Bilal", date(2009, 3, 1), form="GY")
    change(world, "Bilal", home="Grannby", first_day=date(2024, 8, 19))
    for count, found in ((9, set()), (10, {("Bilal", "A12", State.DUE)})):
        days = {"e-bilal": tuple(TODAY - timedelta(days=count - each - 1) for each in range(count))}
        monkeypatch.setattr("narvaro.contexts.duties.moves.whole_invalid_days", lambda actor, days=days: days)
        assert told(world) == found


def test_who_left_in_june_is_told_of_when_the_next_year_has_begun(world: World) -> None:
    born(world, "Alva", date(2010, 3, 1))
    change(world, "Alva", grade="9", last_day=date(2026, 6, 10))
    change(world, "Bilal", grade="8", last_day=date(2026, 6, 10))
    with time_machine.travel("2026-07-10T10:00:00+02:00", tick=False):
        assert told(world) == set()
    with time_machine.travel("2026-09-10T10:00:00+02:00", tick=False):
        assert told(world) == {("Alva", "KAA", State.DUE)}


def test_who_can_see_names_the_school_that_was_left(world: World) -> None:
    """The pupil's side of the relation, which no page of attendance has."""
    change(world, "Alva", last_day=A_WEEK_AGO)
    actor = world.actor("principal")
    from narvaro.contexts.register.queries import pupil_cards

    with acting(actor):
        card = pupil_cards(actor, [world.pupils["Alva"].pk])[world.pupils["Alva"].pk]
        assert {each.name for each in who_can_see(actor, card, action="move.tell")} == {
            "Person principal",
            "Person attendance_coordinator",
        }


def test_the_list_asks_the_same_number_of_queries_however_many_have_moved(world: World) -> None:
    actor, counts = world.actor("principal"), []
    for name in ("Alva", "Bilal"):
        change(world, name, home="Grannby", first_day=A_WEEK_AGO)
        with acting(actor), CaptureQueriesContext(connection) as asked:
            rows_for(actor)
        counts.append(len(asked))
    assert counts[0] == counts[1]
