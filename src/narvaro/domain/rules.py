"""Warning rules as text: ``total_rate(last_20) >= 0.15 or current_spell(last_20) >= 10`` (M03-M05).

Transparent thresholds only; there is no learned score about a pupil (ADR 0006).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from narvaro.domain.windows import LONGEST, Window
from narvaro.language import Message


class MeasureKind(Enum):
    RATE = "rate"
    POINTS = "points"
    COUNT = "count"
    HOURS = "hours"


MEASURES = {
    "total_rate": MeasureKind.RATE,
    "valid_rate": MeasureKind.RATE,
    "invalid_rate": MeasureKind.RATE,
    "coverage": MeasureKind.RATE,
    "trend_points": MeasureKind.POINTS,
    "occasions": MeasureKind.COUNT,
    "longest_spell": MeasureKind.COUNT,
    "current_spell": MeasureKind.COUNT,
    "absent_days": MeasureKind.COUNT,
    "part_days": MeasureKind.COUNT,
    "scattered_lessons": MeasureKind.COUNT,
    "absent_lessons": MeasureKind.COUNT,
    "invalid_lessons": MeasureKind.COUNT,
    "late_count": MeasureKind.COUNT,
    "late_min": MeasureKind.COUNT,
    "school_days": MeasureKind.COUNT,
    "absent_hours": MeasureKind.HOURS,
    "valid_hours": MeasureKind.HOURS,
    "invalid_hours": MeasureKind.HOURS,
}
COMPARISONS = (">=", "<=", ">", "<")
# Enough for any limit a person writes; the engine multiplies them out in whole numbers of 64 bits.
DIGITS = 6
DEEPEST = 20


class RuleError(ValueError):
    """The rule's text cannot be understood; the message says where and what is allowed."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.say("en"))
        self.message = message


@dataclass(frozen=True, slots=True)
class Comparison:
    measure: str
    window: Window
    sign: str
    limit: Fraction

    def __post_init__(self) -> None:
        if self.measure == "trend_points" and self.window.kind != "last":
            raise RuleError(
                Message.of("trend_points needs a window last_N: it compares with the N school days before.")
            )
        if self.kind is MeasureKind.RATE and not 0 <= self.limit <= 1:
            raise RuleError(Message.of("A rate's limit is a share from 0 to 1, such as 0.15 (or 15 %)."))
        if self.kind is not MeasureKind.POINTS and self.limit < 0:
            raise RuleError(Message.of("The limit of {measure} cannot be negative.", measure=self.measure))
        if abs(self.limit) >= 10**DIGITS or (self.limit * 10**DIGITS).denominator != 1:
            raise _too_many_digits()

    @property
    def kind(self) -> MeasureKind:
        return MEASURES[self.measure]

    def __str__(self) -> str:
        return f"{self.measure}({self.window}) {self.sign} {_decimal(self.limit)}"


@dataclass(frozen=True, slots=True)
class Joined:
    """Expressions joined by ``and`` or ``or``."""

    word: str
    parts: tuple["Expression", ...]

    def __str__(self) -> str:
        return f" {self.word} ".join(f"({part})" if isinstance(part, Joined) else str(part) for part in self.parts)


Expression = Comparison | Joined


def comparisons(expression: Expression) -> Iterator[Comparison]:
    if isinstance(expression, Comparison):
        yield expression
    else:
        for part in expression.parts:
            yield from comparisons(part)


def parse_rule(text: str) -> Expression:
    """The expression of a rule's text. Raises RuleError."""
    parser = _Parser(text)
    expression = parser.either()
    parser.end()
    return expression


_NUMBER = r"-?[0-9]+(?:[.,][0-9]+)?"
_TOKEN = re.compile(rf"\s*(?:{_NUMBER}|[a-z_][a-z_0-9]*|>=|<=|>|<|\(|\)|%)", re.I)
_LONGEST_NUMBER = 20


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.place = 0
        self.depth = 0

    def either(self) -> Expression:
        return self._joined("or", self.both)

    def both(self) -> Expression:
        return self._joined("and", self.single)

    def single(self) -> Expression:
        if not self._take("("):
            return self._comparison()
        self.depth += 1
        if self.depth > DEEPEST:
            raise RuleError(Message.of("The rule has more than {deepest} parentheses in each other.", deepest=DEEPEST))
        inner = self.either()
        self._need(")")
        self.depth -= 1
        return inner

    def end(self) -> None:
        if self.place < len(self.tokens):
            found = self.tokens[self.place]
            raise RuleError(Message.of("The rule goes on with “{found}” where it should end.", found=found))

    def _joined(self, word: str, part: Callable[[], Expression]) -> Expression:
        parts = [part()]
        while self._take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def _comparison(self) -> Comparison:
        measure = self._next()
        if measure not in MEASURES:
            raise RuleError(
                Message.of(
                    "The rule names no measure at “{found}”. Measures: {measures}.",
                    found=measure,
                    measures=", ".join(MEASURES),
                )
            )
        self._need("(")
        window = self._window()
        self._need(")")
        sign = self._next()
        if sign not in COMPARISONS:
            raise RuleError(
                Message.of("After {measure} one of >= > <= < is needed, not “{found}”.", measure=measure, found=sign)
            )
        return Comparison(measure, window, sign, self._limit(measure))

    def _window(self) -> Window:
        found = self._next()
        try:
            return Window.parse(found)
        except ValueError:
            raise RuleError(
                Message.of(
                    "“{found}” is no window. Windows: last_N, previous_N (N from 1 to {longest}), "
                    "term, school_year, month, period.",
                    found=found,
                    longest=LONGEST,
                )
            ) from None

    def _limit(self, measure: str) -> Fraction:
        found = self._next()
        if not re.fullmatch(_NUMBER, found):
            raise RuleError(Message.of("The limit must be a number, not “{found}”.", found=found))
        if len(found) > _LONGEST_NUMBER:
            raise _too_many_digits()
        limit = Fraction(found.replace(",", "."))
        if not self._take("%"):
            return limit
        if MEASURES[measure] is not MeasureKind.RATE:
            raise RuleError(Message.of("“%” can follow the limit of a rate only, not of {measure}.", measure=measure))
        return limit / 100

    def _next(self) -> str:
        if self.place >= len(self.tokens):
            raise self._ended()
        self.place += 1
        return self.tokens[self.place - 1]

    def _take(self, token: str) -> bool:
        if self.place < len(self.tokens) and self.tokens[self.place] == token:
            self.place += 1
            return True
        return False

    def _need(self, token: str) -> None:
        if self._take(token):
            return
        if self.place >= len(self.tokens):
            raise self._ended()
        found = self.tokens[self.place]
        raise RuleError(Message.of("The rule needs “{needed}” where it has “{found}”.", needed=token, found=found))

    def _ended(self) -> RuleError:
        return RuleError(Message.of("The rule ends too early. Example: total_rate(last_20) >= 0.15"))


def _tokens(text: str) -> Iterator[str]:
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if not match:
            raise RuleError(Message.of("The rule cannot be read from “{rest}”.", rest=text[place:].strip()[:20]))
        yield match[0].strip().lower()
        place = match.end()


def _too_many_digits() -> RuleError:
    return RuleError(
        Message.of("The limit has more than {digits} digits before or after the decimal point.", digits=DIGITS)
    )


def _decimal(value: Fraction) -> str:
    """Exact: a limit has a finite number of decimals."""
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
