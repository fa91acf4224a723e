"""Minutes, rates and bands (docs/explanation/numbers.md; M03, M05).

All arithmetic is on whole minutes and exact fractions, so that 15.0 % is in the band from 15.
"""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

COVERAGE_NEEDED = Fraction(80, 100)
COVERAGE_WARNING = Fraction(95, 100)
BASE_SCHOOL_DAYS = 10
BASE_REPORTED_MIN = 40 * 60
NATIONAL_LIMITS = (Fraction(15, 100), Fraction(30, 100), Fraction(50, 100))


class Band(Enum):
    """Bands of total absence; each includes its lower limit (Skolverket's limits are 15, 30 and 50 %)."""

    B0 = ("0-5", Fraction(0))
    B5 = ("5-10", Fraction(5, 100))
    B10 = ("10-15", Fraction(10, 100))
    B15 = ("15-20", Fraction(15, 100))
    B20 = ("20-30", Fraction(20, 100))
    B30 = ("30-50", Fraction(30, 100))
    B50 = ("50-100", Fraction(50, 100))

    def __init__(self, label: str, lower: Fraction) -> None:
        self.label = label
        self.lower = lower

    @classmethod
    def of(cls, rate: Fraction) -> "Band":
        return max((band for band in cls if band.lower <= rate), key=lambda band: band.lower)


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minutes of some pupils, days or lessons. present (with other) + valid + invalid + unknown = offered."""

    offered: int
    present: int
    valid: int
    invalid: int

    def __post_init__(self) -> None:
        # Spelled out: hundreds of thousands are made, and properties would double the time.
        accounted = self.present + self.valid + self.invalid
        if self.present < 0 or self.valid < 0 or self.invalid < 0 or accounted > self.offered:
            raise ValueError(f"minutes do not add up: {self.present}+{self.valid}+{self.invalid} of {self.offered}")

    def __add__(self, other: "Minutes") -> "Minutes":
        return Minutes(
            self.offered + other.offered,
            self.present + other.present,
            self.valid + other.valid,
            self.invalid + other.invalid,
        )

    @property
    def reported(self) -> int:
        return self.present + self.valid + self.invalid

    @property
    def unknown(self) -> int:
        return self.offered - self.reported

    @property
    def absent(self) -> int:
        return self.valid + self.invalid

    @property
    def coverage(self) -> Fraction | None:
        return Fraction(self.reported, self.offered) if self.offered else None

    @property
    def calculable(self) -> bool:
        return self.reported > 0 and _at_least(self.reported, self.offered, COVERAGE_NEEDED)

    @property
    def low_coverage(self) -> bool:
        """A rate that must be shown with a warning."""
        return self.calculable and not _at_least(self.reported, self.offered, COVERAGE_WARNING)

    @property
    def total_rate(self) -> Fraction | None:
        return self._rate(self.absent)

    @property
    def valid_rate(self) -> Fraction | None:
        return self._rate(self.valid)

    @property
    def invalid_rate(self) -> Fraction | None:
        return self._rate(self.invalid)

    @property
    def band(self) -> Band | None:
        rate = self.total_rate
        return None if rate is None else Band.of(rate)

    def _rate(self, part: int) -> Fraction | None:
        return Fraction(part, self.reported) if self.calculable else None


NO_MINUTES = Minutes(0, 0, 0, 0)


def _at_least(part: int, whole: int, share: Fraction) -> bool:
    """Exact, and many times faster than making a Fraction for each pupil and week."""
    return part * share.denominator >= whole * share.numerator


def trend_points(latest: Minutes, earlier: Minutes) -> Fraction | None:
    """Percentage points; negative is improvement (M04)."""
    if not (latest.calculable and earlier.calculable):
        return None
    points = 100 * (latest.absent * earlier.reported - earlier.absent * latest.reported)
    return Fraction(points, latest.reported * earlier.reported)


@dataclass(frozen=True, slots=True)
class Profile:
    """Absence on one weekday (key 1..7) or in one subject (key its name) beside all the others."""

    key: str
    lessons_or_days: int
    minutes: Minutes
    flagged: bool


@dataclass(frozen=True, slots=True)
class PupilSummary:
    """One pupil's numbers over a period that ends at ``as_of`` (day number)."""

    pupil_id: str
    school_unit_id: str
    group_id: str | None
    school_days: int
    minutes: Minutes
    last_20: Minutes
    previous_20: Minutes
    longest_spell: int
    current_spell: int
    occasions: int
    scattered_days: int
    scattered_lessons: int
    late_count: int
    late_min: int
    first_reported: int
    first_missed: int
    last_reported: int
    last_missed: int

    @property
    def trend_points(self) -> Fraction | None:
        return trend_points(self.last_20, self.previous_20)
