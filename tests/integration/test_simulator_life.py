"""The provider's life: what changes, what is told of it, and that it is the same however time is cut."""

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from narvaro.simulator import Simulation, served
from narvaro.simulator.life import CHANGES
from tests.integration.test_simulator import plain_lessons, told
from tests.simulated import Asking

DAY = date(2025, 11, 5)
TABLES = ("attendance", "calendar_event", "membership", "person", "tombstone", "absence", "team", "duty", "enrolment")
SINCE = {"meta.modified.after": "2025-11-05T00:00:00Z"}
# Who went from one class to another of the same school, when, and which the classes were.
CLASS_MOVES = """
SELECT p.id::VARCHAR, d.date::VARCHAR, [g.id::VARCHAR, h.id::VARCHAR]
FROM membership AS m
JOIN membership AS n ON n.pupil = m.pupil AND n.last_day = m.first_day - 1
JOIN team AS g ON g.grp = m.grp AND g.type = 'Klass'
JOIN team AS h ON h.grp = n.grp AND h.type = 'Klass' AND h.organisation = g.organisation
JOIN day AS d ON d.day = m.first_day
JOIN person AS p ON p.nr = m.pupil
WHERE d.date > $day
"""


def new(pupils=40, **more):
    return Simulation(pupils=pupils, day=DAY, weeks=1, **more)


def everything(simulation):
    return {table: simulation.rows(f"FROM {table} ORDER BY ALL") for table in TABLES}


@pytest.fixture(scope="module")
def lived():
    """Nine school days: every kind of change has come once."""
    with new() as simulation:
        before = simulation.truth_roster()
        simulation.step(days=13)
        with served(simulation) as at:
            yield simulation, Asking(at), before


def test_time_cut_otherwise_comes_to_the_same(lived):
    with new() as other:
        for _ in range(24):
            other.step(hours=13)
        assert everything(other) == everything(lived[0])
        assert other.now == lived[0].now
    with new(pupils=12, seed=1) as one, new(pupils=12, seed=2) as other:
        assert everything(one) != everything(other)


def test_every_kind_of_change_comes(lived):
    simulation, _, before = lived
    after = simulation.truth_roster()
    earlier, later = ({each.pupil_id: each for each in roster.pupils} for roster in (before, after))
    assert len(CHANGES) == 9
    assert len(later.keys() - earlier.keys()) == 1
    ended = [each for each in after.pupils if each.last_day and each.last_day >= DAY and not each.is_cancelled]
    assert len(ended) == 2  # a leaver, and somebody who changed schools
    hidden = [each for each in after.pupils if each.marking != earlier.get(each.pupil_id, each).marking]
    assert {each.marking for each in hidden} == {"Skyddad folkbokföring"}
    assert len({each.pupil_id for each in hidden}) == 1
    assert {each.mentors for each in before.pupils} != {each.mentors for each in after.pupils}
    (again,) = simulation.rows("SELECT count(*) FROM attendance WHERE id IN (SELECT id FROM tombstone)")
    assert again == (1,)  # taken away by mistake, and back under the same id


def test_the_truth_follows_what_is_told(lived):
    simulation, asking, _ = lived
    window = {"startTime.onOrAfter": "2025-10-01T00:00:00Z", "startTime.onOrBefore": simulation.now.isoformat()}
    assert plain_lessons(asking, window) == told(simulation.truth_lessons())


def test_who_the_source_names_is_who_the_roster_names(lived):
    simulation, asking, _ = lived
    people = asking.every("persons")
    enrolments = {
        (each["id"], it["startDate"], it.get("endDate"), it["cancelled"])
        for each in people
        for it in each.get("enrolments", ())
    }
    roster = simulation.truth_roster()
    assert enrolments == {
        (each.pupil_id, f"{each.first_day}", f"{each.last_day}" if each.last_day else None, each.is_cancelled)
        for each in roster.pupils
    }
    guardians = {(it["person"]["id"], each["id"]) for each in people for it in each.get("responsibles", ())}
    assert guardians == {(each.person_id, pupil) for each in roster.guardians for pupil in each.pupil_ids}
    mentors = {
        each["person"]["id"]
        for each in asking.every("duties")
        for it in each.get("assignmentRole", ())
        if it["assignmentRoleType"] == "Mentor" and it.get("endDate", "9999") >= simulation.today.isoformat()
    }
    assert mentors == {each.person_id for each in roster.staff if each.mentor_at}


def test_only_what_changed_itself_has_a_new_time(lived):
    simulation, asking, _ = lived
    paths = ("persons", "groups", "duties", "activities", "organisations")
    assert [bool(asking.every(path, **SINCE)) for path in paths] == [True, True, True, False, False]
    (change,) = simulation.rows(CLASS_MOVES, {"day": DAY})
    moved, moment, groups = change
    assert asking.ask(f"persons/{moved}").json["meta"]["modified"][:10] != moment
    assert min(asking.ask(f"groups/{each}").json["meta"]["modified"][:10] for each in groups) >= moment


