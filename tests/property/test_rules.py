"""A rule that is written out and read again is the same rule, and no text makes the reader stumble."""

from contextlib import suppress
from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from narvaro.domain.rules import COMPARISONS, MEASURES, Comparison, Joined, MeasureKind, RuleError, parse_rule
from narvaro.domain.windows import LONGEST, Window

MILLION = 1_000_000
counted = st.builds(Window, st.sampled_from(["last", "previous"]), st.integers(1, LONGEST))
calendar = st.sampled_from(["term", "school_year", "month", "period"]).map(Window)


def limits(kind):
    first, last = {
        MeasureKind.RATE: (0, MILLION),
        MeasureKind.POINTS: (-100 * MILLION, 100 * MILLION),
    }.get(kind, (0, MILLION * MILLION - 1))
    return st.integers(first, last).map(lambda millionths: Fraction(millionths, MILLION))


@st.composite
def compared(draw):
    measure = draw(st.sampled_from(list(MEASURES)))
    windows = st.integers(1, LONGEST).map(lambda days: Window("last", days))
    window = draw(windows if measure == "trend_points" else counted | calendar)
    return Comparison(measure, window, draw(st.sampled_from(COMPARISONS)), draw(limits(MEASURES[measure])))


def joined(parts):
    return st.builds(Joined, st.sampled_from(["and", "or"]), st.lists(parts, min_size=2, max_size=4).map(tuple))


rules = st.recursive(compared(), joined, max_leaves=12)


@given(rules)
def test_written_and_read_again(rule):
    assert parse_rule(str(rule)) == rule


@given(rules, st.lists(st.sampled_from([" ", "\n", "\t", "\u00a0", "  "]), min_size=1))
def test_spaces_case_and_decimal_sign_do_not_matter(rule, spaces):
    words = str(rule).replace(".", ",").upper().split(" ")
    text = "".join(word + spaces[place % len(spaces)] for place, word in enumerate(words))
    assert parse_rule(text) == rule


pieces = st.sampled_from([*MEASURES, *COMPARISONS, *"()%-.,{}", "and", "or", "last_20", "term", "0.15", "15", " "])


@given(st.text() | st.lists(pieces).map("".join) | st.lists(pieces).map(" ".join))
@example("total_rate(last_20) >= " + "9" * 5000)
@example("(" * 5000)
def test_any_text_is_a_rule_or_refused_in_words(text):
    with suppress(RuleError):
        rule = parse_rule(text)
        assert parse_rule(str(rule)) == rule
