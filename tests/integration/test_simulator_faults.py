"""Each fault of the menu does what it says, and nothing else is on the menu."""

import json
import unicodedata
from datetime import date
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from narvaro.simulator import Simulation, served
from narvaro.simulator.faults import FAULTS
from tests.simulated import Asking

DAY = date(2025, 11, 5)
WINDOW = {"startTime.onOrAfter": "2025-10-20T00:00:00+02:00", "startTime.onOrBefore": "2025-11-05T00:00:00+01:00"}


@pytest.fixture(scope="module")
def provider():
    with Simulation(pupils=40, day=DAY, weeks=2) as simulation:
        simulation.step(days=13)
        with served(simulation) as at:
            yield Asking(at)


@pytest.fixture
def asking(provider):
    yield provider
    provider.at.faults.clear()


@pytest.fixture
def faulty(asking):
    def plan(name, **more):
        asking.at.faults.plan(name, **more)
        return asking

    return plan


def status(asking, path, *args, **query):
    return asking.ask(path, *args, **query).status


def texts(told):
    if isinstance(told, dict):
        return [text for value in told.values() for text in texts(value)]
    return [text for each in told for text in texts(each)] if isinstance(told, list) else [told]


# Questions


def test_filters_are_ignored(faulty, asking):
    query = {"relationship.entity.type": "duty"}
    assert len(asking.every("persons", **query)) < len(asking.every("persons"))
    everybody = asking.every("persons")
    faulty("filters_ignored")
    assert asking.every("persons", **query) == everybody
    assert asking.every("calendarEvents", **WINDOW)


def test_an_offset_is_dropped(faulty, asking):
    query = {"meta.modified.after": "2025-11-17T12:00:00+12:00"}  # midnight in UTC
    assert min(times(asking, query)) < "2025-11-17T12:00:00Z"
    assert min(times(faulty("offset_dropped"), query)) > "2025-11-17T12:00:00Z"


def times(asking, query):
    return [each["meta"]["modified"] for each in asking.every("attendances", **query)]


def test_nothing_is_embedded(faulty, asking):
    assert "_embedded" in asking.every("duties", expand="person")[0]
    assert "_embedded" not in faulty("expand_ignored").every("duties", expand="person")[0]


# Pages


def paged(asking, path, limit=60, most=6, **query):
    """The ids of at most so many pages, and the last token."""
    told, found = asking.ask(path, limit=limit, **query).json, []
    for _ in range(most):
        found.append([each["id"] for each in told["data"]])
        if not told.get("pageToken"):
            break
        told = asking.ask(path, limit=limit, pageToken=told["pageToken"]).json
    return found, told.get("pageToken", "none")


def test_a_token_loops(faulty, asking):
    right, _ = paged(asking, "persons")
    pages, _ = paged(faulty("token_loops"), "persons")
    assert pages[:2] == right[:2]
    assert pages[1:] == [right[1]] * 5


def test_tokens_never_end(faulty):
    pages, token = paged(faulty("token_never_ends"), "organisations")
    assert pages[0]
    assert pages[1:] == [[]] * 5
    assert token


def test_a_token_expires(faulty):
    asking = faulty("token_expires", path="persons", first=2, times=1)
    token = asking.ask("persons", limit=5).json["pageToken"]
    assert [status(asking, "persons", pageToken=token) for _ in range(2)] == [410, 200]


def test_a_token_needs_its_filters(faulty):
    asking = faulty("token_with_filters_only")
    query = {"relationship.entity.type": "enrolment"}
    token = asking.ask("persons", limit=5, **query).json["pageToken"]
    assert status(asking, "persons", limit=5, pageToken=token) == 422
    assert status(asking, "persons", limit=5, pageToken=token, **query) == 200


def test_a_token_forgets_its_filters(faulty, asking):
    right = sum(len(page) for page in asking.pages("persons", 20, **{"relationship.entity.type": "enrolment"}))
    faulty("token_offset_lost")
    assert sum(len(page) for page in asking.pages("persons", 20, **{"relationship.entity.type": "enrolment"})) > right


@pytest.mark.parametrize(("name", "end"), [("token_missing", "none"), ("token_empty", "")])
def test_the_last_page_says_otherwise_that_it_is_the_last(faulty, asking, name, end):
    right, _ = paged(asking, "persons")
    assert paged(faulty(name), "persons") == (right, end)


def test_everything_comes_at_once(faulty, asking):
    rows = len(asking.every("attendances"))
    assert rows > 1000
    told = faulty("no_paging").ask("attendances", limit=10).json
    assert (len(told["data"]), told["pageToken"]) == (rows, None)


def test_an_item_is_lost_between_pages(faulty, asking):
    right, _ = paged(asking, "persons")
    assert paged(faulty("items_shift_between_pages"), "persons")[0] == [right[0], *(page[1:] for page in right[1:])]


