"""The parts that a draft is edited in. A part is named in addresses: "step-2", "rule-total_15", "new-rule"."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import Http404

from narvaro.contexts.plan.part_forms import (
    AboutForm,
    ContactsForm,
    ExpectationsForm,
    GuardianTextsForm,
    NotDoingForm,
    OverdueForm,
    PartForm,
    SchoolsForm,
)
from narvaro.contexts.plan.step_forms import CaseRuleForm, RuleForm, StepForm, free_number
from narvaro.core.errors import Refused
from narvaro.domain.plan import Plan
from narvaro.language import Message

WHOLE: Mapping[str, type[PartForm]] = {
    "about": AboutForm,
    "expectations": ExpectationsForm,
    "contacts": ContactsForm,
    "not_doing": NotDoingForm,
    "guardian_texts": GuardianTextsForm,
    "overdue": OverdueForm,
    "schools": SchoolsForm,
}
MANY: Mapping[str, type[PartForm]] = {"step": StepForm, "rule": RuleForm, "case_rule": CaseRuleForm}
POINTED_AT = Message.of("Rules point at this step. Move or remove them first.")
LAST_ONE = Message.of("A plan has at least one step and one rule.")
NO_ROOM = Message.of("A plan has at most nine steps.")


@dataclass(frozen=True, slots=True)
class Part:
    """``which`` is empty for what there is one of, and for what is new."""

    kind: str
    which: str
    is_new: bool
    form: type[PartForm]


def part_of(slug: str, plan: Plan) -> Part:
    """Raises Http404 for what the plan does not have."""
    if slug in WHOLE:
        return Part(slug, "", is_new=False, form=WHOLE[slug])
    kind, _, which = slug.partition("-")
    if kind == "new" and which in MANY:
        if which == "step" and not free_number(plan):
            raise Refused(NO_ROOM)
        return Part(which, "", is_new=True, form=MANY[which])
    if which not in _names(kind, plan):
        raise Http404
    return Part(kind, which, is_new=False, form=MANY[kind])


def without(part: Part, plan: Plan) -> Plan:
    """Raises Refused for what others need, and Http404 for what cannot be taken away."""
    if part.is_new or part.kind not in MANY:
        raise Http404
    if part.kind == "step":
        return _without_step(plan, int(part.which))
    if part.kind == "rule":
        rules = tuple(rule for rule in plan.rules if rule.id != part.which)
        if not rules:
            raise Refused(LAST_ONE)
        return replace(plan, rules=rules)
    return replace(plan, case_rules=tuple(rule for rule in plan.case_rules if rule.id != part.which))


def _without_step(plan: Plan, number: int) -> Plan:
    if any(rule.step == number for rule in plan.every_rule):
        raise Refused(POINTED_AT)
    steps = tuple(step for step in plan.steps if step.number != number)
    if not steps:
        raise Refused(LAST_ONE)
    return replace(plan, steps=steps)


def _names(kind: str, plan: Plan) -> set[str]:
    if kind == "step":
        return {str(step.number) for step in plan.steps}
    if kind == "rule":
        return {rule.id for rule in plan.rules}
    return {rule.id for rule in plan.case_rules} if kind == "case_rule" else set()
