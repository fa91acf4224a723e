"""Where lessons lie in the store, by the ids that their source gives them."""

from collections.abc import Collection
from datetime import date

from narvaro.domain.school_calendar import date_of
from narvaro.facts.engine import DuckDBEngine
from narvaro.facts.schema import FACTS
from narvaro.facts.store import Store


def days_of_lessons(store: Store, lesson_ids: Collection[str]) -> dict[str, set[tuple[str, date]]]:
    """School unit and day of those that are stored, by lesson; of a lesson that was moved, all its days."""
    found: dict[str, set[tuple[str, date]]] = {}
    if not lesson_ids or not store.root.exists():
        return found
    with DuckDBEngine(folders=[store.root]) as engine:
        engine.register("fact", store.current().paths("facts", store.root), FACTS)
        rows = engine.connection.execute(
            "select distinct lesson_id, school_unit_id, day_no from fact where lesson_id in (select unnest(?))",
            [sorted(lesson_ids)],
        ).fetchall()
    for lesson, unit, day in rows:
        found.setdefault(lesson, set()).add((unit, date_of(day)))
    return found
