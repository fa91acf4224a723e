"""What a reading has found to be new, changed and gone since the one before."""

from collections.abc import Callable, Mapping
from typing import Any

from narvaro.ss12000.memory import Mirror
from narvaro.ss12000.organisation_tree import Tree
from narvaro.ss12000.relevant import guardian_ids, pupil_ids, staff_ids
from narvaro.ss12000.told import Difference

_Chosen = Callable[[Mirror, Tree, str], set[str]]
_PERSONS: tuple[tuple[str, _Chosen], ...] = (
    ("pupils", pupil_ids),
    ("staff", lambda mirror, _tree, _day: staff_ids(mirror)),
    ("guardians", lambda mirror, tree, day: guardian_ids(mirror, pupil_ids(mirror, tree, day))),
)


def differences(before: Mirror, after: Mirror, wanted: frozenset[str], first_day: str) -> tuple[Difference, ...]:
    old, new = Tree.of(before.places, wanted), Tree.of(after.places, wanted)
    persons = (
        _between(kind, _of(before, chosen(before, old, first_day)), _of(after, chosen(after, new, first_day)))
        for kind, chosen in _PERSONS
    )
    others = (_between(kind, getattr(before, kind), getattr(after, kind)) for kind in ("groups", "activities"))
    return (*persons, *others)


def _of(mirror: Mirror, ids: set[str]) -> dict[str, Any]:
    return {id: mirror.persons[id] for id in ids if id in mirror.persons}


def _between(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    return Difference(
        kind=kind,
        new=len(after.keys() - before.keys()),
        changed=sum(before[id] != after[id] for id in before.keys() & after.keys()),
        gone=len(before.keys() - after.keys()),
    )
