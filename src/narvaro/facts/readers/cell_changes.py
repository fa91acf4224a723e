"""What a mapping does to the cells of a row before they are judged: amounts made plain, columns added up, weeks turned
into days, lessons numbered. Each change works on the row's list of cells, in the mapping's order; what it cannot read
stays as it is, so that validation names it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from narvaro.facts.readers.amounts import amount_of, written
from narvaro.facts.readers.mapping import MappedUnit
from narvaro.facts.readers.weeks import week_days


class CellChange(Protocol):
    """Made anew for each reading, since it may remember earlier rows."""

    def __call__(self, cells: list[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class PlainAmounts:
    """``lesson_minutes``: what a counted lesson is worth."""

    columns: Sequence[tuple[int, MappedUnit]]
    lesson_minutes: int
    decimal_comma: bool

    def __call__(self, cells: list[str]) -> None:
        for column, unit in self.columns:
            amount = amount_of(cells[column], unit, decimal_comma=self.decimal_comma)
            if amount is not None:
                cells[column] = written(amount * self._worth(unit))

    def _worth(self, unit: MappedUnit) -> int:
        return {"fraction": 100, "lessons": self.lesson_minutes}.get(unit, 1)


@dataclass(frozen=True, slots=True)
class AddedUp:
    """One more cell with the sum of the columns; empty when all are, and what is no number when one is none."""

    columns: Sequence[int]

    def __call__(self, cells: list[str]) -> None:
        filled = [cells[column].strip() for column in self.columns if cells[column].strip()]
        amounts = [amount_of(text, "min") for text in filled]
        wrong = next((text for text, amount in zip(filled, amounts, strict=True) if amount is None), "")
        total = sum((amount for amount in amounts if amount is not None), Decimal(0))
        cells.append(wrong or (written(total) if filled else ""))


@dataclass(frozen=True, slots=True)
class DaysOfWeek:
    """Two more cells: the first and the last day of the week."""

    column: int
    period: tuple[date, date]
    date_format: str

    def __call__(self, cells: list[str]) -> None:
        days = week_days(cells[self.column], self.period)
        cells += [day.strftime(self.date_format) for day in days] if days else ["", ""]


@dataclass(frozen=True, slots=True)
class NumberedLessons:
    """One more cell: the subject, and the how manieth row of the same pupil, day and subject this is."""

    keys: Sequence[int]
    subject: int | None
    seen: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def __call__(self, cells: list[str]) -> None:
        key = tuple(cells[column].strip() for column in self.keys)
        self.seen[key] += 1
        subject = "" if self.subject is None else cells[self.subject].strip()
        cells.append(f"{subject}#{self.seen[key]}")
