"""Classes of 16 to 30 pupils at each unit, and the few groups that pupils go to besides their class."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from narvaro.demo.cast import CAST_GROUPS, mentor_of
from narvaro.demo.draws import Draws
from narvaro.demo.names import full_name
from narvaro.demo.timetable import DAYS, Slot, weekly_timetable
from narvaro.demo.units import UPPER_GRADES, Unit, grade_label, with_cast_units

_USUAL_CLASS, _LARGEST_CLASS = 24, 30
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PROGRAMMES = ("SA", "NA", "EK", "TE", "EE", "BF", "VO", "IM")
_LANGUAGES = ("arabiska", "somaliska", "polska", "finska", "persiska", "tigrinja")
_AFTER_SCHOOL = 15 * 60 + 20
_MID_MORNING = 10 * 60


@dataclass(frozen=True, slots=True)
class Group:
    """``grade`` is None for a group beside the class. In ``is_told`` classes every register is taken, so that the
    cast's stories can be read; the school that writes on paper is no such place."""

    number: int
    unit: Unit
    name: str
    grade: str | None
    mentor: str
    slots: tuple[Slot, ...]
    is_told: bool = False


def share_out(pupils: Mapping[str, int], units: Sequence[Unit]) -> dict[tuple[Unit, str], int]:
    """How many of each grade's pupils go to each unit that has the grade."""
    shares: Counter[tuple[Unit, str]] = Counter()
    for grade, number in pupils.items():
        taking = [unit for unit in units if grade in unit.grades]
        total = sum(unit.parallels for unit in taking)
        reached = 0
        for unit in taking:
            before, reached = reached, reached + unit.parallels
            shares[unit, grade] += number * reached // total - number * before // total
    return dict(shares)


def build_classes(draws: Draws, shares: Mapping[tuple[Unit, str], int]) -> list[Group]:
    """Every class that the shares need, and the cast's."""
    names: defaultdict[Unit, list[tuple[str, str]]] = defaultdict(list)
    for unit in with_cast_units([unit for unit, _ in shares]):
        for grade in unit.grades:
            names[unit] += [(grade, name) for name in _class_names(unit, grade, shares.get((unit, grade), 0))]
    numbers = count(1)
    return [
        _class(draws, next(numbers), unit, grade, name, place)
        for unit, classes in names.items()
        for place, (grade, name) in enumerate(classes)
    ]


def _class_names(unit: Unit, grade: str, pupils: int) -> list[str]:
    """The cast's class is filled first, so that it is a whole class at small sizes too."""
    cast = [each.group for each in CAST_GROUPS if (each.unit, each.grade) == (unit, grade)]
    needed = max(len(cast), round(pupils / _USUAL_CLASS), -(-pupils // _LARGEST_CLASS))
    others = (name for name in _possible_names(grade) if name not in cast)
    return cast + [next(others) for _ in range(needed - len(cast))]


def _possible_names(grade: str) -> Iterator[str]:
    label = grade_label(grade)
    for letter in _LETTERS:
        if grade in UPPER_GRADES:
            yield from (f"{programme}{label}{letter}" for programme in _PROGRAMMES)
        else:
            yield f"{label}{letter}"


def _class(draws: Draws, number: int, unit: Unit, grade: str, name: str, place: int) -> Group:
    slots = weekly_timetable(draws, grade=grade, unit=unit.code, group=name, place=place)
    mentor = mentor_of(unit.name, name) or " ".join(full_name(draws, "mentor", unit.number, name))
    is_told = not unit.is_paper and any((each.unit, each.group) == (unit, name) for each in CAST_GROUPS)
    return Group(number, unit, name, grade, mentor, slots, is_told)


def language_group(draws: Draws, number: int, hosts: Sequence[Unit]) -> Group:
    """Mother-tongue teaching after school, at one unit for pupils of all."""
    language = _LANGUAGES[number % len(_LANGUAGES)]
    unit = draws.one_of(hosts, "language host", number)
    return _side_group(draws, number, unit, f"Modersmål {number}", f"Modersmål {language}", _AFTER_SCHOOL)


def support_group(draws: Draws, number: int, unit: Unit) -> Group:
    """Special teaching that lies on top of a class's lesson: the pupil is double booked."""
    return _side_group(draws, number, unit, f"Stöd {number}", "Specialundervisning", _MID_MORNING)


def _side_group(draws: Draws, number: int, unit: Unit, name: str, subject: str, start: int) -> Group:
    dow = draws.one_of(DAYS, "side group", number)
    return Group(number, unit, name, None, "", (Slot(dow, 1, start, 40, subject, f"{unit.code}/{name}"),))
