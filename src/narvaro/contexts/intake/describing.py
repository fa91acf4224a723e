"""From the answers of the wizard to a description in YAML, as docs/reference/mapping.md has it."""

from typing import Any

import yaml

from narvaro.contexts.intake.forms import MappingForm
from narvaro.contexts.intake.preview import Answers, Preview
from narvaro.contexts.intake.words import CATEGORIES
from narvaro.facts.layout import MINUTE_FIELDS

_NOT_COLUMNS = ("category", "category_minutes")
_PARTS = ("present", "valid", "invalid", "other")


def mapping_text(form: MappingForm, preview: Preview, answers: Answers) -> str:
    data, chosen = form.cleaned_data, form.chosen()
    place = _places(preview)
    sums = _sums(data, chosen)
    parts: dict[str, Any] = {
        "name": data["name"],
        "grain": data["grain"],
        "file": _file(preview, answers),
        "columns": {
            field: place(numbers[0])
            for field, numbers in chosen.items()
            if field not in _NOT_COLUMNS and field not in sums
        },
        "sums": {field: [place(number) for number in numbers] for field, numbers in sums.items()},
        "date_formats": [data["date_format"]],
        "over_offered": data["over_offered"],
        "units": _units(data, {*chosen, *sums}),
        "written_numbers": "true" if data["written_numbers"] else "",
        "only_deviations": "true" if data["only_deviations"] else "",
    }
    if data["school_unit"] and "school_unit_id" not in chosen:
        parts["constants"] = {"school_unit_id": data["school_unit"]}
    for minutes in ("late_minutes", "lesson_minutes"):
        parts[minutes] = "" if data[minutes] is None else str(data[minutes])
    if "category" in chosen:
        parts["categories"] = _categories(data, chosen, place)
    return yaml.safe_dump({key: part for key, part in parts.items() if part}, allow_unicode=True, sort_keys=False)


def _sums(data: dict[str, Any], chosen: dict[str, list[int]]) -> dict[str, list[int]]:
    """Fields that stand in several columns; the teaching time is presence and absence together where it stands in
    none."""
    found = {field: numbers for field, numbers in chosen.items() if len(numbers) > 1}
    parts = [number for field in _PARTS for number in chosen.get(field, ())]
    if data["offered_is_sum"] and "offered" not in chosen and len(parts) > 1:
        found["offered"] = parts
    return found


def _units(data: dict[str, Any], fields: set[str]) -> dict[str, str]:
    """Shares are of the teaching time, which itself stands in minutes."""
    unit = data["unit"]
    timed = sorted(fields & _timed(data["grain"])) if unit != "min" else []
    return {field: unit for field in timed if field != "offered" or unit in ("h", "h:mm", "lessons")}


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


def _categories(data: dict[str, Any], chosen: dict[str, list[int]], place: Any) -> dict[str, Any]:
    words = {
        category: [word.strip() for word in data[f"words_{category}"].split(",") if word.strip()]
        for category in CATEGORIES
    }
    part: dict[str, Any] = {"column": place(chosen["category"][0])}
    if "category_minutes" in chosen:
        part["minutes"] = place(chosen["category_minutes"][0])
    part["words"] = {category: found for category, found in words.items() if found}
    return part
