"""School years as they are decided: the authority's own, and those of units that differ."""

from django.db.models import F, Q
from pydantic import TypeAdapter

from narvaro.contexts.register.models import SchoolYear
from narvaro.core import audit
from narvaro.core.actor import Actor
from narvaro.core.scope import acting
from narvaro.domain.school_calendar import SchoolCalendar

_CALENDAR = TypeAdapter(SchoolCalendar)


def school_calendar(actor: Actor, unit: int | None, school_year: int) -> SchoolCalendar | None:
    """The unit's own where it differs, else the authority's. None where nobody has decided one yet."""
    found = SchoolYear.objects.filter(Q(unit=None) | Q(unit_id=unit), authority_id=actor.authority_id)
    rows = found.filter(school_year=school_year).order_by(F("unit").asc(nulls_last=True))
    dates = rows.values_list("dates", flat=True).first()
    return None if dates is None else _CALENDAR.validate_python(dates)


def school_years(actor: Actor) -> dict[tuple[int | None, int], SchoolCalendar]:
    """By unit (None: the authority's own) and year."""
    rows = SchoolYear.objects.filter(authority_id=actor.authority_id).values_list("unit_id", "school_year", "dates")
    return {(unit, year): _CALENDAR.validate_python(dates) for unit, year, dates in rows}


def save_school_year(*, by: Actor, calendar: SchoolCalendar, unit: int | None = None) -> None:
    """For the whole authority, or for one unit that differs; the one before is replaced."""
    with acting(by):
        row, _ = SchoolYear.objects.update_or_create(
            authority_id=by.authority_id,
            unit_id=unit,  # type: ignore[misc]
            school_year=calendar.school_year,
            defaults={"dates": _CALENDAR.dump_python(calendar, mode="json")},
        )
        _told(by, "calendar.save", row.pk, calendar.school_year)


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
