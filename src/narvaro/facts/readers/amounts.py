"""Amounts of time as people write them ("1 200 min", "18 st (72 %)", "2:05", a dash for none) to plain numbers."""

import re
from decimal import Decimal

from narvaro.facts.readers.mapping import MappedUnit

_SPACES = re.compile(r"\s")
_NOTHING = frozenset("-\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}")
# The longest that any sum of minutes can be, so that a hostile cell is no work.
_LONGEST = 30
_WRITTEN = re.compile(r"(-?\d{1,9}(?:[.,]\d{1,9})?)([a-zåäö%]*)\.?(?:\([^()]*\))?", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,6}):([0-5]\d)(?::00)?h?")
_SUFFIXES: dict[str, frozenset[str]] = {
    "min": frozenset({"", "m", "min", "minuter"}),
    "h": frozenset({"", "h", "t", "tim", "timmar"}),
    "h:mm": frozenset({""}),
    "percent": frozenset({"", "%", "procent"}),
    "fraction": frozenset({""}),
    "lessons": frozenset({"", "st", "lekt", "lektioner"}),
}


def amount_of(text: str, unit: MappedUnit, *, decimal_comma: bool = True) -> Decimal | None:
    """The number, in its unit (of ``h:mm`` in minutes); None for what is no amount of that unit. "12 h" is none in
    minutes: a unit that contradicts the mapping is judged, not believed."""
    plain = _SPACES.sub("", text[: _LONGEST + 1])
    if not plain or len(text) > _LONGEST:
        return None
    if plain in _NOTHING:
        return Decimal(0)
    clock = _CLOCK.fullmatch(plain)
    if unit == "h:mm" and clock:
        return Decimal(int(clock[1]) * 60 + int(clock[2]))
    found = _WRITTEN.fullmatch(plain)
    if unit == "h:mm" or not found or found[2].casefold() not in _SUFFIXES[unit]:
        return None
    if "," in found[1] and not decimal_comma:
        return None
    return Decimal(found[1].replace(",", "."))


def written(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
