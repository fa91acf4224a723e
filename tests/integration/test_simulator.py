"""The SS 12000 provider: what it serves, page by page, is what its tables hold."""

from datetime import date, datetime, timedelta

import pytest

from narvaro.simulator import Simulation, served
from tests.simulated import Asking

DAY = date(2025, 11, 5)  # the Wednesday after the autumn break, in the second week after the change of clocks
WINDOW = {"startTime.onOrAfter": "2025-10-20T00:00:00+02:00", "startTime.onOrBefore": "2025-11-05T00:00:00+01:00"}
LISTS = ["organisations", "persons", "duties", "groups", "activities", "attendances", "syllabuses"]


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


def plain_lessons(asking):
    """From the JSON, by the definitions of the standard, with no help of the provider's filters."""
    units = {each["id"]: each.get("schoolUnitCode") for each in asking.every("organisations")}
    subjects = {each["id"]: each["subjectName"] for each in asking.every("syllabuses")}
    activities = {each["id"]: each for each in asking.every("activities")}
    members = {each["id"]: each.get("groupMemberships", []) for each in asking.every("groups")}
    rows = []
    for event in asking.every("calendarEvents", 200, expand=["attendance"], **WINDOW):
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
