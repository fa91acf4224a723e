"""The law's duties as a dated table (M18). It is data: no paragraph and no number stands in code."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from narvaro.language import Words

# Who gives a number or a demand: the statute or authority, or we.
Basis = Literal["law", "own"]
Evidence = Literal["read", "known"]
DutyOf = Literal["pupil", "principal", "organiser", "home_municipality"]
Unit = Literal["school_days", "days", "years", "hours", "percent", "grade"]


@dataclass(frozen=True, slots=True)
class LawNumber:
    name: str
    value: int
    unit: Unit
    kind: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class LawRule:
    """``forms`` are those that the text covers; ``default_forms`` those it leaves out, where we propose it anyway.
    ``own`` says what else is our proposal, ``moving`` what is about to change."""

    id: str
    title: Words
    text: Words
    paragraph: str
    evidence: Evidence
    valid_from: date
    valid_to: date | None
    forms: tuple[str, ...]
    default_forms: tuple[str, ...]
    duty_of: DutyOf
    when: Words
    record: Words
    numbers: tuple[LawNumber, ...]
    own: Words | None = None
    moving: Words | None = None

    def basis(self, form: str) -> Basis | None:
        """Whether the text asks for it in the school form, or only we do; None: nobody does."""
        if form in self.forms:
            return "law"
        return "own" if form in self.default_forms else None

    def number(self, name: str) -> int:
        return next(each.value for each in self.numbers if each.name == name)

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class LawTable:
    """``text_of``: the day of the statutes' text that it was written from; ``checked_on``: when it was gone through."""

    title: Words
    text_of: date
    checked_on: date
    rules: tuple[LawRule, ...]

    def __post_init__(self) -> None:
        for each in self.rules:
            if each.valid_to is not None and each.valid_to < each.valid_from:
                raise ValueError(f"{each.id} ends before it begins")
            if any(other is not each and other.id == each.id and _overlap(each, other) for other in self.rules):
                raise ValueError(f"{each.id} stands twice for the same days")

    def rule(self, rule_id: str, day: date) -> LawRule | None:
        """As it is in force on the day."""
        return next((each for each in self.rules if each.id == rule_id and each.holds(day)), None)

    def in_force(self, day: date) -> tuple[LawRule, ...]:
        return tuple(each for each in self.rules if each.holds(day))


def _overlap(one: LawRule, other: LawRule) -> bool:
    return (one.valid_to is None or other.valid_from <= one.valid_to) and (
        other.valid_to is None or one.valid_from <= other.valid_to
    )
