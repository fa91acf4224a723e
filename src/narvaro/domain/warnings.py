"""Plans of warning rules and the warnings they raise; a rule warns, a person decides (M03-M05)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal, Protocol, TypeVar

from narvaro.domain.rules import Expression

Occasion = Literal["spell", "day", "lesson"]
# Who set a limit: a statute or regulation, a page or report that is named, or its author (in our presets: we).
SourceKind = Literal["law", "published", "own"]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the attendance plan that a rule points at."""

    number: int
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Rule:
    """``forms`` and ``grades`` limit whom it is about (empty: everybody). ``text`` is what a person reads."""

    id: str
    step: int
    severity: int
    when: Expression
    text: str
    text_en: str
    source: str
    forms: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    kind: SourceKind = "own"


@dataclass(frozen=True, slots=True)
class CaseRule:
    """A trigger that hangs on what people saw and did in a case. Attendance cannot try it, so it is told as text."""

    id: str
    step: int
    text: str
    text_en: str
    source: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A versioned set of rules. ``occasion`` says what counts as one occasion of absence."""

    name: str
    version: str
    title: str
    source: str
    valid_from: date
    occasion: Occasion
    steps: tuple[Step, ...]
    rules: tuple[Rule, ...]
    case_rules: tuple[CaseRule, ...] = ()
    kind: SourceKind = "own"

    def __post_init__(self) -> None:
        numbers = {step.number for step in self.steps}
        every: tuple[Rule | CaseRule, ...] = (*self.rules, *self.case_rules)
        unknown = sorted({rule.step for rule in every} - numbers)
        if unknown:
            raise ValueError(f"rules point at steps that the plan does not have: {unknown}")
        if len(numbers) != len(self.steps):
            raise ValueError("two steps have the same number")
        if len({rule.id for rule in every}) != len(every):
            raise ValueError("two rules have the same id")


@dataclass(frozen=True, slots=True)
class EvidenceLesson:
    """A lesson that counted towards a warning: with absence, or a late arrival that may have no minutes."""

    day_no: int
    start_min: int | None
    subject: str | None
    lesson_id: str | None
    valid_min: int
    invalid_min: int


@dataclass(frozen=True, slots=True)
class Warning:
    """One rule that held for one pupil at ``as_of``, with what raised it.

    ``value`` is the measure that was compared (a rate is a fraction of 1); for a rule with several comparisons, the
    first one that held. ``window_start``/``window_end`` are day numbers of its first and last school day.
    """

    pupil_id: str
    rule_id: str
    plan: str
    step: int
    measure: str
    window: str
    value: Fraction
    limit: Fraction
    window_start: int
    window_end: int
    coverage: Fraction
    evidence: tuple[EvidenceLesson, ...]


class Compared(Protocol):
    """What is common to a warning as it was raised and as it is stored."""

    @property
    def rule_id(self) -> str: ...
    @property
    def step(self) -> int: ...
    @property
    def measure(self) -> str: ...
    @property
    def window(self) -> str: ...
    @property
    def limit(self) -> Fraction: ...


W = TypeVar("W", bound=Compared)


def strongest(warnings: Iterable[W]) -> list[W]:
    """The highest limit of each measure and window, as the lower ones follow from it. The highest step first."""
    told: dict[tuple[str, str], W] = {}
    for each in sorted(warnings, key=lambda warning: (warning.step, warning.limit, warning.rule_id), reverse=True):
        told.setdefault((each.measure, each.window), each)
    return list(told.values())
