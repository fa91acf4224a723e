"""Every route, by every method, as everybody, about everybody: as definitions/access.yaml says and no otherwise.

``make test`` asks a part, chosen by ``is_asked`` and ``asked_here``; ``make matrix`` asks every GET and POST.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from io import StringIO

import pytest
from django.db import connection

from tests.permissions.asking import METHODS, MOST_BYTES, MOST_READS, Asker, Case, subjects
from tests.permissions.oracle import law, sees
from tests.permissions.people import people, special
from tests.permissions.routes import Route, routes

WHOLE = os.environ.get("NARVARO_MATRIX") == "whole"
# Of what is allowed every third on SQLite and, of the others, every sixth on PostgreSQL, which has walls of its own and
# tests of those; of what is refused at the door every second here and every second there.
HERE, PART = (0, 3) if connection.vendor == "sqlite" else (1, 6)
AT_THE_DOOR = {302, 403, 405}
RULED = {route.name: route for route in routes() if route.name in law()["routes"]}
ASKED = [(name, method) for name in RULED for method in METHODS]
# Pages about people that print no name or text of theirs.
SILENT = {
    *("intake_progress", "intake_rejected_csv", "settings_invite"),
    *("source_progress", "source_missing", "sources"),
    *("plan_plain", "plan_preset", "plan_versions", "plan_staircase", "plan_map", "plan_compare", "plan_part"),
    *("plan_approve", "plan_trial", "plan_trial_progress", "plan_schools", "plan_school"),
    *("case_receive", "case_worry", "plan_evaluation"),
    *("received_new", "plan_pdf"),
    *("duties_overview", "homes", "csn", "national"),  # there are no facts and nothing was sent
}
# Lists of all whom one may see; every child in the world has a warning.
WHOLE_LISTS = {"warnings", "cases"}

ROLES = tuple(law()["roles"])
TIED = tuple(person for person in people(ROLES) if person.key in ROLES or person in special())


def cases(asker: Asker, route: Route, method: str) -> Iterator[Case]:
    about = subjects(asker.world, route)
    turn = ASKED.index((route.name, method))
    yield Case(route, method, None, about[0])
    shown = False
    for place, person in enumerate(asker.world.people.values()):
        for number, subject in enumerate(about):
            case = Case(route, method, person, subject)
            meets = (turn + place + number) % len(about) == 0
            chosen = is_asked(asker, case, meets=meets, turn=turn + place, number=number)
            first = not shown and method == "GET" and asker.expected(case).status == 200
            if (WHOLE and method in ("GET", "POST")) or chosen or first:
                shown = shown or first
                yield case


def is_asked(asker: Asker, case: Case, *, meets: bool, turn: int, number: int) -> bool:
    """Each role in its plain form, and those with a tie of their own, get what they may have and one thing they may
    not; of the others, each asks at every third route. HEAD asks as GET does, and a method that a route does not take
    is refused before anybody is looked at, so there a few show it as well as all. Of what is allowed, every PART-th:
    the routes about one case are dozens, with the same few rules. ``cases`` adds the first that is allowed."""
    expected = asker.expected(case).status
    if case.method == "HEAD" or expected == 405:
        return meets and turn % 16 == 0
    if case.person not in TIED:
        return meets and turn % 3 == 0
    return meets or (expected == 200 and (turn + number) % PART == HERE)


def asked_here(asker: Asker, chosen: Iterable[Case], turn: int, here: int = HERE) -> Iterator[Case]:
    """At the door a person is refused by what the program read about them and the law's file, the same words to every
    database, so each such case is asked on one of the two. Whoever has not signed in is refused on both; so is whoever
    asks for what is another's, since there it is the database that does not find it."""
    for case in chosen:
        at_the_door = case.person is not None and asker.expected(case).status in AT_THE_DOOR
        turn += at_the_door
        if not at_the_door or turn % 2 == here:
            yield case


@pytest.mark.parametrize(("name", "method"), ASKED)
def test_who_gets_what(
    asker: Asker, logged: StringIO, record_property: Callable[[str, int], None], name: str, method: str
) -> None:
    asker.asked, asker.shown = 0, set()
    chosen = cases(asker, RULED[name], method)
    asked = chosen if WHOLE else asked_here(asker, chosen, ASKED.index((name, method)))
    faults = [fault for case in asked for fault in asker.faults(case)]
    record_property("cases", asker.asked)
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults[:20])
    assert not asker.world.canaries.seen_in(logged.getvalue())
    action = asker.rules["actions"].get(asker.rules["routes"][name].get(method, ""), {})
    if method == "GET" and name not in SILENT and "person" in action.get("shows", ()):
        about_pupils = "pupil" in RULED[name].parameters
        assert any(kept.child or not about_pupils for kept in asker.shown), "nobody's data was shown to anybody"


def test_what_one_database_is_not_asked_the_other_is(asker: Asker) -> None:
    for turn, (name, method) in enumerate(ASKED[:50]):
        chosen = set(cases(asker, RULED[name], method))
        one, other = (set(asked_here(asker, cases(asker, RULED[name], method), turn, here)) for here in (0, 1))
        assert one | other == chosen
        assert all(case.person is None or asker.expected(case).status in (200, 404) for case in one & other)


@pytest.mark.parametrize("name", sorted(WHOLE_LISTS & set(RULED)))
def test_a_list_holds_all_whom_one_may_see(asker: Asker, name: str) -> None:
    action = asker.rules["routes"][name]["GET"]
    lengths = set()
    for person in asker.world.people.values():
        case = Case(RULED[name], "GET", person, None)
        if asker.expected(case).status != 200:
            continue
        seen = asker.world.canaries.seen_in(asker.ask(case).body)
        names = {kept.child for kept in seen if kept.place.startswith("register.Pupil.given_name")}
        may_see = {key for key, child in asker.world.children.items() if sees(asker.rules, person, action, child)}
        assert names == may_see, person
        lengths.add(len(names))
    assert len(lengths) > 2


def test_a_heavy_page_is_found(asker: Asker) -> None:
    case = Case(RULED["today"], "GET", asker.world.people["mentor"], None)
    light = asker.ask(case)
    assert not list(asker.weight(case, light))
    heavy = replace(light, reads=MOST_READS + 1, body="ö" * MOST_BYTES)
    assert len(list(asker.weight(case, heavy))) == 2
