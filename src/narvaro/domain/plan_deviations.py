"""Where one school does otherwise than the municipality's plan, as far as the plan lets schools.

A deviation is a place in the plan and the value there: ``steps.2.contact_within`` 3. Schools add to what is always done
and to the contacts; they take nothing away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from narvaro.domain.plan import Changeable, MustDo, Plan, PlanContact, Step, StepWork
from narvaro.language import Words

CONTACTS = "contacts"
# The end of a place within a step, and what it is counted as.
IN_STEP: Mapping[str, Changeable] = {
    "contact_within": "deadlines",
    "finish_within": "deadlines",
    "follow_up_after": "deadlines",
    "meeting.within": "deadlines",
    "meeting.participants": "participants",
    "others": "participants",
    "must_do": "must_do",
}


@dataclass(frozen=True, slots=True)
class Deviation:
    """``value``: a number of school days, a list of roles, a list of texts or a list of functions with e-mail."""

    place: str
    value: Any


def place_of(step: int, part: str) -> str:
    return f"steps.{step}.{part}"


def parts_of(place: str) -> tuple[int, str]:
    """The step's number and the part there; 0 for what belongs to the whole plan."""
    if not place.startswith("steps."):
        return 0, place
    _, number, part = place.split(".", 2)
    return int(number), part


def changed_by(place: str) -> Changeable | None:
    """Which permission the place needs; None for what no school may change."""
    step, part = parts_of(place)
    return IN_STEP.get(part) if step else ("contacts" if part == CONTACTS else None)


def possible_places(plan: Plan) -> tuple[str, ...]:
    """Every place that schools may change in this plan, in the order of the plan."""
    in_steps = (
        place_of(step.number, part)
        for step in plan.steps
        for part, group in IN_STEP.items()
        if group in plan.schools_may_change and (step.work.meeting or not part.startswith("meeting."))
    )
    return (*in_steps, *((CONTACTS,) if "contacts" in plan.schools_may_change else ()))


def value_at(plan: Plan, place: str) -> Any:
    """What the plan says there, in the form of a deviation's value. Of what schools add to: nothing yet."""
    step, part = parts_of(place)
    if part in ("must_do", CONTACTS):
        return []
    value: Any = _step(plan, step).work
    for name in part.split("."):
        value = getattr(value, name)
    return list(value) if isinstance(value, tuple) else value


def with_deviations(plan: Plan, deviations: Iterable[Deviation]) -> Plan:
    """The plan as it is at one school. What the plan does not let schools change, or no longer has, stays as it is."""
    allowed = possible_places(plan)
    for each in deviations:
        if each.place in allowed:
            plan = _changed(plan, each)
    return plan


def _changed(plan: Plan, deviation: Deviation) -> Plan:
    number, part = parts_of(deviation.place)
    if not number:
        return replace(plan, contacts=(*plan.contacts, *map(_contact, deviation.value)))
    steps = (
        replace(step, work=_work(step, part, deviation.value)) if step.number == number else step for step in plan.steps
    )
    return replace(plan, steps=tuple(steps))


def _work(step: Step, part: str, value: Any) -> StepWork:
    work = step.work
    if part == "must_do":
        own = (MustDo(f"own_{number}", Words(text)) for number, text in enumerate(value, 1))
        return replace(work, must_do=(*work.must_do, *own))
    given = tuple(value) if isinstance(value, list) else value
    if part.startswith("meeting.") and work.meeting:
        changed: dict[str, Any] = {part.removeprefix("meeting."): given}
        return replace(work, meeting=replace(work.meeting, **changed))
    changes: dict[str, Any] = {part: given}
    return replace(work, **changes)


def _contact(value: Mapping[str, str]) -> PlanContact:
    return PlanContact(Words(value["function"]), value.get("name", ""), value.get("phone", ""), value.get("email", ""))


def _step(plan: Plan, number: int) -> Step:
    step = plan.step(number)
    if step is None:
        raise ValueError(f"the plan has no step {number}")
    return step
