"""What passes between a measure run and those who write or show it."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from narvaro.domain.absence import Minutes, PupilSummary
from narvaro.domain.change import shown_change

Week = tuple[int, Minutes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One pupil's numbers. ``pupil`` and ``unit`` are database ids; ``weeks`` the latest twelve at most, in order."""

    pupil: int
    unit: int | None
    group_name: str
    grade: str
    summary: PupilSummary
    weeks: tuple[Week, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """About a run as a whole. ``snapshot`` is the number of the facts' manifest."""

    snapshot: int
    as_of: date
    first_day: date
    minutes: Minutes
    unmatched_pupils: int = 0


class LatestRun(NamedTuple):
    """Which facts were measured last. ``authority`` names their folder."""

    snapshot: int
    as_of: date
    first_day: date
    authority: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedMeasure:
    """What a row of a list shows of a pupil."""

    school_days: int
    last_20: Minutes
    previous_20: Minutes
    weeks: tuple[Week, ...]

    @property
    def change(self) -> Fraction | None:
        """In points, as on the pupil's own page."""
        return shown_change(self.last_20, self.previous_20, self.school_days)


class Overview(NamedTuple):
    """What lists count and sort by. ``rate`` in ten-thousandths and ``trend`` in hundredths of points, None where they
    cannot be told; minutes over the latest 20 school days. A tuple, as somebody may follow thousands."""

    as_of: date
    grade: str
    rate: int | None
    trend: int | None
    current_spell: int
    offered: int
    reported: int
