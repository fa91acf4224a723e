"""Swedish personal identity numbers, however they were typed (M01).

A number is personal data: it is shown masked, and no error or ``repr`` holds it.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

COORDINATION_DAY_OFFSET = 60
_PLUS_AGE = 100

_NUMBER = re.compile(r"(?P<century>\d{2})?(?P<short>\d{6})(?P<sign>[-+]?)(?P<serial>\d{3})(?P<check>\d)", re.ASCII)
_TEMPORARY = re.compile(r"(?P<century>\d{2})?(?P<short>\d{6})(?P<sign>[-+]?)(?P<serial>TF\d{2}|T\d{3})", re.ASCII)
# Excel turns a column of digits into floats; the Swedish one writes a decimal comma.
_FLOAT_TAIL = re.compile(r"(?<=\d)[.,]0+$", re.ASCII)
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"), None)


class Kind(Enum):
    PERSONAL = "personal"
    COORDINATION = "coordination"
    TEMPORARY = "temporary"


class Reason(Enum):
    """Why a text is no identity number. Codes, so that the edge can say it without repeating the text."""

    EMPTY = "empty"
    FORMAT = "format"
    SERIAL = "serial"
    DATE = "date"
    FUTURE = "future"
    CENTURY = "century"
    CHECK_DIGIT = "check_digit"


class InvalidIdentity(ValueError):
    """The text is no identity number; says why, never what it was."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"not a personal identity number: {reason.value}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Identity:
    """``canonical`` is 12 characters: YYYYMMDD and NNNN, TFnn or Tnnn. A coordination number keeps its day + 60."""

    canonical: str = field(repr=False)
    kind: Kind
    birth_date: date = field(repr=False)

    @property
    def masked(self) -> str:
        return f"{self.canonical[:8]}-****"

    def __str__(self) -> str:
        return self.masked


def normalise(text: str, *, today: date) -> Identity:
    """The identity number that ``text`` spells, or ``InvalidIdentity``.

    ``today`` gives two-digit years their century: the latest that is not after this year, and 100 years earlier
    with a plus sign. It is an argument because the domain reads no clock.
    """
    spelled = _plain(text)
    if not spelled:
        raise InvalidIdentity(Reason.EMPTY)
    if match := _TEMPORARY.fullmatch(spelled):
        return _temporary(match, today)
    if match := _NUMBER.fullmatch(_FLOAT_TAIL.sub("", spelled)):
        return _numbered(match, today)
    raise InvalidIdentity(Reason.FORMAT)


def check_digit(nine_digits: str) -> int:
    """The Luhn digit after YYMMDDNNN."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(nine_digits))
    return -sum(value // 10 + value % 10 for value in doubled) % 10


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES).translate(_INVISIBLE)
    return "".join(folded.split()).upper()


def _numbered(match: re.Match[str], today: date) -> Identity:
    if match["serial"] == "000":  # never given out; registers write 0000 where the number is unknown
        raise InvalidIdentity(Reason.SERIAL)
    written = _year(match, today) + match["short"][2:]
    day = int(written[6:])
    is_coordination = day > COORDINATION_DAY_OFFSET
    birth_date = _birth_date(written, day - COORDINATION_DAY_OFFSET if is_coordination else day, today)
    if check_digit(match["short"] + match["serial"]) != int(match["check"]):
        raise InvalidIdentity(Reason.CHECK_DIGIT)
    kind = Kind.COORDINATION if is_coordination else Kind.PERSONAL
    return Identity(written + match["serial"] + match["check"], kind, birth_date)


def _temporary(match: re.Match[str], today: date) -> Identity:
    """A number that a school gives until the person has one of their own; it has no check digit."""
    written = _year(match, today) + match["short"][2:]
    birth_date = _birth_date(written, int(written[6:]), today)
    return Identity(written + match["serial"], Kind.TEMPORARY, birth_date)


def _year(match: re.Match[str], today: date) -> str:
    two_digits = match["short"][:2]
    is_plus = match["sign"] == "+"
    if match["century"] is None:
        latest = today.year - (today.year - int(two_digits)) % 100
        return f"{latest - (_PLUS_AGE if is_plus else 0):04d}"
    year = match["century"] + two_digits
    if is_plus and today.year - int(year) < _PLUS_AGE:
        raise InvalidIdentity(Reason.CENTURY)
    return year


def _birth_date(written: str, day: int, today: date) -> date:
    try:
        birth_date = date(int(written[:4]), int(written[4:6]), day)
    except ValueError:
        raise InvalidIdentity(Reason.DATE) from None
    if birth_date > today:
        raise InvalidIdentity(Reason.FUTURE)
    return birth_date
