"""What a tried rule gave, as it is kept."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class SchoolTried:
    """Over ``weeks`` weeks; ``pupils`` is the most in a week."""

    code: str
    weeks: int
    pupils: int
    flagged: int
    new: int
    most_new: int
    most_new_monday: date


@dataclass(frozen=True, slots=True)
class Found:
    """What a trial gave. ``weeks``: the Monday, pupils flagged and those newly so, over all schools."""

    first_day: date
    as_of: date
    pupils: int
    flagged: int
    deep: int
    missed: int
    never_notable: int
    median_lead: float | None
    leads: int
    schools: tuple[SchoolTried, ...]
    weeks: tuple[tuple[date, int, int], ...]


def stored(found: Found) -> dict[str, Any]:
    """As JSON has it: days as text."""
    values = asdict(found)
    values |= {"first_day": found.first_day.isoformat(), "as_of": found.as_of.isoformat()}
    values["schools"] = [{**each, "most_new_monday": each["most_new_monday"].isoformat()} for each in values["schools"]]
    values["weeks"] = [(monday.isoformat(), flagged, new) for monday, flagged, new in found.weeks]
    return values


def restored(stored: dict[str, Any]) -> Found:
    schools = (
        SchoolTried(**{**each, "most_new_monday": date.fromisoformat(each["most_new_monday"])})
        for each in stored["schools"]
    )
    weeks = ((date.fromisoformat(monday), flagged, new) for monday, flagged, new in stored["weeks"])
    days = {name: date.fromisoformat(stored[name]) for name in ("first_day", "as_of")}
    return Found(**{**stored, **days, "schools": tuple(schools), "weeks": tuple(weeks)})
