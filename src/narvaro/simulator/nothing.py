"""Resources that Exempelkommun has nothing of: an honest empty list, for a question that the standard allows."""

import re
from collections.abc import Mapping
from typing import Any

from narvaro.simulator.parameters import BadRequest, Filter, Query, flag_of, uuid_of, value_of, whole_of
from narvaro.simulator.words import SCHOOL_TYPES

_EXPANDS: Mapping[str, tuple[str, ...]] = {
    "placements": ("child", "owners"),
    "programmes": (),
    "studyplans": (),
    "schoolUnitOfferings": (),
    "attendanceEvents": ("person", "group", "registeredBy"),
    "attendanceSchedule": (),
    "grades": (),
    "resources": (),
    "rooms": (),
}
EMPTY = tuple(_EXPANDS)
_IDS = frozenset(
    {"child", "gradingTeacher", "group", "organisation", "owner", "person", "placement", "registeredBy", "student"}
)
_LOOKUPS = frozenset({"ids", "personIds", "person", "group", "placement"})
_SORT = re.compile(r"[A-Za-z]+(?:Asc|Desc)", re.ASCII)


def check_question(name: str, query: Query) -> None:
    """Raises BadRequest for a value of the wrong kind. There is no page, so no token was ever given."""
    for key, value in query:
        if key == "pageToken":
            raise BadRequest("pageToken is none that was given for this resource")
        if key == "limit":
            whole_of(key, value)
        elif key == "expandReferenceNames":
            flag_of(key, value)
        elif key == "sortkey" and not _SORT.fullmatch(value):
            raise BadRequest("sortkey has a value that the standard does not know")
        elif (wanted := _kind(name, key)) is not None:
            value_of(key, value, wanted)


def check_lookup(body: Mapping[str, Any]) -> None:
    """All that these resources are looked up by are ids."""
    for key in _LOOKUPS & body.keys():
        values = body[key]
        if not isinstance(values, list):
            raise BadRequest(f"{key} is no list of texts")
        for each in values:
            uuid_of(key, each)


def _kind(name: str, key: str) -> Filter | None:
    if key.startswith("meta."):
        return Filter("", "moment")
    if key.endswith((".onOrBefore", ".onOrAfter")):
        return Filter("", "day")
    if key in _IDS:
        return Filter("", "uuid")
    if key == "expand":
        return Filter("", "word", words=frozenset(_EXPANDS[name]))
    return Filter("", "word", words=frozenset(SCHOOL_TYPES)) if key == "schoolType" else None
