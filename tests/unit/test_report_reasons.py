"""Why a pupil is on the list, told once and with what lies behind it."""

from dataclasses import replace

import pytest

from narvaro.domain.absence import Minutes, Profile
from narvaro.report.model import PupilRow
from narvaro.report.reasons import evidence, reasons
from narvaro.ui.words import Words
from tests.unit.report_world import RULES, world

EN = Words("en")
BY_ID = {rule.id: rule for rule in RULES}


def pupil(name: str) -> PupilRow:
    return next(row for row in world().pupils if row.name == name)


def told(row: PupilRow) -> list[str]:
    return [str(reason) for reason in reasons(row, BY_ID, EN)]


def test_only_the_highest_limit_of_a_measure_is_told() -> None:
    row = pupil("Ella Wikner")
    assert {warning.rule_id for warning in row.warnings} >= {"T1-total", "T2-total", "T3-total", "T4-total"}
    assert told(row) == ["At least 30% absent: 56%", "At least 6% invalid: 18%"]


def test_the_highest_step_comes_first_whatever_the_order_of_warnings() -> None:
    row = pupil("Wilma Sandell")
    turned = replace(row, warnings=row.warnings[::-1])
    assert told(row) == told(turned) == ["At least 30% absent: 62%", "10 school days in a row: 12"]


def test_lower_rules_are_only_counted() -> None:
    row = pupil("Ella Wikner")
    measures = ("occasions", "late_count", "absent_hours", "part_days")
    more = tuple(replace(row.warnings[0], rule_id=f"r-{measure}", measure=measure) for measure in measures)
    assert told(replace(row, warnings=(*row.warnings, *more)))[2:] == ["r-part_days: 0.6", "and 3 reasons more"]
    four = told(replace(row, warnings=(*row.warnings, *more[:2]), weekday_flags=pupil("Maja Öberg").weekday_flags))
    assert four[3:] == ["Recurring Mondays", "and 1 reason more"]


def test_patterns_follow_the_warnings() -> None:
    assert told(pupil("Maja Öberg"))[-1] == "Recurring Mondays"
    assert told(pupil("Noah Lindström"))[-1] == "Idrott: absent 89% of the time in 55 lessons"


@pytest.mark.parametrize("day", range(1, 8))
def test_every_weekday_has_its_words(day: int) -> None:
    row = replace(pupil("Maja Öberg"), warnings=(), weekday_flags=(Profile(str(day), 4, Minutes(1, 1, 0, 0), True),))
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    assert told(row)[0].startswith(f"Recurring {names[day - 1]}")


def test_a_subject_that_can_not_be_calculated_has_no_percentage() -> None:
    profile = Profile("Slöjd", 6, Minutes(60, 10, 0, 0), True)
    assert told(replace(pupil("Maja Öberg"), warnings=(), weekday_flags=(), subject_flags=(profile,))) == [
        "Slöjd: absent – of the time in 6 lessons, 17% reported"
    ]


@pytest.mark.parametrize(
    ("reported", "told"),
    [
        (95, "Slöjd: absent 84% of the time in 6 lessons"),
        (94, "Slöjd: absent 85% of the time in 6 lessons, 94% reported"),
    ],
)
def test_a_subject_tells_how_much_is_reported_when_some_is_missing(reported: int, told: str) -> None:
    profile = Profile("Slöjd", 6, Minutes(100, reported - 80, 80, 0), True)
    row = replace(pupil("Maja Öberg"), warnings=(), weekday_flags=(), subject_flags=(profile,))
    assert [str(reason) for reason in reasons(row, BY_ID, EN)] == [told]


def test_a_protected_pupils_subjects_are_not_told() -> None:
    row = replace(pupil("Noah Lindström"), protected=True)
    assert all("Idrott" not in text for text in told(row))


def test_a_rule_the_plan_lacks_is_told_by_its_id() -> None:
    row = pupil("Hugo Ström")
    assert str(reasons(row, {}, EN)[0]).startswith("T3-total: ")


def test_evidence_is_listed_once() -> None:
    groups = evidence(pupil("Ella Wikner"))
    assert [group.warnings[0].rule_id for group in groups] == ["T4-total", "T3-ogiltig"]
    assert not groups[0].listed_above
    assert groups[1].listed_above  # invalid lessons are among the absent ones
    assert set(groups[1].lessons) < set(groups[0].lessons)


def test_evidence_of_other_lessons_is_listed_too() -> None:
    row = pupil("Ella Wikner")
    alien = replace(row.warnings[0].evidence[0], day_no=1)
    other = replace(row.warnings[0], rule_id="T1-sen", measure="late_count", evidence=(alien,))
    groups = evidence(replace(row, warnings=(*row.warnings, other)))
    assert [group.listed_above for group in groups] == [False, True, False]


def test_warnings_on_the_same_lessons_share_a_list() -> None:
    row = pupil("Hugo Ström")
    same = replace(row.warnings[-1], rule_id="T9", measure="absent_hours")
    groups = evidence(replace(row, warnings=(row.warnings[-1], same)))
    assert len(groups) == 1
    assert len(groups[0].warnings) == 2


def test_a_warning_without_lessons_has_no_list() -> None:
    row = pupil("Hugo Ström")
    groups = evidence(replace(row, warnings=tuple(replace(w, evidence=()) for w in row.warnings)))
    assert [group.lessons for group in groups] == [()]
    assert not groups[0].listed_above
