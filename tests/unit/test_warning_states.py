"""When a warning comes back, as a table."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from narvaro.domain.warning_states import Situation, Standing, State, is_worse, situation

TODAY = date(2026, 5, 20)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("measure", "decided", "now", "worse"),
    [
        ("total_rate", "0.15", "0.1999", False),
        ("total_rate", "0.15", "0.20", True),
        ("invalid_rate", "0.03", "0.08", True),
        ("occasions", "5", "7", False),
        ("occasions", "5", "7.5", True),
        ("invalid_lessons", "1", "1", False),
        ("invalid_lessons", "1", "2", True),
        ("current_spell", "10", "14", False),
        ("current_spell", "10", "15", True),
        ("total_rate", "0.15", "0.02", False),
    ],
)
def test_worse_by_the_margin(measure: str, decided: str, now: str, worse: bool) -> None:
    assert is_worse(measure, decided=Fraction(decided), now=Fraction(now)) is worse


@pytest.mark.parametrize(
    ("standings", "expected"),
    [
        ([Standing(State.NEW)], Situation.NEW),
        ([Standing(State.NEW, fired_again=True)], Situation.FIRED_AGAIN),
        ([Standing(State.DECIDED, follow_up_on=TOMORROW)], Situation.DECIDED),
        ([Standing(State.DECIDED, follow_up_on=TODAY)], Situation.FOLLOW_UP_DUE),
        ([Standing(State.AWAITING, follow_up_on=YESTERDAY)], Situation.FOLLOW_UP_DUE),
        ([Standing(State.ACKNOWLEDGED)], Situation.ACKNOWLEDGED),
        ([Standing(State.DECIDED, follow_up_on=TOMORROW), Standing(State.NEW)], Situation.NEW),
        ([Standing(State.ACKNOWLEDGED), Standing(State.AWAITING, follow_up_on=TOMORROW)], Situation.ACKNOWLEDGED),
    ],
)
def test_the_most_urgent_is_the_pupils(standings: list[Standing], expected: Situation) -> None:
    assert situation(standings, TODAY) is expected
