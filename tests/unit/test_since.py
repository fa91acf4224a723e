"""How absence has changed since something began."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from narvaro.domain.absence import Minutes
from narvaro.domain.school_calendar import week_no
from narvaro.domain.since import Since, change_since

TODAY = date(2026, 5, 20)
NOTHING, BREAK = Minutes(1500, 0, 0, 0), Minutes(0, 0, 0, 0)


def week(absent: int) -> Minutes:
    """Per cent of 1 500 minutes."""
    return Minutes(1500, 1500 - absent * 15, absent * 15, 0)


def weeks(*parts: Minutes) -> list[tuple[int, Minutes]]:
    first = week_no(TODAY) - len(parts) + 1
    return [(first + place, minutes) for place, minutes in enumerate(parts)]


@pytest.mark.parametrize(
    ("parts", "began", "expected"),
    [
        ([week(30)] * 8 + [week(10)] * 4, 3, Since(Fraction(-20), True)),
        ([week(10)] * 8 + [week(30)] * 4, 3, Since(Fraction(20), True)),
        # Only the latest four weeks of a longer time are told.
        ([week(30)] * 4 + [week(50)] * 4 + [week(10)] * 4, 7, Since(Fraction(-20), True)),
        # Begun before the weeks that are known.
        ([week(30)] * 8 + [week(10)] * 4, 30, Since(Fraction(-20), False)),
        # One week before it is too few to compare with.
        ([week(30)] * 8 + [week(10)] * 4, 10, Since(Fraction(-20), False)),
        # A break is no week.
        ([BREAK] * 4 + [week(30)] * 4 + [week(10)] * 4, 3, Since(Fraction(-20), True)),
        ([week(30)] * 11 + [week(10)], 0, None),
        ([NOTHING] * 8 + [week(10)] * 4, 3, None),
        ([], 3, None),
    ],
)
def test_change_since(parts: list[Minutes], began: int, expected: Since | None) -> None:
    assert change_since(weeks(*parts), TODAY - timedelta(weeks=began)) == expected


@pytest.mark.parametrize(("points", "better"), [(-20, True), (-5, True), (Fraction(-49, 10), False), (0, False)])
def test_only_a_clear_fall_is_better(points: Fraction, better: bool) -> None:
    assert Since(Fraction(points), True).is_better is better
