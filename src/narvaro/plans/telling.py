"""A plan in words: who does what, when, with whom. The web, the printed page and the command line say the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from narvaro.core.access import access
from narvaro.domain.plan import (
    PARTIES,
    CaseRule,
    Changeable,
    ClosingNeed,
    MeetingKind,
    MustDo,
    NotDoing,
    Occasion,
    Party,
    Plan,
    PlanContact,
    RequiredMeeting,
    Rule,
    SourceKind,
    Step,
)
from narvaro.language import N_, Message, Words, translate, translate_plural

MEETINGS: Mapping[MeetingKind, str] = {
    "conversation": N_("Conversation"),
    "meeting": N_("Meeting"),
    "pupil_health_team": N_("Pupil health team"),
}
NEEDS: Mapping[ClosingNeed, str] = {
    "outcome": N_("how it went, and why it is closed"),
    "pupil_voice": N_("what the pupil says"),
    "guardian_contact": N_("contact with the guardians, or that it was tried"),
    "pupil_health": N_("what pupil health says"),
    "investigation": N_("the absence investigation, or the decision that it is unnecessary"),
    "goals_met_twice": N_("goals reached at two follow-ups in a row"),
}
KINDS: Mapping[SourceKind, str] = {"law": N_("law"), "published": N_("published"), "own": N_("own limit")}
PARTY_WORDS: Mapping[Party, str] = {
    "school": N_("What you can count on from the school"),
    "guardian": N_("What we count on from guardians"),
    "pupil": N_("What we count on from the pupil"),
}
CHANGEABLE: Mapping[Changeable, str] = {
    "deadlines": N_("deadlines"),
    "participants": N_("who takes part"),
    "must_do": N_("what is always done (schools add, and take nothing away)"),
    "contacts": N_("contacts (schools add their own)"),
}
OCCASIONS: Mapping[Occasion, str] = {
    "spell": N_("days of absence in a row"),
    "day": N_("a day with absence"),
    "lesson": N_("a lesson with absence"),
}
FORMS: Mapping[str, str] = {
    "FKLASS": N_("preschool class"),
    "GR": N_("compulsory school"),
    "GRS": N_("special school"),
    "SP": N_("adapted compulsory school"),
    "SAM": N_("Sami school"),
    "GY": N_("upper secondary school"),
    "GYS": N_("adapted upper secondary school"),
}


@dataclass(frozen=True, slots=True)
class Deadline:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Duty:
    """``who`` does it; ``own``: it belongs to the one who holds the case."""

    who: str
    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class RuleTold:
    """``about`` is empty for everybody; ``expression`` is empty for what attendance cannot tell."""

    id: str
    text: str
    about: str
    kind: str
    source: str
    expression: str


@dataclass(frozen=True, slots=True)
class StepTold:
    """``invites_home``: pupil or guardians are at its meeting."""

    number: int
    name: str
    owner: str
    others: tuple[str, ...]
    must_do: tuple[Duty, ...]
    meeting: str
    invites_home: bool
    documents: tuple[str, ...]
    deadlines: tuple[Deadline, ...]
    exit_text: str
    exit_rule: str
    closing_needs: tuple[str, ...]
    rules: tuple[RuleTold, ...]


@dataclass(frozen=True, slots=True)
class ContactTold:
    function: str
    name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class PlanTold:
    title: str
    source: str
    kind: str
    occasion: str
    steps: tuple[StepTold, ...]
    expectations: tuple[tuple[Party, str, tuple[str, ...]], ...]
    contacts: tuple[ContactTold, ...]
    not_doing: tuple[tuple[str, str], ...]
    guardian_texts: tuple[str, ...]
    overdue: tuple[str, ...]
    schools: tuple[str, ...]


def role_words(role: str, language: str) -> str:
    known = access().roles.get(role)
    return known.say(language) if known else role


def roles_words(roles: Iterable[str], language: str) -> str:
    return ", ".join(role_words(role, language) for role in roles)


def days_words(count: int, language: str) -> str:
    text = translate_plural("{count} school day", "{count} school days", count, language)
    return text.format(count=count)


def plan_told(plan: Plan, language: str) -> PlanTold:
    def say(text: str) -> str:
        return translate(text, language)

    return PlanTold(
        title=plan.title,
        source=plan.source,
        kind=say(KINDS[plan.kind]),
        occasion=say(OCCASIONS[plan.occasion]),
        steps=tuple(step_told(step, plan, language) for step in sorted(plan.steps, key=lambda step: step.number)),
        expectations=tuple(_expectations(plan, language)),
        contacts=tuple(
            ContactTold(each.function.say(language), each.name, each.phone, each.email) for each in plan.contacts
        ),
        not_doing=tuple((role_words(each.role, language), each.text.say(language)) for each in plan.not_doing),
        guardian_texts=tuple(text.say(language) for text in plan.guardian_texts),
        overdue=_overdue(plan, language),
        schools=tuple(say(CHANGEABLE[each]) for each in plan.schools_may_change),
    )


def step_told(step: Step, plan: Plan, language: str) -> StepTold:
    work = step.work
    return StepTold(
        number=step.number,
        name=step.name.say(language),
        owner=role_words(work.owner, language),
        others=tuple(role_words(role, language) for role in work.others),
        must_do=tuple(
            Duty(role_words(each.role or work.owner, language), each.text.say(language), own=not each.role)
            for each in work.must_do
        ),
        meeting=_meeting(work.meeting, language) if work.meeting else "",
        invites_home=bool(work.meeting and set(work.meeting.participants) & {"pupil", "legal_guardian"}),
        documents=tuple(text.say(language) for text in work.documents),
        deadlines=_deadlines(step, language),
        exit_text=work.exit_text.say(language) if work.exit_text else "",
        exit_rule=str(work.exit_when) if work.exit_when else "",
        closing_needs=tuple(translate(NEEDS[need], language) for need in work.closing_needs),
        rules=(
            *(rule_told(rule, plan, language) for rule in plan.rules if rule.step == step.number),
            *(case_rule_told(rule, plan, language) for rule in plan.case_rules if rule.step == step.number),
        ),
    )


def rule_told(rule: Rule, plan: Plan, language: str) -> RuleTold:
    kind, source = translate(KINDS[rule.kind], language), _own(rule.source, plan)
    return RuleTold(rule.id, rule.text.say(language), about_words(rule, language), kind, source, str(rule.when))


def case_rule_told(rule: CaseRule, plan: Plan, language: str) -> RuleTold:
    people = translate(N_("people judge"), language)
    return RuleTold(rule.id, rule.text.say(language), "", people, _own(rule.source, plan), "")


def about_words(rule: Rule, language: str) -> str:
    grades = Message.of(N_("grade {grades}"), grades=", ".join(rule.grades)).say(language) if rule.grades else ""
    return ", ".join((*(translate(FORMS[form], language) for form in rule.forms), *([grades] if grades else [])))


_VOCABULARIES: Mapping[str, Mapping[Any, str]] = {
    "kind": KINDS,
    "occasion": OCCASIONS,
    "closing_needs": NEEDS,
    "forms": FORMS,
    "schools_may_change": CHANGEABLE,
}
_OF_ROLES = ("owner", "others", "in_line")


def value_words(what: str, value: Any, language: str) -> str:
    """The value that is called ``what`` in a plan: one line for each item of a list, and "–" for nothing."""
    if value in (None, "", ()):
        return "–"
    if isinstance(value, Words):
        return value.say(language)
    if isinstance(value, tuple):
        return "\n".join(value_words(what, each, language) for each in value)
    if isinstance(value, MustDo | NotDoing):
        who = f"{role_words(value.role, language)}: " if value.role else ""
        return f"{who}{value.text.say(language)}"
    if isinstance(value, PlanContact):
        return ", ".join(filter(None, (value.function.say(language), value.name, value.phone, value.email)))
    return _meeting(value, language) if isinstance(value, RequiredMeeting) else _short_words(what, value, language)


def _short_words(what: str, value: Any, language: str) -> str:
    if what in _OF_ROLES:
        return role_words(value, language)
    return translate(_VOCABULARIES[what][value], language) if what in _VOCABULARIES else str(value)


def _expectations(plan: Plan, language: str) -> Iterable[tuple[Party, str, tuple[str, ...]]]:
    for party in PARTIES:
        said = tuple(each.text.say(language) for each in plan.expectations if each.party == party)
        if said:
            yield party, translate(PARTY_WORDS[party], language), said


def _meeting(meeting: RequiredMeeting, language: str) -> str:
    return Message.of(
        N_("{kind} within {days}: {who}"),
        kind=translate(MEETINGS[meeting.kind], language),
        days=days_words(meeting.within, language),
        who=roles_words(meeting.participants, language),
    ).say(language)


_Label = Literal["contact_within", "finish_within", "follow_up_after"]
_DEADLINES: Mapping[_Label, str] = {
    "contact_within": N_("First contact within"),
    "finish_within": N_("Everything done within"),
    "follow_up_after": N_("Follow-up after"),
}


def _deadlines(step: Step, language: str) -> tuple[Deadline, ...]:
    counts = ((text, getattr(step.work, name)) for name, text in _DEADLINES.items())
    return tuple(
        Deadline(translate(text, language), days_words(count, language)) for text, count in counts if count is not None
    )


def _overdue(plan: Plan, language: str) -> tuple[str, ...]:
    overdue = plan.overdue
    before, after = (days_words(count, language) for count in (overdue.remind_before, overdue.escalate_after))
    line = " → ".join(role_words(role, language) for role in overdue.in_line)
    return (
        Message.of(N_("A reminder {days} before the last day."), days=before).say(language),
        Message.of(N_("After {days} too late it goes to the next in line: {line}."), days=after, line=line).say(
            language
        ),
    )


def _own(source: str, plan: Plan) -> str:
    return "" if source == plan.source else source
