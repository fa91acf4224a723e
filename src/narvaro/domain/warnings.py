"""The warnings that a plan's rules raise; a rule warns, a person decides (M03-M05)."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol, TypeVar


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
