"""Deadlines in school days of the school that keeps the case."""

from datetime import date

from narvaro.contexts.register.api import calendars_of
from narvaro.core.actor import Actor
from narvaro.domain.deadlines import SchoolDays


def school_days_of(actor: Actor, unit_pk: int | None) -> SchoolDays:
    """None: of the whole organiser."""
    return SchoolDays(calendars_of(actor, unit_pk))


def due_day(actor: Actor, unit_pk: int, start: date, school_days: int) -> date:
    """So many school days after the start; 0 is the day itself, or the next school day."""
    return school_days_of(actor, unit_pk).after(start, school_days)
