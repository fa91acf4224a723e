"""However many there are, a page costs what a page costs; absence is invented when somebody can be away."""

import json
from dataclasses import replace
from datetime import date

import pytest

from narvaro.simulator import Simulation
from narvaro.simulator.paging import question, read_page
from narvaro.simulator.resources import RESOURCES

MONDAY = date(2025, 11, 10)
STRIDE, COPIES = 1000, 12_000
ROW_GROUP = 122_880  # what the store reads at once


@pytest.fixture(scope="module")
def crowd():
    """Some people, and a million with the same names behind them."""
    with Simulation(pupils=30, day=MONDAY, weeks=0) as simulation:
        simulation.connection.execute(
            f"""INSERT INTO person BY NAME SELECT p.* REPLACE (p.nr + {STRIDE} * copy AS nr, uuid() AS id)
            FROM person AS p, range(1, {COPIES}) AS c(copy) ORDER BY copy, p.nr"""
        )
        simulation.connection.execute(
            f"""INSERT INTO responsible SELECT person + {STRIDE} * copy, adult + {STRIDE} * copy, relation
            FROM responsible, range(1, {COPIES}) AS c(copy) ORDER BY ALL"""
        )
        yield simulation


def asked(simulation, after):
    """The page that comes after a key, and how many rows the store read for it."""
    told = []

    def rows(sql, values, names):
        told.append(simulation.rows(f"EXPLAIN (ANALYZE, FORMAT json) {sql}", values, names=names)[0][1])
        return simulation.rows(sql, values, names=names)

    page = read_page(rows, replace(question(RESOURCES["persons"], []), after=after), 1000)
    return page, json.loads(told[0])["query"]["total_rows_scanned"]


def test_a_page_of_persons_costs_the_same_at_both_ends_and_in_the_middle(crowd):
    ((people,),) = crowd.rows("SELECT count(*) FROM person")
    assert people > 1_000_000
    found = [asked(crowd, after) for after in ((), (STRIDE * COPIES // 2,), (STRIDE * (COPIES - 40),))]
    assert [len(page.items) for page, _ in found] == [1000, 1000, 1000]
    assert all('"responsibles":[{"person":' in page.items[0] for page, _ in found)
    # The page itself, those who answer for them, and who these are: each lies in one stretch, or over the edge of two.
    assert max(read for _, read in found) <= 6 * ROW_GROUP < people


def test_absence_is_invented_when_the_first_school_day_begins():
    with Simulation(pupils=30, day=MONDAY, weeks=0) as simulation:
        assert simulation.rows("SELECT count(*) FROM event") == [(0,)]
        assert simulation.rows("SELECT count(*) > 0 FROM calendar_event") == [(True,)]
        simulation.step(hours=6)
        assert simulation.rows("SELECT count(*) FROM attendance") == [(0,)]
        assert simulation.rows("SELECT count(DISTINCT pupil) > 10 FROM event") == [(True,)]
