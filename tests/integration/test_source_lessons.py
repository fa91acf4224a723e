"""Lessons of a source: each unit's week as the source has it now, by whichever way it tells attendance (bad input 8, 9,
11, 12, 25, 29)."""

from datetime import date, timedelta

import pytest

from narvaro.facts.errors import HeldForConfirmation
from narvaro.facts.store import Store
from tests.small_source import attendance, event, pupil, ref, small_source, stored

SEPTEMBER, OCTOBER = date(2026, 9, 28), date(2026, 10, 6)
UNREPORTED = (None, None, None, None, False)


@pytest.fixture
def reader(tmp_path):
    with small_source(tmp_path) as reader:
        yield reader


def of(reader, pupil, lesson=None):
    """Minutes offered and what became of them, of the pupil's lessons."""
    rows = [row for row in stored(reader.store) if row[0] == pupil and lesson in (None, row[-1])]
    return [(row[-1], *row[7:13]) for row in rows]


def codes(reading):
    return {each.code: each.count for each in reading.findings}


def told(reader, kind="calendarEvents"):
    return reader.source.told[kind]


def asked_weeks(reader):
    """The first days in UTC, so Sundays, of the weeks that were asked for; not those of the look for a way."""
    asked = [each for each in reader.at.asked if each.one("expand") == "attendance" and each.one("limit") == "1000"]
    return sorted({each.one("startTime.onOrAfter")[:10] for each in asked})


def test_every_pupil_of_a_lesson_has_a_row(reader):
    reading = reader.read()
    assert reading.route == "events"
    assert len(stored(reader.store)) == 3 * 12
    first = next(row for row in stored(reader.store) if row[0] == "pupil-1")
    assert first == (
        *("pupil-1", "99000001", "7A", SEPTEMBER, "08:20", "09:10", "Matematik"),
        *(50, 50, 0, 0, 0, True, "lesson-1"),
    )
    assert of(reader, "pupil-1") == [
        ("lesson-1", 50, 50, 0, 0, 0, True),
        ("lesson-2", 60, 40, 20, 0, 0, True),
        ("lesson-3", 50, 0, 50, 0, 0, True),
    ]
    assert of(reader, "pupil-2", "lesson-1") == [("lesson-1", 50, 0, 0, 50, 0, True)]
    assert of(reader, "pupil-3", "lesson-1") == [("lesson-1", 50, *UNREPORTED)]
    assert {name: reading.counts[name] for name in ("lessons", "cancelled", "attendance_rows")} == {
        "lessons": 3,
        "cancelled": 0,
        "attendance_rows": 4,
    }


def test_where_only_deviations_are_stored_no_row_means_present_once_the_register_is_taken(reader):
    told(reader, "attendances").pop(0)
    reader.read(only_deviations=True)
    assert of(reader, "pupil-1", "lesson-1") == [("lesson-1", 50, 50, 0, 0, 0, True)]
    told(reader, "attendances")[0]["isReported"] = False
    reader.read(only_deviations=True, full=True)
    assert of(reader, "pupil-1", "lesson-1") == [("lesson-1", 50, *UNREPORTED)]


ROUTES = [
    ("event_lookup", {"embeds": False}),
    ("attendances", {"embeds": False, "lacks": {"attendances/lookup"}}),
    ("attendances", {"embeds": False, "lacks": {"attendances/lookup"}, "size": 3}),
    ("events", {"size": 2}),
    ("events", {"deaf": True, "lacks": {"attendances"}}),
]


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    with small_source(tmp_path_factory.mktemp("orderly")) as reader:
        reader.read()
        return stored(reader.store)


@pytest.mark.parametrize(("route", "source"), ROUTES)
def test_every_way_comes_to_the_same(tmp_path, rows, route, source):
    with small_source(tmp_path, **source) as other:
        assert other.read().route == route
        assert stored(other.store) == rows
        other.source.change("attendances", "a-2", validAbsenceMinutes=50, invalidAbsenceMinutes=0)
        assert other.read().route == route
        assert of(other, "pupil-2", "lesson-1") == [("lesson-1", 50, 0, 50, 0, 0, True)]


