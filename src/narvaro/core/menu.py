"""The menu, in the order of the map of the application. An entry is shown to those whose role may open it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    """``covers``: the routes at which the entry is marked as where one is."""

    route: str
    label: Promise
    covers: tuple[str, ...]


MENU = (
    Entry("today", _("Today"), ("today",)),
    Entry("warnings", _("To act on"), ("warnings", "pupil", "pupil_lessons", "pupil_who", "warning", "meeting")),
    Entry(
        "settings",
        _("Settings"),
        (
            *("settings", "settings_units", "settings_unit", "settings_staff", "settings_invite", "settings_person"),
            *("settings_calendar", "settings_calendar_year", "settings_calendar_unit", "settings_plan"),
            *("settings_plan_preset", "settings_protected", "settings_protected_pupil"),
            *("intake", "intake_run", "intake_columns", "intake_rejected", "intake_undo"),
        ),
    ),
)
