"""Exact fractions written as decimals, half up (away from zero): 0.125 with two places is 0.13."""

from fractions import Fraction

_SHIFT: tuple[int, ...] = tuple(10**places for places in range(10))


def scaled(numerator: int, denominator: int, places: int) -> int:
    """The ratio times 10 to the power of ``places``, rounded half up. Whole numbers, since pages hold thousands."""
    size = (2 * abs(numerator) * _SHIFT[places] + denominator) // (2 * denominator)
    return -size if numerator < 0 else size


def split(value: int, places: int) -> tuple[str, int, str]:
    """A scaled integer as sign, whole part and the digits after the point. Zero has no sign."""
    whole, rest = divmod(abs(value), _SHIFT[places])
    return ("-" if value < 0 else "", whole, f"{rest:0{places}d}" if places else "")


def plain(value: Fraction | None, places: int) -> str:
    """For machines: dot, no thousands; empty when there is no value."""
    if value is None:
        return ""
    sign, whole, rest = split(scaled(value.numerator, value.denominator, places), places)
    return f"{sign}{whole}.{rest}" if places else f"{sign}{whole}"


def number(value: Fraction, places: int = 6) -> int | float:
    """For JSON."""
    return value.numerator if value.denominator == 1 else float(plain(value, places))
