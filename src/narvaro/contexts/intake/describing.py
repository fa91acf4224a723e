"""From the answers of the wizard to a description in YAML, as docs/reference/mapping.md has it."""

from typing import Any

import yaml

from narvaro.contexts.intake.forms import MappingForm
from narvaro.contexts.intake.preview import Answers, Preview
from narvaro.contexts.intake.words import CATEGORIES
from narvaro.facts.layout import MINUTE_FIELDS

_NOT_COLUMNS = ("category", "category_minutes")


def mapping_text(form: MappingForm, preview: Preview, answers: Answers) -> str:
    data, chosen = form.cleaned_data, form.chosen()
    place = _places(preview)
    parts: dict[str, Any] = {
        "name": data["name"],
        "grain": data["grain"],
        "file": _file(preview, answers),
        "columns": {field: place(number) for field, number in chosen.items() if field not in _NOT_COLUMNS},
        "date_formats": [data["date_format"]],
        "over_offered": data["over_offered"],
    }
    units = {field: data["unit"] for field in chosen if field in _timed(data["grain"])}
    if data["unit"] != "min":
        parts["units"] = {field: unit for field, unit in units.items() if field != "offered" or unit in ("h", "h:mm")}
    if data["school_unit"] and "school_unit_id" not in chosen:
        parts["constants"] = {"school_unit_id": data["school_unit"]}
    if data["only_deviations"]:
        parts["only_deviations"] = "true"
    if data["late_minutes"] is not None:
        parts["late_minutes"] = str(data["late_minutes"])
    if "category" in chosen:
        parts["categories"] = _categories(data, chosen, place)
    return yaml.safe_dump({key: part for key, part in parts.items() if part}, allow_unicode=True, sort_keys=False)


def _timed(grain: str) -> frozenset[str]:
    return MINUTE_FIELDS | {"reported"} if grain == "period" else MINUTE_FIELDS


def _places(preview: Preview) -> Any:
    """By heading where there is one, so that columns may change places; else by number."""
    headers = {column.number: column.header for column in preview.columns}
    if preview.header_line is None:
        return str
    return lambda number: headers[number]


def _file(preview: Preview, answers: Answers) -> dict[str, str]:
    """What a person had to say, and what the wizard saw that is out of the ordinary; the rest is recognised anew."""
    parts = {"encoding": answers.encoding, "delimiter": answers.delimiter}
    if preview.header_line is None:
        parts["header"] = "none"
    elif preview.header_line > 1:
        parts["header"] = str(preview.header_line)
    return {key: value for key, value in parts.items() if value}


def _categories(data: dict[str, Any], chosen: dict[str, int], place: Any) -> dict[str, Any]:
    words = {
        category: [word.strip() for word in data[f"words_{category}"].split(",") if word.strip()]
        for category in CATEGORIES
    }
    part: dict[str, Any] = {"column": place(chosen["category"])}
    if "category_minutes" in chosen:
        part["minutes"] = place(chosen["category_minutes"])
    part["words"] = {category: found for category, found in words.items() if found}
    return part
