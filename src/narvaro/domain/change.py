"""When a change in absence may be shown, and when it is clear (M04)."""

from enum import Enum
from fractions import Fraction

from narvaro.domain.absence import BASE_SCHOOL_DAYS, Minutes, trend_points

CLEAR_CHANGE = 5  # points, the plan's default margin
LAST_DAYS = 20
# Ten school days in the earlier window, as for any percentage that warns.
DAYS_NEEDED = LAST_DAYS + BASE_SCHOOL_DAYS


class Direction(Enum):
    FALLING = "better"
    SAME = ""
    RISING = "worse"


def shown_change(latest: Minutes, earlier: Minutes, school_days: int) -> Fraction | None:
    """Points against the four weeks before; None when either is not calculable or the earlier has too few days."""
    return trend_points(latest, earlier) if school_days >= DAYS_NEEDED else None


def direction(points: Fraction) -> Direction:
    if points <= -CLEAR_CHANGE:
        return Direction.FALLING
    return Direction.RISING if points >= CLEAR_CHANGE else Direction.SAME
