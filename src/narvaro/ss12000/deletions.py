"""What a source says that it has deleted, in either of the two shapes that are about."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from narvaro.ss12000.asking import Asker, Json
from narvaro.ss12000.errors import NotAllowed, NotOffered, QueryRefused, malformed
from narvaro.ss12000.listings import Capabilities, has_of, utc
from narvaro.ss12000.paging import Object, checked, pages

_PATH = "/deletedEntities"
# The standard's own spelling of the plural, slip and all.
_STANDARD = {
    "organisation": "organisations",
    "person": "persons",
    "group": "groups",
    "duty": "duties",
    "activity": "activitites",
    "activities": "activitites",
    "calendarevent": "calendarEvents",
    "attendance": "attendances",
    "absence": "absences",
}


def deleted_since(
    asker: Asker, capabilities: Capabilities, since: datetime, entities: Iterable[str]
) -> dict[str, set[str]] | None:
    """Ids by the standard's name of their kind ("persons", "calendarEvents", "activitites"); None where the source does
    not tell. Raises SourceRefused."""
    asked = {"after": utc(since), "entities": sorted(entities)}
    found: defaultdict[str, set[str]] = defaultdict(set)
    try:
        for page in pages(asker, _PATH, asked, read=_ids):
            for each in page:
                found[each["kind"]].add(each["id"])
    except (NotOffered, NotAllowed, QueryRefused) as error:
        capabilities.note(_PATH, has_of(error))
        return None
    capabilities.note(_PATH, "yes")
    return found


def _ids(answer: Json, path: str) -> list[Object]:
    """By the standard ids under the name of their kind; some sources tell a list with one object each instead."""
    told = answer.get("data") if isinstance(answer, dict) else answer
    if isinstance(told, dict) and all(isinstance(ids, list) for ids in told.values()):
        pairs = [(kind, id) for kind, ids in told.items() for id in ids]
    else:
        pairs = [(each.get("entityType"), each.get("id")) for each in checked(told, path)]
    if not all(isinstance(kind, str) and isinstance(id, str) for kind, id in pairs):
        raise malformed(path)
    return [{"kind": _STANDARD.get(kind.casefold(), kind), "id": id} for kind, id in pairs]