def test_without_attendance_it_is_left_to_files(tmp_path):
    lacks = {"attendances", "attendances/lookup", "aggregatedAttendance"}
    with small_source(tmp_path, embeds=False, lacks=lacks) as reader:
        reading = reader.read()
        assert (reading.route, reader.lessons.imported) == ("file", None)
        assert reading.counts["pupils"] == 12
        assert {each.name: each.has for each in reading.capabilities}["expand=attendance"] == "no"


def sums(pupil, first, **more):
    return {
        "activity": ref("activity-1"),
        "student": ref(pupil),
        "startDate": first.isoformat(),
        "endDate": (first + timedelta(days=6)).isoformat(),
        "attendanceSum": 90,
        "validAbsenceSum": 20,
        "invalidAbsenceSum": 0,
        "otherAttendanceSum": 0,
        "reportedSum": 110,
        "offeredSum": 160,
        **more,
    }


def test_sums_a_week_where_there_is_nothing_else(tmp_path):
    lacks = {"calendarEvents", "attendances", "attendances/lookup"}
    with small_source(tmp_path, lacks=lacks) as reader:
        reader.source.told["aggregatedAttendance"] = [
            sums("pupil-1", SEPTEMBER),
            sums("pupil-1", SEPTEMBER, activity=ref("unknown")),
            {key: value for key, value in sums("pupil-2", SEPTEMBER).items() if key != "offeredSum"},
        ]
        reading = reader.read()
        (file,) = Store(reader.store.root).current().of("periods")
        assert (reading.route, file.rows) == ("sums", 2)
        assert codes(reading)["sums_without_offered"] == 1
        (record,) = reader.lessons.imported.records
        assert (record.accepted, record.rejected) == (2, 0)
        assert reader.read().route == "sums"
        assert reader.lessons.imported.records[0].duplicates == 2


def test_only_weeks_that_may_have_changed_are_read_again(reader):
    reader.read()
    assert asked_weeks(reader)[0] == "2026-07-26"
    assert len(asked_weeks(reader)) == 11
    reader.read()
    assert asked_weeks(reader) == ["2026-10-04"]
    reader.source.change("attendances", "a-3", validAbsenceMinutes=0)
    reader.read()
    assert asked_weeks(reader) == ["2026-09-27", "2026-10-04"]
    assert of(reader, "pupil-1", "lesson-2") == [("lesson-2", 60, 40, 0, 0, 0, True)]
    reader.read(weeks_again=3)
    assert len(asked_weeks(reader)) == 3


def test_what_is_read_again_without_a_change_leaves_the_store_as_it_was(reader):
    reader.read()
    before = reader.store.current()
    reader.read()
    assert reader.store.current() == before
    reader.read(full=True)
    assert reader.store.current() == before


def test_a_lesson_that_is_moved_is_in_one_place(reader):
    reader.read()
    reader.source.change(
        "calendarEvents", "lesson-1", startTime="2026-09-22T08:20:00+02:00", endTime="2026-09-22T09:10:00+02:00"
    )
    reader.read()
    assert {row[3] for row in stored(reader.store) if row[-1] == "lesson-1"} == {date(2026, 9, 22)}
    assert reader.lessons.imported.removed == 12


def test_lessons_that_are_deleted_or_cancelled_are_gone(reader):
    reader.read()
    reader.source.remove("calendarEvents", "lesson-1")
    reader.read()
    assert {row[-1] for row in stored(reader.store)} == {"lesson-2", "lesson-3"}
    reader.source.change("calendarEvents", "lesson-2", cancelled=True)
    reading = reader.read()
    assert {row[-1] for row in stored(reader.store)} == {"lesson-3"}
    assert reading.counts["cancelled"] == 1


