"""/deletedEntities: the ids of what is no more, by kind."""

import json

from narvaro.simulator.paging import read_token, token_of
from narvaro.simulator.parameters import BadRequest, Query, all_of, last_of, moment_of
from narvaro.simulator.simulation import Simulation
from narvaro.simulator.words import ENDPOINTS

PATH = "deletedEntities"


def deleted_entities(simulation: Simulation, query: Query, limit: int) -> str:
    after = 0
    if (token := last_of(query, "pageToken")) is not None:
        if {name for name, _ in query} - {"pageToken", "limit"}:
            raise BadRequest("pageToken can only be combined with limit")
        query, (after,) = read_token(PATH, token)
    if unknown := {name for name, _ in query} - {"after", "entities", "limit"}:
        raise BadRequest(f"unknown parameter {min(unknown)}")
    kinds = all_of(query, "entities", tuple(ENDPOINTS)) or frozenset(ENDPOINTS)
    since = last_of(query, "after")
    found = simulation.rows(
        "SELECT nr, kind, id::VARCHAR FROM tombstone WHERE nr > $after AND kind IN (SELECT unnest($kinds)) "
        "AND coalesce(deleted > $since, true) ORDER BY nr LIMIT $limit",
        {
            "after": after,
            "kinds": sorted(kinds),
            "since": None if since is None else moment_of("after", since),
            "limit": limit + 1,
        },
    )
    data: dict[str, list[str]] = {}
    for _, kind, identifier in found[:limit]:
        data.setdefault(ENDPOINTS[kind], []).append(identifier)
    following = token_of(PATH, query, [found[limit - 1][0]]) if len(found) > limit else None
    return json.dumps({"data": data, "pageToken": following})
