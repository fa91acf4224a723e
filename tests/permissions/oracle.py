"""What ought to happen, by definitions/access.yaml and the facts alone.

A second reading of the law: it imports nothing of the program, so that a fault there is not a fault here too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.permissions.people import ALWAYS, TODAY, Child, Person, Subject, Thing

FILE = Path(__file__).resolve().parents[2] / "definitions/access.yaml"
Relation = Callable[[Person, Child], bool]


@cache
def law() -> Mapping[str, Any]:
    read: Mapping[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return read


@dataclass(frozen=True)
class Expected:
    """``status`` 200 stands for any answer but a refusal. ``action`` None: nothing was asked for yet."""

    status: int
    action: str | None = None
    personal: bool = False


def _own_unit(person: Person, child: Child) -> bool:
    here = {unit for unit, period in child.stays if period.holds()}
    return bool(here if person.units is None else here & set(person.units))


def _left_unit(person: Person, child: Child) -> bool:
    """Went last to one of the person's schools, until before today, and to none since."""
    last = [period.last for _unit, period in child.stays]
    if any(each is None or each >= TODAY for each in last):
        return False
    ended = [each for each in last if each is not None]
    return any(
        period.last == max(ended) and (person.units is None or unit in person.units) for unit, period in child.stays
    )


RELATIONS: Mapping[str, Relation] = {
    "own_authority": lambda person, child: True,  # being of one authority is asked for before any relation
    "own_unit": _own_unit,
    "left_unit": _left_unit,
    "mentored": lambda person, child: any(tie.person == person.key and tie.period.holds() for tie in child.mentors),
    "circle": lambda person, child: any(tie.person == person.key and tie.period.holds() for tie in child.circle),
    "own_child": lambda person, child: any(
        tie.person == person.key and tie.period.holds() and tie.sees for tie in child.guardians
    ),
    "self": lambda person, child: child.own == person.key,
}


# What a school has written itself: own_unit asks where it is kept, and no tie reaches beyond one's own schools. An act
# of another kind is so too where it is about a case (``Child.by_case``).
KEPT = ("case.", "conversation.", "duty.")
NOT_KEPT = ("case.open",)


def is_kept(action: str) -> bool:
    return action.startswith(KEPT) and action not in NOT_KEPT


def sees(rules: Mapping[str, Any], person: Person, action: str, child: Child) -> bool:
    """Whether the person may do the action on the child today."""
    relations = relations_of(rules, person, action)
    if child.by_case or is_kept(action):
        child = replace(child, stays=((child.kept_at, ALWAYS),))
        if person.units is not None and child.kept_at not in person.units:
            return False
    related = any(RELATIONS[relation](person, child) for relation in relations)
    open_to = (
        not child.protected
        or child.own == person.key
        or any(tie.person == person.key and tie.period.holds() for tie in child.listed)
    )
    return person.authority == child.authority and related and open_to


def may_show(
    rules: Mapping[str, Any], person: Person, action: str, category: str, authority: str, child: Child | None
) -> bool:
    """Whether a page of the action may hold data of the category about the child, or of the authority at large."""
    law = rules["actions"][action]
    if category not in {"key", "operational", *law.get("shows", ())}:
        return any(may_show(rules, person, each, category, authority, child) for each in law.get("includes", ()))
    if child is None:
        return authority == person.authority
    return any(sees(rules, person, each, child) for each in (action, *law.get("includes", ())))


def reaches(rules: Mapping[str, Any], person: Person, action: str, thing: Thing) -> bool:
    """As ``sees``, of a thing: it lies in the authority, or at one of the person's units."""
    relations = relations_of(rules, person, action)
    near = person.units is None or set(thing.units) & set(person.units)
    related = "own_authority" in relations or ("own_unit" in relations and near)
    related = related or ("self" in relations and thing.owner == person.key)
    return person.authority == thing.authority and bool(related) and not thing.out_of_reach


def relations_of(rules: Mapping[str, Any], person: Person, action: str) -> tuple[str, ...]:
    allow = rules["actions"][action]["allow"]
    return tuple(allow.get(person.role, allow.get("everyone", ())))


def judge(rules: Mapping[str, Any], person: Person, route: str, method: str, subject: Subject | None) -> Expected:
    """Of a route that is neither public nor about one's own account. ``subject``: whom or what the address names."""
    if not person.active:
        return Expected(302)  # to the sign-in page
    action = rules["routes"][route].get("GET" if method == "HEAD" else method)
    if action is None:
        return Expected(405)
    personal = rules["actions"][action].get("personal", True)
    if not person.period.holds() or not relations_of(rules, person, action):
        return Expected(403, action, personal)
    within = sees if isinstance(subject, Child) else reaches
    if subject is not None and not within(rules, person, action, subject):  # type: ignore[operator]
        return Expected(404, action, personal)
    return Expected(200, action, personal)
