"""The roster of a source: whole, then by what changed; a source that fails empties nothing (bad input 15, 25, 29)."""

import json
import stat
from datetime import date, timedelta

import pytest

from narvaro.facts.errors import HeldForConfirmation
from narvaro.ss12000.errors import AnswerUnusable, SourceRefused
from narvaro.ss12000.told import Difference
from tests.small_source import enrolment, pupil, ref, small_source


@pytest.fixture
def reader(tmp_path):
    with small_source(tmp_path) as reader:
        reader.with_lessons = False
        yield reader


def codes(reading):
    return {each.code: each.count for each in reading.findings}


def lines(reader, number=1):
    return [each for each in reader.roster.pupils if each.pupil_id == f"pupil-{number}"]


def persons(reader):
    return reader.source.told["persons"]


def test_the_roster_of_the_day(reader):
    reading = reader.read()
    (unit,) = reader.roster.units
    assert (unit.code, unit.name, unit.organiser, unit.school_forms, unit.grades) == (
        *("99000001", "Bergskolan 7-9", "Exempelkommun"),
        *(("GR",), "7"),
    )
    (line,) = lines(reader)
    assert (line.unit_code, line.given_name, line.family_name, line.school_form, line.grade, line.group_name) == (
        *("99000001", "Elev1", "Öberg"),
        *("GR", "7", "7A"),
    )
    assert (line.mentor, line.is_protected, line.home_municipality) == ("marta.ek@skola.example", False, "0180")
    assert (line.first_day, line.last_day, line.identity_number) == ("2026-08-17", "", "201302240001")
    (staff,) = reader.roster.staff
    assert (staff.source_id, staff.email, staff.unit_codes, staff.mentor_at) == (
        *("teacher-1", "marta.ek@skola.example"),
        *(("99000001",), ("99000001",)),
    )
    (guardian,) = reader.roster.guardians
    assert (guardian.source_id, guardian.name, len(guardian.pupil_ids)) == ("guardian-1", "Siv Öberg", 12)
    assert reading.full
    assert reading.counts["mentor_relations"] == 12
    assert Difference(kind="pupils", new=12) in reading.differences


def test_what_is_not_needed_is_not_kept(reader):
    reader.read()
    (memory,) = (reader.folder / "source").iterdir()
    kept = memory.read_text()
    assert "Öberg" in kept
    for dropped in ("2013022400", "Hemgatan", "foto", "elev1@", "Sjuk"):
        assert dropped in json.dumps(reader.source.told, ensure_ascii=False)
        assert dropped not in kept
    assert stat.S_IMODE(memory.stat().st_mode) == 0o600
    assert stat.S_IMODE(memory.parent.stat().st_mode) == 0o700


def test_numbers_and_guardians_that_are_not_wanted_are_not_read(reader):
    reader.read(identity_numbers=False, guardians=False)
    assert [each.identity_number for each in reader.roster.pupils] == [""] * 12
    assert reader.roster.guardians == ()
    assert "responsibleFor.enrolment" not in str([each.query for each in reader.at.asked])


def test_the_second_reading_asks_for_changes_only(reader):
    reader.read()
    reader.source.change("persons", "pupil-1", familyName="Ny")
    reader.source.add("persons", pupil(13, responsibles=[]))
    reading = reader.read()
    assert not reading.full
    asked = [each for each in reader.at.asked if each.path.endswith("/persons")]
    assert asked[0].query["meta.modified.after"] == ["2026-10-06T13:50:30Z"]
    assert len(asked) == 1
    assert lines(reader)[0].family_name == "Ny"
    assert len(reader.roster.pupils) == 13
    assert Difference(kind="pupils", new=1, changed=1) in reading.differences


def test_nothing_is_remembered_before_all_is_applied(reader):
    with reader.opened() as source:
        source.read_roster(full=False)
    assert list((reader.folder / "source").iterdir()) == []
    assert reader.read().full


def test_a_damaged_memory_is_read_anew(reader):
    reader.read()
    (memory,) = (reader.folder / "source").iterdir()
    memory.write_text(memory.read_text()[:-300])
    assert reader.read().full


@pytest.mark.parametrize("as_list", [False, True])
def test_who_is_deleted_ends_and_who_comes_back_is_there(reader, as_list):
    reader.source.as_list = as_list
    reader.read()
    gone = persons(reader)[0]
    reader.source.remove("persons", "pupil-1")
    assert reader.read().counts["deleted"] == 1
    assert lines(reader) == []
    assert lines(reader, 2) != []
    reader.source.add("persons", gone)
    reader.source.deleted.append(("persons", "pupil-1", reader.source.clock))
    reader.read()
    assert len(lines(reader)) == 1


def test_a_source_that_tells_no_deletions_is_read_whole_each_time(reader):
    reader.source.lacks = {"deletedEntities"}
    reader.read()
    reader.source.told["persons"].pop(0)
    reading = reader.read()
    assert reading.full
    assert lines(reader) == []


