"""The law table from its file to the domain; definitions/law/attendance.yaml says what each key means."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

import narvaro
from narvaro.domain.law import Basis, DutyOf, Evidence, LawNumber, LawRule, LawTable, Unit
from narvaro.language import Message, Words
from narvaro.plans.errors import fault
from narvaro.plans.schema import Chip, Day, Form, _Part
from narvaro.plans.yaml_text import Document, read_document

FILE = Path(narvaro.__file__).parents[2] / "definitions" / "law" / "attendance.yaml"
Text = Annotated[str, Field(min_length=1, max_length=400)]


class NumberPart(_Part):
    name: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$")]
    value: Annotated[int, Field(ge=0, le=200)]
    unit: Unit
    kind: Basis


class LawRulePart(_Part):
    id: Annotated[str, Field(pattern=r"^[A-Z]{1,4}[0-9]{0,2}$")]
    title: Chip
    title_en: Chip
    text: Text
    text_en: Text
    paragraph: Chip
    evidence: Evidence
    valid_from: Day
    valid_to: Day | None = None
    forms: Annotated[list[Form], Field(min_length=1)]
    default_forms: tuple[Form, ...] = ()
    duty_of: DutyOf
    when: Text
    when_en: Text
    record: Text
    record_en: Text
    numbers: tuple[NumberPart, ...] = ()
    own: Text | None = None
    own_en: Text | None = None
    moving: Text | None = None
    moving_en: Text | None = None


class LawFile(_Part):
    name: Literal["attendance"]
    title: Chip
    title_en: Chip
    text_of: Day
    checked_on: Day
    rules: Annotated[list[LawRulePart], Field(min_length=1)]


def load_law(path: Path = FILE) -> LawTable:
    """Raise PlanError naming the place in the file, ValueError where two rows contradict each other."""
    document = read_document(path)
    file = _checked(document)
    return LawTable(
        title=Words(file.title, file.title_en),
        text_of=file.text_of,
        checked_on=file.checked_on,
        rules=tuple(_rule(each) for each in file.rules),
    )


@cache
def law_table() -> LawTable:
    """The shipped table; it changes only with the program."""
    return load_law()


def _checked(document: Document) -> LawFile:
    try:
        return LawFile.model_validate(document.data)
    except ValidationError as errors:
        place = errors.errors(include_input=False, include_url=False)[0]["loc"]
        reason = Message.of("This is not as the law table needs it.")
        raise fault(document.file, document.line(place), document.name(place), reason) from None


def _rule(part: LawRulePart) -> LawRule:
    return LawRule(
        id=part.id,
        title=Words(part.title, part.title_en),
        text=Words(part.text, part.text_en),
        paragraph=part.paragraph,
        evidence=part.evidence,
        valid_from=part.valid_from,
        valid_to=part.valid_to,
        forms=tuple(part.forms),
        default_forms=tuple(part.default_forms),
        duty_of=part.duty_of,
        when=Words(part.when, part.when_en),
        record=Words(part.record, part.record_en),
        numbers=tuple(LawNumber(each.name, each.value, each.unit, each.kind) for each in part.numbers),
        own=_words(part.own, part.own_en),
        moving=_words(part.moving, part.moving_en),
    )


def _words(sv: str | None, en: str | None) -> Words | None:
    return Words(sv, en or "") if sv else None
