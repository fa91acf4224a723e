"""Period sums: the product's equal the reference's, exactly, on generated small files.

Files hold what such exports hold: the same row twice, periods that overlap or are corrected later, presence that is
not given.
"""

import datetime as dt
from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from narvaro.plans import load_plan
from tests.reference.periods import ANSWERED, Period, answers, kept_of, period_numbers
from tests.reference.rules import RATES
from tests.spec.engine import engine_period_numbers

AUTUMN = (dt.date(2025, 8, 18), dt.date(2025, 12, 19))
PERIODS = (
    AUTUMN,
    (dt.date(2025, 8, 18), dt.date(2025, 10, 31)),
    (dt.date(2025, 11, 1), dt.date(2025, 12, 19)),
    (dt.date(2025, 12, 19), dt.date(2026, 1, 30)),  # shares one day
    (dt.date(2026, 1, 8), dt.date(2026, 1, 8)),
)
LEVELS = tuple(str(rule.when) for rule in load_plan("national_levels").rules)
A_PERIOD = Period("a", "1", *AUTUMN, 3000, None, None, 450, 0, None, None, None, None)
MAYBE = st.one_of(st.none(), st.integers(0, 9))


@st.composite
def rows(draw: st.DrawFn) -> Period:
    offered = draw(st.sampled_from((1, 60, 1200, 2399, 2400, 2401, 3000, 20000)))
    valid = draw(st.sampled_from((0, 1, offered // 7, 15 * offered // 100, offered // 2)))
    invalid = draw(st.sampled_from((0, offered // 20, (offered - valid) // 2)))
    rest = offered - valid - invalid
    present = draw(st.sampled_from((None, rest, rest - rest // 10, rest // 2)))
    first, last = draw(st.sampled_from(PERIODS))
    return Period(
        pupil_id=draw(st.sampled_from("abc")),
        school_unit_id=draw(st.sampled_from(("10000001", "10000002"))),
        first=first,
        last=last,
        offered_min=offered,
        reported_min=draw(st.sampled_from((None, offered, valid + invalid, offered - rest // 5))),
        present_min=present,
        valid_min=valid,
        invalid_min=invalid,
        other_min=draw(st.sampled_from((None, 0, rest - (present or 0)))),
        late_count=draw(MAYBE),
        grade=draw(st.sampled_from((None, "7", "8"))),
        group_id=draw(st.sampled_from((None, "7A"))),
    )


@st.composite
def files(draw: st.DrawFn) -> list[list[Period]]:
    """One or two, with some of their rows told twice."""
    found = draw(st.lists(st.lists(rows(), min_size=1, max_size=8), min_size=1, max_size=2))
    return [[*some, *draw(st.lists(st.sampled_from(some), max_size=2))] for some in found]


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Of what sums can answer, and now and then of what they cannot."""
    measure = draw(st.sampled_from((*ANSWERED, "coverage", "late_count", "occasions")))
    window = draw(st.sampled_from(("period", "period", "period", "period", "last_20")))
    limits = ("0", "0.15", "0.5", "1") if measure in RATES else ("0", "3", "7.5", "20")
    return f"{measure}({window}) {draw(st.sampled_from(('>=', '>', '<=', '<')))} {draw(st.sampled_from(limits))}"


def joined(parts: list[str], words: list[str]) -> str:
    return parts[0] + "".join(f" {word} {part}" for word, part in zip(words, parts[1:], strict=False))


RULES = st.builds(
    joined, st.lists(rules(), min_size=1, max_size=3), st.lists(st.sampled_from(("and", "or")), min_size=2)
)


@settings(max_examples=40)
@given(files(), st.lists(RULES, max_size=4))
@example([[A_PERIOD]], ["late_count(period) < 1"])  # not said is not none
@example([[A_PERIOD, replace(A_PERIOD, last=PERIODS[1][1])], [replace(A_PERIOD, valid_min=0)]], [])
def test_sums_and_warnings(given_files: list[list[Period]], asked: list[str]) -> None:
    texts = (*LEVELS, *asked)
    assert engine_period_numbers(given_files, texts) == period_numbers(kept_of(given_files), texts)


def test_the_national_levels_are_answered_by_sums() -> None:
    assert LEVELS
    assert all(answers(rule) for rule in LEVELS)
    raised = period_numbers([A_PERIOD], LEVELS).warnings
    assert [sorted(raised[rule]) for rule in LEVELS] == [["a"], [], []]  # exactly 15 %


def test_one_minute_in_one_row_is_noticed() -> None:
    other = replace(A_PERIOD, valid_min=449)
    assert engine_period_numbers([[A_PERIOD]], LEVELS) != period_numbers([other], LEVELS)
