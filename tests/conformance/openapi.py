"""The standard's own OpenAPI text as something that answers can be held against. It is not ours to hand on, so it lies
beside the project or nowhere: NARVARO_SS12000_OPENAPI, or ../shared/data/ss12000/openapi-2.1.0.yaml."""

import os
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, FormatChecker

_BESIDE = Path(__file__).resolve().parents[2].parent / "shared/data/ss12000/openapi-2.1.0.yaml"
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
_FORMATS = FormatChecker()


@_FORMATS.checks("date-time", raises=ValueError)
def _is_time(value: object) -> bool:
    return not isinstance(value, str) or bool(_TIME.fullmatch(value) and datetime.fromisoformat(value))


def openapi_file() -> Path:
    """Skips the test where there is none."""
    place = Path(os.environ.get("NARVARO_SS12000_OPENAPI") or _BESIDE)
    if not place.is_file():
        pytest.skip(f"the standard's OpenAPI file is not here ({place.name}); see NARVARO_SS12000_OPENAPI")
    return place


@cache
def _components(place: Path) -> dict[str, Any]:
    text = yaml.load(place.read_text("utf-8"), yaml.CSafeLoader)
    return _as_json_schema(text["components"])


@cache
def _validator(place: Path, schema: str) -> Draft7Validator:
    reference = {"$ref": f"#/components/schemas/{schema}", "components": _components(place)}
    return Draft7Validator(reference, format_checker=_FORMATS)


def _as_json_schema(told: Any) -> Any:
    """OpenAPI 3.0 says null otherwise than JSON Schema, and this file has patterns in the place of formats."""
    if isinstance(told, list):
        return [_as_json_schema(each) for each in told]
    if not isinstance(told, dict):
        return told
    found = {key: _as_json_schema(value) for key, value in told.items()}
    if found.pop("nullable", False) and "type" in found:
        found["type"] = [found["type"], "null"]
    if str(found.get("format", "")).startswith("^"):
        found["pattern"] = found.pop("format")
    return found


def faults_in(answer: Any, schema: str) -> list[str]:
    """Where the answer breaks the standard's schema of that name, at most ten places."""
    found = _validator(openapi_file(), schema).iter_errors(answer)
    return [
        f"{'/'.join(map(str, each.absolute_path))}: {each.message[:200]}"
        for each, _ in zip(found, range(10), strict=False)
    ]
