"""Numbers and dates as people read them, and as machines do."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narvaro.report.change import Direction, direction
from narvaro.ui.decimals import number, plain
from narvaro.ui.words import Words, week_of_year

SV, EN = Words("sv"), Words("en")
NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(-1, 8), 2, "-0.13"),
        (Fraction(29, 100), 6, "0.290000"),
        (Fraction(2, 3), 6, "0.666667"),
        (Fraction(-1, 100_000), 4, "0.0000"),
        (Fraction(-7, 2), 4, "-3.5000"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(0), 6, "0.000000"),
        (Fraction(1), 6, "1.000000"),
        (None, 6, ""),
    ],
)
def test_plain_decimals_are_half_up(value: Fraction | None, places: int, text: str) -> None:
    assert plain(value, places) == text


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6), st.integers(0, 6))
def test_plain_agrees_with_decimal(numerator: int, denominator: int, places: int) -> None:
    exact = Decimal(numerator) * 10**places / Decimal(denominator)
    wanted = exact.quantize(Decimal(1), ROUND_HALF_UP) / 10**places
    assert Decimal(plain(Fraction(numerator, denominator), places)) == wanted


def test_json_numbers() -> None:
    assert (number(Fraction(10)), number(Fraction(29, 100)), number(Fraction(2, 3))) == (10, 0.29, 0.666667)


@pytest.mark.parametrize(
    ("value", "places", "swedish", "english"),
    [
        (Fraction(29, 100), 0, "29_%", "29%"),
        (Fraction(96, 100), 1, "96,0_%", "96.0%"),
        (Fraction(296, 1000), 0, "29,6_%", "29.6%"),  # 30 is a limit, and is not reached
        (Fraction(2999, 10_000), 0, "29,9_%", "29.9%"),
        (Fraction(29_999, 100_000), 1, "29,9_%", "29.9%"),
        (Fraction(3, 10), 0, "30_%", "30%"),
        (Fraction(276, 1000), 0, "28_%", "28%"),
        (Fraction(9999, 10_000), 0, "99,9_%", "99.9%"),
        (Fraction(99_999, 100_000), 1, "99,9_%", "99.9%"),
        (Fraction(1), 0, "100_%", "100%"),
        (Fraction(0), 0, "0_%", "0%"),
        (Fraction(9496, 10_000), 1, "94,9_%", "94.9%"),  # under 95.0, so it is marked as low
    ],
)
def test_per_cents_never_reach_a_limit_by_rounding(value: Fraction, places: int, swedish: str, english: str) -> None:
    assert SV.percent(value, places) == swedish.replace("_", NBSP)
    assert EN.percent(value, places) == english


def test_a_plans_own_limit_counts_too() -> None:
    assert EN.percent(Fraction(78, 1000)) == "8%"
    assert Words("en", frozenset({8})).percent(Fraction(78, 1000)) == "7.8%"


def test_share_of_nothing_is_a_dash() -> None:
    assert EN.share(0, 0) == "–"
    assert EN.share(1, 4) == "25%"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(13), "+13_pp"),
        (Fraction(-8), "−8_pp"),
        (Fraction(0), "±0_pp"),
        (Fraction(1, 3), "±0_pp"),
        (Fraction(47, 10), "+4.7_pp"),  # rounded to 5 it would look like a clear change
        (Fraction(-5), "−5_pp"),
    ],
)
def test_points_have_a_sign(value: Fraction, text: str) -> None:
    assert EN.points(value) == text.replace("_", NBSP)


@pytest.mark.parametrize(("points", "way"), [(5, "RISING"), (4, "SAME"), (-4, "SAME"), (-5, "FALLING")])
def test_direction(points: int, way: str) -> None:
    assert direction(Fraction(points)) is Direction[way]


@pytest.mark.parametrize(
    ("measure", "value", "text"),
    [
        ("total_rate", Fraction(29, 100), "29%"),
        ("trend_points", Fraction(13), "+13_pp"),
        ("absent_hours", Fraction(25, 2), "12.5_h"),
        ("absent_hours", Fraction(30), "30_h"),
        ("occasions", Fraction(5), "5"),
    ],
)
def test_values_in_the_unit_of_their_measure(measure: str, value: Fraction, text: str) -> None:
    assert EN.value(measure, value) == text.replace("_", NBSP)


def test_numbers_and_clock() -> None:
    assert (SV.number(12_000), EN.number(12_000)) == (f"12{NBSP}000", "12,000")
    assert (SV.clock(500), EN.clock(500)) == ("08.20", "08:20")
    assert EN.hours(90) == f"2{NBSP}h"


def test_dates() -> None:
    assert EN.day(date(2026, 11, 20)) == f"Fri{NBSP}20{NBSP}Nov"
    assert EN.day_and_year(date(2026, 11, 20)) == f"Fri{NBSP}20{NBSP}Nov{NBSP}2026"
    assert EN.period(date(2026, 10, 26), date(2026, 11, 20)) == f"26{NBSP}Oct–20{NBSP}Nov"


@pytest.mark.parametrize("day", [date(2026, 11, 20), date(2027, 1, 1), date(2020, 12, 31), date(1970, 1, 1)])
def test_week_numbers_are_those_of_the_calendar(day: date) -> None:
    week_no = ((day - date(1970, 1, 1)).days + 3) // 7
    assert week_of_year(week_no) == day.isocalendar().week
