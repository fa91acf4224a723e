"""The client asks for nothing that the standard does not have. Its OpenAPI text is not ours to hand on: it is found by
NARVARO_SS12000_OPENAPI or lies beside the project, else this is skipped."""

import os
from pathlib import Path

import pytest
import yaml

from tests.scripted_source import BASE, Asked
from tests.small_source import pupil, ref, small_source

PLACE = Path(
    os.environ.get("NARVARO_SS12000_OPENAPI")
    or Path(__file__).resolve().parents[2].parent / "shared/data/ss12000/openapi-2.1.0.yaml"
)


@pytest.fixture(scope="module")
def operations():
    """Path and method to the names of the parameters, of those that are required, and to the keys of the body."""
    if not PLACE.is_file():
        pytest.skip("the standard's OpenAPI file is not here")
    text = yaml.load(PLACE.read_text("utf-8"), yaml.CSafeLoader)
    return {
        (path, method.upper()): (parameters(operation), keys(operation, text))
        for path, methods in text["paths"].items()
        for method, operation in methods.items()
        if isinstance(operation, dict)
    }


def parameters(operation):
    told = [each for each in operation.get("parameters", ()) if each.get("in") == "query"]
    return {each["name"] for each in told}, {each["name"] for each in told if each.get("required")}


def keys(operation, text):
    told = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if "$ref" in told:
        told = text["components"]["schemas"][told["$ref"].rpartition("/")[2]]
    return set(told.get("properties", ()))


def wrong_in(asked, operations):
    key = (asked.path.removeprefix(BASE), asked.method)
    if key not in operations:
        return [f"{key} is no operation"]
    (known, required), body = operations[key]
    names = set(asked.query)
    if "pageToken" in names:
        return [f"{key}: {name} beside the token" for name in names - {"pageToken", "limit"}]
    found = [f"{key}: no parameter {name}" for name in names - known]
    found += [f"{key}: {name} is required" for name in required - names]
    return found + [f"{key}: no key {name}" for name in (set(asked.json) - body if asked.body else ())]


def test_a_wrong_question_is_seen(operations):
    assert wrong_in(Asked("GET", f"{BASE}/persons", {"unit": ["1"]}, {}, b""), operations)
    assert wrong_in(Asked("GET", f"{BASE}/calendarEvents", {}, {}, b""), operations)
    assert wrong_in(Asked("POST", f"{BASE}/persons/lookup", {}, {}, b'{"id": []}'), operations)
    assert not wrong_in(Asked("POST", f"{BASE}/persons/lookup", {}, {}, b'{"ids": []}'), operations)


@pytest.mark.parametrize(
    "source", [{}, {"embeds": False, "size": 3}, {"lacks": {"calendarEvents", "attendances", "attendances/lookup"}}]
)
def test_what_is_asked_is_in_the_standard(operations, tmp_path, source):
    with small_source(tmp_path, **source) as reader:
        reader.source.told["persons"][0]["responsibles"] = [{"person": ref("x"), "relationType": "Vårdnadshavare"}]
        reader.source.told["activities"][0]["groups"].append(ref("elsewhere"))
        asked = []
        for _ in range(2):
            reader.read()
            asked += reader.at.asked
            reader.source.change("attendances", "a-3", validAbsenceMinutes=0)
            reader.source.add("persons", pupil(14))
        assert len(asked) > 20
        assert sorted({wrong for each in asked for wrong in wrong_in(each, operations)}) == []
