"""A difference between two plans in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from narvaro.domain.plan import Plan
from narvaro.domain.plan_diff import Kind, Part, PartChange, compare, parts_of
from narvaro.language import LANGUAGES, N_, Message, translate
from narvaro.plans.telling import days_words, value_words

KIND_WORDS: Mapping[Kind, str] = {"added": N_("added"), "removed": N_("removed"), "changed": N_("changed")}
_PARTS: Mapping[str, str] = {
    "about": N_("About the plan"),
    "expectations": N_("Expectations"),
    "contacts": N_("Contacts"),
    "not_doing": N_("What each does not do"),
    "guardian_texts": N_("Texts for guardians"),
    "overdue": N_("When work is late"),
    "schools": N_("What schools may change"),
}
NAMES: Mapping[str, str] = {
    "title": N_("Title"),
    "source": N_("Source"),
    "kind": N_("Who set the limits"),
    "occasion": N_("One occasion is"),
    "valid_from": N_("Written for"),
    "name": N_("Name"),
    "owner": N_("Who leads"),
    "others": N_("Others who take part"),
    "must_do": N_("What is always done"),
    "meeting": N_("Meeting"),
    "documents": N_("Documents"),
    "contact_within": N_("First contact within"),
    "finish_within": N_("Everything done within"),
    "follow_up_after": N_("Follow-up after"),
    "exit_text": N_("When the step is over"),
    "exit_when": N_("As a rule"),
    "closing_needs": N_("Before the case is closed"),
    "step": N_("Step"),
    "severity": N_("Severity"),
    "when": N_("Rule"),
    "text": N_("Text"),
    "forms": N_("School forms"),
    "grades": N_("Grades"),
    "school": N_("School"),
    "guardian": N_("Guardians"),
    "pupil": N_("Pupil"),
    "contacts": N_("Contacts"),
    "not_doing": N_("What each does not do"),
    "guardian_texts": N_("Texts for guardians"),
    "remind_before": N_("Reminder before"),
    "escalate_after": N_("To the next in line after"),
    "in_line": N_("Who is next in line"),
    "schools_may_change": N_("What schools may change"),
}
_IN_DAYS = ("contact_within", "finish_within", "follow_up_after", "remind_before", "escalate_after")


@dataclass(frozen=True, slots=True)
class Difference:
    """One value: what it is called, and how it is in the one and in the other."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PartDifference:
    kind: Kind
    kind_words: str
    part: str
    place: str
    differences: tuple[Difference, ...]


def differences(before: Plan, after: Plan, language: str) -> tuple[PartDifference, ...]:
    return tuple(_told(change, before, after, language) for change in compare(before, after))


def part_words(part: Part, plan: Plan, language: str) -> str:
    """ "Step 2: Möte", "Rule: Minst 15 % ..."."""
    kind, which = part
    if kind == "step":
        step = plan.step(int(which))
        name = step.name.say(language) if step else ""
        return Message.of(N_("Step {number}: {name}"), number=which, name=name).say(language)
    if kind in ("rule", "case_rule"):
        text = next((rule.text.say(language) for rule in plan.every_rule if rule.id == which), which)
        return Message.of(N_("Rule: {rule}"), rule=text).say(language)
    return translate(_PARTS[kind], language)


def part_text(plan: Plan, part: Part, language: str) -> str:
    """A whole part as lines of "what: value"; empty when the plan does not have it."""
    values = parts_of(plan).get(part, {})
    return "\n".join(
        f"{translate(NAMES[what], language)}: {_said(what, value, language)}" for what, value in values.items()
    )


def _told(change: PartChange, before: Plan, after: Plan, language: str) -> PartDifference:
    of = before if change.kind == "removed" else after
    return PartDifference(
        change.kind,
        translate(KIND_WORDS[change.kind], language),
        part_words(change.part, of, language),
        ".".join(filter(None, change.part)),
        tuple(_values(change, language)),
    )


def _values(change: PartChange, language: str) -> Iterator[Difference]:
    for each in change.changes:
        before, after = (_said(each.what, value, language) for value in (each.before, each.after))
        if before == after:  # only the other language has changed
            other = next(one for one in LANGUAGES if one != language)
            before, after = (_said(each.what, value, other) for value in (each.before, each.after))
        yield Difference(translate(NAMES[each.what], language), before, after)


def _said(what: str, value: object, language: str) -> str:
    if what in _IN_DAYS and isinstance(value, int):
        return days_words(value, language)
    return value_words(what, value, language)
