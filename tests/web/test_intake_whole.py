"""A file that holds every lesson of its schools and days takes away what it lacks, when a person has said so and seen
it."""

from typing import Any

import pytest

from narvaro.contexts.intake.models import ImportRun
from narvaro.contexts.intake.places import facts_folder
from narvaro.facts.measures import Snapshot
from narvaro.facts.store import Store
from tests.lesson_files import row, table
from tests.web.conftest import As
from tests.web.test_intake import PAGE, again, sent
from tests.web.world import World

__all__ = ["sent"]  # a fixture
DAYS = ("2026-05-04", "2026-05-05", "2026-05-06")
HOURS = range(8, 16)


def lesson(day: str, hour: int, unit: str = "1001", **more: Any) -> dict[str, Any]:
    times = {"start": f"{hour:02d}:00", "slut": f"{hour + 1:02d}:00"}
    pupil = "e-alva" if unit == "1001" else "e-casper"
    return row(elev_id=pupil, skolenhetskod=unit, datum=day, **times, **more)


ALL = [lesson(day, hour) for day in DAYS for hour in HOURS]
ELSEWHERE = [lesson(day, 8, "1002") for day in DAYS]


@pytest.fixture
def stored(world: World, signed_in: As, sent: Any) -> int:
    signed_in("system_administrator").post(f"{PAGE}/{sent(table(*ALL, *ELSEWHERE)).key}/read")
    return rows(world)


def rows(world: World) -> int:
    store = Store(facts_folder(world.organiser.pk))
    with Snapshot(store.root, store.current()) as snapshot:
        return int(snapshot.engine.query("select count(*) from facts")[0][0])


def taken_away(world: World, run: ImportRun) -> list[tuple[str, str, int]]:
    found = again(world, run).preview["differing"]
    return [(each["month"], each["unit_code"], each["removed"]) for each in found if each["removed"]]


def test_what_is_not_in_a_whole_file_is_shown_and_then_taken_away(
    world: World, signed_in: As, sent: Any, stored: int
) -> None:
    run = sent(table(*ALL[:7], *ALL[9:]))  # two lessons fewer, on the first and the second day
    client, address = signed_in("system_administrator"), f"{PAGE}/{run.key}"
    assert "Räkna vad som skulle tas bort" in client.get(address).content.decode()
    assert taken_away(world, run) == []
    client.post(f"{address}/look", {"whole": "on"})
    assert taken_away(world, run) == [("2026-05", "1001", 2)]
    page = client.get(address).content.decode()
    assert "2 borttagna" in page
    assert "Nej, bara lägg till och rätta" in page
    assert rows(world) == stored
    client.post(f"{address}/read")
    assert again(world, run).state == "done"
    assert rows(world) == stored - 2


def test_it_can_be_taken_back_before_it_counts(world: World, signed_in: As, sent: Any, stored: int) -> None:
    run = sent(table(*ALL[:7], *ALL[9:]))
    client, address = signed_in("system_administrator"), f"{PAGE}/{run.key}"
    client.post(f"{address}/look", {"whole": "on"})
    client.post(f"{address}/look")
    assert taken_away(world, run) == []
    client.post(f"{address}/read")
    assert rows(world) == stored


def test_much_that_would_be_taken_away_waits_for_a_yes(
    world: World, signed_in: As, sent: Any, stored: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("narvaro.facts.held.FEW_GONE", 5)
    run = sent(table(ALL[0], ALL[-1]))
    client, address = signed_in("system_administrator"), f"{PAGE}/{run.key}"
    client.post(f"{address}/look", {"whole": "on"})
    assert "22 av de 24 lektioner" in client.get(address).content.decode()
    assert client.post(f"{address}/read").status_code == 409
    assert rows(world) == stored
    client.post(f"{address}/read", {"confirmed": "on"})
    assert rows(world) == stored - 22


def test_a_file_with_rows_that_cannot_be_read_is_never_taken_for_whole(
    world: World, signed_in: As, sent: Any, stored: int
) -> None:
    run = sent(table(*ALL[:7], lesson(DAYS[0], 15, ogiltig_min=-1)))
    client = signed_in("system_administrator")
    assert again(world, run).preview["counts"]["rejected"] == 1
    assert "Räkna vad som skulle tas bort" not in client.get(f"{PAGE}/{run.key}").content.decode()
    client.post(f"{PAGE}/{run.key}/look", {"whole": "on"})
    assert again(world, run).state == "refused"
    assert rows(world) == stored
