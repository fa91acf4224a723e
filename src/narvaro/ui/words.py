"""Numbers, dates and sentences as the reader's language writes them: "29 %", "+13 pe", "fre 20 nov"."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache

from narvaro.domain.change import CLEAR_CHANGE
from narvaro.language import DEFAULT_LANGUAGE, N_, translate
from narvaro.ui.decimals import scaled, split

NBSP = "\u00a0"
MINUS = "\u2212"
RATES = frozenset({"total_rate", "valid_rate", "invalid_rate", "coverage"})
HOURS = frozenset({"absent_hours", "valid_hours", "invalid_hours"})
# Of coverage, of the bands, and all of it; the plan's own limits are added by ``words_for``.
LIMITS = frozenset({5, 10, 15, 20, 30, 50, 80, 95, 100})
_CLEAR = frozenset({CLEAR_CHANGE})
_WEEK_ZERO = date(1969, 12, 29)
_WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_MONTHS = (
    *(N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun")),
    *(N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec")),
)


def week_of_year(week_no: int) -> int:
    return (_WEEK_ZERO + timedelta(weeks=week_no)).isocalendar().week


@dataclass(frozen=True, slots=True)
class Words:
    """``limits``: per cents that something hangs on. A value below one is never rounded up to it."""

    language: str = DEFAULT_LANGUAGE
    limits: frozenset[int] = LIMITS

    def say(self, text: str, /, **values: object) -> str:
        return translate(text, self.language).format(**values)

    def count(self, one: str, many: str, n: int, /, **values: object) -> str:
        """``one`` or ``many`` with ``{n}`` filled in; both our languages have these two forms."""
        return self.say(one if n == 1 else many, n=self.number(n), **values)

    def number(self, value: int) -> str:
        return f"{value:,}" if self._english else f"{value:,}".replace(",", NBSP)

    def decimal(self, value: Fraction, places: int) -> str:
        return self._written(scaled(value.numerator, value.denominator, places), places)

    def percent(self, value: Fraction, places: int = 0) -> str:
        """``value`` of 1 as per cent: 29.6 % is "30 %", but "29,6 %" where 30 % is a limit."""
        return self.share(value.numerator, value.denominator, places)

    def share(self, part: int, whole: int, places: int = 0) -> str:
        if not whole:
            return "–"
        return self._held_back(100 * part, whole, places, self.limits) + self._percent_sign

    def points(self, value: Fraction) -> str:
        """Percentage points, always with a sign: +13 pe, −8 pe, ±0 pe."""
        size = self._held_back(abs(value.numerator), value.denominator, 0, _CLEAR)
        sign = "±" if size == "0" else "+" if value > 0 else MINUS
        return self.say(N_("{change} pp"), change=sign + size).replace(" ", NBSP)

    def value(self, measure: str, value: Fraction) -> str:
        """A warning's value or limit in the unit of its measure."""
        if measure in RATES:
            return self.percent(value)
        if measure == "trend_points":
            return self.points(value)
        text = self.decimal(value, 0 if value.denominator == 1 else 1)
        return f"{text}{NBSP}{self.say(N_('h'))}" if measure in HOURS else text

    def hours(self, minutes: int) -> str:
        return f"{self.number(scaled(minutes, 60, 0))}{NBSP}{self.say(N_('h'))}"

    def clock(self, minute: int) -> str:
        return f"{minute // 60:02d}{':' if self._english else '.'}{minute % 60:02d}"

    def day(self, day: date) -> str:
        return _day(day, self.language)

    def day_and_year(self, day: date) -> str:
        return f"{_day(day, self.language)}{NBSP}{day.year}"

    def period(self, first: date, last: date) -> str:
        return f"{_short(first, self.language)}–{_short(last, self.language)}"

    @property
    def _english(self) -> bool:
        return self.language == "en"

    @property
    def _percent_sign(self) -> str:
        return "%" if self._english else f"{NBSP}%"

    def _held_back(self, numerator: int, denominator: int, places: int, limits: frozenset[int]) -> str:
        """The ratio rounded; with a decimal, or down, where rounding would lift it to a limit it is below."""
        size = scaled(numerator, denominator, places)
        whole, rest = divmod(size, 10**places)
        if rest or whole not in limits or numerator >= whole * denominator:
            return self._written(size, places)
        return self._held_back(numerator, denominator, 1, limits) if places == 0 else self._written(size - 1, places)

    def _written(self, size: int, places: int) -> str:
        sign, whole, rest = split(size, places)
        point = "." if self._english else ","
        return f"{MINUS if sign else ''}{self.number(whole)}{point + rest if places else ''}"


@lru_cache(maxsize=2048)
def _day(day: date, language: str) -> str:
    return f"{translate(_WEEKDAYS[day.weekday()], language)}{NBSP}{_short(day, language)}"


@lru_cache(maxsize=2048)
def _short(day: date, language: str) -> str:
    return f"{day.day}{NBSP}{translate(_MONTHS[day.month - 1], language)}"
