"""Faults in what is answered. Each takes the request and the right answer and gives the answer that is sent."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import wraps
from typing import Any

from narvaro.simulator.answering import Answer, Request
from narvaro.simulator.faulty_requests import ENDLESS
from narvaro.simulator.paging import read_token, token_of
from narvaro.simulator.parameters import last_of

Thing = dict[str, Any]
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:Z|[+-]\d{2}:\d{2})")
_FORM = ("sortkey", "expand", "startTime.onOrAfter", "startTime.onOrBefore", "startDate", "endDate")
_ENUMS = {
    "groupType": "Undervisningsgrupp",
    "dutyRole": "Mentor",
    "activityType": "Lektion",
    "organisationType": "Enhet",
    "assignmentRoleType": "Lärare",
    "relationType": "Förälder",
}


def _on_json(change: Callable[[Request, Any], Any]) -> Callable[[Request, Answer], Answer]:
    """A change of a good answer's content."""

    @wraps(change)
    def changed(request: Request, answer: Answer) -> Answer:
        if answer.status != 200 or not answer.body:
            return answer
        told = change(request, json.loads(answer.body))
        return replace(answer, body=json.dumps(told, ensure_ascii=False, separators=(",", ":")))

    return changed


def _on_page(change: Callable[[Request, Thing], None]) -> Callable[[Request, Answer], Answer]:
    """A change of a list with its token."""

    def changed(request: Request, told: Any) -> Any:
        if isinstance(told, dict) and "pageToken" in told:
            change(request, told)
        return told

    return _on_json(wraps(change)(changed))


def _on_items(change: Callable[[str, Thing], Thing | None]) -> Callable[[Request, Answer], Answer]:
    """A change of each object, with the name of its resource; None takes it away. Embedded attendance too."""

    def changed(request: Request, told: Any) -> Any:
        name = request.path.partition("/")[0]
        if isinstance(told, list):
            return list(_each(change, name, told))
        if "data" in told and isinstance(told["data"], list):
            return {**told, "data": list(_each(change, name, told["data"]))}
        return told if "data" in told else next(_each(change, name, [told]), {})

    return _on_json(wraps(change)(changed))


def _each(change: Callable[[str, Thing], Thing | None], name: str, items: list[Thing]) -> Iterator[Thing]:
    for item in items:
        if rows := item.get("_embedded", {}).get("attendance"):
            item["_embedded"]["attendance"] = list(_each(change, "attendances", rows))
        if (kept := change(name, item)) is not None:
            yield kept


@_on_page
def same_token(request: Request, told: Thing) -> None:
    if (token := last_of(request.query, "pageToken")) is not None:
        told["pageToken"] = token


@_on_page
def endless_token(_: Request, told: Thing) -> None:
    told["pageToken"] = told["pageToken"] or ENDLESS


@_on_page
def token_without_filters(request: Request, told: Thing) -> None:
    if told["pageToken"] and request.path != "deletedEntities":
        query, last = read_token(request.path, told["pageToken"])
        kept = [
            pair for pair in query if pair[0] in ("sortkey", "expand", "startTime.onOrAfter", "startTime.onOrBefore")
        ]
        told["pageToken"] = token_of(request.path, kept, last)


@_on_page
def no_last_token(_: Request, told: Thing) -> None:
    if not told["pageToken"]:
        del told["pageToken"]


@_on_page
def empty_last_token(_: Request, told: Thing) -> None:
    told["pageToken"] = told["pageToken"] or ""


@_on_page
def without_first(request: Request, told: Thing) -> None:
    if last_of(request.query, "pageToken") is not None:
        told["data"] = told["data"][1:]


@_on_page
def with_first_again(_: Request, told: Thing) -> None:
    told["data"] = [*told["data"][:1], *told["data"]]


@_on_page
def emptied(_: Request, told: Thing) -> None:
    told.update(data=[] if isinstance(told["data"], list) else {}, pageToken=None)


@_on_page
def without_id(_: Request, told: Thing) -> None:
    if isinstance(told["data"], list) and told["data"]:
        told["data"][0].pop("id", None)


