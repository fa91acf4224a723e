"""What consumers report back: /log/ about single records and /statistics/ about whole readings."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from narvaro.simulator.parameters import BadRequest, Filter, value_of
from narvaro.simulator.words import ENDPOINTS

_KIND = Filter("", "word", words=frozenset(ENDPOINTS))
_MOMENT = Filter("", "moment")
# The fields of each, texts but for the counts; those named first are required.
_TEXTS: Mapping[str, Mapping[str, Filter]] = {
    "log": {
        "message": Filter(""),
        "severityLevel": Filter("", "word", words=frozenset({"Info", "Warning", "Error"})),
        "messageType": Filter(""),
        "resourceType": _KIND,
        "resourceId": Filter("", "uuid"),
        "resourceUrl": Filter(""),
        "timeOfOccurance": _MOMENT,
    },
    "statistics": {"resourceType": _KIND, "resourceUrl": Filter(""), "timeOfOccurance": _MOMENT},
}
_REQUIRED: Mapping[str, frozenset[str]] = {
    "log": frozenset({"message", "severityLevel"}),
    "statistics": frozenset({"resourceType", "newCount", "updatedCount", "deletedCount"}),
}
REPORTS = tuple(_TEXTS)


def check_report(name: str, told: Mapping[str, Any]) -> None:
    """Raises BadRequest for what the standard does not allow."""
    if missing := _REQUIRED[name] - told.keys():
        raise BadRequest(f"{min(missing)} is missing")
    for key in _REQUIRED[name] - _TEXTS[name].keys():
        if not isinstance(told[key], int) or isinstance(told[key], bool):
            raise BadRequest(f"{key} is no whole number")
    for key in _TEXTS[name].keys() & told.keys():
        if not isinstance(told[key], str):
            raise BadRequest(f"{key} is no text")
        value_of(key, told[key], _TEXTS[name][key])
    if "resourceUrl" in told and not urlsplit(told["resourceUrl"]).scheme:
        raise BadRequest("resourceUrl is no address")
