"""When a change in absence may be shown, and when it is clear."""

from enum import Enum
from fractions import Fraction

from narvaro.report.model import PupilRow
from narvaro.report.words import CLEAR_CHANGE

LAST_DAYS = 20
_BASE_DAYS = LAST_DAYS + 10  # ten school days in the earlier window, as for any percentage that warns


class Direction(Enum):
    FALLING = "better"
    SAME = ""
    RISING = "worse"


def change(row: PupilRow) -> Fraction | None:
    """Points against the four weeks before; None when either is not calculable or the earlier has too few days."""
    return row.summary.trend_points if row.summary.school_days >= _BASE_DAYS else None


def direction(points: Fraction) -> Direction:
    if points <= -CLEAR_CHANGE:
        return Direction.FALLING
    return Direction.RISING if points >= CLEAR_CHANGE else Direction.SAME


def clearly_better(row: PupilRow) -> bool:
    if _roughly(row) > -CLEAR_CHANGE + 0.5:
        return False
    points = change(row)
    return points is not None and direction(points) is Direction.FALLING


def _roughly(row: PupilRow) -> float:
    """The change in points as floats say it: enough to see that most pupils are far from a clear one."""
    latest, earlier = row.summary.last_20, row.summary.previous_20
    if not latest.reported or not earlier.reported:
        return 0.0
    return 100 * (latest.absent / latest.reported - earlier.absent / earlier.reported)