def malformed(_: Request, answer: Answer) -> Answer:
    return replace(answer, body=(answer.body or "")[:-2] + ",")


def html(_: Request, answer: Answer) -> Answer:
    return replace(answer, body="<!doctype html><title>Logga in</title>", headers={"Content-Type": "text/html"})


@_on_items
def wrong_types(_: str, item: Thing) -> Thing:
    return {key: str(value) if isinstance(value, int | list) else value for key, value in item.items()}


@_on_items
def wrong_shapes(name: str, item: Thing) -> Thing:
    item["groupCode"] = "unknown to the standard"
    item.pop("calendarEventsRequired", None)
    for address in item.get("addresses", ()):
        address.pop("country")
        address["postalCode"] = None
    for teacher in item.get("teachers", ()):
        teacher["person"] = teacher.pop("duty")
    if name == "activities" and "syllabus" in item:
        item["subject"] = item.pop("syllabus")
    return item


@_on_json
def naive_times(_: Request, told: Any) -> Any:
    return _texts(told, lambda text: _TIME.sub(r"\1.000000", text))


@_on_json
def decomposed(_: Request, told: Any) -> Any:
    return _texts(told, lambda text: unicodedata.normalize("NFD", text))


def _texts(told: Any, change: Callable[[str], str]) -> Any:
    if isinstance(told, dict):
        return {key: value if key == "pageToken" else _texts(value, change) for key, value in told.items()}
    if isinstance(told, list):
        return [_texts(each, change) for each in told]
    return change(told) if isinstance(told, str) else told


@_on_items
def ten_digit_numbers(_: str, item: Thing) -> Thing:
    if number := item.get("civicNo", {}).get("value"):
        item["civicNo"]["value"] = f"{number[2:8]}-{number[8:]}"
    return item


@_on_items
def unknown_enums(_: str, item: Thing) -> Thing:
    for each in (item, *item.get("assignmentRole", ()), *item.get("responsibles", ())):
        each.update({key: _ENUMS[key] for key in _ENUMS.keys() & each.keys() if _every(item["id"], 3)})
    return item


@_on_items
def implausible_minutes(name: str, item: Thing) -> Thing:
    if name == "attendances" and item["isReported"] and _every(item["id"], 10):
        item["invalidAbsenceMinutes"], item["attendanceMinutes"] = -5, 1000
    return item


@_on_json
def old_deleted_shape(request: Request, told: Any) -> Any:
    if request.path != "deletedEntities":
        return told
    rows = [{"entityType": kind, "id": each} for kind, ids in told["data"].items() for each in ids]
    return [{**row, "deletedAt": "2025-01-01T00:00:00"} for row in rows]


@_on_items
def dangling(name: str, item: Thing) -> Thing | None:
    return None if name == "persons" and _every(item["id"], 5) else item


@_on_items
def without_protected(name: str, item: Thing) -> Thing | None:
    return None if name == "persons" and item["securityMarking"] != "Ingen" else item


@_on_json
def without_marking(_: Request, told: Any) -> Any:
    return _without(told, "securityMarking")


def _without(told: Any, key: str) -> Any:
    if isinstance(told, dict):
        return {name: _without(value, key) for name, value in told.items() if name != key}
    return [_without(each, key) for each in told] if isinstance(told, list) else told


@_on_items
def all_ended(_: str, item: Thing) -> Thing:
    for each in item.get("enrolments", ()):
        each["endDate"] = each["startDate"]
    return item


@_on_items
def without_unreported(name: str, item: Thing) -> Thing | None:
    return None if name == "attendances" and not item["isReported"] else item


@_on_items
def only_deviations(name: str, item: Thing) -> Thing | None:
    if name != "attendances":
        return item
    missed = item.get("validAbsenceMinutes", 0) + item.get("invalidAbsenceMinutes", 0)
    return item if missed or item.get("otherAttendanceMinutes") else None


def _every(identifier: str, number: int) -> bool:
    """Always the same ones."""
    return int(identifier[:8], 16) % number == 0
