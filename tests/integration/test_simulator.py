"""The SS 12000 provider: what it serves, page by page, is what its tables hold."""

import json
from base64 import b64encode
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest

from narvaro.domain.identity import Kind, normalise
from narvaro.simulator import Simulation, served
from narvaro.simulator.civic_numbers import CivicNumbers
from tests.simulated import Asking

DAY = date(2025, 11, 5)  # the Wednesday after the autumn break, in the second week after the change of clocks
WINDOW = {"startTime.onOrAfter": "2025-10-20T00:00:00+02:00", "startTime.onOrBefore": "2025-11-05T00:00:00+01:00"}
LISTS = ["organisations", "persons", "duties", "groups", "activities", "attendances", "absences", "syllabuses"]
SERIALS_FOR_TESTS = {"238", "239", *map(str, range(980, 990))}


@pytest.fixture(scope="module")
def simulation():
    with Simulation(pupils=50, day=DAY, weeks=2) as simulation:
        yield simulation


@pytest.fixture(scope="module")
def asking(simulation):
    with served(simulation) as at:
        yield Asking(at)


def ids(items):
    return [item["id"] for item in items]


@pytest.mark.parametrize("path", LISTS)
def test_pages_show_everything_once(asking, simulation, path):
    whole = ids(asking.every(path, 5000))
    assert len(whole) == len(set(whole)) > 0
    parts = list(asking.pages(path, max(2, len(whole) // 3)))
    assert len(parts) > 1
    assert [item["id"] for part in parts for item in part] == whole


@pytest.mark.parametrize("sort", ["FamilyNameDesc", "CivicNoAsc", "ModifiedDesc"])
def test_sorted_pages_show_everything_once(asking, sort):
    found = asking.every("persons", 40, sortkey=sort)
    assert sorted(ids(found)) == sorted(ids(asking.every("persons")))
    if sort == "FamilyNameDesc":
        names = [each["familyName"] for each in found]
        assert names == sorted(names, key=lambda name: name.encode(), reverse=True)
        assert len(set(names)) > 1


def test_the_truth_is_what_a_plain_reading_gives(asking, simulation):
    assert plain_lessons(asking) == told(simulation.truth_lessons())


def told(lessons):
    return sorted(
        (
            *(each.pupil_id, each.lesson_id, each.unit_code, each.date.isoformat(), each.start, each.end, each.subject),
            *(each.offered, each.is_reported, each.present, each.valid, each.invalid, each.other),
        )
        for each in lessons
    )


def plain_lessons(asking, window=WINDOW):
    """From the JSON, by the definitions of the standard, with no help of the provider's filters."""
    units = {each["id"]: each.get("schoolUnitCode") for each in asking.every("organisations")}
    subjects = {each["id"]: each["subjectName"] for each in asking.every("syllabuses")}
    activities = {each["id"]: each for each in asking.every("activities")}
    members = {each["id"]: each.get("groupMemberships", []) for each in asking.every("groups")}
    rows = []
    for event in asking.every("calendarEvents", 200, expand=["attendance"], **window):
        activity = activities[event["activity"]["id"]]
        if event.get("cancelled") or activity.get("activityType", "Undervisning") not in (
            "Undervisning",
            "Elevaktivitet",
        ):
            continue
        what = (units[activity["organisation"]["id"]], event["startTime"][:10], event["startTime"][11:16])
        subject = subjects[activity["syllabus"]["id"]] if "syllabus" in activity else activity["displayName"]
        pupils = {
            each["person"]["id"]
            for group in activity["groups"]
            for each in members[group["id"]]
            if each["startDate"] <= what[1] <= each.get("endDate", "9999")
        }
        told = {each["student"]["id"]: each for each in event["_embedded"]["attendance"]}
        exceptions = {each["student"]["id"]: each for each in event.get("studentExceptions", ())}
        for pupil in pupils:
            exception = exceptions.get(pupil, {"participates": True})
            if exception["participates"]:
                end = exception.get("endTime", event["endTime"])
                row = (pupil, event["id"], *what, end[11:16], subject, offered(event, exception))
                rows.append((*row, *minutes(told.get(pupil))))
    return sorted(rows)


def offered(event, exception):
    if (told := exception.get("teachingLength", event.get("teachingLengthStudent"))) is not None:
        return told
    start, end = (datetime.fromisoformat({**event, **exception}[name]) for name in ("startTime", "endTime"))
    return (end - start) // timedelta(minutes=1)


def minutes(attendance):
    if not attendance or not attendance["isReported"]:
        return False, None, None, None, None
    names = ("attendanceMinutes", "validAbsenceMinutes", "invalidAbsenceMinutes", "otherAttendanceMinutes")
    return True, *(attendance[name] for name in names)


def test_one_is_what_the_list_shows(asking):
    for path in LISTS:
        item = asking.every(path, 1)[0] if path == "organisations" else asking.ask(path, limit=1).json["data"][0]
        assert asking.ask(f"{path}/{item['id']}").json == item
    missing = asking.ask("persons/00000000-0000-0000-0000-000000000000")
    assert (missing.status, missing.text) == (404, "")
    assert asking.ask("persons/me").status == 400


def test_people_are_found_by_how_they_stand_to_a_school(asking):
    everybody = asking.every("persons")
    school = next(
        each for each in asking.every("organisations", type="Skolenhet") if each["displayName"] == "Strandskolan"
    )
    of_school = {"relationship.organisation": school["id"]}

    def found(kind, **more):
        return set(ids(asking.every("persons", **{"relationship.entity.type": kind}, **of_school, **more)))

    pupils = {
        each["id"]
        for each in everybody
        if any(it["enroledAt"]["id"] == school["id"] for it in each.get("enrolments", ()))
    }
    assert found("enrolment") == pupils > set()
    guardians = {it["person"]["id"] for each in everybody if each["id"] in pupils for it in each["responsibles"]}
    assert found("responsibleFor.enrolment") == guardians > set()
    at_school = {each["person"]["id"] for each in asking.every("duties") if each["dutyAt"]["id"] == school["id"]}
    assert found("duty") == at_school > set()
    assert found("placement.child") == set()
    last_year = {"relationship.endDate.onOrBefore": "2025-07-01", "relationship.startDate.onOrBefore": "2025-07-01"}
    ended = {
        each["id"]
        for each in everybody
        if any(
            it["enroledAt"]["id"] == school["id"] and it.get("endDate", "2025-01-01") <= "2025-07-01" >= it["startDate"]
            for it in each.get("enrolments", ())
        )
    }
    assert found("enrolment", **last_year) == ended
    assert set() < ended < pupils


def test_lists_are_narrowed_by_their_filters(asking):
    organiser = next(each for each in asking.every("organisations") if each["organisationType"] == "Huvudman")
    assert len(asking.every("duties", organisation=organiser["id"])) == len(asking.every("duties"))
    roles = {each["dutyRole"] for each in asking.every("duties", dutyRole="Rektor")}
    kinds = {each["groupType"] for each in asking.every("groups", groupType=["Klass", "Mentor"])}
    assert (roles, kinds) == ({"Rektor"}, {"Klass", "Mentor"})
    assert {each["displayName"] for each in asking.every("organisations", parent=[organiser["id"]])} == {
        "Centrum",
        "Norra",
        "Södra",
    }
    (alva,) = asking.every("persons", nameContains=["alv", "LIND"])
    assert asking.every("persons", civicNo=alva["civicNo"]["value"]) == [alva]
    assert asking.every("persons", eduPersonPrincipalName="e-alva@elev.exempelkommun.example") == [alva]
    rows = asking.every("attendances", student=alva["id"])
    assert {each["student"]["id"] for each in rows} == {alva["id"]}
    event = rows[0]["calendarEvent"]["id"]
    assert {each["calendarEvent"]["id"] for each in asking.every("attendances", calendarEvent=event)} == {event}
    first, last = "2025-10-21T00:00:00+02:00", "2025-10-21T23:59:59+02:00"
    day = {"startTime.onOrAfter": first, "startTime.onOrBefore": last}
    assert {each["startTime"][:10] for each in asking.every("calendarEvents", student=alva["id"], **day)} == {
        "2025-10-21"
    }


def test_a_question_that_the_standard_does_not_know_is_refused(asking):
    for path, query in [
        ("persons", {"colour": "red"}),
        ("persons", {"limit": "0"}),
        ("persons", {"sortkey": "Length"}),
        ("persons", {"expand": "attendance"}),
        ("persons", {"meta.modified.after": "2025-10-01T00:00:00"}),
        ("duties", {"organisation": "here"}),
        ("calendarEvents", {"startTime.onOrAfter": "2025-10-01T00:00:00Z"}),
        ("attendances", {"pageToken": "abc"}),
    ]:
        told = asking.ask(path, **query)
        assert told.status == 400, (path, query)
        assert set(told.json) == {"code", "message"}
    token = asking.ask("persons", limit=1).json["pageToken"]
    assert asking.ask("persons", pageToken=token, limit=1).status == 200
    assert asking.ask("persons", pageToken=token, expandReferenceNames="true").status == 400
    assert asking.ask("duties", pageToken=token).status == 400
    assert asking.ask("nothing").status == 404
    assert asking.ask("attendances", "POST", {}).status == 403
    assert asking.ask("persons", "POST", {}).status == 405


def test_lookups_find_what_fits_any_list(asking):
    people = asking.every("persons")
    wanted, numbered = people[:3], people[4]
    found = asking.lookup("persons", ids=ids(wanted), civicNos=[numbered["civicNo"]["value"]])
    assert found == [*wanted, numbered]
    assert asking.lookup("groups", ids=[]) == []
    units = asking.lookup("organisations", schoolUnitCodes=["99000001"])
    assert [each["displayName"] for each in units] == ["Strandskolan"]
    event = asking.ask("attendances", limit=1).json["data"][0]["calendarEvent"]["id"]
    rows = asking.lookup("attendances", calendareEvents=[event])
    assert rows == asking.every("attendances", calendarEvent=event)
    assert ids(asking.lookup("calendarEvents", ids=[event])) == [event]
    assert asking.ask("persons/lookup", "POST", {"ids": ["me"]}).status == 400


def test_names_of_others_are_told_when_asked_for(asking):
    plain, named = (
        asking.ask("duties", limit=1, expandReferenceNames=flag).json["data"][0] for flag in ("false", "true")
    )
    assert "displayName" not in plain["dutyAt"]
    assert named["dutyAt"]["displayName"]
    assert named["person"]["displayName"]


def test_sums_are_those_of_the_lessons(asking, simulation):
    told = asking.every("aggregatedAttendance", 100, startDate="2025-10-20", endDate="2025-10-24")
    lessons = [each for each in simulation.truth_lessons() if each.date <= date(2025, 10, 24)]
    assert sum(each["offeredSum"] for each in told) == sum(each.offered for each in lessons) > 0
    assert sum(each["invalidAbsenceSum"] for each in told) == sum(each.invalid or 0 for each in lessons) > 0
    assert sum(each["reportedSum"] for each in told) == sum(each.offered for each in lessons if each.is_reported)


def test_lessons_keep_the_time_of_the_clock_over_the_change_of_clocks(asking):
    starts = [each["startTime"] for each in asking.every("calendarEvents", **WINDOW)]
    assert {(each[:10] < "2025-10-26", each[-6:]) for each in starts} == {(True, "+02:00"), (False, "+01:00")}
    assert {each[11:13] for each in starts} <= {f"{hour:02d}" for hour in range(8, 17)}


def test_identity_numbers_are_nobodys(asking, simulation):
    numbers = [each["civicNo"]["value"] for each in asking.every("persons") if "civicNo" in each]
    assert len(numbers) == len(set(numbers)) > 100
    assert {number[8:11] for number in numbers if "TF" not in number} <= SERIALS_FOR_TESTS
    assert {normalise(number, today=DAY).kind for number in numbers} >= {Kind.PERSONAL}


def test_numbers_run_out_into_temporary_ones():
    numbers = CivicNumbers()
    given = [numbers.give(2012, "Man")[1] for _ in range(365 * 6 + 2)]
    assert len(set(given)) == len(given)
    assert ["TF" in number for number in given[-3:]] == [False, True, True]


def test_one_person_can_be_staff_and_guardian_and_have_two_duties(asking):
    people = asking.every("persons")
    guardians = {it["person"]["id"] for each in people for it in each.get("responsibles", ())}
    duties = [each["person"]["id"] for each in asking.every("duties")]
    assert len(guardians & set(duties)) == 1
    assert len(duties) > len(set(duties))
    roles = {it["assignmentRoleType"] for each in asking.every("duties") for it in each.get("assignmentRole", ())}
    assert roles == {"Mentor", "Elevhälsopersonal"}


def test_who_is_protected_has_a_marking_everywhere_and_no_address(asking):
    protected = {each["id"]: each for each in asking.every("persons") if each["securityMarking"] != "Ingen"}
    assert protected
    assert not any("addresses" in each for each in protected.values())
    rows = [each["student"] for each in asking.every("attendances") if each["student"]["id"] in protected]
    assert rows
    assert all(each["securityMarking"] == protected[each["id"]]["securityMarking"] for each in rows)


def test_a_token_is_needed_and_can_be_got(asking):
    assert asking.ask("persons", token="wrong").status == 401
    access = asking.at.access
    form = {"grant_type": "client_credentials", "client_id": access.client_id, "client_secret": access.client_secret}
    token = posted(asking, form)["access_token"]
    assert asking.ask("persons", token=token, limit=1).status == 200
    basic = b64encode(f"{access.client_id}:{access.client_secret}".encode()).decode()
    token = posted(asking, {"grant_type": "client_credentials"}, {"Authorization": f"Basic {basic}"})["access_token"]
    assert asking.ask("persons", token=token, limit=1).status == 200
    assert posted(asking, {**form, "client_secret": "no"}) == {"error": "invalid_client"}


def posted(asking, form, headers=None):
    place = urlsplit(asking.at.token_url)
    connection = HTTPConnection(place.hostname, place.port, timeout=20)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", place.path, urlencode(form), {**kind, **(headers or {})})
    told = json.loads(connection.getresponse().read())
    connection.close()
    return told


def test_what_the_municipality_has_nothing_of_is_an_empty_list(asking):
    for path in ("placements", "grades", "rooms", "studyplans"):
        assert asking.ask(path).json == {"data": [], "pageToken": None}
    assert asking.ask("rooms/lookup", "POST", {"ids": []}).json == []


def test_reports_of_consumers_are_taken(asking):
    assert asking.ask("log/", "POST", {"message": "a person without a name", "severityLevel": "Warning"}).status == 201
    counts = {"resourceType": "Person", "newCount": 1, "updatedCount": 0, "deletedCount": 0}
    assert asking.ask("statistics/", "POST", counts).status == 201
    assert asking.ask("statistics/", "POST", {"resourceType": "Person"}).status == 400
    assert asking.at.provider.told[-1] == counts


def test_the_clock_of_the_answers_is_that_of_the_simulation(asking, simulation):
    assert parsedate_to_datetime(asking.ask("rooms").headers["Date"]) == simulation.now


def test_one_organisers_system_holds_its_own_schools():
    with Simulation(pupils=1500, day=date(2025, 8, 20), weeks=0, organiser="Lyktans friskolor AB") as simulation:
        roster = simulation.truth_roster()
        lessons = simulation.truth_lessons()
    assert {each.name for each in roster.units} == {"Lyktans friskola"}
    assert {each.unit_code for each in roster.pupils} == {roster.units[0].code} == {each.unit_code for each in lessons}
    assert len(roster.pupils) > 100
