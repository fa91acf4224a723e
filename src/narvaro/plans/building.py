"""From the checked parts of a file to the domain's Plan; what a file leaves out is the domain's default."""

from collections.abc import Iterable
from typing import Any

from narvaro.domain.plan import (
    PARTIES,
    CaseRule,
    Expectation,
    MustDo,
    NotDoing,
    Overdue,
    Plan,
    PlanContact,
    RequiredMeeting,
    Rule,
    Step,
    StepWork,
)
from narvaro.language import Words
from narvaro.plans.schema import (
    CaseRulePart,
    ChipPart,
    ExpectationsPart,
    MeetingPart,
    OverduePart,
    ParagraphPart,
    PlanFile,
    RulePart,
    SentencePart,
    StepPart,
)


def plan_of(file: PlanFile) -> Plan:
    return Plan(
        name=file.name,
        version=file.version,
        title=file.title,
        source=file.source,
        valid_from=file.valid_from,
        occasion=file.occasion,
        steps=tuple(Step(step.number, _words(step.name), _work(step)) for step in file.steps),
        rules=tuple(_rule(rule, file) for rule in file.rules),
        case_rules=tuple(_case_rule(rule, file) for rule in file.case_rules),
        kind=file.kind,
        expectations=tuple(_expectations(file.expectations)),
        contacts=tuple(PlanContact(_words(each.function), each.name, each.phone, each.email) for each in file.contacts),
        not_doing=tuple(NotDoing(each.role, _words(each.text)) for each in file.not_doing),
        guardian_texts=tuple(map(_words, file.guardian_texts)),
        overdue=_overdue(file.overdue),
        schools_may_change=tuple(file.schools_may_change),
    )


def _words(part: ChipPart | SentencePart | ParagraphPart) -> Words:
    return Words(part.sv, part.en)


def _work(part: StepPart) -> StepWork:
    return StepWork(
        others=tuple(part.others),
        must_do=tuple(MustDo(each.id, _words(each.text), each.role or "") for each in part.must_do),
        meeting=_meeting(part.meeting) if part.meeting else None,
        documents=tuple(map(_words, part.documents)),
        finish_within=part.finish_within,
        exit_text=_words(part.exit.text) if part.exit.text else None,
        exit_when=part.exit.when,
        **_given(
            owner=part.owner,
            contact_within=part.contact_within,
            follow_up_after=part.follow_up_after,
            closing_needs=None if part.closing_needs is None else tuple(part.closing_needs),
        ),
    )


def _meeting(part: MeetingPart) -> RequiredMeeting:
    return RequiredMeeting(part.kind, tuple(part.participants), part.within)


def _rule(rule: RulePart, file: PlanFile) -> Rule:
    population = file.population if rule.population is None else rule.population
    return Rule(
        id=rule.id,
        step=rule.step,
        severity=rule.severity,
        when=rule.when,
        text=_words(rule.text),
        source=rule.source or file.source,
        forms=tuple(population.forms),
        grades=tuple(population.grades),
        kind=rule.kind or file.kind,
    )


def _case_rule(rule: CaseRulePart, file: PlanFile) -> CaseRule:
    return CaseRule(rule.id, rule.step, _words(rule.text), rule.source or file.source)


def _expectations(part: ExpectationsPart) -> Iterable[Expectation]:
    for party in PARTIES:
        for text in getattr(part, party):
            yield Expectation(party, _words(text))


def _overdue(part: OverduePart) -> Overdue:
    in_line = None if part.in_line is None else tuple(part.in_line)
    return Overdue(**_given(remind_before=part.remind_before, escalate_after=part.escalate_after, in_line=in_line))


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
