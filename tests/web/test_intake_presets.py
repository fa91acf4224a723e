"""Files from systems by name, on the pages: known, asked about, shown month by month, read in (M01, M02; issue 5)."""

import json
from typing import Any

import pytest
from django.test import Client

from narvaro.contexts.intake.models import ImportRun, SavedMapping
from narvaro.contexts.intake.places import facts_folder
from narvaro.contexts.register.models import IDENTITY, Unit
from narvaro.core.crypto import matching_key
from narvaro.core.scope import acting
from narvaro.facts.measures import Snapshot
from narvaro.facts.period_measures import period_pupils
from narvaro.facts.store import Store
from tests.integration.test_presets import MEITNER, WEEKS, edlevo, event
from tests.lesson_files import row, table
from tests.web.conftest import As
from tests.web.test_intake import DESCRIBED, PAGE, again, lessons, previewed, sent
from tests.web.world import World

__all__ = ["sent"]
NUMBERS = {"Alva": "20130101TF01", "Bilal": "20130101TF02"}
"""Invented."""


@pytest.fixture(autouse=True)
def numbered(world: World) -> None:
    """Alva and Bilal are known by identity number too."""
    with acting(world.actor("system_administrator")):
        for name, number in NUMBERS.items():
            pupil = world.pupils[name]
            pupil.identity_hash = matching_key(number, use=IDENTITY)
            pupil.save(update_fields=["identity_hash"])


def answer(client: Client, run: ImportRun, **said: str) -> int:
    return client.post(f"{PAGE}/{run.key}/answer", said).status_code


def page_of(client: Client, run: ImportRun) -> str:
    return " ".join(client.get(f"{PAGE}/{run.key}").content.decode().split())


def read_in(client: Client, world: World, run: ImportRun) -> Store:
    assert client.post(f"{PAGE}/{run.key}/read").status_code == 302
    assert again(world, run).state == "done"
    return Store(facts_folder(world.organiser.pk))


def test_schoolsofts_weeks_ask_for_period_lesson_and_school(world: World, signed_in: As, sent: Any) -> None:
    client = signed_in("system_administrator")
    run = sent(WEEKS)
    assert run.preview["asks"] == "period"
    answer(client, run, first_day="2025-08-18", last_day="2026-06-12")
    run = again(world, run)
    assert run.preview["asks"] == "lesson_minutes"
    assert "uppskattningar" in page_of(client, run)
    assert answer(client, run, lesson_minutes="0") == 400
    answer(client, run, lesson_minutes="50")
    assert again(world, run).preview["asks"] == "unit"
    answer(client, run, unit_code="1001")
    run = again(world, run)
    assert (run.state, *previewed(run)) == ("ready", 2, 2, 0, 0)
    page = page_of(client, run)
    assert "SchoolSoft" in page
    assert "50 minuter" in page
    store = read_in(client, world, run)
    (pupil,) = period_pupils(store.root, store.current())
    assert (pupil.summary.pupil_id, pupil.summary.minutes.offered) == ("e-alva", 2500)


def test_edlevos_xml_is_read_under_the_pupils_own_key(world: World, signed_in: As, sent: Any) -> None:
    client = signed_in("system_administrator")
    run = sent(edlevo(event("1", "2026-03-02T08:00:00", "Valid", 50)), "export.xml")
    assert run.preview["asks"] == "unit"
    answer(client, run, unit_code="1001")
    run = again(world, run)
    assert (run.state, *previewed(run)) == ("ready", 1, 1, 0, 0)
    store = read_in(client, world, run)
    with Snapshot(store.root, store.current()) as snapshot:
        assert list(snapshot.pupil_ids.values()) == ["e-alva"]


def test_meitners_json_is_known_by_itself(world: World, sent: Any) -> None:
    with acting(world.actor("system_administrator")):
        Unit.objects.filter(pk=world.strand.pk).update(code="10000001")
    run = sent(json.dumps(MEITNER), "rader.json")
    assert (run.state, run.preview["used_mapping"][:7]) == ("ready", "Meitner")
    assert previewed(run) == (5, 4, 1, 0)


