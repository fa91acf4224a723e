"""A Plan as the text of a file: one form for one plan, so that two versions can be compared line by line. What is as
the domain has it by default is left out."""

from collections.abc import Iterable
from typing import Any

import yaml

from narvaro.domain.plan import PARTIES, CaseRule, Overdue, Plan, PlanContact, Rule, Step, StepWork
from narvaro.language import Words

_WIDTH = 118
_DEFAULT, _DEFAULT_OVERDUE = StepWork(), Overdue()


def write_plan(plan: Plan) -> str:
    """``plan_of_text`` gives the same plan again."""
    return yaml.dump(
        _filled(
            name=plan.name,
            version=plan.version,
            title=plan.title,
            kind=plan.kind,
            source=plan.source,
            valid_from=plan.valid_from.isoformat(),
            occasion=plan.occasion,
            steps=[_step(step) for step in plan.steps],
            rules=[_rule(rule, plan) for rule in plan.rules],
            case_rules=[_case_rule(rule, plan) for rule in plan.case_rules],
            expectations=_expectations(plan),
            contacts=[_contact(contact) for contact in plan.contacts],
            not_doing=[{"role": each.role, "text": _words(each.text)} for each in plan.not_doing],
            guardian_texts=_texts(plan.guardian_texts),
            overdue=_overdue(plan.overdue),
            schools_may_change=list(plan.schools_may_change),
        ),
        Dumper=_Writer,
        allow_unicode=True,
        sort_keys=False,
        width=_WIDTH,
    )


class _Writer(yaml.SafeDumper):
    """Lists stand in from their key, and nothing is written as an alias, which plans may not have."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, indentless=False)


def _filled(**parts: Any) -> dict[str, Any]:
    """Without what is empty."""
    return {key: value for key, value in parts.items() if value not in (None, "", [], {})}


def _words(words: Words | None) -> Any:
    if words is None or not words.en:
        return words and words.sv
    return {"sv": words.sv, "en": words.en}


def _texts(texts: Iterable[Words]) -> list[Any]:
    return [_words(text) for text in texts]


def _step(step: Step) -> dict[str, Any]:
    work = step.work
    written = _filled(
        number=step.number,
        name=_words(step.name),
        owner=work.owner,
        others=list(work.others),
        must_do=[_filled(id=each.id, text=_words(each.text), role=each.role) for each in work.must_do],
        documents=_texts(work.documents),
        exit=_filled(text=_words(work.exit_text), when=str(work.exit_when) if work.exit_when else None),
    )
    if work.meeting:
        kind, within = work.meeting.kind, work.meeting.within
        written["meeting"] = {"kind": kind, "participants": list(work.meeting.participants), "within": within}
    if work.finish_within is not None:
        written["finish_within"] = work.finish_within
    numbers = {"contact_within": work.contact_within, "follow_up_after": work.follow_up_after}
    changed: dict[str, Any] = {name: value for name, value in numbers.items() if value != getattr(_DEFAULT, name)}
    if work.closing_needs != _DEFAULT.closing_needs:
        changed["closing_needs"] = list(work.closing_needs)
    return written | changed


def _rule(rule: Rule, plan: Plan) -> dict[str, Any]:
    return _filled(
        id=rule.id,
        step=rule.step,
        severity=rule.severity,
        when=str(rule.when),
        text=_words(rule.text),
        kind=_own(rule.kind, plan.kind),
        source=_own(rule.source, plan.source),
        population=_filled(forms=list(rule.forms), grades=list(rule.grades)),
    )


def _case_rule(rule: CaseRule, plan: Plan) -> dict[str, Any]:
    source = _own(rule.source, plan.source)
    return _filled(id=rule.id, step=rule.step, needs="case", text=_words(rule.text), source=source)


def _own(value: str, of_plan: str) -> str:
    return "" if value == of_plan else value


def _expectations(plan: Plan) -> dict[str, Any]:
    said = {party: _texts(each.text for each in plan.expectations if each.party == party) for party in PARTIES}
    return _filled(**said)


def _contact(contact: PlanContact) -> dict[str, Any]:
    function = _words(contact.function)
    return _filled(function=function, name=contact.name, phone=contact.phone, email=contact.email)


def _overdue(overdue: Overdue) -> dict[str, Any]:
    values = {
        "remind_before": overdue.remind_before,
        "escalate_after": overdue.escalate_after,
        "in_line": overdue.in_line,
    }
    changed = {name: value for name, value in values.items() if value != getattr(_DEFAULT_OVERDUE, name)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in changed.items()}
