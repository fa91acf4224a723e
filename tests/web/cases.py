"""Cases for tests: the calendar of the year, and an open case for a pupil of the small municipality."""

from datetime import date
from typing import Any

from narvaro.contexts.cases.api import CaseCard, Opening, open_case
from narvaro.contexts.register.api import save_school_year
from narvaro.core.actor import Actor
from narvaro.core.scope import acting
from narvaro.domain.school_calendar import DateRange, SchoolCalendar
from tests.web.world import World

YEAR = SchoolCalendar(
    school_year=2025,
    autumn=DateRange("HT", date(2025, 8, 19), date(2025, 12, 19)),
    spring=DateRange("VT", date(2026, 1, 8), date(2026, 6, 11)),
    staff_days=(date(2026, 5, 25),),
)


def decide_year(world: World) -> None:
    save_school_year(by=Actor.system(world.organiser.pk), calendar=YEAR)


def opened(world: World, name: str = "Alva", *, by: str = "mentor", step: int = 1, **more: Any) -> CaseCard:
    opening = Opening(**{"pupil": world.pupils[name].pk, "step": step, "origin": "warning", **more})
    with acting(world.actor(by)):
        return open_case(by=world.actor(by), opening=opening)
