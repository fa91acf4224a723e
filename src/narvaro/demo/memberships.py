"""Which lessons each pupil has: the class, moves between schools, adapted timetables, groups beside the class."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from narvaro.demo.cast import MOVE_MONTH
from narvaro.demo.draws import Draws
from narvaro.demo.groups import Group, language_group, support_group
from narvaro.demo.people import Pupil
from narvaro.demo.units import Unit
from narvaro.domain.school_calendar import SchoolCalendar

ALL_LESSONS = (1, 99)
_MOVING, _ADAPTED, _LANGUAGE, _SUPPORT = 0.008, 0.015, 0.06, 0.006
_ADAPTED_LESSONS = ((1, 2), (1, 3), (2, 3), (2, 4))
_LANGUAGE_GROUP, _SUPPORT_GROUP = 15, 4
_SETTLED_DAYS = 30  # nobody moves in the first or last days of the year


@dataclass(frozen=True, slots=True)
class Membership:
    """From school day ``first`` to ``last`` (places in the year) the pupil has ``lessons`` of the group's day."""

    pupil: int
    group: Group
    first: int
    last: int
    lessons: tuple[int, int] = ALL_LESSONS

    @property
    def is_class(self) -> bool:
        return self.group.grade is not None


def class_memberships(
    draws: Draws, pupils: Sequence[Pupil], classes: Sequence[Group], calendar: SchoolCalendar
) -> list[Membership]:
    days = calendar.school_days()
    november = next(place for place, day in enumerate(days) if day.month == MOVE_MONTH)
    adapted = _adapted_lessons(draws, pupils)
    moves = _moves(draws, pupils, classes, len(days)) | _cast_moves(pupils, classes, november)
    found: list[Membership] = []
    for each in pupils:
        whole = Membership(each.number, each.group, 0, len(days) - 1, adapted.get(each.number, ALL_LESSONS))
        if each.number in moves:
            day, earlier = moves[each.number]
            found.append(replace(whole, group=earlier, last=day - 1))
            whole = replace(whole, first=day)
        found.append(whole)
    return found


def _adapted_lessons(draws: Draws, pupils: Sequence[Pupil]) -> dict[int, tuple[int, int]]:
    """More often for pupils with much absence, as in life."""
    chosen = _chosen(draws, pupils, _ADAPTED, "adapted", lambda each: 0.5 * each.standing)
    drawn = {each.number: draws.one_of(_ADAPTED_LESSONS, "lessons", each.number) for each in chosen}
    return drawn | {each.number: each.cast.lessons for each in pupils if each.cast and each.cast.lessons}


def _moves(draws: Draws, pupils: Sequence[Pupil], classes: Sequence[Group], days: int) -> dict[int, tuple[int, Group]]:
    """Pupil number -> first day at the new school and the earlier class: the same grade at another unit."""
    of_grade: defaultdict[str | None, list[Group]] = defaultdict(list)
    in_use = {each.group.number for each in pupils}
    for group in classes:
        if group.number in in_use:
            of_grade[group.grade].append(group)
    moves = {}
    for each in _chosen(draws, [pupil for pupil in pupils if not pupil.is_upper], _MOVING, "moving"):
        elsewhere = [group for group in of_grade[each.grade] if group.unit != each.group.unit]
        if elsewhere:
            day = _SETTLED_DAYS + draws.whole("moving day", each.number) % (days - 2 * _SETTLED_DAYS)
            moves[each.number] = (day, draws.one_of(elsewhere, "earlier class", each.number))
    return moves


def _cast_moves(pupils: Sequence[Pupil], classes: Sequence[Group], day: int) -> dict[int, tuple[int, Group]]:
    by_name = {(group.unit, group.name): group for group in classes}
    return {
        each.number: (day, by_name[each.cast.earlier.unit, each.cast.earlier.group])
        for each in pupils
        if each.cast and each.cast.earlier
    }


def side_memberships(
    draws: Draws, pupils: Sequence[Pupil], classes: Sequence[Group], units: Sequence[Unit], days: int
) -> list[Membership]:
    numbers = count(len(classes) + 1)
    made = [*_language_groups(draws, pupils, units, numbers), *_support_groups(draws, pupils, numbers)]
    return [Membership(each.number, group, 0, days - 1) for group, members in made for each in members]


def _language_groups(
    draws: Draws, pupils: Sequence[Pupil], units: Sequence[Unit], numbers: Iterator[int]
) -> Iterator[tuple[Group, list[Pupil]]]:
    hosts = [unit for unit in units if "4" in unit.grades]
    speakers = _chosen(draws, [each for each in pupils if not each.is_upper], _LANGUAGE, "language")
    for members in _in_parts(speakers, _LANGUAGE_GROUP):
        yield language_group(draws, next(numbers), hosts), members


def _support_groups(
    draws: Draws, pupils: Sequence[Pupil], numbers: Iterator[int]
) -> Iterator[tuple[Group, list[Pupil]]]:
    at_unit: defaultdict[Unit, list[Pupil]] = defaultdict(list)
    for each in _chosen(draws, pupils, _SUPPORT, "support"):
        at_unit[each.group.unit].append(each)
    for unit, supported in sorted(at_unit.items(), key=lambda item: item[0].number):
        for members in _in_parts(supported, _SUPPORT_GROUP):
            yield support_group(draws, next(numbers), unit), members


def _in_parts(pupils: list[Pupil], size: int) -> Iterator[list[Pupil]]:
    return (pupils[start : start + size] for start in range(0, len(pupils), size))


def _chosen(
    draws: Draws, pupils: Iterable[Pupil], share: float, purpose: str, weight: Callable[[Pupil], float] = lambda _: 0.0
) -> list[Pupil]:
    """A fixed share of the pupils outside the cast, at least one; those with a higher ``weight`` come first."""
    ranked = sorted(
        ((draws.share(purpose, each.number) - weight(each), each) for each in pupils if each.cast is None),
        key=lambda pair: (pair[0], pair[1].number),
    )
    return [each for _, each in ranked[: max(1, round(share * len(ranked)))]]
