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
    Entry("warnings", _("To act on"), ("warnings", "pupil", "warning", "meeting")),
)