def test_a_register_does_not_touch_its_lesson(lived):
    _, asking, _ = lived
    window = {"startTime.onOrAfter": "2025-11-06T00:00:00Z", "startTime.onOrBefore": "2025-11-07T00:00:00Z"}
    events = [
        each
        for each in asking.every("calendarEvents", expand="attendance", **window)
        if "cancelled" not in each and each["_embedded"]["attendance"]
    ]
    assert events
    for event in events:
        assert event["meta"]["modified"] < event["startTime"]
        assert all(row["meta"]["modified"] > event["meta"]["modified"] for row in event["_embedded"]["attendance"])


def test_invalid_becomes_valid_when_the_home_tells_late(lived):
    simulation, _, _ = lived
    rows = simulation.rows(
        "SELECT a.id, a.invalid_min, a.valid_min, a.modified > e.reported_at, count(b.nr) FROM attendance AS a "
        "JOIN calendar_event AS e ON e.nr = a.event LEFT JOIN absence AS b ON b.person = a.person "
        "AND e.starts BETWEEN b.starts AND b.ends WHERE a.reason = 'Anmäld i efterhand' GROUP BY ALL"
    )
    assert rows
    assert all(row[1:2] + row[3:] == (0, True, 1) and row[2] > 0 for row in rows)


def test_what_is_deleted_is_told_by_kind_and_page(lived):
    simulation, asking, _ = lived
    whole = asking.ask("deletedEntities", after="2025-11-01T00:00:00Z").json
    assert {kind: len(found) for kind, found in whole["data"].items()} == {
        "attendances": 1,
        "calendarEvents": 1,
        "persons": 1,
    }
    first = asking.ask("deletedEntities", limit=2).json
    rest = asking.ask("deletedEntities", limit=2, pageToken=first["pageToken"]).json
    assert rest["pageToken"] is None
    seen = [each for part in (first, rest) for found in part["data"].values() for each in found]
    assert sorted(seen) == sorted(each for found in whole["data"].values() for each in found)
    assert list(asking.ask("deletedEntities", entities="Person").json["data"]) == ["persons"]
    assert asking.ask("deletedEntities", after=f"{simulation.now:%Y-%m-%dT%H:%M:%SZ}").json["data"] == {}
    (person,) = whole["data"]["persons"]
    assert asking.ask(f"persons/{person}").status == 404


@contextmanager
def listening():
    """Where notices arrive: each is parsed and kept."""
    arrived = []

    class Box(BaseHTTPRequestHandler):
        def do_POST(self):
            arrived.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Box) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", arrived
        finally:
            server.shutdown()
            thread.join()


def test_subscribers_are_told_of_the_kinds_they_asked_for():
    with new(pupils=30) as simulation, served(simulation) as at, listening() as (box, arrived):
        asking = Asking(at)
        wanted = {"name": "all", "target": f"{box}/hook", "resourceTypes": [{"resource": "Attendance"}]}
        kept = asking.ask("subscriptions", "POST", wanted)
        assert (kept.status, kept.json["expires"]) == (201, "2026-02-02T23:00:00Z")
        gone = {"name": "gone", "target": f"{box}/gone", "resourceTypes": [{"resource": "Grade"}]}
        second = asking.ask("subscriptions", "POST", gone).json
        simulation.step(hours=1)
        assert arrived == []  # it is night
        simulation.step(hours=14)
        assert arrived == [("/hook", {"modifiedEntites": ["Attendance"]})]
        at.faults.plan("notices_misspelt")
        simulation.step(hours=24)
        assert arrived[1:] == [("/hook", {"modifiedEntities": ["Attendance"]})]
        assert asking.ask(f"subscriptions/{second['id']}", "PATCH").json["expires"] > second["expires"]
        assert asking.ask(f"subscriptions/{second['id']}", "DELETE").status == 204
        assert [each["name"] for each in asking.ask("subscriptions").json["data"]] == ["all"]
        assert asking.ask("subscriptions", "POST", {**wanted, "resourceTypes": ["Attendance"]}).status == 400


def test_time_is_moved_over_http_too():
    with new(pupils=30) as simulation, served(simulation, base_path="/source/7/v2.1") as at:
        assert at.address.endswith("/source/7/v2.1")
        asking = Asking(at)
        assert asking.ask("simulator/step", "POST", hours=2).status == 404
        outside = Asking(replace(at, address=at.address.removesuffix("/source/7/v2.1")))
        assert outside.ask("simulator/step", "POST", hours=2).json == {"now": "2025-11-05T01:00:00Z"}
        assert simulation.now == datetime(2025, 11, 5, 1, tzinfo=UTC)