def test_a_deleted_registration_makes_the_latest_weeks_be_read_again(reader):
    reader.read()
    reader.source.remove("attendances", "a-2")
    reader.read()
    assert len(asked_weeks(reader)) == 4
    assert of(reader, "pupil-2", "lesson-1") == [("lesson-1", 50, *UNREPORTED)]


def test_a_week_that_suddenly_answers_with_nothing_is_kept_and_told(reader):
    reader.read()
    lost, reader.source.told["calendarEvents"] = (
        told(reader),
        [each for each in told(reader) if each["id"] == "lesson-3"],
    )
    assert codes(reader.read(full=True)) == {"weeks_empty": 1}
    assert len(stored(reader.store)) == 36
    reader.source.told["calendarEvents"] = lost
    assert codes(reader.read(full=True)) == {}


def test_many_lessons_that_are_gone_wait_for_a_yes(reader):
    for number in range(10):
        told(reader).append(event(f"more-{number}", f"2026-09-2{number % 5 + 1}T{10 + number // 5}:00:00", "23:00:00"))
    reader.read()
    reader.source.told["calendarEvents"] = told(reader)[:5]
    with pytest.raises(HeldForConfirmation):
        reader.read(full=True)
    assert len(stored(reader.store)) == 13 * 12
    reader.read(full=True, confirmed=True)
    assert len(stored(reader.store)) == 5 * 12


def test_members_are_those_of_the_day(reader):
    members = told(reader, "groups")[0]["groupMemberships"]
    members[2]["endDate"] = "2026-09-28"
    members[3]["startDate"] = "2026-09-29"
    reading = reader.read()
    assert [row[-1] for row in stored(reader.store) if row[0] == "pupil-3"] == ["lesson-1", "lesson-2"]
    assert [row[-1] for row in stored(reader.store) if row[0] == "pupil-4"] == ["lesson-3"]
    assert "attendance_outside_group" not in codes(reading)
    told(reader, "attendances").append(attendance("a-9", "lesson-1", "pupil-4", 50))
    assert codes(reader.read(full=True))["attendance_outside_group"] == 1


def test_a_change_of_members_makes_those_weeks_be_read_again(reader):
    reader.read()
    members = told(reader, "groups")[0]["groupMemberships"]
    reader.source.change("groups", "class-7a", groupMemberships=[{**members[0], "endDate": "2026-09-27"}, *members[1:]])
    reader.read()
    assert of(reader, "pupil-1") == []
    assert asked_weeks(reader) == ["2026-09-27", "2026-10-04"]
    reader.source.add("persons", pupil(13))
    extended = [*told(reader, "groups")[0]["groupMemberships"], {"person": ref("pupil-13"), "startDate": "2026-10-05"}]
    reader.source.change("groups", "class-7a", groupMemberships=extended)
    reader.read()
    assert [row[-1] for row in stored(reader.store) if row[0] == "pupil-13"] == ["lesson-3"]


def test_exceptions_for_one_pupil(reader):
    told(reader)[0]["studentExceptions"] = [
        {"student": ref("pupil-1"), "participates": True, "teachingLength": 30},
        {"student": ref("pupil-2"), "participates": False},
    ]
    told(reader)[1]["studentExceptions"] = [
        {"student": ref("pupil-1"), "participates": True}
        | {"startTime": "2026-09-28T10:15:00+02:00", "endTime": "2026-09-28T10:45:00+02:00"}
    ]
    told(reader, "groups")[0]["groupMemberships"].pop(3)
    told(reader)[2]["studentExceptions"] = [{"student": ref(name), "participates": True} for name in ("pupil-4", "x")]
    reading = reader.read()
    assert [row[1] for row in of(reader, "pupil-1")] == [30, 30, 50]
    assert [row[4:6] for row in stored(reader.store) if row[0] == "pupil-1"][1] == ("10:15", "10:45")
    assert [row[0] for row in of(reader, "pupil-2")] == ["lesson-2", "lesson-3"]
    assert [row[0] for row in of(reader, "pupil-4")] == ["lesson-3"]
    assert codes(reading) == {"more_minutes": 2, "without_class": 1}


