"""Deadlines in school days of the school that keeps the case."""

from collections.abc import Iterable
from datetime import date

from narvaro.contexts.register.api import calendars_by_unit, calendars_of
from narvaro.core.actor import Actor
from narvaro.domain.deadlines import SchoolDays


def school_days_of(actor: Actor, unit_pk: int | None) -> SchoolDays:
    """None: of the whole organiser."""
    return SchoolDays(calendars_of(actor, unit_pk))


def school_days_by_unit(actor: Actor, units: Iterable[int | None]) -> dict[int, SchoolDays]:
    """Of each of the schools, in one query; None among them is left out."""
    wanted = {unit for unit in units if unit is not None}
    return {unit: SchoolDays(years) for unit, years in calendars_by_unit(actor, wanted).items()}


def due_day(actor: Actor, unit_pk: int, start: date, school_days: int) -> date:
    """So many school days after the start; 0 is the day itself, or the next school day."""
    return school_days_of(actor, unit_pk).after(start, school_days)
