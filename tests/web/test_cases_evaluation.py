"""How a version of the plan has worked: against counting by hand, and with nobody named."""

from fractions import Fraction
from statistics import quantiles
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narvaro.contexts.cases import api, handed_in
from narvaro.contexts.cases.api import CaseCard, Move
from narvaro.contexts.cases.evaluation import evaluated, quartiles, told_apart
from narvaro.contexts.plan.api import version_in_force
from narvaro.core.scope import acting
from narvaro.domain.case_states import CaseEvent
from tests.web.cases import decide_year, opened
from tests.web.conftest import As
from tests.web.world import TODAY, World, _pupil

E = CaseEvent


@pytest.fixture
def years_work(world: World, frozen_day: Any) -> World:
    """Eight cases from Wednesday 20 May: five go on after 1-5 school days, and of those one jumps; three are closed."""
    decide_year(world)
    names = [f"E{number}" for number in range(8)]
    with acting(world.actor("principal")):
        world.pupils |= {name: _pupil(name, world.strand, "7B") for name in names}
    cards = [opened(world, name, by="principal") for name in names]
    for card, day in zip(cards, (21, 22, 26, 27, 28), strict=False):
        frozen_day.move_to(f"2026-05-{day}T10:00:00+02:00")
        jumps = day == 28
        _go(world, card, E.JUMP if jumps else E.NEXT_STEP, **({"to_step": 3, "code": "moved"} if jumps else {}))
    for card in cards[5:]:
        _go(world, card, E.CLOSE, code="better", reason="Bra")
    return world


def _go(world: World, card: CaseCard, event: CaseEvent, **more: Any) -> None:
    by = world.actor("principal")
    with acting(by):
        api.move(by=by, case=card.pk, move=Move(event=event, version=card.version, **more))


def test_time_stops_and_jumps(years_work: World) -> None:
    by = years_work.actor("principal")
    with acting(by):
        found = evaluated(by, version_in_force(by, TODAY).key)
    one, two, three, _four = found.steps
    assert (found.cases, found.open, found.jumps, found.back) == (8, 5, 1, 0)
    # Stays of 1, 2, 3, 4, 5 and three of 5 school days.
    assert (one.stays, one.reached, one.stopped) == (8, 8, 3)
    assert one.days == (Fraction(11, 4), Fraction(9, 2), Fraction(5))
    assert (two.stays, two.days, two.reached, two.jumped_over) == (0, None, 4, 1)
    assert (three.reached, three.jumped_over) == (1, 0)
    # Every task of step 1 was due on Friday 22 May, and waits on 28 May; those of closed cases were taken away.
    assert found.late == found.due > 0


def test_the_page_says_n_and_no_name(years_work: World, signed_in: As) -> None:
    by = years_work.actor("principal")
    with acting(by):
        key = version_in_force(by, TODAY).key
    html = signed_in("principal").get(f"/plan/versions/{key}/evaluation/").content.decode()
    assert "n = 8" in html
    assert "Påhittad" not in html
    assert "Person principal" in html  # the one who looks
    assert html.count("Person ") == html.count("Person principal")
    assert signed_in("foreign_principal").get(f"/plan/versions/{key}/evaluation/").status_code == 404


def test_a_version_that_no_case_follows_says_so(world: World, signed_in: As) -> None:
    by = world.actor("principal")
    with acting(by):
        key = version_in_force(by, TODAY).key
    html = signed_in("principal").get(f"/plan/versions/{key}/evaluation/").content.decode()
    assert "Inget ärende har följt den här versionen än" in html
    assert "n = 0" not in html


def test_fewer_than_five_give_no_number(world: World, signed_in: As) -> None:
    decide_year(world)
    _go(world, opened(world), E.NEXT_STEP)
    by = world.actor("principal")
    with acting(by):
        found = evaluated(by, version_in_force(by, TODAY).key)
        key = found.version.key
    assert found.steps[0].days is None
    html = signed_in("principal").get(f"/plan/versions/{key}/evaluation/").content.decode()
    assert "n = 1" in html
    assert "100" not in html.split("<main")[1].split("</main>")[0]


