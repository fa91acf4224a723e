"""The standard's objects as providers tell them, orderly and otherwise, and what is kept of each."""

import pytest

from narvaro.ss12000 import parsing
from narvaro.ss12000.deletions import _ids
from narvaro.ss12000.errors import AnswerUnusable
from narvaro.ss12000.lessons import UNREPORTED, cell, lesson, registered
from narvaro.ss12000.objects import Enrolment, Member, Responsible, Role
from narvaro.ss12000.parsing import WrongShape

ORDERLY = {
    "id": "3a3f0772-71ef-5470-b529-8f24ca136920",
    "meta": {"created": "2026-08-18T02:10:00Z", "modified": "2026-08-18T02:10:00Z"},
    "givenName": "A\u030asa",  # two code points
    "familyName": "Öberg",
    "civicNo": {"value": "20130224TF01", "nationality": "SE"},
    "birthDate": "2013-02-24",
    "securityMarking": "Ingen",
    "eduPersonPrincipalNames": ["asaobe01@edu.example"],
    "externalIdentifiers": [{"value": "4711", "context": "http://sis.example", "globallyUnique": False}],
    "emails": [{"value": "asa@elev.example", "type": "Skola elev"}, {"value": "asa@hem.example", "type": "Privat"}],
    "phoneNumbers": [{"value": "08-1", "type": "Hem", "mobile": False}, {"value": "070-1", "type": "Hem"}],
    "enrolments": [
        {"enroledAt": {"id": "u-1"}, "schoolYear": 6, "schoolType": "GR", "startDate": "2025-08-18"}
        | {"endDate": "2026-06-12", "cancelled": False},
        {"enroledAt": {"id": "u-2"}, "schoolType": "FKLASS", "startDate": "2026-08-17T00:00:00"},
        {"enroledAt": {"id": "u-2"}, "schoolType": "GR", "startDate": "2026-08-17", "cancelled": True},
    ],
    "responsibles": [
        {"person": {"id": "g-1", "securityMarking": "Ingen"}, "relationType": "Vårdnadshavare"},
        {"person": {"id": "g-2", "securityMarking": "Skyddad folkbokföring"}},
    ],
}


def test_an_orderly_person():
    person = parsing.person(ORDERLY)
    assert (person.given_name, person.family_name, person.birth, person.marked) == ("Åsa", "Öberg", "2013-02-24", False)
    assert (person.email, person.work_email, person.phone) == ("asa@hem.example", "", "070-1")
    assert person.enrolments == (
        Enrolment("u-1", "GR", "6", "2025-08-18", "2026-06-12"),
        Enrolment("u-2", "FKLASS", "F", "2026-08-17", ""),
    )
    assert person.responsibles == (
        Responsible("g-1", "Vårdnadshavare", marked=False),
        Responsible("g-2", "", marked=True),
    )
    assert parsing.identity_number(ORDERLY) == "20130224TF01"
    assert "Öberg" not in repr(person)


def test_a_person_of_whom_little_is_told():
    person = parsing.person({"id": "p", "unknown": {"deep": [1]}, "emails": None, "addresses": [], "civicNo": None})
    assert (person.given_name, person.birth, person.marked, person.enrolments) == ("", "", None, ())


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ({"type": "Folkbokföring", "municipalityCode": 180}, "0180"),
        ({"type": "Folkbokföring", "countyCode": 1, "municipalityCode": 80}, "0180"),
        ({"type": "Folkbokföring", "municipalityCode": "0180"}, "0180"),
        ({"municipalityCode": 1280, "country": None, "postalCode": None}, "1280"),
        ({"type": "Tillfällig adress", "municipalityCode": 180}, ""),
        ({"type": "Folkbokföring", "municipalityCode": 80}, ""),
    ],
)
def test_the_municipality_is_all_that_is_kept_of_an_address(address, code):
    assert parsing.person({"id": "p", "addresses": [address]}).municipality == code


@pytest.mark.parametrize(
    ("number", "birth"),
    [
        ("201302240000", "2013-02-24"),
        ("20130224-0000", "2013-02-24"),
        ("201302840000", "2013-02-24"),
        ("130224-0000", ""),
        ("201313240000", ""),
    ],
)
def test_a_number_tells_the_birth_date_where_it_is_not_told(number, birth):
    assert parsing.person({"id": "p", "civicNo": {"value": number}}).birth == birth


