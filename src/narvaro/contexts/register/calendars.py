"""School years as they are decided: the authority's own, and those of units that differ."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from pydantic import TypeAdapter

from narvaro.contexts.register.models import SchoolYear
from narvaro.core import audit
from narvaro.core.actor import Actor
from narvaro.core.errors import Conflict
from narvaro.core.locking import CHANGED
from narvaro.core.scope import acting, asked_once
from narvaro.domain.school_calendar import SchoolCalendar

_CALENDAR = TypeAdapter(SchoolCalendar)


def seen_version(actor: Actor, unit: int | None, school_year: int) -> int:
    """Of the row that saving would write: the unit's own, or the authority's. 0 where there is none."""
    place = Q(unit=None) if unit is None else Q(unit_id=unit)
    found = SchoolYear.objects.filter(place, authority_id=actor.authority_id, school_year=school_year)
    return found.values_list("version", flat=True).first() or 0


def school_calendar(actor: Actor, unit: int | None, school_year: int) -> SchoolCalendar | None:
    """The unit's own where it differs, else the authority's. None where nobody has decided one yet."""
    return calendars_of(actor, unit).get(school_year)


def calendars_of(actor: Actor, unit: int | None) -> dict[int, SchoolCalendar]:
    """By school year: the unit's own where it differs, else the authority's."""
    decided = school_years(actor)
    years = {year for of, year in decided if of in (None, unit)}
    return {year: decided.get((unit, year)) or decided[None, year] for year in years}


def calendars_by_unit(actor: Actor, units: Iterable[int]) -> dict[int, dict[int, SchoolCalendar]]:
    """``calendars_of`` each of the units, in one query."""
    found = school_years(actor)
    common = {year: each for (unit, year), each in found.items() if unit is None}
    own: defaultdict[int, dict[int, SchoolCalendar]] = defaultdict(dict)
    for (unit, year), each in found.items():
        if unit is not None:
            own[unit][year] = each
    return {unit: common | own.get(unit, {}) for unit in units}


@asked_once
def school_years(actor: Actor) -> dict[tuple[int | None, int], SchoolCalendar]:
    """By unit (None: the authority's own) and year."""
    rows = SchoolYear.objects.filter(authority_id=actor.authority_id).values_list("unit_id", "school_year", "dates")
    return {(unit, year): _CALENDAR.validate_python(dates) for unit, year, dates in rows}


def save_school_year(*, by: Actor, calendar: SchoolCalendar, unit: int | None = None, seen: int | None = None) -> None:
    """For the whole authority, or for one unit that differs; the one before is replaced. ``seen`` is the version that
    a person had before them: raises Conflict when somebody else saved in between. None for a load."""
    with acting(by):
        place: dict[str, Any] = {"authority_id": by.authority_id, "unit_id": unit, "school_year": calendar.school_year}
        row = SchoolYear.objects.select_for_update().filter(**place).first()
        if row is not None and seen is not None and row.version != seen:
            raise Conflict(CHANGED, theirs=_text(_CALENDAR.validate_python(row.dates)), mine=_text(calendar))
        row = row or SchoolYear(**place, version=0)
        row.dates, row.version = _CALENDAR.dump_python(calendar, mode="json"), row.version + 1
        row.save()
        _told(by, "calendar.save", row.pk, calendar.school_year)


def _text(calendar: SchoolCalendar) -> str:
    """As dates that two people can compare."""
    named = [f"{each.name}: {each.first} – {each.last}" for each in (*calendar.terms, *calendar.breaks)]
    return "\n".join([*named, *map(str, calendar.staff_days), *(f"+ {day}" for day in calendar.extra_days)])


def drop_unit_year(*, by: Actor, unit: int, school_year: int) -> None:
    """The unit follows the authority again."""
    with acting(by):
        rows = SchoolYear.objects.filter(authority_id=by.authority_id, unit_id=unit, school_year=school_year)
        for row in rows:
            _told(by, "calendar.drop", row.pk, school_year)
        rows.delete()


def _told(by: Actor, action: str, row: int, school_year: int) -> None:
    touched = audit.Touched()
    touched.saw("register.SchoolYear", [row], school_year=school_year)
    audit.append(by=by, action=action, touched=touched)