@pytest.mark.parametrize("kind", ["Läraraktivitet", "Övrigt", "Provaktivitet"])
def test_what_has_no_register_is_no_lesson(reader, kind):
    told(reader, "activities")[0]["activityType"] = kind
    reader.read()
    assert stored(reader.store) == []


@pytest.mark.parametrize("kind", [None, "Elevaktivitet"])
def test_pupils_own_activities_and_those_without_a_kind_are_lessons(reader, kind):
    told(reader, "activities")[0]["activityType"] = kind
    reader.read()
    assert len(stored(reader.store)) == 36


def test_lessons_that_have_not_begun_are_left_out(reader):
    told(reader).append(event("later", "2026-10-06T16:30:00", "17:00:00"))  # it is a few minutes past four
    told(reader).append(event("begun", "2026-10-06T15:55:00", "16:40:00"))
    reader.read()
    assert {row[-1] for row in stored(reader.store) if row[3] == OCTOBER} == {"lesson-3", "begun"}


def test_the_schools_clock_decides_the_day_whatever_the_offset(reader):
    told(reader).append(event("early", "2026-09-30T08:00:00", "09:00:00"))
    told(reader)[-1] |= {"startTime": "2026-09-30T22:30:00Z", "endTime": "2026-09-30T23:15:00Z"}
    told(reader).append(event("plain", "2026-10-02T08:00:00", "09:00:00"))
    told(reader)[-1] |= {"startTime": "2026-10-02T08:00:00", "endTime": "2026-10-02T09:00:00"}
    reader.source.deaf = True
    reader.read()
    rows = {row[-1]: row[3:6] for row in stored(reader.store)}
    assert rows["early"] == (date(2026, 10, 1), "00:30", "01:15")
    assert rows["plain"] == (date(2026, 10, 2), "08:00", "09:00")


def test_minutes_that_cannot_be_are_rejected_or_cut_and_counted(reader):
    told(reader, "attendances")[0] |= {"attendanceMinutes": -5}
    told(reader, "attendances")[1] |= {"invalidAbsenceMinutes": 500}
    told(reader, "attendances")[2] |= {"validAbsenceMinutes": "many;\n"}
    told(reader, "attendances")[3] |= {"attendanceMinutes": None, "validAbsenceMinutes": 20}
    reading = reader.read()
    assert codes(reading) == {"rejected_rows": 2, "more_minutes": 1}
    assert of(reader, "pupil-2", "lesson-1") == [("lesson-1", 50, 0, 0, 50, 0, True)]
    assert of(reader, "pupil-1", "lesson-3") == [("lesson-3", 50, 30, 20, 0, 0, True)]


def test_of_two_registrations_one_that_is_reported_counts(reader):
    told(reader, "attendances").append(attendance("a-9", "lesson-1", "pupil-1", 0, isReported=False))
    told(reader, "attendances").append(attendance("a-8", "lesson-1", "pupil-2", 50))
    assert codes(reader.read()) == {"registered_twice": 2}
    assert of(reader, "pupil-1", "lesson-1") == [("lesson-1", 50, 50, 0, 0, 0, True)]
    assert of(reader, "pupil-2", "lesson-1") == [("lesson-1", 50, 50, 0, 0, 0, True)]


def test_a_mark_in_a_registration_protects_from_the_next_reading_on(reader):
    told(reader, "attendances")[0]["student"]["securityMarking"] = "Sekretessmarkering"
    assert codes(reader.read())["marked_in_attendance"] == 1
    reader.read()
    assert [each.pupil_id for each in reader.roster.pupils if each.is_protected] == ["pupil-1"]


def test_reading_stops_where_it_fails_and_the_store_stays(reader):
    reader.read()
    before = reader.store.current()
    reader.source.change("attendances", "a-1", student="pupil-1")
    with pytest.raises(Exception, match="/calendarEvents"):
        reader.read()
    assert reader.store.current() == before
    assert [path.name for path in (reader.folder / "source").iterdir()] == ["roster.jsonl"]
