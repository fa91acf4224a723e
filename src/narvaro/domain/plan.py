"""The municipality's attendance plan: rules that warn, steps that say who does what by when, and what is expected of
whom (M10, M11, M16, M36). One object drives the program and is what people read; ADR 0007."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from narvaro.domain.rules import Expression
from narvaro.language import Words

Occasion = Literal["spell", "day", "lesson"]
# Who set a limit: a statute or regulation, a page or report that is named, or its author (in our presets: we).
SourceKind = Literal["law", "published", "own"]
MeetingKind = Literal["conversation", "meeting", "pupil_health_team"]
Party = Literal["school", "guardian", "pupil"]
PARTIES: tuple[Party, ...] = ("school", "guardian", "pupil")
# What must be there before a case may be closed at a step.
ClosingNeed = Literal["outcome", "pupil_voice", "guardian_contact", "pupil_health", "investigation", "goals_met_twice"]
# What a school may change in the municipality's plan, where the municipality lets it.
Changeable = Literal["deadlines", "participants", "must_do", "contacts"]


@dataclass(frozen=True, slots=True)
class MustDo:
    """What is always done at a step. ``role`` is empty for the step's owner."""

    id: str
    text: Words
    role: str = ""


@dataclass(frozen=True, slots=True)
class RequiredMeeting:
    """``participants`` are roles of the access file; ``within`` is in school days from when the step began."""

    kind: MeetingKind
    participants: tuple[str, ...]
    within: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWork:
    """Who does what at a step, and by when. All numbers are school days: ``contact_within`` from when the step began,
    ``finish_within`` for all its work, ``follow_up_after`` from the latest contact."""

    owner: str = "mentor"
    others: tuple[str, ...] = ()
    must_do: tuple[MustDo, ...] = ()
    meeting: RequiredMeeting | None = None
    documents: tuple[Words, ...] = ()
    contact_within: int = 2
    finish_within: int | None = None
    follow_up_after: int = 10
    exit_text: Words | None = None
    exit_when: Expression | None = None
    closing_needs: tuple[ClosingNeed, ...] = ("outcome",)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the attendance plan that a rule points at."""

    number: int
    name: Words
    work: StepWork = StepWork()


@dataclass(frozen=True, slots=True)
class Rule:
    """``forms`` and ``grades`` limit whom it is about (empty: everybody). ``text`` is what a person reads."""

    id: str
    step: int
    severity: int
    when: Expression
    text: Words
    source: str
    forms: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    kind: SourceKind = "own"


@dataclass(frozen=True, slots=True)
class CaseRule:
    """A trigger that hangs on what people saw and did in a case. Attendance cannot try it, so it is told as text."""

    id: str
    step: int
    text: Words
    source: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a party can be counted on for, said out loud (M36)."""

    party: Party
    text: Words


@dataclass(frozen=True, slots=True)
class PlanContact:
    """Whom to turn to: a function, never a private number."""

    function: Words
    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class NotDoing:
    """What a role does not do, so that nobody waits for it."""

    role: str
    text: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """When work is late: a reminder ``remind_before`` school days ahead; after ``escalate_after`` school days it goes
    to the next role ``in_line``."""

    remind_before: int = 1
    escalate_after: int = 3
    in_line: tuple[str, ...] = ("mentor", "attendance_coordinator", "principal", "organiser_officer")


@dataclass(frozen=True, slots=True)
class Plan:
    """A versioned set of rules and steps. ``occasion`` says what counts as one occasion of absence."""

    name: str
    version: str
    title: str
    source: str
    valid_from: date
    occasion: Occasion
    steps: tuple[Step, ...]
    rules: tuple[Rule, ...]
    case_rules: tuple[CaseRule, ...] = ()
    kind: SourceKind = "own"
    expectations: tuple[Expectation, ...] = ()
    contacts: tuple[PlanContact, ...] = ()
    not_doing: tuple[NotDoing, ...] = ()
    guardian_texts: tuple[Words, ...] = ()
    overdue: Overdue = Overdue()
    schools_may_change: tuple[Changeable, ...] = ()

    def __post_init__(self) -> None:
        numbers = {step.number for step in self.steps}
        unknown = sorted({rule.step for rule in self.every_rule} - numbers)
        if unknown:
            raise ValueError(f"rules point at steps that the plan does not have: {unknown}")
        if len(numbers) != len(self.steps):
            raise ValueError("two steps have the same number")
        if len({rule.id for rule in self.every_rule}) != len(self.every_rule):
            raise ValueError("two rules have the same id")

    @property
    def every_rule(self) -> tuple[Rule | CaseRule, ...]:
        return (*self.rules, *self.case_rules)

    def step(self, number: int) -> Step | None:
        return next((step for step in self.steps if step.number == number), None)
