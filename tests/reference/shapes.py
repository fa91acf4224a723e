"""Shapes of absence: spells and occasions."""

from collections.abc import Iterable
from dataclasses import dataclass

from .day import PupilDay
from .windows import days_until

OCCASIONS = ("spell", "day", "lesson")


@dataclass(frozen=True)
class Spell:
    """Absent days in a row; ``days`` are day numbers."""

    pupil_id: str
    days: tuple[int, ...]


def spells(days: Iterable[PupilDay], as_of: int) -> list[Spell]:
    """One pupil's spells, oldest first. Any other school day ends a spell, an unknown one too; a holiday does not."""
    found: list[list[PupilDay]] = [[]]
    for day in days_until(days, as_of):
        if day.absent_day:
            found[-1].append(day)
        else:
            found.append([])
    return [Spell(run[0].pupil_id, tuple(day.day_no for day in run)) for run in found if run]


def part_inside(spell: Spell, window: list[PupilDay]) -> list[int]:
    inside = {day.day_no for day in window}
    return [day_no for day_no in spell.days if day_no in inside]


def longest_spell(days: Iterable[PupilDay], window: list[PupilDay], as_of: int) -> list[int]:
    """The days of the longest spell that lie in the window; the latest of equally long ones."""
    best: list[int] = []
    for spell in spells(days, as_of):
        inside = part_inside(spell, window)
        if len(inside) >= len(best):
            best = inside
    return best


def current_spell(days: Iterable[PupilDay], window: list[PupilDay], as_of: int) -> list[int]:
    """The days in the window of the spell that includes the pupil's last school day."""
    school_days = days_until(days, as_of)
    for spell in spells(school_days, as_of):
        if school_days[-1].day_no in spell.days:
            return part_inside(spell, window)
    return []


def occasions(kind: str, days: Iterable[PupilDay], window: list[PupilDay], as_of: int) -> int:
    if kind == "day":
        return sum(day.valid_min + day.invalid_min > 0 for day in window)
    if kind == "lesson":
        return sum(day.absent_lessons for day in window)
    if kind == "spell":
        return sum(len(part_inside(spell, window)) > 0 for spell in spells(days, as_of))
    raise ValueError(f"no such definition of an occasion: {kind}")
