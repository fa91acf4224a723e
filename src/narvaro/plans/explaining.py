"""What pydantic finds wrong, told with place and what is allowed there."""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from narvaro.domain.rules import RuleError
from narvaro.language import Message
from narvaro.plans.errors import PlanError, fault
from narvaro.plans.schema import PlanFile, UnknownRole
from narvaro.plans.yaml_text import Document

Location = tuple[int | str, ...]
_WANTED: Mapping[str, str] = {
    "id": "a-z, 0-9, _",
    "name": "a-z, 0-9, _",
    "number": "1 ... 9",
    "step": "1 ... 9",
    "severity": "1, 2, 3, 4",
    "valid_from": "2026-07-01, 2026-07-02, ...",
    "when": "total_rate(last_20) >= 0.15, ...",
    "phone": "08-123 45 67",
    "email": "namn@example.se",
    **dict.fromkeys(
        ("contact_within", "finish_within", "follow_up_after", "within", "remind_before", "escalate_after"),
        "0 ... 178",
    ),
}


def faults_of(document: Document, errors: ValidationError) -> list[PlanError]:
    """In the order of the file. A misspelt key is told before the one that is missing because of it."""
    found = errors.errors(include_input=False, include_url=False)
    told = [
        (document.line(_written(document, error["loc"])), error["type"] != "extra_forbidden", error) for error in found
    ]
    return [_explained(document, error) for _, _, error in sorted(told, key=lambda each: each[:2])]


def first_fault(document: Document, errors: ValidationError) -> PlanError:
    found = errors.errors(include_input=False, include_url=False)
    misspelt = (error for error in found if error["type"] == "extra_forbidden")
    return _explained(document, next(misspelt, found[0]))


def _explained(document: Document, error: ErrorDetails) -> PlanError:
    place = _written(document, error["loc"])
    if error["type"] in ("missing", "extra_forbidden"):
        key, around = str(place[-1]), place[:-1]
        line = document.line(around if error["type"] == "missing" else place)
        return fault(document.file, line, document.name(around), _key_fault(error["type"], key, around))
    return fault(document.file, document.line(place), document.name(place), _value_fault(error))


def _written(document: Document, place: Location) -> Location:
    """A text that was taken as Swedish is at its own place, not at ``sv`` inside of it."""
    is_text = place and place[-1] == "sv" and isinstance(document.at(place[:-1]), str)
    return place[:-1] if is_text else place


def _key_fault(kind: str, key: str, around: Location) -> Message:
    if kind == "missing":
        return Message.of("“{key}” is missing.", key=key)
    known = ", ".join(_part_at(around).model_fields)
    return Message.of("“{key}” is not known here. Known: {known}.", key=key, known=known)


def _value_fault(error: ErrorDetails) -> Message:
    context = error.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, RuleError):
        return cause.message
    if error["type"] in ("string_too_short", "too_short"):
        return Message.of("Something must be written here.")
    if error["type"] == "string_too_long":
        return Message.of("Too long: at most {limit} characters.", limit=context["max_length"])
    if error["type"] == "too_long":
        return Message.of("Too many: at most {limit}.", limit=context["max_length"])
    return Message.of("This cannot stand here. Allowed: {allowed}", allowed=_allowed(error))


def _allowed(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if isinstance(cause := context.get("error"), UnknownRole):
        return cause.allowed
    if expected := context.get("expected"):
        return str(expected).replace("'", "").replace(" or ", ", ")
    if error["type"] == "list_type":
        return "- ..."
    if error["type"] == "model_type":
        return ", ".join(f"{key}: ..." for key in _part_at(error["loc"]).model_fields)
    return _WANTED.get(str(error["loc"][-1]), "text")


def _part_at(place: Location) -> type[BaseModel]:
    """The part of the schema that describes what is at the place: the way there leads from model to model."""
    part: type[BaseModel] = PlanFile
    for name in (step for step in place if isinstance(step, str)):
        field = part.model_fields.get(name)
        inner = next(_models(field.annotation), None) if field else None
        part = inner or part
    return part


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
