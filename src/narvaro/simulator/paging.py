"""One page of a resource. A page ends at a key, and the next one begins after it, so that what is added or taken away
between two pages moves nothing: everything that was there all the time is seen once."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from narvaro.simulator.parameters import BadRequest, Condition, Query, all_of, conditions, flag_of, last_of, whole_of
from narvaro.simulator.relationships import relationship_condition
from narvaro.simulator.resource import Resource

Rows = Callable[[str, list[Any], bool], list[tuple[Any, ...]]]
_CONTROLS = {"expand", "expandReferenceNames", "sortkey", "limit", "pageToken"}
_RELATIONSHIP = "relationship."


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A list that is asked for: its filters and form, and after which keys it goes on."""

    resource: Resource
    conditions: tuple[Condition, ...]
    sort: str | None = None
    expands: frozenset[str] = frozenset()
    names: bool = False
    after: tuple[Any, ...] = ()
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    items: list[str]
    last: tuple[Any, ...]
    has_more: bool


def question(resource: Resource, query: Query) -> Question:
    """Raises BadRequest when the standard does not allow the question."""
    known = _CONTROLS | set(resource.filters)
    for name, _ in query:
        if name not in known and not (name.startswith(_RELATIONSHIP) and resource.table == "person"):
            raise BadRequest(f"unknown parameter {name}")
    for name in resource.required:
        if last_of(query, name) is None:
            raise BadRequest(f"{name} is required")
    sort = last_of(query, "sortkey")
    if sort is not None and sort not in resource.sorts:
        raise BadRequest("sortkey has a value that the standard does not know")
    found = conditions(query, resource.filters)
    if resource.table == "person" and (related := relationship_condition(query)):
        found.append(related)
    return Question(
        resource=resource,
        conditions=tuple(found),
        sort=sort,
        expands=all_of(query, "expand", tuple(resource.expands)),
        names=_wants_names(query),
    )


def _wants_names(query: Query) -> bool:
    told = last_of(query, "expandReferenceNames")
    return told is not None and flag_of("expandReferenceNames", told)


def read_page(rows: Rows, asked: Question, limit: int | None) -> Page:
    """At most ``limit`` items; all there are when it is None."""
    sql, values = _statement(replace(asked, limit=None if limit is None else limit + 1))
    found = rows(sql, values, asked.names)
    shown = found if limit is None else found[:limit]
    return Page([row[-1] for row in shown], tuple(shown[-1][:-1]) if shown else (), len(found) > len(shown))


def _statement(asked: Question) -> tuple[str, list[Any]]:
    resource = asked.resource
    keys = _keys(asked)
    where = " AND ".join(f"({each.sql})" for each in asked.conditions) or "true"
    values = [value for each in asked.conditions for value in each.values]
    table = resource.table
    if "{where}" in table:
        table, where = table.replace("{where}", where), "true"
    if asked.after:
        later, more = _after(keys, asked.after)
        where, values = f"{where} AND {later}", values + more
    order = ", ".join(f"{key} {'DESC' if is_falling else 'ASC'}" for key, is_falling in keys)
    limit = "" if asked.limit is None else f"LIMIT {asked.limit}"
    columns = ", ".join(key for key, _ in keys)
    page = f"WITH page AS MATERIALIZED (SELECT t.* FROM {table} AS t WHERE {where} ORDER BY {order} {limit})"
    text = f"concat({resource.opened}, {_embedded(asked)}'}}')"
    return f"{page} SELECT {columns}, {text} FROM page AS t {resource.joined} ORDER BY {order}", values


def _keys(asked: Question) -> list[tuple[str, bool]]:
    keys = [(key, False) for key in asked.resource.keys]
    return keys if asked.sort is None else [asked.resource.sorts[asked.sort], *keys]


def _after(keys: Sequence[tuple[str, bool]], last: Sequence[Any]) -> tuple[str, list[Any]]:
    """The rows behind ``last``. The first key alone bounds them too, which lets the store skip what lies before."""
    (first, is_falling), *rest = keys
    sign = "<" if is_falling else ">"
    if not rest:
        return f"{first} {sign} ?", [last[0]]
    later, values = _after(rest, last[1:])
    return f"{first} {sign}= ? AND ({first} {sign} ? OR ({later}))", [last[0], last[0], *values]


def _embedded(asked: Question) -> str:
    """The SQL that tells what is embedded, with a comma after it."""
    chosen = [(name, each) for name, each in asked.resource.expands.items() if name in asked.expands]
    if not chosen:
        return ""
    parts = [f"opt('{name}', coalesce({each.sql}, {each.otherwise or None!r}))" for name, each in chosen]
    told = ", ".join(part.replace(", None)", ", NULL)") for part in parts)
    return f"',\"_embedded\":{{', ltrim(concat({told}), ','), '}}', "


def token_of(path: str, query: Query, last: Sequence[Any]) -> str:
    """Opaque to those who get it: the question again, and where to go on."""
    asked = [(name, value) for name, value in query if name not in ("limit", "pageToken")]
    return urlsafe_b64encode(json.dumps([path, asked, last], ensure_ascii=False).encode()).decode()


def read_token(path: str, token: str) -> tuple[Query, tuple[Any, ...]]:
    try:
        told, asked, last = json.loads(urlsafe_b64decode(token.encode("ascii")))
        if told == path:
            return [(str(name), str(value)) for name, value in asked], tuple(last)
    except (ValueError, TypeError):
        pass
    raise BadRequest("pageToken is none that was given for this resource")


def wanted_limit(query: Query) -> int | None:
    limit = last_of(query, "limit")
    return None if limit is None else whole_of("limit", limit)
