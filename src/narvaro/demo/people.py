"""The pupils: names, classes, and where each one's absence stands among the others'."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from narvaro.demo.calibration import calibration
from narvaro.demo.cast import CAST_PUPILS, CastPupil
from narvaro.demo.draws import Draws
from narvaro.demo.groups import Group
from narvaro.demo.names import full_name
from narvaro.demo.units import ALL_GRADES, MUNICIPALITY, UPPER_GRADES, Unit

_NEIGHBOURS = ("Grannkommun", "Sjökommun")
_FROM_NEIGHBOURS = {False: 0.01, True: 0.10}  # upper secondary pupils cross borders more
_PROTECTED = 0.0015
_UNIT_EFFECT = 0.30


@dataclass(frozen=True, slots=True)
class Pupil:
    """``group`` is the class where the year ends. ``standing`` is where the pupil's absence lies among the stage's
    pupils, 0 the least to 1 the most."""

    number: int
    elev_id: str
    given_name: str
    family_name: str
    group: Group
    grade: str
    home: str
    is_protected: bool
    standing: float = 0.5
    cast: CastPupil | None = None

    @property
    def stage(self) -> str:
        return calibration().stage_of(self.grade)

    @property
    def is_upper(self) -> bool:
        return self.grade in UPPER_GRADES


def wanted_by_grade(pupils: int) -> dict[str, int]:
    """How many beside the cast each grade needs, so that cohorts have the same size."""
    each, rest = divmod(pupils, len(ALL_GRADES))
    wanted = Counter({grade: each + (place < rest) for place, grade in enumerate(ALL_GRADES)})
    wanted.subtract(person.placement.grade for person in CAST_PUPILS)
    return _without_debts(wanted)


def _without_debts(wanted: Counter[str]) -> dict[str, int]:
    """At tiny sizes a grade may hold more cast pupils than its share; the other grades give way."""
    debt = -sum(number for number in wanted.values() if number < 0)
    left = {grade: max(0, number) for grade, number in wanted.items()}
    for _ in range(debt):
        left[max(left, key=lambda grade: left[grade])] -= 1
    return left


def build_people(draws: Draws, shares: Mapping[tuple[Unit, str], int], classes: Sequence[Group]) -> tuple[Pupil, ...]:
    return _with_standing(draws, [*_cast(classes), *_others(draws, shares, classes)])


def _cast(classes: Sequence[Group]) -> Iterator[Pupil]:
    by_name = {(group.unit, group.name): group for group in classes}
    for number, each in enumerate(CAST_PUPILS, 1):
        home = "" if each.is_protected else MUNICIPALITY
        group = by_name[each.placement.unit, each.placement.group]
        name = (each.given_name, each.family_name)
        yield Pupil(number, each.elev_id, *name, group, each.placement.grade, home, each.is_protected, cast=each)


def _others(draws: Draws, shares: Mapping[tuple[Unit, str], int], classes: Sequence[Group]) -> Iterator[Pupil]:
    of_unit = defaultdict(list)
    for group in classes:
        of_unit[group.unit, group.grade].append(group)
    number = len(CAST_PUPILS)
    for at, count in shares.items():
        for place in range(count):
            number += 1
            yield _pupil(draws, number, of_unit[at][place % len(of_unit[at])], at[1])


def _pupil(draws: Draws, number: int, group: Group, grade: str) -> Pupil:
    is_protected = draws.share("protected", number) < _PROTECTED
    is_neighbour = draws.share("home", number) < _FROM_NEIGHBOURS[grade in UPPER_GRADES]
    home = draws.one_of(_NEIGHBOURS, "neighbour", number) if is_neighbour else MUNICIPALITY
    elev_id = f"e-{number - len(CAST_PUPILS):06d}"
    return Pupil(number, elev_id, *full_name(draws, number), group, grade, "" if is_protected else home, is_protected)


def _with_standing(draws: Draws, pupils: Sequence[Pupil]) -> tuple[Pupil, ...]:
    """Evenly spread over 0..1 within each stage, so that bands come near their targets at small sizes too.

    Units differ: a unit's effect moves its pupils up or down in the order, which leaves the whole as it was.
    """
    stages: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
    for pupil in pupils:
        if pupil.cast is None:
            effect = draws.share("unit effect", pupil.group.unit.number) * _UNIT_EFFECT
            stages[pupil.stage].append((draws.share("standing", pupil.number) + effect, pupil.number))
    standing = {
        number: (rank + draws.share("within rank", number)) / len(ranked)
        for ranked in stages.values()
        for rank, (_, number) in enumerate(sorted(ranked))
    }
    return tuple(replace(pupil, standing=standing.get(pupil.number, 0.5)) for pupil in pupils)
