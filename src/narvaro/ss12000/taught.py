"""Which pupils have which lessons: activities that count, the unit that gives them, and their groups' members."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from narvaro.ss12000.memory import Mirror
from narvaro.ss12000.objects import Activity, Group, holds
from narvaro.ss12000.organisation_tree import Tree
from narvaro.ss12000.relevant import CLASS, pupil_ids
from narvaro.ss12000.school_weeks import days_of

# In these attendance is taken, says the standard; an activity without a kind is taken as teaching.
_COUNTED = ("", "Undervisning", "Elevaktivitet")

Spans = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Course:
    """An activity as its lessons are stored. ``members``: for each pupil the first and last days in its groups."""

    code: str
    place_id: str
    subject: str
    members: Mapping[str, Spans]
    _turns: list[str] = field(default_factory=list, repr=False, compare=False)
    _between: dict[int, list[str]] = field(default_factory=dict, repr=False, compare=False)

    def pupils_on(self, day: str) -> list[str]:
        """The same list on all days between two on which somebody comes or leaves."""
        if not self._turns:
            # A day with a tilde lies after that day and before the next.
            ends = {end for spans in self.members.values() for first, last in spans for end in (first, f"{last}~")}
            self._turns.extend(sorted(ends))
        turn = bisect_right(self._turns, day)
        if turn not in self._between:
            self._between[turn] = [id for id, spans in self.members.items() if _is_within(spans, day)]
        return self._between[turn]


class Taught:
    """``courses``: by activity. ``homeless``: activities that count and belong to no unit that is read. ``units``:
    codes by the unit's id. ``pupils``: those who are known."""

    def __init__(self, mirror: Mirror, tree: Tree, first_day: str) -> None:
        self.units = tree.units
        self.pupils = frozenset(pupil_ids(mirror, tree, first_day))
        self.courses: dict[str, Course] = {}
        self.homeless = 0
        self._classes = [each for each in mirror.groups.values() if each.kind == CLASS and each.place_id in tree.units]
        for activity in mirror.activities.values():
            if activity.kind in _COUNTED:
                self._take(activity, mirror, tree)

    def _take(self, activity: Activity, mirror: Mirror, tree: Tree) -> None:
        groups = [mirror.groups[id] for id in activity.group_ids if id in mirror.groups]
        code = _code_of(activity, groups, tree)
        if code is None:
            self.homeless += 1
            return
        members = _members(groups, self.pupils)
        self.courses[activity.id] = Course(code, activity.place_id, activity.subject or activity.name, members)

    def classes_at(self, code: str, day: str) -> dict[str, str]:
        """The name of the class that each pupil of the unit is in on the day."""
        return {
            member.person_id: group.name
            for group in self._classes
            if self.units[group.place_id] == code and holds(group.first_day, group.last_day, day)
            for member in group.members
            if holds(member.first_day, member.last_day, day)
        }

    def places(self) -> dict[str, set[str]]:
        """Where each unit's lessons are asked for: at the unit, and where its activities hang."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for id, code in self.units.items():
            found[code].add(id)
        for course in self.courses.values():
            found[course.code].add(course.place_id)
        return found


def changed_weeks(
    before: Mapping[str, Course], after: Mapping[str, Course], weeks: Iterable[date]
) -> set[tuple[str, date]]:
    """Units and weeks whose lessons other pupils have now, or which another unit gives now."""
    weeks = list(weeks)
    found: set[tuple[str, date]] = set()
    for id in before.keys() | after.keys():
        old, new = before.get(id), after.get(id)
        if old == new:
            continue
        if old is None or new is None or old.code != new.code or old.subject != new.subject:
            found |= {(each.code, week) for each in (old, new) if each for week in weeks}
            continue
        found |= {(new.code, week) for week in weeks if _differs_in(old, new, week)}
    return found


def _differs_in(old: Course, new: Course, week: date) -> bool:
    moved = {id for id in old.members.keys() | new.members.keys() if old.members.get(id) != new.members.get(id)}
    return any(
        _is_within(old.members.get(id), day) != _is_within(new.members.get(id), day)
        for id in moved
        for day in days_of(week)
    )


def _is_within(spans: Spans | None, day: str) -> bool:
    return any((not first or first <= day) and (not last or day <= last) for first, last in spans or ())


def _code_of(activity: Activity, groups: list[Group], tree: Tree) -> str | None:
    """The unit that gives the lessons: the activity's own, else that of its groups, else the only one below it."""
    for place in (activity.place_id, *(group.place_id for group in groups)):
        if place in tree.units:
            return tree.units[place]
    below = set(tree.units_at(activity.place_id))
    return below.pop() if len(below) == 1 else None


def _members(groups: list[Group], pupils: frozenset[str]) -> dict[str, Spans]:
    found: dict[str, set[tuple[str, str]]] = {}
    for group in groups:
        for member in group.members:
            if member.person_id in pupils:
                first = max(member.first_day, group.first_day)
                last = min(filter(None, (member.last_day, group.last_day)), default="")
                found.setdefault(member.person_id, set()).add((first, last))
    return {pupil: frozenset(spans) for pupil, spans in found.items()}
