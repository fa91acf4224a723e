"""A plan's file as pydantic sees it; docs/how-to/write-a-plan.md describes each key."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, ValidationError
from pydantic_core import ErrorDetails

from narvaro.domain.plan import Occasion, SourceKind
from narvaro.domain.rules import Expression, RuleError, parse_rule
from narvaro.language import Message
from narvaro.plans.errors import PlanError, fault
from narvaro.plans.yaml_text import Document

Form = Literal["FKLASS", "GR", "GRS", "SP", "SAM", "GY", "GYS"]
Grade = Literal["F", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
_SENTENCE = 300
_LONGEST_RULE = 1000


def _day(value: object) -> date:
    # Stricter than pydantic, to which a number is a day too.
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError
    return date.fromisoformat(value)


def _rule(value: object) -> Expression:
    if not isinstance(value, str) or len(value) > _LONGEST_RULE:
        raise ValueError
    return parse_rule(value)


Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Text = Annotated[str, Field(min_length=1, max_length=_SENTENCE)]
Chip = Annotated[str, Field(min_length=1, max_length=80)]
StepNumber = Annotated[int, Field(ge=1, le=9)]
Day = Annotated[date, BeforeValidator(_day)]
When = Annotated[Expression, PlainValidator(_rule)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class PopulationPart(_Part):
    forms: list[Form] = []
    grades: list[Grade] = []


class StepPart(_Part):
    number: StepNumber
    name: Chip
    name_en: Chip


class RulePart(_Part):
    """``kind``, ``source`` and ``population`` are the plan's own unless given."""

    id: Id
    step: StepNumber
    severity: Annotated[int, Field(ge=1, le=4)]
    when: When
    text: Chip
    text_en: Chip
    kind: SourceKind | None = None
    source: Text | None = None
    population: PopulationPart | None = None


class CaseRulePart(_Part):
    id: Id
    step: StepNumber
    needs: Literal["case"]
    text: Text
    text_en: Text
    source: Text | None = None


class PlanFile(_Part):
    name: Id
    version: Chip
    title: Text
    kind: SourceKind
    source: Text
    valid_from: Day
    occasion: Occasion = "spell"
    population: PopulationPart = PopulationPart()
    steps: Annotated[list[StepPart], Field(min_length=1)]
    rules: Annotated[list[RulePart], Field(min_length=1)]
    case_rules: list[CaseRulePart] = []


def checked(document: Document) -> PlanFile:
    """Raise PlanError for the first thing that is not as the schema says."""
    try:
        return PlanFile.model_validate(document.data)
    except ValidationError as errors:
        raise _explained(document, _first(errors.errors(include_input=False, include_url=False))) from None


def _first(errors: list[ErrorDetails]) -> ErrorDetails:
    """A misspelt key is told before the one that is missing because of it."""
    return next((error for error in errors if error["type"] == "extra_forbidden"), errors[0])


def _explained(document: Document, error: ErrorDetails) -> PlanError:
    place = error["loc"]
    if error["type"] in ("missing", "extra_forbidden"):
        key, around = str(place[-1]), place[:-1]
        line = document.line(around if error["type"] == "missing" else place)
        return fault(document.file, line, document.name(around), _key_fault(error["type"], key, around))
    return fault(document.file, document.line(place), document.name(place), _value_fault(error))


def _key_fault(kind: str, key: str, around: tuple[int | str, ...]) -> Message:
    if kind == "missing":
        return Message.of("“{key}” is missing.", key=key)
    known = ", ".join(_part_at(around).model_fields)
    return Message.of("“{key}” is not known here. Known: {known}.", key=key, known=known)


def _part_at(place: tuple[int | str, ...]) -> type[BaseModel]:
    name = next((step for step in reversed(place) if isinstance(step, str)), "")
    return _PARTS.get(name, PlanFile)


_PARTS: Mapping[str, type[BaseModel]] = {
    "population": PopulationPart,
    "steps": StepPart,
    "rules": RulePart,
    "case_rules": CaseRulePart,
}
_WANTED = {
    "id": "a-z, 0-9, _",
    "name": "a-z, 0-9, _",
    "number": "1 ... 9",
    "step": "1 ... 9",
    "severity": "1, 2, 3, 4",
    "valid_from": "2026-07-01, 2026-07-02, ...",
    "when": "total_rate(last_20) >= 0.15, ...",
}


def _value_fault(error: ErrorDetails) -> Message:
    context = error.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, RuleError):
        return cause.message
    if error["type"] in ("string_too_short", "too_short"):
        return Message.of("Something must be written here.")
    if error["type"] == "string_too_long":
        return Message.of("Too long: at most {limit} characters.", limit=context["max_length"])
    return Message.of("This cannot stand here. Allowed: {allowed}", allowed=_allowed(error))


def _allowed(error: ErrorDetails) -> str:
    expected = error.get("ctx", {}).get("expected")
    if expected:
        return str(expected).replace("'", "").replace(" or ", ", ")
    if error["type"] == "list_type":
        return "- ..."
    if error["type"] == "model_type":
        return ", ".join(f"{key}: ..." for key in _part_at(error["loc"]).model_fields)
    return _WANTED.get(str(error["loc"][-1]), "text")
