"""A plan, and a difference between two, as plain data for JSON."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from narvaro.domain.plan import Plan
from narvaro.domain.rules import Comparison, Joined
from narvaro.plans.diff_words import PartDifference


def plan_record(plan: Plan) -> dict[str, Any]:
    """Every part with both languages; rules as the text they are written in."""
    record: dict[str, Any] = _plain(plan)
    return record


def difference_records(found: Iterable[PartDifference]) -> list[dict[str, Any]]:
    return [
        {
            "part": part.place,
            "is": part.kind,
            "named": part.part,
            "values": [{"what": each.what, "before": each.before, "after": each.after} for each in part.differences],
        }
        for part in found
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Comparison | Joined):
        return str(value)
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