def test_an_item_is_repeated(faulty, asking):
    right, _ = paged(asking, "persons")
    assert paged(faulty("items_repeated"), "persons")[0] == [[page[0], *page] for page in right]


# Text


def test_an_answer_is_no_json(faulty):
    with pytest.raises(json.JSONDecodeError):
        _ = faulty("malformed_json").ask("persons").json


def test_types_are_wrong(faulty):
    item = faulty("wrong_types").every("groups")[0]
    assert isinstance(item["groupMemberships"], str)


def test_shapes_are_wrong(faulty):
    asking = faulty("wrong_shapes")
    activity = asking.every("activities")[0]
    assert "calendarEventsRequired" not in activity
    assert "person" in activity["teachers"][0]
    address = next(each["addresses"][0] for each in asking.every("persons") if "addresses" in each)
    assert (address["postalCode"], "country" in address) == (None, False)


def test_an_id_is_missing(faulty):
    assert ["id" in each for each in faulty("missing_id").every("duties")][:2] == [False, True]


def test_a_page_for_people_comes_instead(faulty):
    told = faulty("html_instead").ask("persons")
    assert (told.status, told.headers["Content-Type"]) == (200, "text/html")


def test_times_have_no_offset(faulty):
    event = faulty("naive_times").every("calendarEvents", **WINDOW)[0]
    assert event["startTime"].endswith(":00.000000")
    assert event["meta"]["modified"].endswith(".000000")


def test_numbers_have_ten_digits(faulty):
    numbers = [each["civicNo"]["value"] for each in faulty("ten_digit_numbers").every("persons") if "civicNo" in each]
    assert {len(number) for number in numbers} == {11}


def test_letters_are_taken_apart(faulty):
    kinds = {each["groupType"] for each in faulty("names_decomposed").every("groups")}
    assert "Undervisning" in kinds
    types = {each.get("activityType") for each in faulty("names_decomposed").every("activities")}
    assert unicodedata.normalize("NFD", "Övrigt") in types


def test_words_are_unknown(faulty):
    asking = faulty("unknown_enums")
    assert {each["groupType"] for each in asking.every("groups")} >= {"Undervisningsgrupp", "Klass"}
    assert {each["dutyRole"] for each in asking.every("duties")} >= {"Mentor", "Lärare"}


def test_minutes_are_implausible(faulty):
    rows = [each for each in faulty("implausible_minutes").every("attendances") if each["isReported"]]
    assert {each["invalidAbsenceMinutes"] < 0 for each in rows} == {True, False}


def test_deletions_have_an_old_shape(faulty, asking):
    ids = {each for found in asking.ask("deletedEntities").json["data"].values() for each in found}
    rows = faulty("old_deleted_shape").ask("deletedEntities").json
    assert {each["id"] for each in rows} == ids > set()


# People


def test_references_dangle(faulty, asking):
    everybody = {each["id"] for each in asking.every("persons")}
    told = {each["id"] for each in faulty("dangling_references").every("persons")}
    assert set() < told < everybody
    referred = {each["student"]["id"] for each in asking.every("attendances")}
    assert referred - told


def test_the_protected_are_left_out(faulty, asking):
    protected = {each["id"] for each in asking.every("persons") if each["securityMarking"] != "Ingen"}
    told = {each["id"] for each in faulty("protected_omitted").every("persons")}
    assert protected
    assert not protected & told
    assert protected & {each["student"]["id"] for each in asking.every("attendances")}


def test_markings_are_missing(faulty):
    asking = faulty("marking_missing")
    assert not any("securityMarking" in json.dumps(asking.every(path)) for path in ("persons", "attendances", "groups"))


def test_everything_has_ended(faulty):
    enrolments = [it for each in faulty("mass_ending").every("persons") for it in each.get("enrolments", ())]
    assert enrolments
    assert all(each["endDate"] == each["startDate"] for each in enrolments)


def test_every_list_is_empty(faulty):
    asking = faulty("empty_answer")
    assert asking.ask("persons").json == {"data": [], "pageToken": None}
    assert asking.ask("deletedEntities").json == {"data": {}, "pageToken": None}


# What there is


def routes(asking):
    """Which ways to attendance are open."""
    event = asking.ask("calendarEvents", limit=1, expand="attendance", **WINDOW)
    day = {"startDate": "2025-10-20", "endDate": "2025-10-21"}
    return {
        name
        for name, is_open in {
            "embedded": event.status == 200 and "_embedded" in event.json["data"][0],
            "lookup": status(asking, "attendances/lookup", "POST", {"ids": []}) == 200,
            "list": status(asking, "attendances", limit=1) == 200,
            "sums": status(asking, "aggregatedAttendance", limit=1, **day) == 200,
        }.items()
        if is_open
    }


