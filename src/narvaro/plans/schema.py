"""A plan's file as pydantic sees it; docs/how-to/write-a-plan.md describes each key."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, model_validator

from narvaro.core.access import access
from narvaro.domain.plan import Changeable, ClosingNeed, MeetingKind, Occasion, SourceKind
from narvaro.domain.rules import Expression, parse_rule

Form = Literal["FKLASS", "GR", "GRS", "SP", "SAM", "GY", "GYS"]
Grade = Literal["F", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
# Those who can lead a case (case.step in the access file).
Owner = Literal["mentor", "attendance_coordinator", "principal"]
_CHIP = 80
_SENTENCE = 300
_PARAGRAPH = 1500
_LONGEST_RULE = 1000
_MOST = 60  # items of a list: what a person can still read
_SCHOOL_YEAR = 178  # school days


def _day(value: object) -> date:
    # Stricter than pydantic, to which a number is a day too.
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError
    return date.fromisoformat(value)


def _rule(value: object) -> Expression:
    if not isinstance(value, str) or len(value) > _LONGEST_RULE:
        raise ValueError
    return parse_rule(value)


class UnknownRole(ValueError):
    """``allowed``: the roles there are."""

    def __init__(self) -> None:
        super().__init__("role")
        self.allowed = ", ".join(access().roles)


def _role(value: object) -> str:
    if not isinstance(value, str) or value not in access().roles:
        raise UnknownRole
    return value


Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Version = Annotated[str, Field(min_length=1, max_length=40)]
Text = Annotated[str, Field(min_length=1, max_length=_SENTENCE)]
Chip = Annotated[str, Field(min_length=1, max_length=_CHIP)]
Optional = Annotated[str, Field(max_length=_CHIP)]
StepNumber = Annotated[int, Field(ge=1, le=9)]
SchoolDays = Annotated[int, Field(ge=0, le=_SCHOOL_YEAR)]
Day = Annotated[date, BeforeValidator(_day)]
When = Annotated[Expression, PlainValidator(_rule)]
Role = Annotated[str, PlainValidator(_role)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class _WordsPart(_Part):
    """Swedish alone as a text, or ``sv`` and ``en``."""

    @model_validator(mode="before")
    @classmethod
    def _swedish(cls, value: Any) -> Any:
        return {"sv": value} if isinstance(value, str) else value


class ChipPart(_WordsPart):
    sv: Chip
    en: Annotated[str, Field(max_length=_CHIP)] = ""


class SentencePart(_WordsPart):
    sv: Text
    en: Annotated[str, Field(max_length=_SENTENCE)] = ""


class ParagraphPart(_WordsPart):
    sv: Annotated[str, Field(min_length=1, max_length=_PARAGRAPH)]
    en: Annotated[str, Field(max_length=_PARAGRAPH)] = ""


Sentences = Annotated[list[SentencePart], Field(max_length=_MOST)]
Roles = Annotated[list[Role], Field(max_length=_MOST)]


class PopulationPart(_Part):
    forms: list[Form] = []
    grades: list[Grade] = []


class MustDoPart(_Part):
    id: Id
    text: SentencePart
    role: Role | None = None


class MeetingPart(_Part):
    kind: MeetingKind
    participants: Annotated[Roles, Field(min_length=1)]
    within: SchoolDays


class ExitPart(_Part):
    text: SentencePart | None = None
    when: When | None = None


class StepPart(_Part):
    """What is left out is as the domain's StepWork has it."""

    number: StepNumber
    name: ChipPart
    owner: Owner | None = None
    others: Roles = []
    must_do: Annotated[list[MustDoPart], Field(max_length=_MOST)] = []
    meeting: MeetingPart | None = None
    documents: Sentences = []
    contact_within: SchoolDays | None = None
    finish_within: SchoolDays | None = None
    follow_up_after: SchoolDays | None = None
    exit: ExitPart = ExitPart()
    closing_needs: list[ClosingNeed] | None = None


class RulePart(_Part):
    """``kind``, ``source`` and ``population`` are the plan's own unless given."""

    id: Id
    step: StepNumber
    severity: Annotated[int, Field(ge=1, le=4)]
    when: When
    text: ChipPart
    kind: SourceKind | None = None
    source: Text | None = None
    population: PopulationPart | None = None


class CaseRulePart(_Part):
    id: Id
    step: StepNumber
    needs: Literal["case"]
    text: SentencePart
    source: Text | None = None


class ExpectationsPart(_Part):
    school: Sentences = []
    guardian: Sentences = []
    pupil: Sentences = []


class ContactPart(_Part):
    """A function. ``email`` is checked by eye: a plan may be shown without network."""

    function: ChipPart
    name: Optional = ""
    phone: Annotated[str, Field(max_length=30, pattern=r"^[0-9 +()/-]*$")] = ""
    email: Annotated[str, Field(max_length=120, pattern=r"^([^@\s<>]+@[^@\s<>]+)?$")] = ""


class NotDoingPart(_Part):
    role: Role
    text: SentencePart


class OverduePart(_Part):
    remind_before: SchoolDays | None = None
    escalate_after: SchoolDays | None = None
    in_line: Annotated[Roles, Field(min_length=1)] | None = None


class PlanFile(_Part):
    name: Id
    version: Version
    title: Text
    kind: SourceKind
    source: Text
    valid_from: Day
    occasion: Occasion = "spell"
    population: PopulationPart = PopulationPart()
    steps: Annotated[list[StepPart], Field(min_length=1, max_length=9)]
    rules: Annotated[list[RulePart], Field(min_length=1, max_length=_MOST)]
    case_rules: Annotated[list[CaseRulePart], Field(max_length=_MOST)] = []
    expectations: ExpectationsPart = ExpectationsPart()
    contacts: Annotated[list[ContactPart], Field(max_length=_MOST)] = []
    not_doing: Annotated[list[NotDoingPart], Field(max_length=_MOST)] = []
    guardian_texts: Annotated[list[ParagraphPart], Field(max_length=_MOST)] = []
    overdue: OverduePart = OverduePart()
    schools_may_change: list[Changeable] = []
