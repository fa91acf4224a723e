"""Sums of minutes, and the rates and bands made from them. Comparisons are between integers."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

BANDS = (("0-5", 0), ("5-10", 5), ("10-15", 10), ("15-20", 15), ("20-30", 20), ("30-50", 30), ("50-100", 50))


@dataclass(frozen=True)
class Sums:
    """Minutes of some days or lessons; ``present`` holds other as well."""

    offered: int
    present: int
    valid: int
    invalid: int

    @property
    def absent(self) -> int:
        return self.valid + self.invalid

    @property
    def reported(self) -> int:
        return self.present + self.valid + self.invalid

    @property
    def unknown(self) -> int:
        return self.offered - self.reported

    @property
    def coverage(self) -> Fraction | None:
        return Fraction(self.reported, self.offered) if self.offered > 0 else None

    @property
    def calculable(self) -> bool:
        return self.reported > 0 and 100 * self.reported >= 80 * self.offered

    @property
    def low_coverage(self) -> bool:
        """The rate is shown, with a warning."""
        return self.calculable and 100 * self.reported < 95 * self.offered

    @property
    def total_rate(self) -> Fraction | None:
        return Fraction(self.absent, self.reported) if self.calculable else None

    @property
    def valid_rate(self) -> Fraction | None:
        return Fraction(self.valid, self.reported) if self.calculable else None

    @property
    def invalid_rate(self) -> Fraction | None:
        return Fraction(self.invalid, self.reported) if self.calculable else None

    @property
    def band(self) -> str | None:
        if not self.calculable:
            return None
        reached = [name for name, lower in BANDS if 100 * self.absent >= lower * self.reported]
        return reached[-1]


def total(sums: Iterable[Sums]) -> Sums:
    parts = list(sums)
    return Sums(
        offered=sum(part.offered for part in parts),
        present=sum(part.present for part in parts),
        valid=sum(part.valid for part in parts),
        invalid=sum(part.invalid for part in parts),
    )


def at_least_twice(rate: Fraction | None, other: Fraction | None) -> bool:
    """A rate that is not calculable is never at least twice anything, nor anything at least twice it."""
    return rate is not None and other is not None and rate >= 2 * other
