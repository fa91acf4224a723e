"""Each duty of the law table: its edges, and what holds whatever is known."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narvaro.domain.deadlines import SchoolDays
from narvaro.domain.duties import (
    Asked,
    Consulted,
    DayFacts,
    EnrolmentFacts,
    GuardianFacts,
    InvestigationFacts,
    LeaveFacts,
    MonthFacts,
    NoticeFacts,
    PupilFacts,
    ReceivedFacts,
    Standing,
    State,
    age_on,
    all_covered,
    case_duties,
    closing_answers,
    home_told,
    lessons_reported,
    month_for_csn,
    moved,
    of_leave,
    received,
)
from narvaro.domain.law import LawTable
from narvaro.domain.school_calendar import DateRange, SchoolCalendar
from narvaro.plans.errors import PlanError
from narvaro.plans.law import FILE, law_table, load_law

CALENDAR = SchoolCalendar(
    school_year=2025,
    autumn=DateRange("Hösttermin", date(2025, 8, 19), date(2025, 12, 19)),
    spring=DateRange("Vårtermin", date(2026, 1, 8), date(2026, 6, 10)),
    breaks=(DateRange("Sportlov", date(2026, 2, 23), date(2026, 2, 27)),),
)
DAYS = SchoolDays({2025: CALENDAR})
MONDAY = date(2026, 5, 4)
CHILD = PupilFacts(form="GR", birth=date(2013, 3, 1), guardians=(GuardianFacts(1), GuardianFacts(2)))
GYMNASIST = replace(CHILD, form="GY", birth=date(2009, 3, 1))
STARTED = InvestigationFacts(decision="start", decided_on=MONDAY)
COMPULSORY, UPPER = ("FKLASS", "GR", "GRS", "SP", "SAM"), ("GY", "GYS")


def asked(today: date) -> Asked:
    return Asked(law_table(), today, DAYS)


def after(day: date, count: int) -> date:
    return DAYS.after(day, count)


def of_case(
    rule: str,
    today: date,
    pupil: PupilFacts = CHILD,
    investigation: InvestigationFacts | None = STARTED,
    since: date | None = MONDAY,
) -> Standing:
    return next(each for each in case_duties(asked(today), pupil, investigation, since) if each.rule == rule)


# The table itself.


def test_the_shipped_table_says_for_each_duty_what_is_law_and_what_is_ours():
    table = law_table()
    assert {each.id for each in table.rules} >= {"A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "A11", "A12", "A16"}
    own = [(each.id, number.name) for each in table.rules for number in each.numbers if number.kind == "own"]
    law = [(each.id, number.name) for each in table.rules for number in each.numbers if number.kind == "law"]
    assert ("A9", "report_within") in own
    assert ("A6", "decide_within") in own
    assert ("A4", "delegable_days") in law
    assert ("A16", "hours") in law
    assert all(each.own for each in table.rules if each.default_forms)
    assert all(words.sv and words.en for each in table.rules for words in (each.title, each.text, each.when))


@pytest.mark.parametrize("rule", ["A7", "A9"])
def test_upper_secondary_lacks_the_demand_in_its_text(rule):
    found = law_table().rule(rule, MONDAY)
    assert {form: found.basis(form) for form in (*COMPULSORY, *UPPER)} == {
        **dict.fromkeys(COMPULSORY, "law"),
        **dict.fromkeys(UPPER, "own"),
    }


def test_a_rule_is_there_from_its_first_to_its_last_day():
    rule = replace(law_table().rule("A9", MONDAY), valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 30))
    table = LawTable(law_table().title, MONDAY, MONDAY, (rule,))
    known = {day: table.rule("A9", day) is not None for day in (date(2025, 12, 31), date(2026, 1, 1))}
    known |= {day: table.rule("A9", day) is not None for day in (date(2026, 6, 30), date(2026, 7, 1))}
    assert list(known.values()) == [False, True, True, False]
    standing = of_case_with(table, "A6", MONDAY)
    assert standing.state is State.NOT_APPLICABLE


def of_case_with(table: LawTable, rule: str, today: date) -> Standing:
    found = case_duties(Asked(table, today, DAYS), CHILD, STARTED, MONDAY)
    return next(each for each in found if each.rule == rule)


def test_two_rows_for_the_same_days_are_refused():
    rule = law_table().rule("A9", MONDAY)
    following = replace(rule, valid_from=date(2027, 1, 1))
    with pytest.raises(ValueError, match="A9 stands twice"):
        LawTable(law_table().title, MONDAY, MONDAY, (rule, following))
    ended = replace(rule, valid_to=date(2026, 12, 31))
    assert LawTable(law_table().title, MONDAY, MONDAY, (ended, following)).rule("A9", date(2027, 1, 1)) is following


@pytest.mark.parametrize(
    ("old", "new"),
    [("kind: own}", "kind: guess}"), ("valid_from: 2018-07-01", "valid_from: 2018"), ("id: A9", "id: 9")],
)
def test_a_fault_in_the_file_is_told_with_its_line(tmp_path, old, new):
    broken = tmp_path / "law.yaml"
    broken.write_text(FILE.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(PlanError, match="line"):
        load_law(broken)


# A6: investigate, or decide that it is unnecessary.


@pytest.mark.parametrize(
    ("count", "state", "late"), [(0, State.DUE, 0), (5, State.DUE, 0), (6, State.LATE, 1), (9, State.LATE, 4)]
)
def test_the_question_waits_five_school_days(count, state, late):
    standing = of_case("A6", after(MONDAY, count), investigation=None)
    assert (standing.state, standing.late, standing.due) == (state, late, after(MONDAY, 5))


def test_deadlines_stand_still_over_christmas():
    asked_on = date(2025, 12, 17)
    standing = of_case("A6", date(2026, 1, 7), investigation=None, since=asked_on)
    assert (standing.state, standing.due) == (State.DUE, date(2026, 1, 12))
    assert of_case("A6", date(2026, 1, 13), investigation=None, since=asked_on).late == 1


def test_on_the_last_school_day_of_the_year_it_goes_on_after_summer():
    standing = of_case("A6", date(2026, 7, 15), investigation=None, since=date(2026, 6, 10))
    assert standing.state is State.DUE
    assert standing.due > date(2026, 8, 19)


def test_a_number_never_asks_before_the_plans_step_and_the_principal_may_still_decide():
    assert of_case("A6", MONDAY, investigation=None, since=None).state is State.NOT_APPLICABLE
    assert of_case("A6", MONDAY, since=None).state is State.MET


@pytest.mark.parametrize(
    ("by_principal", "has_reason", "state"),
    [(True, True, State.MET), (False, True, State.DUE), (True, False, State.DUE)],
)
def test_unnecessary_needs_the_principal_and_a_reason(by_principal, has_reason, state):
    found = InvestigationFacts(
        decision="unnecessary", decided_on=MONDAY, by_principal=by_principal, has_reason=has_reason
    )
    assert of_case("A6", MONDAY, investigation=found).state is state
    assert of_case("A9", MONDAY, investigation=found).state is State.NOT_APPLICABLE


def test_a_decision_after_its_time_is_met_and_says_how_late():
    found = replace(STARTED, decided_on=after(MONDAY, 8))
    standing = of_case("A6", after(MONDAY, 8), investigation=found)
    assert (standing.state, standing.late) == (State.MET, 3)


@pytest.mark.parametrize(("count", "state"), [(15, State.DUE), (16, State.LATE)])
def test_an_investigation_is_finished_within_fifteen_school_days(count, state):
    assert of_case("A6_end", after(MONDAY, count)).state is state
    assert of_case("A6_end", after(MONDAY, count), investigation=replace(STARTED, ended_on=MONDAY)).state is State.MET


# A7: consultation.


def heard(*parties: tuple[str, int | None]) -> tuple[Consulted, ...]:
    return tuple(Consulted(party, "heard", MONDAY, guardian) for party, guardian in parties)  # type: ignore[arg-type]


EVERYBODY = heard(("pupil", None), ("guardian", 1), ("guardian", 2), ("pupil_health", None))


@pytest.mark.parametrize(
    ("consulted", "missing"),
    [
        ((), ("pupil", "guardian:1", "guardian:2", "pupil_health")),
        (EVERYBODY[:2], ("guardian:2", "pupil_health")),
        (EVERYBODY[1:], ("pupil",)),
        (EVERYBODY, ()),
    ],
)
def test_pupil_each_guardian_and_pupil_health(consulted, missing):
    standing = of_case("A7", MONDAY, investigation=replace(STARTED, consulted=consulted))
    assert standing.missing == missing
    assert standing.state is (State.DUE if missing else State.MET)


def test_tried_on_two_different_days_is_enough_and_twice_on_one_is_not():
    tried = [Consulted("guardian", "tried", day, 2) for day in (MONDAY, MONDAY, MONDAY + timedelta(days=1))]
    known = (*EVERYBODY[:2], EVERYBODY[3])
    once = of_case("A7", MONDAY, investigation=replace(STARTED, consulted=(*known, *tried[:2])))
    twice = of_case("A7", MONDAY, investigation=replace(STARTED, consulted=(*known, *tried)))
    assert (once.missing, twice.missing) == (("guardian:2",), ())


def test_a_guardian_who_may_not_see_is_not_asked():
    apart = replace(CHILD, guardians=(GuardianFacts(1), GuardianFacts(2, may_see=False)))
    found = replace(STARTED, consulted=(EVERYBODY[0], EVERYBODY[1], EVERYBODY[3]))
    assert of_case("A7", MONDAY, investigation=found).missing == ("guardian:2",)
    assert of_case("A7", MONDAY, apart, found).missing == ()


@pytest.mark.parametrize(("today", "missing"), [(date(2026, 5, 4), ("guardian:1",)), (date(2026, 5, 5), ())])
def test_from_the_day_of_eighteen_no_guardian_is_asked(today, missing):
    pupil = PupilFacts(form="GY", birth=date(2008, 5, 5), guardians=(GuardianFacts(1),))
    found = replace(STARTED, consulted=heard(("pupil", None), ("pupil_health", None)))
    assert of_case("A7", today, pupil, found).missing == missing


@pytest.mark.parametrize("rule", ["A7", "A9"])
def test_what_only_our_default_asks_for_is_never_late(rule):
    long_after = after(MONDAY, 20)
    assert of_case(rule, long_after).state is State.LATE
    standing = of_case(rule, long_after, GYMNASIST)
    assert (standing.state, standing.required) == (State.DUE, "own")
    assert "default" in standing.why.say("en")


# A8, A9, A10, Q6.


@pytest.mark.parametrize(
    ("answer", "reason", "state"),
    [
        ("", False, State.DUE),
        ("started", False, State.MET),
        ("not_indicated", False, State.DUE),
        ("not_indicated", True, State.MET),
    ],
)
def test_special_support_is_answered(answer, reason, state):
    found = replace(STARTED, special_support=answer, special_support_reason=reason)
    assert of_case("A8", MONDAY, investigation=found).state is state


@pytest.mark.parametrize(("count", "state", "late"), [(3, State.DUE, 0), (4, State.LATE, 1)])
def test_the_organiser_is_told_within_three_school_days(count, state, late):
    standing = of_case("A9", after(MONDAY, count))
    assert (standing.state, standing.late) == (state, late)
    sent = NoticeFacts("A9", "organiser", after(MONDAY, count))
    assert of_case("A9", after(MONDAY, count), investigation=replace(STARTED, notices=(sent,))).state is State.MET


@pytest.mark.parametrize(
    "notice",
    [
        NoticeFacts("A9", "organiser", None),
        NoticeFacts("A9", "organiser", MONDAY, failed=True),
        NoticeFacts("A9", "home_municipality", MONDAY),
        NoticeFacts("A10", "organiser", MONDAY),
        NoticeFacts("A9", "organiser", MONDAY - timedelta(days=1)),
    ],
)
def test_a_notice_that_was_not_sent_or_is_another_does_not_count(notice):
    assert of_case("A9", MONDAY, investigation=replace(STARTED, notices=(notice,))).state is State.DUE


@pytest.mark.parametrize(
    ("form", "foreign", "state"),
    [
        ("GR", True, State.DUE),
        ("GR", False, State.NOT_APPLICABLE),
        ("GR", None, State.DUE),
        ("GY", True, State.NOT_APPLICABLE),
    ],
)
def test_the_home_municipality_is_told_when_the_organiser_is_another(form, foreign, state):
    assert of_case("A10", MONDAY, replace(CHILD, form=form, foreign=foreign)).state is state


@pytest.mark.parametrize(
    ("birth", "state"), [(date(2010, 5, 4), State.DUE), (date(2010, 5, 5), State.NOT_APPLICABLE), (None, State.DUE)]
)
def test_the_pupil_is_a_party_from_the_day_of_sixteen(birth, state):
    assert of_case("Q6", MONDAY, replace(CHILD, birth=birth)).state is state
    told = replace(STARTED, consulted=EVERYBODY)
    if birth and state is State.DUE:
        assert of_case("Q6", MONDAY, replace(CHILD, birth=birth), told).state is State.MET


@pytest.mark.parametrize(
    ("grade", "state"), [("F", State.NOT_APPLICABLE), ("8", State.NOT_APPLICABLE), ("9", State.DUE), ("", State.DUE)]
)
def test_without_a_birth_date_the_grade_tells_who_is_too_young_to_be_a_party(grade, state):
    assert of_case("Q6", MONDAY, replace(CHILD, birth=None, grade=grade)).state is state


def test_a_pupil_who_was_only_looked_for_has_not_been_told():
    sixteen, tried = replace(CHILD, birth=date(2009, 1, 1)), Consulted("pupil", "tried", MONDAY)
    found = replace(STARTED, consulted=(tried, replace(tried, day=MONDAY + timedelta(days=1))))
    assert "pupil" not in of_case("A7", MONDAY, sixteen, found).missing
    assert of_case("Q6", MONDAY, sixteen, found).state is State.DUE
    spoken = replace(found, consulted=(*found.consulted, replace(tried, outcome="heard")))
    assert of_case("Q6", MONDAY, sixteen, spoken).state is State.MET


# A1, A3: the day.

ABSENT = DayFacts(day=MONDAY, lessons=5, invalid_lessons=1)


@pytest.mark.parametrize(
    ("today", "day", "state", "late"),
    [
        (MONDAY, ABSENT, State.DUE, 0),
        (MONDAY + timedelta(days=1), ABSENT, State.LATE, 1),
        (MONDAY, replace(ABSENT, informed_on=MONDAY), State.MET, 0),
        (MONDAY + timedelta(days=9), replace(ABSENT, informed_on=MONDAY), State.MET, 0),
        (MONDAY + timedelta(days=9), replace(ABSENT, informed_on=MONDAY + timedelta(days=1)), State.LATE, 1),
        (MONDAY + timedelta(days=9), replace(ABSENT, deferred=True), State.MET, 0),
        (MONDAY, replace(ABSENT, invalid_lessons=0), State.NOT_APPLICABLE, 0),
        (MONDAY + timedelta(days=9), replace(ABSENT, announced=True), State.NOT_APPLICABLE, 0),
        (MONDAY, replace(ABSENT, announced=True, informed_on=MONDAY), State.MET, 0),
    ],
)
def test_the_home_is_told_the_same_day_or_there_is_a_reason(today, day, state, late):
    standing = home_told(asked(today), CHILD, day)
    assert (standing.state, standing.late) == (state, late)


@pytest.mark.parametrize(
    ("announced", "covers"),
    [
        ([(0, 1440)], True),
        ([(480, 660)], True),
        ([(570, 660), (480, 570)], True),
        ([(480, 559), (560, 660)], True),
        ([(480, 540)], False),
        ([(481, 660)], False),
        ([(480, 650)], False),
        ([(480, 500), (510, 660)], False),
        ([], False),
    ],
)
def test_what_was_announced_covers_every_lesson_or_nothing(announced, covers):
    assert all_covered([(480, 540), (560, 660)], announced) is covers
    assert not all_covered([], announced)


@pytest.mark.parametrize(
    ("birth", "state"), [(date(2008, 5, 4), State.NOT_APPLICABLE), (date(2008, 5, 5), State.DUE), (None, State.DUE)]
)
def test_a_pupil_who_turns_eighteen_that_day_has_no_guardian_to_tell(birth, state):
    assert home_told(asked(MONDAY), replace(GYMNASIST, birth=birth), ABSENT).state is state


def test_a_friday_that_is_told_on_monday_is_late_by_a_school_day():
    friday = MONDAY - timedelta(days=3)
    assert home_told(asked(MONDAY), CHILD, replace(ABSENT, day=friday)).late == 1


def test_lessons_without_a_mark_are_told():
    unknown = DayFacts(day=MONDAY, lessons=5, unreported=2)
    assert lessons_reported(asked(MONDAY), CHILD, unknown).state is State.DUE
    assert lessons_reported(asked(after(MONDAY, 2)), CHILD, unknown).state is State.LATE
    assert lessons_reported(asked(MONDAY), CHILD, replace(unknown, unreported=0)).state is State.MET
    assert lessons_reported(asked(MONDAY), CHILD, DayFacts(day=MONDAY)).state is State.NOT_APPLICABLE


# A4, A5: leave and exemption.


@pytest.mark.parametrize(
    ("school_days", "by_principal", "kind", "state"),
    [
        (10, False, "leave", State.MET),
        (11, False, "leave", State.DUE),
        (11, True, "leave", State.MET),
        (1, False, "exemption", State.DUE),
        (1, True, "exemption", State.MET),
    ],
)
def test_over_ten_days_and_exemptions_are_the_principals(school_days, by_principal, kind, state):
    leave = LeaveFacts(
        applied_on=MONDAY, school_days=school_days, decided_on=MONDAY, by_principal=by_principal, kind=kind
    )
    assert of_leave(asked(MONDAY), CHILD, leave).state is state


def test_an_application_waits_five_school_days():
    leave = LeaveFacts(applied_on=MONDAY, school_days=3)
    assert of_leave(asked(after(MONDAY, 5)), CHILD, leave).state is State.DUE
    assert of_leave(asked(after(MONDAY, 6)), CHILD, leave).state is State.LATE
    assert of_leave(asked(after(MONDAY, 6)), GYMNASIST, leave).required == "own"


# A11, KAA, A14, A16; A12 has a file of its own.

CAME = EnrolmentFacts(came_on=date(2026, 4, 20), grade="2")


def test_coming_and_leaving_are_told_to_another_home_municipality():
    foreign = replace(CHILD, foreign=True)
    assert moved(asked(MONDAY), CHILD, CAME)[0].state is State.NOT_APPLICABLE
    assert moved(asked(MONDAY), foreign, CAME)[0].state is State.LATE
    assert moved(asked(MONDAY), replace(CHILD, foreign=None), CAME)[0].state is State.NOT_APPLICABLE
    earlier = replace(CAME, came_on=date(2025, 6, 30))
    assert moved(asked(MONDAY), foreign, earlier)[0].state is State.NOT_APPLICABLE
    assert moved(asked(MONDAY), foreign, replace(earlier, came_on=date(2025, 7, 1)))[0].state is State.LATE
    told = replace(CAME, notices=(NoticeFacts("A11", "home_municipality", date(2026, 4, 21)),))
    assert moved(asked(MONDAY), foreign, told)[0].state is State.MET
    assert moved(asked(MONDAY), foreign, replace(told, left_on=MONDAY - timedelta(days=1)))[0].state is State.DUE
    assert moved(asked(MONDAY), foreign, replace(told, left_on=MONDAY))[0].state is State.MET


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 6, 11), State.NOT_APPLICABLE),
        (date(2026, 8, 1), State.NOT_APPLICABLE),
        (date(2026, 8, 20), State.DUE),
        (date(2026, 9, 20), State.LATE),
    ],
)
def test_who_left_in_june_is_gone_when_the_next_year_has_begun(today, state):
    found = EnrolmentFacts(came_on=date(2025, 8, 19), grade="2", left_on=date(2026, 6, 10))
    assert moved(asked(today), GYMNASIST, found)[1].state is state


@pytest.mark.parametrize(
    ("birth", "grade", "left", "state"),
    [
        (date(2006, 5, 5), "2", MONDAY, State.DUE),
        (date(2006, 5, 4), "2", MONDAY, State.NOT_APPLICABLE),
        (None, "2", MONDAY, State.DUE),
        (date(2008, 1, 1), "3", MONDAY, State.DUE),
        (date(2008, 1, 1), "3", date(2026, 6, 10), State.NOT_APPLICABLE),
        (date(2008, 1, 1), "2", None, State.NOT_APPLICABLE),
    ],
)
def test_who_leaves_upper_secondary_before_twenty_is_handed_over(birth, grade, left, state):
    found = EnrolmentFacts(came_on=date(2025, 8, 19), grade=grade, left_on=left)
    today = date(2026, 9, 1) if left and left.month == 6 else MONDAY + timedelta(days=1)
    assert moved(asked(today), replace(GYMNASIST, birth=birth), found)[1].state is state
    assert moved(asked(today), CHILD, found)[1].state is State.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("form", "grade", "left", "birth", "state"),
    [
        ("GR", "9", date(2026, 6, 10), date(2010, 5, 1), State.DUE),
        ("GR", "8", date(2026, 6, 10), date(2011, 5, 1), State.NOT_APPLICABLE),
        ("GR", "9", date(2026, 5, 29), date(2010, 5, 1), State.NOT_APPLICABLE),
        ("GRS", "9", date(2026, 6, 10), date(2006, 6, 10), State.NOT_APPLICABLE),
        ("GRS", "9", date(2026, 6, 10), date(2006, 6, 11), State.DUE),
        ("FKLASS", "9", date(2026, 6, 10), None, State.NOT_APPLICABLE),
    ],
)
def test_who_left_the_last_compulsory_grade_and_did_not_go_on_is_proposed_to_be_told_of(
    form, grade, left, birth, state
):
    pupil = PupilFacts(form=form, birth=birth, grade=grade)
    found = EnrolmentFacts(came_on=date(2019, 8, 19), grade=grade, left_on=left)
    standing = moved(asked(date(2027, 5, 3)), pupil, found)[1]
    assert standing.state is state
    assert state is State.NOT_APPLICABLE or standing.required == "own"
    assert moved(asked(date(2026, 7, 1)), pupil, found)[1].state is State.NOT_APPLICABLE  # it is still summer


@pytest.mark.parametrize(("count", "state"), [(10, State.DUE), (11, State.LATE)])
def test_what_another_organiser_told_is_assessed_within_ten_school_days(count, state):
    assert received(asked(after(MONDAY, count)), "GR", ReceivedFacts(received_on=MONDAY)).state is state
    done = ReceivedFacts(received_on=MONDAY, assessed_on=MONDAY)
    assert received(asked(after(MONDAY, count)), "GR", done).state is State.MET


@pytest.mark.parametrize(
    ("minutes", "days", "form", "state"),
    [
        (240, 2, "GY", State.DUE),
        (239, 2, "GY", State.NOT_APPLICABLE),
        (240, 1, "GY", State.NOT_APPLICABLE),
        (240, 2, "GR", State.NOT_APPLICABLE),
    ],
)
def test_four_hours_in_a_month_on_repeated_occasions(minutes, days, form, state):
    month = MonthFacts(month=date(2026, 4, 1), invalid_min=minutes, days=days)
    assert month_for_csn(asked(MONDAY), replace(GYMNASIST, form=form), month).state is state


@pytest.mark.parametrize(
    ("day", "years"),
    [(date(2026, 2, 28), 17), (date(2026, 3, 1), 18), (date(2028, 2, 29), 20), (date(2028, 2, 28), 19)],
)
def test_born_on_the_leap_day(day, years):
    assert age_on(date(2008, 2, 29), day) == years


def test_what_may_close_a_case():
    assert closing_answers(asked(MONDAY), CHILD, None) == frozenset()
    unnecessary = InvestigationFacts(decision="unnecessary", decided_on=MONDAY)
    assert closing_answers(asked(MONDAY), CHILD, unnecessary) == {"investigation"}
    going_on = replace(STARTED, consulted=EVERYBODY[:2])
    assert closing_answers(asked(MONDAY), CHILD, going_on) == {"pupil_voice"}
    done = replace(STARTED, consulted=EVERYBODY, ended_on=MONDAY)
    every = {"investigation", "pupil_voice", "guardian_contact", "pupil_health"}
    assert closing_answers(asked(MONDAY), CHILD, done) == every


# Whatever is known.

days_of_spring = st.dates(date(2026, 3, 2), date(2026, 6, 30))
consultations = st.builds(
    Consulted,
    party=st.sampled_from(["pupil", "guardian", "pupil_health"]),
    outcome=st.sampled_from(["heard", "tried"]),
    day=days_of_spring,
    guardian=st.sampled_from([None, 1, 2]),
)
notices = st.builds(
    NoticeFacts,
    rule=st.sampled_from(["A9", "A10"]),
    to=st.sampled_from(["organiser", "home_municipality"]),
    sent_on=st.none() | days_of_spring,
    failed=st.booleans(),
)
investigations = st.builds(
    InvestigationFacts,
    decision=st.sampled_from(["start", "unnecessary"]),
    decided_on=days_of_spring,
    ended_on=st.none() | days_of_spring,
    special_support=st.sampled_from(["", "started", "not_indicated"]),
    special_support_reason=st.booleans(),
    consulted=st.lists(consultations, max_size=4).map(tuple),
    notices=st.lists(notices, max_size=3).map(tuple),
)
pupils = st.builds(
    PupilFacts,
    form=st.sampled_from([*COMPULSORY, *UPPER]),
    birth=st.none() | st.dates(date(2005, 1, 1), date(2019, 12, 31)),
    foreign=st.sampled_from([True, False, None]),
    guardians=st.lists(st.builds(GuardianFacts, pk=st.integers(1, 2), may_see=st.booleans()), max_size=2).map(tuple),
)
EVERY_CASE = (days_of_spring, pupils, investigations, st.none() | days_of_spring)


def states(today: date, pupil: PupilFacts, found: InvestigationFacts, since: date | None) -> dict[str, Standing]:
    return {each.rule: each for each in case_duties(asked(today), pupil, found, since)}


@given(*EVERY_CASE, consultations, notices)
def test_what_is_known_besides_never_turns_what_is_met_into_late(today, pupil, found, since, consulted, notice):
    before = states(today, pupil, found, since)
    more = replace(found, consulted=(*found.consulted, consulted), notices=(*found.notices, notice))
    now = states(today, pupil, more, since)
    assert [rule for rule, each in before.items() if each.state is State.MET and now[rule].state is not State.MET] == []


@given(*EVERY_CASE)
def test_each_duty_is_told_once_with_a_reason_and_a_day_where_there_is_one(today, pupil, found, since):
    told = case_duties(asked(today), pupil, found, since)
    assert len({each.rule for each in told}) == len(told) == 7
    for each in told:
        assert each.why.say("en")
        assert (each.due is None) == (each.state is State.NOT_APPLICABLE)
        if each.state is State.LATE:
            assert each.required == "law"
            assert each.late > 0
            assert each.due < today


@given(*EVERY_CASE, st.integers(1, 60))
def test_time_alone_never_answers_a_duty(today, pupil, found, since, later):
    """Turning 16 is dated by the decision, and 18 takes guardians away: the only thing that time may settle."""
    minor = replace(pupil, birth=None)
    before, now = states(today, minor, found, since), states(today + timedelta(days=later), minor, found, since)
    assert [rule for rule, each in before.items() if each.is_open and not now[rule].is_open] == []
    assert all(now[rule].late >= each.late for rule, each in before.items() if each.state is State.LATE)