@pytest.mark.parametrize(
    ("name", "open_routes"),
    [
        ("no_attendance", set()),
        ("only_attendances", {"list"}),
        ("only_lookup", {"lookup"}),
        ("only_sums", {"sums"}),
        ("no_lookup", {"embedded", "list", "sums"}),
    ],
)
def test_attendance_comes_by_some_ways_alone(faulty, asking, name, open_routes):
    assert routes(asking) == {"embedded", "lookup", "list", "sums"}
    assert routes(faulty(name)) == open_routes


def test_large_lookups_are_refused(faulty, asking):
    ids = [each["id"] for each in asking.every("persons")]
    faulty("lookup_too_large")
    assert [status(asking, "persons/lookup", "POST", {"ids": ids[:number]}) for number in (100, 101)] == [200, 503]


def test_deletions_and_subscriptions_may_be_missing(faulty, asking):
    paths = ("deletedEntities", "subscriptions")
    assert [status(asking, path) for path in paths] == [200, 200]
    assert [status(faulty("no_deleted_entities"), path) for path in paths] == [404, 200]
    assert [status(faulty("no_subscriptions"), path) for path in paths] == [404, 404]


def test_rows_are_missing_where_nothing_was_reported(faulty, asking):
    rows = asking.every("attendances")
    assert {each["isReported"] for each in rows} == {True, False}
    kept = [each for each in rows if each["isReported"]]
    assert faulty("unreported_missing").every("attendances") == kept
    events = asking.every("calendarEvents", expand="attendance", **WINDOW)
    assert all(row["isReported"] for each in events for row in each["_embedded"]["attendance"])


def test_rows_are_only_for_those_who_missed_something(faulty, asking):
    kept = [
        each
        for each in asking.every("attendances")
        if any(each.get(name) for name in ("validAbsenceMinutes", "invalidAbsenceMinutes", "otherAttendanceMinutes"))
    ]
    assert faulty("only_deviations").every("attendances") == kept != []


# Refusals and the network


@pytest.mark.parametrize(
    ("name", "code", "headers"),
    [
        ("server_error", 500, {}),
        ("bad_gateway", 502, {"Content-Type": "text/html"}),
        ("too_many_requests", 429, {"Retry-After": "1"}),
        ("too_many_requests_silent", 429, {}),
        ("source_unavailable", 503, {}),
        ("unauthorized_loop", 401, {}),
        ("redirects", 302, {"Location": "http://elsewhere.example/persons"}),
    ],
)
def test_a_request_is_refused(faulty, name, code, headers):
    asking = faulty(name, first=2, times=1)
    assert status(asking, "persons") == 200
    told = asking.ask("persons")
    assert told.status == code
    assert headers.items() <= told.headers.items()
    assert ("Retry-After" in told.headers) == ("Retry-After" in headers)


def test_tokens_are_revoked(faulty, asking):
    given = "given"
    asking.at.access._given.add(given)
    assert asking.ask("rooms", token=given).status == 200
    faulty("token_revoked", times=1)
    assert [asking.ask("rooms", token=given).status for _ in range(2)] == [401, 401]
    assert asking.ask("rooms").status == 200


def test_a_body_ends_halfway(faulty):
    with pytest.raises(IncompleteRead):
        faulty("half_body").ask("persons")


def test_a_connection_is_reset(faulty):
    with pytest.raises(ConnectionError):
        faulty("reset").ask("persons")


def test_an_answer_comes_a_byte_at_a_time(faulty):
    asking = faulty("slow")
    place = urlsplit(asking.at.address)
    connection = HTTPConnection(place.hostname, place.port, timeout=20)
    headers = {"Authorization": f"Bearer {asking.at.access.token}"}
    connection.request("GET", f"{place.path}/rooms", headers=headers)
    answer = connection.getresponse()
    assert answer.fp.read1(100) == b"{"
    connection.close()


def test_faults_for_a_whole_run_let_the_rest_through(asking):
    asking.at.faults.choose(["server_error", "filters_ignored"])
    assert [status(asking, "rooms") for _ in range(6)] == [200, 200, 500, 200, 200, 500]
    with pytest.raises(KeyError):
        asking.at.faults.choose(["kindness"])


def test_every_fault_is_tested():
    text = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_simulator*.py"))
    absent = "_".join(["not", "on", "the", "menu"])
    assert [name for name in [*FAULTS, absent] if f'"{name}"' not in text] == [absent]


def test_the_menu_is_the_one_in_the_documents():
    text = (Path(__file__).parents[2] / "docs/reference/simulator.md").read_text("utf-8")
    rows = [f"| `{name}` | {fault.told} |" for name, fault in FAULTS.items()]
    assert [line for line in text.splitlines() if line.startswith("| `") and line.split("`")[1] in FAULTS] == rows