def test_groups_duties_and_activities_as_a_less_orderly_provider_tells_them():
    group = parsing.group(
        {"id": "g", "displayName": "8A", "groupType": "Klass", "groupCode": "8A", "startDate": "2025-08-18"}
        | {"organisation": {"id": "u-1"}, "groupMemberships": [{"person": {"id": "p"}, "startDate": "2024-08-15"}]}
    )
    assert (group.place_id, group.members) == ("u-1", (Member("p", "2024-08-15", "", marked=False),))
    duty = parsing.duty(
        {"id": "d", "person": {"id": "t"}, "dutyAt": {"id": "s"}, "dutyRole": "Lärare", "startDate": "2024-01-01"}
        | {"assignmentRole": [{"group": {"id": "g"}, "assignmentRoleType": "Lärare", "startDate": "2024-08-15"}]}
    )
    assert duty.roles == (Role("g", "Lärare", "2024-08-15", ""),)
    activity = parsing.activity(
        {"id": "a", "displayName": "Matematik 8A", "subject": {"code": "MAT", "displayName": "Matematik"}}
        | {"teachers": [{"person": {"id": "t"}}], "groups": [{"id": "g"}], "owner": {"id": "u-1"}}
    )
    assert (activity.subject, activity.kind, activity.group_ids) == ("Matematik", "", ("g",))
    embedded = {"id": "a", "_embedded": {"syllabus": {"subjectName": "Fysik"}}, "syllabus": {"id": "s"}}
    assert parsing.activity(embedded).subject == "Fysik"


def test_times_without_an_offset_are_utc_in_meta_and_the_schools_in_lessons():
    told = parsing.modified({"meta": {"modified": "2026-11-22T05:55:10.239775"}})
    assert str(told) == "2026-11-22 05:55:10.239775+00:00"
    event = {
        "id": "e",
        "activity": {"id": "a"},
        "startTime": "2026-10-25T08:00:00",
        "endTime": "2026-10-25T09:00:00+01:00",
    }
    found = lesson(event)
    assert (found.day, found.start, found.end, found.offered) == ("2026-10-25", "08:00", "09:00", 60)


def test_clocks_that_are_changed_do_not_change_a_lessons_length():
    event = {"id": "e", "activity": {"id": "a"}, "startTime": "2026-03-29T00:30:00Z", "endTime": "2026-03-29T01:30:00Z"}
    found = lesson(event)
    assert (found.start, found.end, found.offered) == ("01:30", "03:30", 60)


@pytest.mark.parametrize("missing", ["id", "activity", "startTime", "endTime"])
def test_a_lesson_without_what_makes_it_one_is_refused(missing):
    event = {"id": "e", "activity": {"id": "a"}, "startTime": "2026-10-06T08:00:00Z", "endTime": "2026-10-06T09:00:00Z"}
    lesson(event)
    with pytest.raises(WrongShape):
        lesson({key: value for key, value in event.items() if key != missing})


def registration(**more):
    return {"student": {"id": "p"}, "isReported": True, "attendanceMinutes": 48, "invalidAbsenceMinutes": 12} | more


@pytest.mark.parametrize(
    ("told", "cells"),
    [
        (registration(), "48;0;12;0;ja"),
        (registration(validAbsenceMinutes=None, otherAttendanceMinutes=5), "48;;12;5;ja"),
        (registration(attendanceMinutes=-35257899), "-35257899;0;12;0;ja"),
        (registration(attendanceMinutes="48;0"), "?;0;12;0;ja"),
        (registration(attendanceMinutes=True), "?;0;12;0;ja"),
        (registration(isReported=False), UNREPORTED),
        (registration(isReported="true"), UNREPORTED),
        ({"student": {"id": "p"}}, UNREPORTED),
    ],
)
def test_a_registration_becomes_cells_that_the_import_judges(told, cells):
    found, marked = {}, set()
    assert registered([told], found, marked) == 0
    assert (found, marked) == ({"p": cells}, set())


@pytest.mark.parametrize("student", [None, "p", {}, {"id": ["p"]}])
def test_a_registration_about_nobody_is_refused(student):
    with pytest.raises(WrongShape):
        registered([registration(student=student)], {}, set())


def test_a_cell_stays_one_cell():
    assert [cell(text) for text in ("7A", 'Bild; "form"')] == ["7A", '"Bild; ""form"""']


def test_deletions_in_both_shapes():
    orderly = {"data": {"attendances": ["a"], "calendarEvents": [], "activitites": ["b"]}, "pageToken": None}
    listed = {
        "data": [{"entityType": "Attendance", "id": "a", "deletedAt": "x"}, {"entityType": "activity", "id": "b"}]
    }
    expected = [{"kind": "attendances", "id": "a"}, {"kind": "activitites", "id": "b"}]
    assert _ids(orderly, "/deletedEntities") == _ids(listed, "/deletedEntities") == expected
    for wrong in ({"data": {"persons": "a"}}, {"data": {"persons": [1]}}, {"data": None}, [{"id": "a"}]):
        with pytest.raises(AnswerUnusable):
            _ids(wrong, "/deletedEntities")
