"""When a change in absence may be shown in a list of thousands, and when it is clear."""

from fractions import Fraction

from narvaro.domain.change import CLEAR_CHANGE, LAST_DAYS, Direction, direction, shown_change
from narvaro.report.model import PupilRow

__all__ = ["LAST_DAYS", "Direction", "change", "clearly_better", "direction"]


def change(row: PupilRow) -> Fraction | None:
    """Points against the four weeks before; None when they cannot be compared."""
    return shown_change(row.summary.last_20, row.summary.previous_20, row.summary.school_days)


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
