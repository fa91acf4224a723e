"""Exempelkommun's school units. All names, codes and organisers are invented; no national code starts with 9900."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

PUPILS_PER_UNIT = 300
MUNICIPALITY = "Exempelkommun"
INDEPENDENT_ORGANISER = "Lyktans friskolor AB"

LOW_GRADES = ("F", "1", "2", "3", "4", "5", "6")
HIGH_GRADES = ("7", "8", "9")
UPPER_GRADES = ("GY1", "GY2", "GY3")
ALL_GRADES = LOW_GRADES + HIGH_GRADES + UPPER_GRADES

Span = Literal["F-6", "F-9", "7-9", "GY"]
_GRADES: dict[Span, tuple[str, ...]] = {
    "F-6": LOW_GRADES,
    "F-9": LOW_GRADES + HIGH_GRADES,
    "7-9": HIGH_GRADES,
    "GY": UPPER_GRADES,
}
# Parallel classes of a grade, which is the share of the grade's pupils that the unit takes.
_PARALLELS: dict[Span, int] = {"F-6": 1, "F-9": 2, "7-9": 4, "GY": 7}
_AREAS = ("Centrum", "Norra", "Södra", "Västra", "Landsbygden")


@dataclass(frozen=True, slots=True)
class Unit:
    number: int
    name: str
    span: Span
    area: str
    organiser: str = MUNICIPALITY
    is_paper: bool = False

    @property
    def code(self) -> str:
        return f"9900{self.number:04d}"

    @property
    def grades(self) -> tuple[str, ...]:
        return _GRADES[self.span]

    @property
    def parallels(self) -> int:
        return _PARALLELS[self.span]

    @property
    def school_forms(self) -> str:
        forms = {school_form(grade): None for grade in self.grades}
        return ",".join(forms)

    @property
    def grade_range(self) -> str:
        return "1-3" if self.span == "GY" else self.span


def school_form(grade: str) -> str:
    if grade == "F":
        return "FKLASS"
    return "GY" if grade in UPPER_GRADES else "GR"


def grade_label(grade: str) -> str:
    """The grade as a register writes it: upper secondary counts from 1 again."""
    return grade.removeprefix("GY")


STRAND = Unit(1, "Strandskolan", "F-9", "Centrum")
BJORK = Unit(2, "Björkgymnasiet", "GY", "Centrum")
EKBACKEN = Unit(3, "Ekbackens skola", "F-6", "Norra")
BRUK = Unit(4, "Bruksskolan", "7-9", "Södra", is_paper=True)
LYKTAN = Unit(5, "Lyktans friskola", "F-9", "Centrum", organiser=INDEPENDENT_ORGANISER)
CAST_UNITS = (STRAND, BJORK, EKBACKEN, BRUK)

PLACES = tuple((Path(__file__).parent / "data" / "places.txt").read_text(encoding="utf-8").split())
_SPANS: tuple[Span, ...] = ("F-6", "F-9", "F-6", "7-9", "F-6", "F-9", "GY", "F-6")
_INDEPENDENT_EVERY = 7


def units_for(pupils: int) -> tuple[Unit, ...]:
    """Those that take pupils at this size, at least two. The cast's units exist beside them at every size."""
    count = max(2, round(pupils / PUPILS_PER_UNIT))
    named = (*CAST_UNITS, LYKTAN)
    return (*named[:count], *(_later_unit(number) for number in range(len(named) + 1, count + 1)))


def with_cast_units(units: Sequence[Unit]) -> tuple[Unit, ...]:
    return tuple(sorted({*units, *CAST_UNITS}, key=lambda unit: unit.number))


def _later_unit(number: int) -> Unit:
    place = number - len(CAST_UNITS) - 2
    span = _SPANS[place % len(_SPANS)]
    turn, place_name = divmod(place, len(PLACES))
    name = f"{PLACES[place_name]} {'gymnasium' if span == 'GY' else 'skola'}" + (f" {turn + 1}" if turn else "")
    organiser = INDEPENDENT_ORGANISER if number % _INDEPENDENT_EVERY == 0 else MUNICIPALITY
    return Unit(number, name, span, _AREAS[number % len(_AREAS)], organiser)
