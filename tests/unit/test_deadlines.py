"""Deadlines in school days, against counting day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narvaro.domain.deadlines import SchoolDays
from narvaro.domain.school_calendar import DateRange, SchoolCalendar

YEAR = SchoolCalendar(
    school_year=2025,
    autumn=DateRange("HT", date(2025, 8, 19), date(2025, 12, 19)),
    spring=DateRange("VT", date(2026, 1, 8), date(2026, 6, 11)),
    breaks=(DateRange("Påsklov", date(2026, 4, 6), date(2026, 4, 10)),),
    staff_days=(date(2026, 5, 25),),
)
DECIDED, UNDECIDED = SchoolDays({2025: YEAR}), SchoolDays({})
DAYS = st.dates(date(2025, 7, 1), date(2027, 6, 30))


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 5, 20), 2, date(2026, 5, 22)),
        (date(2026, 5, 22), 1, date(2026, 5, 26)),  # a weekend and a staff day between
        (date(2026, 4, 2), 1, date(2026, 4, 13)),  # Good Friday, Easter Monday and the break
        (date(2026, 5, 20), 0, date(2026, 5, 20)),
        (date(2026, 5, 23), 0, date(2026, 5, 26)),
        (date(2026, 6, 11), 1, date(2026, 8, 20)),  # over the summer, into a year that nobody has decided
    ],
)
def test_after(day: date, count: int, expected: date) -> None:
    assert DECIDED.after(day, count) == expected


@pytest.mark.parametrize("days", [DECIDED, UNDECIDED])
@given(day=DAYS, count=st.integers(1, 60))
def test_after_is_as_many_school_days_later(days: SchoolDays, day: date, count: int) -> None:
    due = days.after(day, count)
    assert days.is_school_day(due)
    assert days.between(day, due) == count


@pytest.mark.parametrize("days", [DECIDED, UNDECIDED])
@given(day=DAYS, count=st.integers(1, 60))
def test_before_is_the_way_back(days: SchoolDays, day: date, count: int) -> None:
    first = days.before(day, count)
    assert first < day
    assert sum(days.is_school_day(first + timedelta(days=each)) for each in range((day - first).days)) == count


@given(first=DAYS, second=DAYS)
def test_between_counts_day_by_day(first: date, second: date) -> None:
    last = max(first, second)
    one_by_one = sum(
        DECIDED.is_school_day(min(first, second) + timedelta(days=each))
        for each in range(1, (last - min(first, second)).days + 1)
    )
    assert DECIDED.between(min(first, second), last) == one_by_one
    assert DECIDED.between(last, min(first, second)) == 0


def test_deadlines_stand_still_over_the_summer() -> None:
    assert DECIDED.between(date(2026, 6, 11), date(2026, 8, 19)) == 0
    assert DECIDED.between(date(2026, 6, 11), date(2026, 8, 20)) == 1
