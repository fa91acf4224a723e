"""What becomes of a warning from one day to the next. A rule warns, a person decides (M03, M04; ADR 0018).

Only a person takes a warning out of NEW. Only numbers that got worse, or a follow-up day that came, bring it back.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from narvaro.domain.change import CLEAR_CHANGE
from narvaro.domain.rules import MEASURES, MeasureKind

MARGIN_RATE = Fraction(CLEAR_CHANGE, 100)
MARGIN_COUNT = Fraction(1, 2)  # of the value at the decision, and at least 1


class State(StrEnum):
    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    AWAITING = "awaiting"
    DECIDED = "decided"


class Situation(StrEnum):
    """Where a pupil's open warnings stand today; the first that fits, in this order."""

    FIRED_AGAIN = "fired_again"
    NEW = "new"
    FOLLOW_UP_DUE = "follow_up_due"
    ACKNOWLEDGED = "acknowledged"
    AWAITING = "awaiting"
    DECIDED = "decided"


_ORDER = {each: place for place, each in enumerate(Situation)}


@dataclass(frozen=True, slots=True)
class Standing:
    """One open warning: its state, the value when it was decided on, and when to look again."""

    state: State
    fired_again: bool = False
    follow_up_on: date | None = None


def is_worse(measure: str, *, decided: Fraction, now: Fraction) -> bool:
    """By the margin: 5 percentage points for rates; for counts, days and hours half the value again, at least 1.

    A smaller step is the ordinary wobble of a window that moves a day, and would make people stop reading.
    """
    margin = MARGIN_RATE if MEASURES[measure] is MeasureKind.RATE else max(Fraction(1), decided * MARGIN_COUNT)
    return now >= decided + margin


def situation(standings: list[Standing], today: date) -> Situation:
    """Of a pupil with at least one open warning. The most urgent of them is the pupil's."""
    return min((_of_one(each, today) for each in standings), key=_ORDER.__getitem__)


def _of_one(standing: Standing, today: date) -> Situation:
    if standing.state is State.NEW:
        return Situation.FIRED_AGAIN if standing.fired_again else Situation.NEW
    if standing.follow_up_on is not None and standing.follow_up_on <= today:
        return Situation.FOLLOW_UP_DUE
    return Situation(standing.state.value)