def test_a_cursor_that_is_too_old_is_not_used(reader):
    reader.read()
    reader.source.clock += timedelta(days=61)
    assert reader.read().full


def test_other_wishes_make_it_read_anew(reader):
    reader.read()
    assert not reader.read().full
    assert reader.read(guardians=False).full


def test_empty_is_a_fault_and_not_the_end_of_all(reader):
    reader.read()
    told = persons(reader)
    reader.source.told["persons"] = []
    with pytest.raises(SourceRefused, match="no pupil"):
        reader.read(full=True, confirmed=True)
    reader.source.told["persons"] = told
    reader.read()
    assert len(reader.roster.pupils) == 12


def test_many_who_end_at_once_wait_for_a_yes(reader):
    reader.read()
    del persons(reader)[:6]
    with pytest.raises(HeldForConfirmation, match="6 of 14 persons"):
        reader.read(full=True)
    reader.read(full=True, confirmed=True)
    assert len(reader.roster.pupils) == 6


def test_a_few_who_end_do_not_wait(reader):
    reader.read()
    del persons(reader)[:5]
    reader.read(full=True)
    assert len(reader.roster.pupils) == 7


def test_who_is_missing_in_the_listing_is_asked_for_before_being_taken_as_gone(reader):
    reader.read()
    reader.source.hidden = {"pupil-1"}
    reading = reader.read(full=True)
    assert len(lines(reader)) == 1
    assert codes(reading)["kept_after_check"] == 1


def test_a_source_that_heeds_no_filter_gives_the_same_roster(tmp_path, reader):
    reader.read()
    with small_source(tmp_path / "deaf", deaf=True) as deaf:
        deaf.with_lessons = False
        deaf.source.told["persons"] += [
            {**pupil(50 + number), "enrolments": [enrolment("elsewhere")]} for number in range(20)
        ]
        reading = deaf.read()
        assert deaf.roster == reader.roster
        has = {each.name: each.has for each in reading.capabilities}
        assert (has["relationship"], has["meta.modified.after"]) == ("no", "no")


def test_who_is_referred_to_and_not_listed_is_looked_up_or_told(reader):
    persons(reader)[0]["responsibles"] = [{"person": ref("other-1"), "relationType": "Vårdnadshavare"}]
    reading = reader.read()
    assert codes(reading)["persons_missing"] == 1
    reader.source.add("persons", {"id": "other-1", "givenName": "Per", "familyName": "Alm"})
    reading = reader.read()
    assert "persons_missing" not in codes(reading)
    assert [each.source_id for each in reader.roster.guardians] == ["guardian-1", "other-1"]


@pytest.mark.parametrize("marking", ["Sekretessmarkering", "Skyddad folkbokföring", "ingen", "something new"])
def test_any_marking_but_the_word_for_none_protects_at_once(reader, marking):
    reader.read()
    reader.source.change("persons", "pupil-1", securityMarking=marking)
    reading = reader.read()
    assert [line.is_protected for line in reader.roster.pupils].count(True) == 1
    assert lines(reader)[0].is_protected
    assert reading.counts["protected"] == 1


def test_a_reference_may_protect_too(reader):
    group = reader.source.told["groups"][0]
    group["groupMemberships"][0]["person"]["securityMarking"] = "Sekretessmarkering"
    persons(reader)[1]["responsibles"][0]["person"]["securityMarking"] = "Sekretessmarkering"
    reader.read()
    assert [lines(reader, number)[0].is_protected for number in (1, 2)] == [True, False]
    assert reader.roster.guardians[0].is_protected


def test_a_missing_marking_is_told_where_the_source_does_not_always_mark(reader):
    del persons(reader)[0]["securityMarking"]
    assert "no_marking" not in codes(reader.read())
    assert codes(reader.read(always_marked=False))["no_marking"] == 1
    assert not lines(reader)[0].is_protected


def test_an_adult_pupil_has_no_guardian_and_others_who_answer_are_none(reader):
    persons(reader)[0]["birthDate"] = "2008-10-06"  # eighteen today
    persons(reader)[1]["birthDate"] = "2008-10-07"
    persons(reader)[2]["responsibles"][0] = {"person": ref("guardian-1"), "relationType": "God man"}
    persons(reader)[3]["responsibles"] = [{"person": ref("guardian-1")}, {"relationType": "Vårdnadshavare"}]
    reading = reader.read()
    children = reader.roster.guardians[0].pupil_ids
    assert "pupil-2" in children
    assert not {"pupil-1", "pupil-3", "pupil-4"} & set(children)
    assert codes(reading)["responsibles_without_kind"] == 1


