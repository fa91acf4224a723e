"""The relationship filters of /persons: all that are given are about one and the same relation."""

from typing import Any

from narvaro.simulator.parameters import BadRequest, Condition, Filter, Query, last_of, value_of
from narvaro.simulator.words import RELATIONS

_FILTERS = {
    "relationship.entity.type": Filter("type = ?", "word", words=frozenset(RELATIONS)),
    "relationship.organisation": Filter("organisation = (SELECT nr FROM organisation WHERE id = ?::UUID)", "uuid"),
    "relationship.startDate.onOrBefore": Filter("coalesce(start_date <= ?, true)", "day"),
    "relationship.startDate.onOrAfter": Filter("coalesce(start_date >= ?, true)", "day"),
    "relationship.endDate.onOrBefore": Filter("coalesce(end_date <= ?, true)", "day"),
    "relationship.endDate.onOrAfter": Filter("coalesce(end_date >= ?, true)", "day"),
}


def relationship_condition(query: Query) -> Condition | None:
    asked = {name for name, _ in query if name.startswith("relationship.")}
    if unknown := asked - set(_FILTERS):
        raise BadRequest(f"unknown parameter {min(unknown)}")
    if not asked:
        return None
    values: list[Any] = []
    parts = []
    for name in sorted(asked):
        parts.append(_FILTERS[name].sql)
        values.append(value_of(name, last_of(query, name) or "", _FILTERS[name]))
    return Condition(f"t.nr IN (SELECT person FROM relation WHERE {' AND '.join(parts)})", tuple(values))
