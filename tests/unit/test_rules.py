"""The language of warning rules: what is understood, and what is said when something is not."""

from fractions import Fraction

import pytest

from narvaro.domain.rules import DEEPEST, MEASURES, Comparison, Joined, MeasureKind, RuleError, comparisons, parse_rule
from narvaro.domain.windows import Window

LAST = Window("last", 20)
A, B, C = "total_rate(last_20) >= 0.15", "current_spell(last_20) >= 10", "late_count(term) > 4"


def compared(text):
    rule = parse_rule(text)
    assert isinstance(rule, Comparison)
    return rule


def message_of(text):
    with pytest.raises(RuleError) as caught:
        parse_rule(text)
    return str(caught.value)


def test_a_comparison():
    assert parse_rule(A) == Comparison("total_rate", LAST, ">=", Fraction(15, 100))
    assert parse_rule(C) == Comparison("late_count", Window("term"), ">", Fraction(4))


@pytest.mark.parametrize("sign", [">=", ">", "<=", "<"])
def test_every_comparison_sign(sign):
    assert compared(f"absent_days(month) {sign} 3").sign == sign


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure(measure):
    limit = "0.5" if MEASURES[measure] is MeasureKind.RATE else "5"
    assert str(parse_rule(f"{measure}(last_20) >= {limit}")) == f"{measure}(last_20) >= {limit}"


@pytest.mark.parametrize(
    "text",
    [
        "total_rate(last_20) >= 0.15",
        "total_rate(last_20) >= 0,15",
        "total_rate(last_20) >= 15 %",
        "total_rate(last_20) >= 15%",
        "total_rate(last_20) >= 15\u00a0%",
        "total_rate(last_20) >= 15,0 %",
        "TOTAL_RATE ( Last_20 )>=0.150",
        "\n  total_rate(last_20)\n  >= 0.15 ",
        "((total_rate(last_20) >= 0.15))",
    ],
)
def test_spellings_of_the_same_rule(text):
    assert parse_rule(text) == parse_rule(A)


def test_limits_are_exact():
    assert compared("total_rate(last_20) >= 0.1").limit == Fraction(1, 10)
    assert compared("total_rate(last_20) >= 12,5 %").limit == Fraction(1, 8)
    assert compared("trend_points(last_20) <= -5").limit == -5


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("total_rate(last_20) >= 0.123456", "total_rate(last_20) >= 0.123456"),
        ("absent_hours(term) >= 999999", "absent_hours(term) >= 999999"),
        ("absent_hours(term) >= 100000.000001", "absent_hours(term) >= 100000.000001"),
        ("total_rate(term) >= 0.000001", "total_rate(term) >= 0.000001"),
        ("trend_points(last_20) < -0,50", "trend_points(last_20) < -0.5"),
        ("total_rate(last_20) >= 15 %", "total_rate(last_20) >= 0.15"),
    ],
)
def test_a_limit_is_written_with_all_its_digits(text, written):
    assert str(parse_rule(text)) == written
    assert parse_rule(written) == parse_rule(text)


def test_and_binds_before_or():
    a, b, c = map(parse_rule, (A, B, C))
    assert parse_rule(f"{A} or {B} and {C}") == Joined("or", (a, Joined("and", (b, c))))
    assert parse_rule(f"{A} and {B} or {C}") == Joined("or", (Joined("and", (a, b)), c))


def test_parentheses_change_it():
    a, b, c = map(parse_rule, (A, B, C))
    assert parse_rule(f"({A} or {B}) and {C}") == Joined("and", (Joined("or", (a, b)), c))
    assert str(parse_rule(f"({A} or {B}) AND {C}")) == f"({A} or {B}) and {C}"


def test_comparisons_come_in_the_order_of_the_text():
    assert [str(part) for part in comparisons(parse_rule(f"{A} or ({C} and {B})"))] == [A, C, B]


def test_previous_days():
    assert compared("total_rate(previous_20) >= 0.15").window == Window("previous", 20)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "ends too early"),
        ("   ", "ends too early"),
        ("total_rate", "ends too early"),
        ("total_rate(", "ends too early"),
        ("total_rate(last_20", "ends too early"),
        ("total_rate(last_20)", "ends too early"),
        ("total_rate(last_20) >=", "ends too early"),
        (f"{A} and", "ends too early"),
        (f"({A}", "ends too early"),
        ("skipping(last_20) >= 1", "no measure at “skipping”. Measures: total_rate, valid_rate"),
        ("or total_rate(last_20) >= 0.15", "no measure at “or”"),
        ("total_rate last_20 >= 0.15", "needs “(” where it has “last_20”"),
        ("total_rate(last_20 >= 0.15", "needs “)” where it has “>=”"),
        ("total_rate(week) >= 0.15", "“week” is no window. Windows: last_N, previous_N (N from 1 to 200), term"),
        ("total_rate(last_201) >= 0.15", "“last_201” is no window"),
        ("total_rate(last_0) >= 0.15", "“last_0” is no window"),
        ("total_rate() >= 0.15", "“)” is no window"),
        ("total_rate(last_20) 0.15", "After total_rate one of >= > <= < is needed, not “0.15”"),
        ("total_rate(last_20) >= and", "must be a number, not “and”"),
        (f"{A} late_count(term) > 4", "goes on with “late_count”"),
        (f"{A})", "goes on with “)”"),
        ("occasions(term) >= 5 days", "goes on with “days”"),
        ("trend_points(term) >= 5", "trend_points needs a window last_N"),
        ("trend_points(previous_20) >= 5", "trend_points needs a window last_N"),
        ("total_rate(last_20) >= 15", "A rate's limit is a share from 0 to 1"),
        ("total_rate(last_20) >= 101 %", "A rate's limit is a share from 0 to 1"),
        ("coverage(last_20) < -0.1", "A rate's limit is a share from 0 to 1"),
        ("occasions(term) >= -1", "The limit of occasions cannot be negative"),
        ("occasions(term) >= 15 %", "“%” can follow the limit of a rate only, not of occasions"),
        ("trend_points(last_20) >= 5 %", "“%” can follow the limit of a rate only, not of trend_points"),
        ("absent_hours(term) >= 1000000", "more than 6 digits"),
        ("total_rate(term) >= 0.0000001", "more than 6 digits"),
        ("total_rate(term) >= 12.34567 %", "more than 6 digits"),
        ("absent_hours(term) >= " + "9" * 5000, "more than 6 digits"),
        ("total_rate(term) >= 0." + "1" * 5000, "more than 6 digits"),
        ("total_rate(last_20) => 0.15", "cannot be read from “=> 0.15”"),
        ("total_rate(last_20) ≥ 0.15", "cannot be read from “≥ 0.15”"),
        ("total_rate(last_20) >= \u0665", "cannot be read from"),
    ],
)
def test_what_is_wrong_is_said(text, said):
    assert said in message_of(text)


def test_parentheses_have_a_depth():
    allowed, deeper = (f"{'(' * depth}{A}{')' * depth}" for depth in (DEEPEST, DEEPEST + 1))
    assert parse_rule(allowed) == parse_rule(A)
    assert "more than 20 parentheses" in message_of(deeper)
    assert "more than 20 parentheses" in message_of("(" * 100_000)
    assert parse_rule(" or ".join([allowed] * 30))


def test_braces_in_a_rule_are_only_text():
    assert "“{0.__class__}”" in message_of("{0.__class__}")
