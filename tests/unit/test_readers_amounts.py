"""Amounts and weeks as people write them."""

from datetime import date
from decimal import Decimal

import pytest

from narvaro.facts.readers.amounts import amount_of, written
from narvaro.facts.readers.weeks import week_days

YEAR = (date(2025, 8, 18), date(2026, 6, 12))


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("45", "min", "45"),
        ("1 200 min", "min", "1200"),
        ("1\xa0200", "min", "1200"),
        ("1\u202f200,5", "min", "1200.5"),
        ("12,5", "min", "12.5"),
        ("–", "min", "0"),
        ("-", "lessons", "0"),
        ("18 st (72 %)", "lessons", "18"),
        ("18 st", "lessons", "18"),
        ("0 st (0 %)", "lessons", "0"),
        ("400,5 h", "h", "400.5"),
        ("4 t", "h", "4"),
        ("2:05", "h:mm", "125"),
        ("30:00:00", "h:mm", "1800"),
        ("93,5 %", "percent", "93.5"),
        ("93%", "percent", "93"),
        ("0,935", "fraction", "0.935"),
        ("-5", "min", "-5"),
    ],
)
def test_an_amount_is_read_as_it_was_meant(text: str, unit: str, amount: str) -> None:
    assert amount_of(text, unit) == Decimal(amount)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("", "min"),
        ("12 h", "min"),
        ("18 st", "min"),
        ("45 min", "h"),
        ("93 %", "lessons"),
        ("2:65", "h:mm"),
        ("125", "h:mm"),
        ("2:05", "min"),
        ("1e9", "min"),
        ("NaN", "min"),
        ("1.200,5", "min"),
        ("9" * 40, "min"),
        ("=1+1", "min"),
        ("--", "min"),
    ],
)
def test_what_is_no_amount_of_the_unit_is_left_to_be_judged(text: str, unit: str) -> None:
    assert amount_of(text, unit) is None  # type: ignore[arg-type]


def test_a_comma_is_no_decimal_sign_where_the_mapping_says_so() -> None:
    assert amount_of("12,5", "min", decimal_comma=False) is None
    assert amount_of("12.5", "min", decimal_comma=False) == Decimal("12.5")


def test_amounts_are_written_without_exponents() -> None:
    assert [written(Decimal(text)) for text in ("1200", "0", "12.50", "1E+3")] == ["1200", "0", "12.5", "1000"]


@pytest.mark.parametrize(
    "text", ["v.17", "v 17", "V. 17", "17", "vecka 17", "2026 v.17", "2026-W17", "2026-17", "v.\xa017"]
)
def test_a_week_is_the_one_of_the_period(text: str) -> None:
    assert week_days(text, YEAR) == (date(2026, 4, 20), date(2026, 4, 26))


def test_weeks_of_the_autumn_are_of_the_year_before() -> None:
    assert week_days("v.34", YEAR) == (date(2025, 8, 18), date(2025, 8, 24))
    assert week_days("v.1", YEAR) == (date(2025, 12, 29), date(2026, 1, 4))


@pytest.mark.parametrize("text", ["v.28", "v.54", "v.0", "", "Summa", "2024 v.17", "v.17-18"])
def test_what_is_no_week_of_the_period(text: str) -> None:
    assert week_days(text, YEAR) is None


def test_a_week_that_the_period_holds_twice_is_none() -> None:
    assert week_days("v.17", (date(2025, 1, 7), date(2026, 6, 12))) is None
    assert week_days("2025 v.17", (date(2025, 1, 7), date(2026, 6, 12))) == (date(2025, 4, 21), date(2025, 4, 27))