def test_voices_are_counted_by_those_who_know(years_work: World, monkeypatch: pytest.MonkeyPatch) -> None:
    by = years_work.actor("principal")
    monkeypatch.setattr(handed_in._handed, "voices", lambda actor, cases: (len(cases), 2))
    with acting(by):
        assert evaluated(by, version_in_force(by, TODAY).key).voices == (8, 2)
    monkeypatch.setattr(handed_in._handed, "voices", None)
    with acting(by):
        assert evaluated(by, version_in_force(by, TODAY).key).voices is None


@given(st.lists(st.integers(0, 400), min_size=5, max_size=60))
def test_quartiles_are_those_of_the_standard_library(days: list[int]) -> None:
    found = quartiles(days)
    assert found is not None
    expected = quantiles([Fraction(day) for day in days], n=4, method="inclusive")
    assert list(found) == expected


def test_no_quartiles_of_four() -> None:
    assert quartiles([1, 2, 3, 4]) is None
    assert quartiles([1, 2, 3, 4, 5]) == (2, 3, 4)


@pytest.mark.parametrize(
    ("cases", "apart"),
    [
        ({}, set()),
        ({1: 5}, {1}),
        ({1: 4}, set()),
        ({1: 5, 2: 9}, {1, 2}),
        ({1: 4, 2: 9}, set()),
        ({1: 4, 2: 9, 3: 20}, {3}),
        ({1: 2, 2: 2, 3: 20, 4: 6}, {3}),
        ({1: 4, 2: 4, 3: 20}, {3}),
    ],
)
def test_schools_are_told_apart_where_no_other_can_be_reckoned(cases: dict[int, int], apart: set[int]) -> None:
    assert told_apart(cases) == apart


@given(st.dictionaries(st.integers(1, 9), st.integers(1, 30), max_size=8))
def test_what_is_left_out_is_never_one_school_nor_fewer_than_five_cases(cases: dict[int, int]) -> None:
    apart = told_apart(cases)
    hidden = [cases[unit] for unit in cases if unit not in apart]
    assert all(cases[unit] >= 5 for unit in apart)
    assert not apart or not hidden or (len(hidden) > 1 and sum(hidden) >= 5)


def test_a_schools_own_numbers_are_of_its_cases_and_for_its_people(years_work: World, signed_in: As) -> None:
    world, by = years_work, years_work.actor("principal")
    with acting(by):
        key = version_in_force(by, TODAY).key
        assert [each.name for each in evaluated(by, key).schools] == ["Strandskolan"]
    elsewhere = world.actor("ekbacken_principal")
    with acting(elsewhere):
        assert evaluated(elsewhere, key).schools == ()
        assert evaluated(elsewhere, key, world.strand.pk).unit is None
        world.pupils |= {name: _pupil(name, world.ekbacken, "5A") for name in ("F1", "F2")}
    for name in ("F1", "F2"):
        opened(world, name, by="ekbacken_principal")
    officer = world.actor("organiser_officer")
    with acting(officer):
        assert evaluated(officer, key).schools == ()  # two at Ekbacken could be reckoned
    with acting(elsewhere):
        more = [f"F{number}" for number in range(3, 7)]
        world.pupils |= {name: _pupil(name, world.ekbacken, "5A") for name in more}
    for name in more:
        opened(world, name, by="ekbacken_principal")
    with acting(officer):
        found = evaluated(officer, key, world.ekbacken.pk)
        assert (found.cases, found.unit, len(found.schools)) == (6, world.ekbacken.pk, 2)
        assert evaluated(officer, key).cases == 14
    html = signed_in("organiser_officer").get(f"/plan/versions/{key}/evaluation/?unit={world.ekbacken.pk}")
    assert "n = 6" in html.content.decode()
