"""The tree of Exempelkommun's organisers, areas, schools and school units, as rows of sql/rows.sql."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from narvaro.demo.units import MUNICIPALITY, Unit

MUNICIPALITY_CODE = "9900"  # no municipality has it
_NEIGHBOUR_CODE = "9901"


@dataclass(frozen=True, slots=True)
class Organisation:
    nr: int
    name: str
    type: str
    parent: int | None = None
    unit_code: str | None = None
    school_types: str | None = None
    code: str | None = None
    organisation_number: str | None = None
    municipality_code: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """``units``: the number of each school unit's organisation, ``schools`` of the school over it."""

    organisations: tuple[Organisation, ...]
    units: Mapping[Unit, int]
    schools: Mapping[Unit, int]
    organisers: Mapping[str, int]


def build_tree(units: Iterable[Unit]) -> Tree:
    found: list[Organisation] = []
    places: dict[tuple[str, str], int] = {}
    unit_numbers, school_numbers = {}, {}

    def add(key: tuple[str, str], type_: str, parent: int | None, **more: str | None) -> int:
        if key not in places:
            places[key] = len(found) + 1
            found.append(Organisation(places[key], key[1], type_, parent, **more))
        return places[key]

    for unit in units:
        organiser = add(("organiser", unit.organiser), "Huvudman", None, organisation_number=_number(unit.organiser))
        over = organiser
        if unit.organiser == MUNICIPALITY:
            over = add(("area", unit.area), "Verksamhetsområde", organiser)
        school_numbers[unit] = add(("school", unit.name), "Skola", over, code=f"S{unit.number}")
        unit_numbers[unit] = add(
            ("unit", unit.name),
            "Skolenhet",
            school_numbers[unit],
            unit_code=unit.code,
            school_types=unit.school_forms,
            municipality_code=MUNICIPALITY_CODE,
            email=f"expedition.{unit.number}@exempelkommun.example",
        )
    organisers = {name: number for (kind, name), number in places.items() if kind == "organiser"}
    return Tree(tuple(found), unit_numbers, school_numbers, organisers)


def _number(organiser: str) -> str:
    """No such number is given: the third digit of a real one is at least 2."""
    return "010000-0000" if organiser == MUNICIPALITY else "020000-0000"


def home_code(home: str) -> int | None:
    if not home:
        return None
    return int(MUNICIPALITY_CODE if home == MUNICIPALITY else _NEIGHBOUR_CODE)