def test_lessons_without_headings_offer_a_preset(world: World, signed_in: As, sent: Any) -> None:
    client = signed_in("system_administrator")
    run = sent("20130101-TF01;7B;2026-05-04;08:00;08:40;Bild;40;Anmäld frånvaro;\n", "utan rubriker.csv")
    assert run.preview["asks"] == "columns"
    page = page_of(client, run)
    assert "Som Skola24" in page
    assert "TF01" not in page
    assert answer(client, run, preset="../vklass") == 400
    assert answer(client, run, preset="skola24-like") == 302
    assert again(world, run).preview["asks"] == "unit"
    answer(client, run, unit_code="1001")
    assert (again(world, run).state, *previewed(again(world, run))) == ("ready", 1, 1, 0, 0)


SUMS = """Elev;Skola;Från;Till;Närvaro;Anmäld;Ledig;Oanmäld
e-alva;1001;2026-01-08;2026-05-20;80 st (80 %);10 st;–;10 st (10 %)
"""
SAID = {
    **{key: value for key, value in DESCRIBED.items() if not key.startswith(("column", "words"))},
    "name": "Räknade lektioner",
    "grain": "period",
    "unit": "lessons",
    "written_numbers": "on",
    "offered_is_sum": "on",
    "lesson_minutes": "45",
    "column_1": "pupil_id",
    "column_2": "school_unit_id",
    "column_3": "first_date",
    "column_4": "last_date",
    "column_5": "present",
    "column_6": "valid",
    "column_7": "valid",
    "column_8": "invalid",
}


def test_the_wizard_adds_columns_up_and_counts_lessons(world: World, signed_in: As, sent: Any) -> None:
    client = signed_in("system_administrator")
    run = sent(SUMS)
    assert client.post(f"{PAGE}/{run.key}/columns", {**SAID, "lesson_minutes": ""}).status_code == 400
    assert client.post(f"{PAGE}/{run.key}/columns", {**SAID, "offered_is_sum": ""}).status_code == 400
    assert client.post(f"{PAGE}/{run.key}/columns", SAID).status_code == 302
    run = again(world, run)
    assert (run.state, *previewed(run)) == ("ready", 1, 1, 0, 0)
    fields = [column["field"] for column in run.preview["columns"]]
    assert fields[4:] == ["present", "valid", "valid", "invalid"]
    store = read_in(client, world, run)
    (pupil,) = period_pupils(store.root, store.current())
    minutes = pupil.summary.minutes
    assert (minutes.offered, minutes.present, minutes.valid, minutes.invalid) == (4500, 3600, 450, 450)
    with acting(world.actor("system_administrator")):
        assert "lesson_minutes: '45'" in SavedMapping.objects.get().text


def test_usual_words_stand_in_the_wizard(signed_in: As, sent: Any) -> None:
    run = sent("Elev-ID;Skola;Dag;Börjar;Längd;Status\ne-alva;1001;2026-05-04;08:00;60;Närvarande\n")
    wizard = signed_in("system_administrator").get(f"{PAGE}/{run.key}/columns").content.decode()
    for words in ("Anmäld frånvaro", "Ej anmäld", "Försenad", "Omarkerad"):
        assert words in wizard


def told(run: ImportRun) -> list[tuple[Any, ...]]:
    names = ("month", "unit_code", "new", "corrected", "removed")
    return [tuple(each[name] for name in names) for each in run.preview["differing"]]


def test_what_changes_is_shown_by_month_and_school_before_it_is_stored(world: World, signed_in: As, sent: Any) -> None:
    client = signed_in("system_administrator")
    first = sent(lessons(days=("2026-04-29", "2026-05-04")))
    assert told(first) == [
        ("2026-04", "1001", 4, 0, 0),
        ("2026-05", "1001", 4, 0, 0),
    ]
    page = page_of(client, first)
    assert "april 2026" in page
    assert "Strandskolan" in page
    read_in(client, world, first)
    corrected = row(elev_id="e-alva", skolenhetskod="1001", datum="2026-05-04", narvarominuter=0, giltig_min=60)
    second = sent(table(corrected, row(elev_id="e-bilal", skolenhetskod="1001", datum="2026-05-05")))
    assert told(second) == [("2026-05", "1001", 1, 1, 0)]
    again_same = sent(lessons(days=("2026-04-29", "2026-05-04")), "igen.csv")
    assert again_same.preview["differing"] == []
    assert "alla rader finns redan" in page_of(client, again_same)
