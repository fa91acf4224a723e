"""What homes have announced: by whom and when, never why; changes and deletions are followed."""

from datetime import UTC, datetime

import pytest

from tests.small_source import OLD, absence, small_source

MORNING = "2026-10-05T06:40:00Z"
DAY = ("2026-10-05T00:00:00", "2026-10-05T23:59:59")
TOLD = {"meta": OLD | {"modified": MORNING}}


@pytest.fixture
def reader(tmp_path):
    with small_source(tmp_path) as reader:
        reader.with_lessons = False
        reader.source.told["absences"] = [
            absence("told", "pupil-1", "guardian-1", *DAY, **TOLD),
            absence("granted", "pupil-2", "guardian-1", *DAY, **TOLD, type="Beviljad ledighet"),
            absence("by-staff", "pupil-2", "teacher-1", *DAY, **TOLD),
            absence("by-nobody", "pupil-2", None, *DAY, **TOLD),
            absence("old", "pupil-1", "guardian-1", "2026-09-01T00:00:00", "2026-09-01T23:59:59"),
            absence("elsewhere", "stranger", "guardian-1", *DAY, **TOLD),
        ]
        yield reader


def ids(reader):
    return [each.source_id for each in reader.absences.told]


def codes(reading):
    return {each.code: each.count for each in reading.findings}


def test_only_what_the_home_told_is_handed_on(reader):
    reading = reader.read()
    (told,) = reader.absences.told
    assert (told.source_id, told.pupil_id, told.guardian_id) == ("told", "pupil-1", "guardian-1")
    assert told.starts == datetime(2026, 10, 4, 22, tzinfo=UTC)
    assert told.ends == datetime(2026, 10, 5, 21, 59, 59, tzinfo=UTC)
    assert told.announced_at == datetime(2026, 10, 5, 6, 40, tzinfo=UTC)
    assert reading.counts["absences"] == 4
    assert codes(reading)["absences_without_reporter"] == 1
    assert {each.name: each.has for each in reading.capabilities}["absences"] == "yes"
    asked = [each for each in reader.at.asked if each.path.endswith("/absences")]
    assert [(each.one("organisation"), each.one("endTime.onOrAfter")[:10]) for each in asked] == [
        ("unit-1", "2026-09-08")
    ]


def test_when_it_was_told_must_be_said(reader):
    for each in reader.source.told["absences"]:
        del each["meta"]
    reader.read()
    assert ids(reader) == []


def test_changes_and_deletions_are_followed(reader):
    reader.read()
    reader.source.add("absences", absence("new", "pupil-3", "guardian-1", *DAY))
    reader.source.change("absences", "told", type="Beviljad ledighet")
    reader.source.remove("absences", "by-staff")
    reader.read()
    assert ids(reader) == ["new"]
    assert reader.absences.since is None
    assert reader.absences.gone == {"told", "by-staff"}
    assert not any(each.one("organisation") for each in reader.at.asked if each.path.endswith("/absences"))


def test_all_of_the_latest_weeks_is_told_in_a_full_reading(reader):
    reader.read()
    reader.source.told["absences"] = reader.source.told["absences"][1:]
    reader.read(full=True)
    assert (ids(reader), reader.absences.since.date().isoformat()) == ([], "2026-09-08")
    assert reader.absences.read == 3


def test_a_source_that_heeds_no_filter_tells_the_same(reader):
    reader.source.deaf = True
    reader.read()
    assert ids(reader) == ["told"]
    reader.read()
    assert ids(reader) == []


def test_a_source_without_absences_is_read_anyway(reader):
    reader.source.lacks.add("absences")
    reading = reader.read()
    assert (reader.absences, reading.counts["absences"]) == (None, 0)
    assert {each.name: each.has for each in reading.capabilities}["absences"] == "no"
    reader.source.lacks.clear()
    reader.read()
    assert ids(reader) == ["told"]  # all of them, as nothing is known of what came before
