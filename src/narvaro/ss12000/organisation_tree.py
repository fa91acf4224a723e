"""The tree of organisations: which school units are read, under which code, and where their groups may hang."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from narvaro.ss12000.objects import Place
from narvaro.ss12000.told import Organisation

UNIT = "Skolenhet"
# Their names at the source, ours; the standard has not the names of today for adapted schools.
SCHOOL_FORMS = {
    "FKLASS": "FKLASS",
    "GR": "GR",
    "GRS": "GRS",
    "TR": "GRS",
    "SP": "SP",
    "SAM": "SAM",
    "GY": "GY",
    "GYS": "GYS",
}


@dataclass(frozen=True, slots=True)
class Tree:
    """``units``: the school units that are read, by id at the source, with the code that they have here.
    ``asked``: they, and what stands above units that are all read: there too groups, duties and activities may hang."""

    places: Mapping[str, Place]
    units: Mapping[str, str]
    asked: tuple[str, ...]

    @classmethod
    def of(cls, places: Mapping[str, Place], wanted: frozenset[str]) -> "Tree":
        schools = {each.id for each in places.values() if _is_read(each)}
        chosen = {id: code_of(places[id]) for id in sorted(schools) if not wanted or id in wanted}
        below: defaultdict[str, set[str]] = defaultdict(set)
        for id in schools:
            for above in ancestors(places, id):
                below[above].add(id)
        whole = sorted(above for above, units in below.items() if units <= chosen.keys())
        return cls(places, chosen, (*chosen, *whole))

    def units_at(self, place_id: str) -> tuple[str, ...]:
        """Codes of the units that are the place or lie below it."""
        return tuple(
            code for id, code in self.units.items() if id == place_id or place_id in ancestors(self.places, id)
        )

    def above(self, unit_id: str, kinds: frozenset[str]) -> str:
        """The name of the nearest organisation above of one of the kinds."""
        names = (self.places[id] for id in ancestors(self.places, unit_id))
        return next((each.name for each in names if each.kind in kinds), "")


def code_of(place: Place) -> str:
    return place.unit_code or place.id


def ancestors(places: Mapping[str, Place], id: str) -> list[str]:
    """From the nearest up; a tree that goes in a circle ends where it began."""
    found: list[str] = []
    above = places[id].parent_id
    while above in places and above != id and above not in found:
        found.append(above)
        above = places[above].parent_id
    return found


def organisations(places: Mapping[str, Place]) -> tuple[Organisation, ...]:
    """All of them as a tree in reading order."""
    children: defaultdict[str, list[Place]] = defaultdict(list)
    for place in sorted(places.values(), key=lambda each: (each.name, each.id)):
        children[place.parent_id if place.parent_id in places else ""].append(place)
    told: list[Organisation] = []
    waiting = [(place, 0) for place in reversed(children[""])]
    while waiting:
        place, depth = waiting.pop()
        told.append(Organisation(id=place.id, name=place.name, kind=place.kind, unit_code=place.unit_code, depth=depth))
        waiting += [(child, depth + 1) for child in reversed(children[place.id])]
    return tuple(told)


def _is_read(place: Place) -> bool:
    """A school unit, unless it says that it has none of our school forms (a preschool)."""
    return place.kind == UNIT and (not place.forms or any(form in SCHOOL_FORMS for form in place.forms))
