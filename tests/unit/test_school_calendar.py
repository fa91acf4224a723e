"""School days, deadlines in school days, the calendar's integers and the demo's calendar with its file form."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narvaro.demo.calendar_file import dump_calendar, parse_calendar, read_calendar, write_calendar
from narvaro.demo.school_year import demo_calendar
from narvaro.domain import school_calendar as sc
from narvaro.domain.school_calendar import CalendarError, DateRange, SchoolCalendar
from tests.reference import school_calendar as reference

AUTUMN = DateRange("Hösttermin", date(2025, 8, 19), date(2025, 12, 19))
SPRING = DateRange("Vårtermin", date(2026, 1, 8), date(2026, 6, 10))
CALENDAR = SchoolCalendar(
    school_year=2025,
    autumn=AUTUMN,
    spring=SPRING,
    breaks=(DateRange("Höstlov", date(2025, 10, 27), date(2025, 10, 31)),),
    staff_days=(date(2025, 11, 3),),
    extra_days=(date(2025, 11, 8),),
)
YEAR = demo_calendar(2025)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 8, 18), False),  # the day before term
        (date(2025, 8, 19), True),
        (date(2025, 8, 23), False),  # Saturday
        (date(2025, 10, 24), True),
        (date(2025, 10, 27), False),  # break
        (date(2025, 11, 3), False),  # staff day
        (date(2025, 11, 8), True),  # a Saturday that is an extra day
        (date(2025, 12, 19), True),
        (date(2025, 12, 22), False),  # between the terms
        (date(2026, 4, 3), False),  # Good Friday
        (date(2026, 5, 1), False),
        (date(2026, 5, 14), False),  # Ascension
        (date(2026, 6, 10), True),
        (date(2026, 6, 11), False),
    ],
)
def test_which_days_are_school_days(day, expected):
    assert CALENDAR.is_school_day(day) is expected
    assert (day in CALENDAR.school_days()) is expected


def test_terms():
    assert CALENDAR.terms == (AUTUMN, SPRING)
    assert CALENDAR.term_of(date(2025, 10, 27)) == AUTUMN
    assert CALENDAR.term_of(date(2025, 12, 24)) is None


def test_between_includes_both_ends():
    assert CALENDAR.between(date(2025, 10, 24), date(2025, 11, 5)) == (
        date(2025, 10, 24),
        date(2025, 11, 4),
        date(2025, 11, 5),
    )
    assert CALENDAR.between(date(2025, 10, 25), date(2025, 11, 3)) == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"spring": DateRange("Vårtermin", date(2025, 12, 1), date(2026, 6, 10))}, "before the autumn term has ended"),
        ({"staff_days": (date(2024, 11, 3),)}, "2024-11-03 is not in the school year"),
        ({"extra_days": (date(2025, 11, 3),)}, "both a staff day and a school day"),
    ],
)
def test_a_calendar_that_contradicts_itself_can_not_exist(changes, message):
    fields = {name: getattr(CALENDAR, name) for name in CALENDAR.__dataclass_fields__}
    with pytest.raises(CalendarError, match=message):
        SchoolCalendar(**fields | changes)


def test_a_range_does_not_end_before_it_starts():
    with pytest.raises(CalendarError, match="Höstlov ends"):
        DateRange("Höstlov", date(2025, 10, 31), date(2025, 10, 27))


@given(st.dates(date(1969, 1, 1), date(2099, 12, 31)))
def test_integers_agree_with_the_reference_and_go_back(day):
    for name in ("day_no", "week_no", "month_no", "term_no"):
        assert getattr(sc, name)(day) == getattr(reference, name)(day), name
    assert sc.school_year_of(day) == reference.school_year(day)
    assert sc.date_of(sc.day_no(day)) == day
    assert sc.monday_of(sc.week_no(day)) + timedelta(days=sc.dow(day) - 1) == day
    assert sc.first_of_month(sc.month_no(day)) == day.replace(day=1)
    first = sc.first_of_term(sc.term_no(day))
    assert first <= day < first.replace(year=first.year + first.month // 7, month=1 if first.month == 7 else 7)


def test_integers_by_hand():
    new_year = date(2026, 1, 1)  # a Thursday, 20454 days after 1970-01-01
    assert (sc.day_no(new_year), sc.dow(new_year), sc.week_no(new_year)) == (20454, 4, 2922)
    assert (sc.month_no(new_year), sc.term_no(new_year), sc.school_year_of(new_year)) == (24312, 4051, 2025)


@pytest.mark.parametrize("easter_break", ["before", "after"])
@pytest.mark.parametrize("sports_break_week", [7, 8, 9, 10])
@pytest.mark.parametrize("school_year", range(2018, 2041))
def test_the_demo_year_has_the_days_of_the_law(school_year, sports_break_week, easter_break):
    calendar = demo_calendar(school_year, sports_break_week=sports_break_week, easter_break=easter_break)
    assert len(calendar.school_days()) == 178
    assert date(school_year, 8, 16) <= calendar.autumn.first <= date(school_year, 8, 22)
    assert abs(calendar.spring.last - date(school_year + 1, 6, 10)) <= timedelta(days=3)
    assert 2 <= len(calendar.staff_days) <= 6


def test_the_demo_year_2025_as_a_parent_would_read_it():
    assert {each.name: (each.first, each.last) for each in YEAR.breaks} == {
        "Höstlov": (date(2025, 10, 27), date(2025, 10, 31)),
        "Jullov": (date(2025, 12, 20), date(2026, 1, 7)),
        "Sportlov": (date(2026, 2, 23), date(2026, 2, 27)),
        "Påsklov": (date(2026, 3, 30), date(2026, 4, 3)),
        "Klämdag": (date(2026, 5, 15), date(2026, 5, 15)),
    }
    after = demo_calendar(2025, easter_break="after")
    assert after.is_school_day(date(2026, 3, 31))
    assert not after.is_school_day(date(2026, 4, 7))


def test_the_file_gives_back_the_calendar(tmp_path):
    assert parse_calendar(dump_calendar(CALENDAR)) == CALENDAR
    write_calendar(tmp_path / "calendar.yaml", YEAR)
    assert read_calendar(tmp_path / "calendar.yaml") == YEAR
    assert "name: Höstlov" in dump_calendar(YEAR)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("autumn: [", "not YAML"),
        ("[]", "the file"),
        (dump_calendar(YEAR).replace("2025-08-19", "in August"), "autumn.first"),
        (dump_calendar(YEAR).replace("staff_days", "staf_days"), "staf_days"),
        (dump_calendar(YEAR).replace("2025-11-03", "2027-11-03"), "2027-11-03 is not in the school year"),
    ],
)
def test_a_wrong_file_says_where(text, message):
    with pytest.raises(CalendarError, match=message):
        parse_calendar(text)
