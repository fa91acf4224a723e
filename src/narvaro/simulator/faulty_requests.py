"""Faults in how a request is understood: another request, or an answer at once."""

import json
from dataclasses import replace

from narvaro.simulator.answering import Answer, Request, error_answer
from narvaro.simulator.parameters import last_of

_CONTROLS = ("limit", "pageToken", "expand", "expandReferenceNames")
_TIME_WINDOW = ("startTime.onOrAfter", "startTime.onOrBefore", "startDate", "endDate")
ENDLESS = "endless"
_MANY = 100
_GONE = Answer(404)


def without_filters(request: Request) -> Request:
    kept = _CONTROLS + (_TIME_WINDOW if request.path in ("calendarEvents", "aggregatedAttendance") else ())
    return replace(request, query=[pair for pair in request.query if pair[0] in kept])


def without_offset(request: Request) -> Request:
    def told(name: str, value: str) -> str:
        return f"{value[:19]}Z" if name.startswith("meta.") else value

    return replace(request, query=[(name, told(name, value)) for name, value in request.query])


def without_expand(request: Request) -> Request:
    return replace(request, query=[pair for pair in request.query if pair[0] != "expand"])


def empty_page_for_endless(request: Request) -> Request | Answer:
    token = last_of(request.query, "pageToken") or ""
    if not token.startswith(ENDLESS):
        return request
    turn = int(token.removeprefix(ENDLESS) or 0)
    return Answer(200, json.dumps({"data": [], "pageToken": f"{ENDLESS}{turn + 1}"}))


def gone_token(request: Request) -> Request | Answer:
    if last_of(request.query, "pageToken") is None:
        return request
    return error_answer(410, "token_expired", "The page token has expired")


def token_needs_filters(request: Request) -> Request | Answer:
    if last_of(request.query, "pageToken") is None:
        return request
    if not {name for name, _ in request.query} - {"limit", "pageToken"}:
        return Answer(422, '{"detail":[{"loc":["query"],"msg":"field required","type":"value_error.missing"}]}')
    return replace(request, query=[pair for pair in request.query if pair[0] in ("limit", "pageToken")])


def all_at_once(request: Request) -> Request:
    return replace(request, is_whole=True)


def without_attendance(request: Request) -> Request | Answer:
    if _name(request) in ("attendances", "absences", "aggregatedAttendance"):
        return _GONE
    return _not_embedded(request)


def only_attendances(request: Request) -> Request | Answer:
    if request.path == "attendances/lookup" or _name(request) == "aggregatedAttendance":
        return _GONE
    return _not_embedded(request)


def only_lookup(request: Request) -> Request | Answer:
    if request.path in ("attendances", "aggregatedAttendance"):
        return _GONE
    return _not_embedded(request)


def only_sums(request: Request) -> Request | Answer:
    return _GONE if _name(request) in ("attendances", "calendarEvents", "absences") else request


def without_lookup(request: Request) -> Request | Answer:
    return _GONE if request.path.endswith("/lookup") else request


def small_lookups(request: Request) -> Request | Answer:
    if not request.path.endswith("/lookup"):
        return request
    try:
        asked = sum(len(each) for each in json.loads(request.body).values())
    except (ValueError, AttributeError, TypeError):
        return request
    return error_answer(503, "too_large", "The answer is too large") if asked > _MANY else request


def without_deleted(request: Request) -> Request | Answer:
    return _GONE if _name(request) == "deletedEntities" else request


def without_subscriptions(request: Request) -> Request | Answer:
    return _GONE if _name(request) == "subscriptions" else request


def broken(_: Request) -> Answer:
    return error_answer(500, "internal_error", "Something went wrong")


def gateway(_: Request) -> Answer:
    return Answer(502, "<html><body>Bad Gateway</body></html>", {"Content-Type": "text/html"})


def too_many(_: Request) -> Answer:
    return replace(error_answer(429, "too_many_requests", "Slow down"), headers={"Retry-After": "1"})


def too_many_silent(_: Request) -> Answer:
    return error_answer(429, "too_many_requests", "Slow down")


def unavailable(_: Request) -> Answer:
    message = "Could not find any current data set for source: exempelkommun"
    return error_answer(503, "source_unavailable", message)


def unauthorized(_: Request) -> Answer:
    return Answer(401, '{"detail":"Not authenticated"}', {"WWW-Authenticate": "Bearer"})


def elsewhere(request: Request) -> Answer:
    return Answer(302, None, {"Location": f"http://elsewhere.example/{request.path}"})


def _not_embedded(request: Request) -> Request:
    return replace(request, query=[pair for pair in request.query if pair != ("expand", "attendance")])


def _name(request: Request) -> str:
    return request.path.partition("/")[0]
