"""What the provider answers: a method, a path and a question in, a status and a text out. Knows no sockets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from narvaro.simulator.deleted import deleted_entities
from narvaro.simulator.nothing import EMPTY, check_lookup, check_question
from narvaro.simulator.paging import question, read_page, read_token, token_of, wanted_limit
from narvaro.simulator.parameters import BadRequest, Query, conditions, last_of, uuid_of
from narvaro.simulator.reports import REPORTS, check_report
from narvaro.simulator.resource import Resource
from narvaro.simulator.resources import RESOURCES
from narvaro.simulator.simulation import Simulation
from narvaro.simulator.subscriptions import Subscriptions

# Up to 5 000 rows the store keeps only the page in hand while it looks; beyond, it sorts everything behind it.
PAGE_SIZE, LARGEST_PAGE, LARGEST_LOOKUP = 2000, 4000, 20_000
_WRITTEN = frozenset({"attendances", "attendanceEvents", "attendanceSchedule", "absences"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """``path`` begins after the base path, without a slash before it. ``is_whole``: a list is not cut into pages."""

    method: str
    path: str
    query: Query = ()
    body: bytes = b""
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Provider:
    """``told`` is what consumers have posted to /log/ and /statistics/."""

    simulation: Simulation
    subscriptions: Subscriptions
    told: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        try:
            return self._routed(request)
        except BadRequest as error:
            return error_answer(400, "bad_request", str(error))

    def _routed(self, request: Request) -> Answer:
        name, _, rest = request.path.partition("/")
        if name in RESOURCES:
            return self._resource(RESOURCES[name], name, rest, request)
        if name in EMPTY:
            return _nothing(name, rest, request)
        if name == "subscriptions":
            return self._subscription(rest, request)
        if request.path == "deletedEntities":
            return self._deleted(request)
        if request.path.rstrip("/") in REPORTS:
            return self._feedback(request)
        return Answer(404)

    def _deleted(self, request: Request) -> Answer:
        if request.method != "GET":
            return not_allowed(request)
        return Answer(200, deleted_entities(self.simulation, request.query, page_limit(request.query)))

    def _feedback(self, request: Request) -> Answer:
        if request.method != "POST":
            return not_allowed(request)
        told = read_object(request.body)
        check_report(request.path.rstrip("/"), told)
        self.told.append(told)
        return Answer(201)

    def _subscription(self, rest: str, request: Request) -> Answer:
        if not rest:
            if request.method == "GET":
                kept = ",".join(each.json for each in self.subscriptions.all())
                wanted_limit(request.query)
                return Answer(200, f'{{"data":[{kept}],"pageToken":null}}')
            if request.method == "POST":
                return Answer(201, self.subscriptions.add(read_object(request.body)).json)
            return not_allowed(request)
        found = self.subscriptions.find(uuid_of("id", rest))
        if found is None:
            return Answer(404)
        if request.method == "PATCH":
            return Answer(200, self.subscriptions.renew(found).json)
        if request.method == "DELETE":
            self.subscriptions.remove(found)
            return Answer(204)
        return Answer(200, found.json) if request.method == "GET" else not_allowed(request)

    def _resource(self, resource: Resource, name: str, rest: str, request: Request) -> Answer:
        if not rest and request.method == "GET":
            return self._list(resource, name, request)
        if rest == "lookup" and request.method == "POST" and resource.lookups:
            return self._lookup(resource, request)
        if rest and rest != "lookup" and request.method == "GET" and resource.has_one:
            return self._one(resource, rest, request.query)
        return not_allowed(request)

    def _list(self, resource: Resource, name: str, request: Request) -> Answer:
        query = request.query
        limit = None if request.is_whole else page_limit(query)
        after: tuple[Any, ...] = ()
        if (token := last_of(query, "pageToken")) is not None:
            if {key for key, _ in query} - {"pageToken", "limit"}:
                raise BadRequest("pageToken can only be combined with limit")
            query, after = read_token(name, token)
        page = read_page(self._rows, replace(question(resource, query), after=after), limit)
        following = token_of(name, query, page.last) if page.has_more else None
        return Answer(200, f'{{"data":[{",".join(page.items)}],"pageToken":{json.dumps(following)}}}')

    def _one(self, resource: Resource, identifier: str, query: Query) -> Answer:
        asked = question(replace(resource, required=()), query)
        found = conditions([("ids", uuid_of("id", identifier))], {"ids": resource.lookups["ids"]})
        page = read_page(self._rows, replace(asked, conditions=tuple(found)), 1)
        return Answer(200, page.items[0]) if page.items else Answer(404)

    def _lookup(self, resource: Resource, request: Request) -> Answer:
        """What fits any of the lists, as the standard's "or" has it. Too much is answered with 503."""
        body = read_object(request.body)
        asked = [(name, text) for name in resource.lookups for text in _texts(body, name)]
        wanted = conditions(asked, resource.lookups)
        if not wanted:
            return Answer(200, "[]")
        either = replace(
            wanted[0],
            sql=" OR ".join(f"({each.sql})" for each in wanted),
            values=tuple(value for each in wanted for value in each.values),
        )
        form = question(replace(resource, required=(), filters={}), request.query)
        page = read_page(self._rows, replace(form, conditions=(either,)), LARGEST_LOOKUP)
        if page.has_more:
            return error_answer(503, "too_large", "The answer is too large: ask for fewer at a time")
        return Answer(200, f"[{','.join(page.items)}]")

    def _rows(self, sql: str, values: list[Any], names: bool) -> list[tuple[Any, ...]]:
        return self.simulation.rows(sql, values, names=names)


def page_limit(query: Query) -> int:
    return min(wanted_limit(query) or PAGE_SIZE, LARGEST_PAGE)


def _nothing(name: str, rest: str, request: Request) -> Answer:
    check_question(name, request.query)
    if not rest and request.method == "GET":
        return Answer(200, '{"data":[],"pageToken":null}')
    if rest == "lookup" and request.method == "POST":
        check_lookup(read_object(request.body))
        return Answer(200, "[]")
    if rest not in ("", "lookup") and request.method == "GET":
        uuid_of("id", rest)
        return Answer(404)
    return not_allowed(request)


def read_object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BadRequest("the body is no JSON object")
    return found


def _texts(body: dict[str, Any], name: str) -> list[str]:
    values = body.get(name, [])
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise BadRequest(f"{name} is no list of texts")
    return values


def error_answer(status: int, code: str, message: str) -> Answer:
    return Answer(status, json.dumps({"code": code, "message": message}, ensure_ascii=False))


def not_allowed(request: Request) -> Answer:
    """What the standard lets some write is refused: whoever asks here may read. The rest has no such method."""
    allowed = _methods(request.path.rstrip("/"))
    if request.method in allowed:
        return error_answer(403, "read_only", "This provider only lets itself be read")
    answer = error_answer(405, "not_allowed", "The standard has no such method here")
    return replace(answer, headers={"Allow": ", ".join(allowed)})


def _methods(path: str) -> tuple[str, ...]:
    """Those that the standard has for a path."""
    name, _, rest = path.partition("/")
    if rest == "lookup" or name in REPORTS:
        return ("POST",)
    if name == "subscriptions":
        return ("GET", "PATCH", "DELETE") if rest else ("GET", "POST")
    if name in _WRITTEN:
        return ("GET", "POST") if not rest else ("GET",) if name == "absences" else ("GET", "DELETE")
    return ("GET",)