def test_each_stay_has_its_line_and_cancelled_or_other_forms_none(reader):
    ended = enrolment("unit-1", startDate="2025-08-18", endDate="2026-06-12", schoolYear=6)
    dropped = [enrolment("unit-1", startDate="2026-01-01", cancelled=True), enrolment("unit-1", schoolType="FTH")]
    persons(reader)[0]["enrolments"] += [ended, *dropped, enrolment("elsewhere")]
    reading = reader.read()
    assert [(each.grade, each.last_day, each.mentor, each.group_name) for each in lines(reader)] == [
        ("6", "2026-06-12", "", ""),
        ("7", "", "marta.ek@skola.example", "7A"),
    ]
    assert codes(reading)["other_school_forms"] == 1


def test_the_day_decides_class_and_mentor_and_the_last_day_is_part_of_it(reader):
    group, duty = reader.source.told["groups"][0], reader.source.told["duties"][0]
    group["groupMemberships"][0]["endDate"] = "2026-10-06"
    group["groupMemberships"][1]["endDate"] = "2026-10-05"
    reader.read()
    assert [lines(reader, number)[0].group_name for number in (1, 2)] == ["7A", ""]
    duty["endDate"] = "2026-10-05"
    reader.read(full=True)
    assert lines(reader)[0].mentor == ""


def test_without_duties_it_is_not_said_that_there_is_no_mentor(reader):
    reader.source.lacks = {"duties"}
    reader.read()
    assert lines(reader)[0].mentor is None


def test_a_unit_without_a_code_goes_by_its_id(reader):
    del reader.source.told["organisations"][0]["schoolUnitCode"]
    assert codes(reader.read())["units_without_code"] == 1
    assert lines(reader)[0].unit_code == "unit-1"


def test_only_chosen_units_are_read_and_one_that_is_gone_is_told(reader):
    other = {"id": "unit-2", "displayName": "Annan", "organisationType": "Skolenhet", "schoolUnitCode": "99000002"}
    reader.source.told["organisations"].append(other)
    persons(reader)[0]["enrolments"] = [enrolment("unit-2")]
    reading = reader.read(units=frozenset({"unit-1", "unit-9"}))
    assert [each.code for each in reader.roster.units] == ["99000001"]
    assert len(reader.roster.pupils) == 11
    assert codes(reading)["units_missing"] == 1
    with pytest.raises(SourceRefused, match="none of the chosen"):
        reader.read(units=frozenset({"unit-9"}))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("persons", {"id": None}),
        ("persons", {"id": "a;b"}),
        ("persons", {"enrolments": "none"}),
        ("persons", {"enrolments": [enrolment("unit-1", startDate="2026-02-31")]}),
        ("persons", {"givenName": 7}),
        ("groups", {"groupMemberships": [{}]}),
        ("organisations", {"id": ["x"]}),
    ],
)
def test_an_object_of_another_shape_refuses_the_reading(reader, kind, values):
    reader.read()
    reader.source.told[kind][0] |= values
    reader.source.deaf = True  # so that it does not look at them itself
    with pytest.raises(AnswerUnusable, match=f"/{kind}"):
        reader.read(full=True)


def test_check_tells_the_tree_and_what_there_is(reader):
    reader.source.lacks = {"aggregatedAttendance", "duties"}
    with reader.opened() as source:
        checked = source.check()
    assert [(each.name, each.depth, each.unit_code) for each in checked.organisations] == [
        ("Exempelkommun", 0, ""),
        ("Bergskolan", 1, ""),
        ("Bergskolan 7-9", 2, "99000001"),
    ]
    has = {each.name: each.has for each in checked.capabilities}
    assert (has["persons"], has["duties"], has["expand=attendance"], has["aggregatedAttendance"]) == (
        *("yes", "no"),
        *("yes", "no"),
    )
    assert checked.version == "2.1"
    assert list((reader.folder / "source").iterdir()) == []


def test_the_first_reading_loses_nobody_while_the_listing_moves(tmp_path):
    """Offsets shift when somebody leaves between two pages; what was skipped is found before the reading ends."""
    with small_source(tmp_path, size=5) as reader:
        reader.with_lessons = False
        left = ["pupil-1", "pupil-2"]

        def leave(name, offset):
            if name == "persons" and offset and left:
                reader.source.remove("persons", left.pop())

        reader.source.before_page = leave
        reader.source.told["persons"].sort(key=lambda each: each["id"])
        reader.read()
        assert left == []
        assert sorted(each.pupil_id for each in reader.roster.pupils) == sorted(
            f"pupil-{number}" for number in range(3, 13)
        )


def test_a_birth_date_stands_in_the_number_where_it_is_not_told(reader):
    del persons(reader)[0]["birthDate"]
    persons(reader)[1] |= {"birthDate": None, "civicNo": {"value": "080101-0000"}}
    assert codes(reader.read())["no_birth_date"] == 1
    assert date(2013, 2, 24).isoformat() in (reader.folder / "source" / "roster.jsonl").read_text()
