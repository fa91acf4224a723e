"""A mapping file as YAML, checked at the edge with pydantic. Every fault is told with its place in the file."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from narvaro.facts.errors import ImportRefused
from narvaro.facts.layout import LESSON_FIELDS, PERIOD_FIELDS, Category, Grain, Policy
from narvaro.facts.plain_yaml import NotPlain, TooLarge, read_plain
from narvaro.facts.readers.mapping import WEEK, MappedUnit
from narvaro.language import Message

DateFormat = Literal["%Y-%m-%d", "%y%m%d", "%Y%m%d", "%d/%m/%Y"]
Text = Annotated[str, Field(min_length=1)]
HeaderLine = Annotated[str, Field(pattern=r"^(none|[1-9][0-9]{0,6})$")]
Words = Annotated[list[Text], Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class FilePart(_Part):
    encoding: Text | None = None
    delimiter: Literal[";", ",", "tab", "|"] | None = None
    sheet: Text | None = None
    header: HeaderLine | None = None


class CategoriesPart(_Part):
    column: Text
    minutes: Text | None = None
    words: dict[Category, Words]


class TotalsPart(_Part):
    column: Text | None = None
    words: Words


class RowsPart(_Part):
    group_block: Text | None = None
    totals: TotalsPart | None = None


class PeriodPart(_Part):
    first: date
    last: date


class MappingFile(_Part):
    """The keys of a mapping file; docs/reference/mapping.md describes each."""

    name: Text
    preset: Text | None = None
    grain: Grain = "lesson"
    file: FilePart = FilePart()
    columns: dict[str, Text] = {}
    sums: dict[str, Annotated[list[Text], Field(min_length=2)]] = {}
    constants: dict[str, Text] = {}
    units: dict[str, MappedUnit] = {}
    decimal_comma: bool = True
    written_numbers: bool = False
    lesson_minutes: Annotated[int, Field(gt=0, le=1440)] | None = None
    number_lessons: bool = False
    date_formats: Annotated[list[DateFormat], Field(min_length=1)] = ["%Y-%m-%d"]
    yes_words: Words | None = None
    no_words: Words | None = None
    categories: CategoriesPart | None = None
    late_minutes: Annotated[int, Field(ge=0, le=1440)] | None = None
    only_deviations: bool = False
    over_offered: Policy = "reject"
    rows: RowsPart = RowsPart()
    period: PeriodPart | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        return LESSON_FIELDS if self.grain == "lesson" else (*PERIOD_FIELDS, WEEK)


def read_mapping_file(path: Path) -> MappingFile:
    """Raise ImportRefused naming the place in the file and what is allowed there."""
    try:
        return MappingFile.model_validate(_plain_data(path))
    except ValidationError as error:
        raise ImportRefused(_explained(error.errors(include_input=False, include_url=False)[0], path.name)) from None


def _plain_data(path: Path) -> Any:
    try:
        return read_plain(path).data
    except TooLarge:
        raise ImportRefused(Message.of("The mapping {file} is too large to be a mapping.", file=path.name)) from None
    except NotPlain as error:
        raise ImportRefused(
            Message.of(
                "The mapping {file} is not valid YAML, or has a key twice, near line {line}.",
                file=path.name,
                line=error.line,
            )
        ) from None
    except (OSError, ValueError):
        raise ImportRefused(Message.of("The mapping {file} cannot be read as UTF-8 text.", file=path.name)) from None


def _explained(error: ErrorDetails, file: str) -> Message:
    place = ".".join(str(part) for part in error["loc"]) or "-"
    values = {"file": file, "place": place}
    if error["type"] == "missing":
        return Message.of("The mapping {file} lacks {place}.", **values)
    if error["type"] == "extra_forbidden":
        allowed = ", ".join(_keys_beside(error["loc"]))
        return Message.of(
            "The mapping {file} has {place}, which is not known here. Allowed: {allowed}.", **values, allowed=allowed
        )
    allowed = str(error.get("ctx", {}).get("expected", "")) or _WANTED.get(error["type"], "")
    if allowed:
        return Message.of("The mapping {file} is wrong at {place}. Allowed: {allowed}.", **values, allowed=allowed)
    return Message.of("The mapping {file} is wrong at {place}; see docs/reference/mapping.md.", **values)


_WANTED = {
    "string_pattern_mismatch": "none, 1, 2, 3, ...",
    "int_parsing": "1, 2, 3, ...",
    "greater_than_equal": "0, 1, 2, ...",
    "greater_than": "1, 2, 3, ...",
    "less_than_equal": "0 ... 1440",
    "too_short": "[ ... , ... ]",
    "bool_parsing": "true, false",
    "date_from_datetime_parsing": "2025-08-18",
    "date_parsing": "2025-08-18",
    "list_type": "[ ... , ... ]",
    "dict_type": "key: value",
    "model_type": "key: value",
}


def _keys_beside(place: tuple[int | str, ...]) -> list[str]:
    """Keys that the part of the file at ``place`` may have."""
    model: type[BaseModel] = MappingFile
    for step in place[:-1]:
        parts: dict[str, type[BaseModel]] = {
            "file": FilePart,
            "categories": CategoriesPart,
            "totals": TotalsPart,
            "rows": RowsPart,
            "period": PeriodPart,
        }
        model = parts.get(str(step), model)
    return list(model.model_fields)
