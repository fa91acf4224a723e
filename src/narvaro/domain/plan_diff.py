"""What is different between two plans, part by part: added, removed, changed (M13)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from narvaro.domain.plan import PARTIES, Plan, StepWork

Kind = Literal["added", "removed", "changed"]
Values = Mapping[str, Any]
# A part: what it is ("step", "rule", "about") and which ("2", "total_15", "").
Part = tuple[str, str]
_ABOUT = ("title", "source", "kind", "occasion", "valid_from")
_WORK = tuple(field.name for field in fields(StepWork))


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a part. ``before`` is None in what was added, ``after`` in what was removed."""

    what: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class PartChange:
    kind: Kind
    part: Part
    changes: tuple[Change, ...]


def compare(before: Plan, after: Plan) -> tuple[PartChange, ...]:
    """In the order of the newer plan; what was removed comes where it was among its kind. Empty for the same plan. Name
    and version are the file's own and no difference."""
    older, newer = parts_of(before), parts_of(after)
    found = (_part_change(part, older.get(part), newer.get(part)) for part in _in_order(older, newer))
    return tuple(each for each in found if each.changes)


def parts_of(plan: Plan) -> dict[Part, Values]:
    """Every part of a plan with its values by name, in the order in which it is read."""
    return {
        ("about", ""): {name: getattr(plan, name) for name in _ABOUT},
        **{("step", str(step.number)): _step(step.name, step.work) for step in plan.steps},
        **{("rule", rule.id): _without_id(rule) for rule in plan.rules},
        **{("case_rule", rule.id): _without_id(rule) for rule in plan.case_rules},
        ("expectations", ""): {
            party: tuple(each.text for each in plan.expectations if each.party == party) for party in PARTIES
        },
        ("contacts", ""): {"contacts": plan.contacts},
        ("not_doing", ""): {"not_doing": plan.not_doing},
        ("guardian_texts", ""): {"guardian_texts": plan.guardian_texts},
        ("overdue", ""): {field.name: getattr(plan.overdue, field.name) for field in fields(plan.overdue)},
        ("schools", ""): {"schools_may_change": plan.schools_may_change},
    }


def _step(name: Any, work: StepWork) -> Values:
    return {"name": name, **{each: getattr(work, each) for each in _WORK}}


def _without_id(rule: Any) -> Values:
    return {field.name: getattr(rule, field.name) for field in fields(rule) if field.name != "id"}


def _in_order(older: Mapping[Part, Values], newer: Mapping[Part, Values]) -> Iterable[Part]:
    kinds = list(dict.fromkeys(kind for kind, _ in (*newer, *older)))
    order = {"about": 0, "step": 1, "rule": 2, "case_rule": 3}
    for kind in sorted(kinds, key=lambda each: order.get(each, len(order))):
        yield from dict.fromkeys(part for part in (*newer, *older) if part[0] == kind)


def _part_change(part: Part, before: Values | None, after: Values | None) -> PartChange:
    kind: Kind = "added" if before is None else "removed" if after is None else "changed"
    names = dict.fromkeys((*(after or {}), *(before or {})))
    values = ((name, (before or {}).get(name), (after or {}).get(name)) for name in names)
    return PartChange(kind, part, tuple(Change(*each) for each in values if not _same(each[1], each[2])))


def _same(before: Any, after: Any) -> bool:
    """Nothing at all is the same as an empty list: neither says anything."""
    return bool(before == after or (before in (None, (), "") and after in (None, (), "")))
