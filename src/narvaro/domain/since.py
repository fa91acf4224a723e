"""How absence has changed since something began: whole weeks before it beside the latest weeks of it (M65, G13)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from narvaro.domain.absence import NO_MINUTES, Minutes, trend_points
from narvaro.domain.change import Direction, direction
from narvaro.domain.school_calendar import week_no

WEEKS = 4
WEEKS_NEEDED = 2


@dataclass(frozen=True, slots=True)
class Since:
    """In points. ``whole`` is False where it began before the weeks that are known, so that the change is told over
    those instead."""

    points: Fraction
    whole: bool

    @property
    def is_better(self) -> bool:
        return direction(self.points) is Direction.FALLING


def change_since(weeks: Sequence[tuple[int, Minutes]], day: date) -> Since | None:
    """The week of the day belongs to what came after; weeks without lessons are passed by. None where either side has
    too few weeks or too little is reported."""
    began, known = week_no(day), [each for each in weeks if each[1].offered]
    before = [minutes for number, minutes in known if number < began][-WEEKS:]
    after = [minutes for number, minutes in known if number >= began]
    whole = len(before) >= WEEKS_NEEDED
    if not whole:
        everything = [minutes for _number, minutes in known]
        before, after = everything[:WEEKS], everything[WEEKS:]
    after = after[-WEEKS:]
    if min(len(before), len(after)) < WEEKS_NEEDED:
        return None
    points = trend_points(_sum(after), _sum(before))
    return None if points is None else Since(points, whole)


def _sum(parts: Iterable[Minutes]) -> Minutes:
    return sum(parts, NO_MINUTES)
