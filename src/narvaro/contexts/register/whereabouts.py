"""Where the pupils of one name have gone to school: for whoever looks after the sources and sees no attendance."""

from dataclasses import dataclass
from datetime import date

from narvaro.contexts.register.models import Enrolment, Pupil
from narvaro.contexts.register.names import search_form
from narvaro.contexts.register.permissions import open_to
from narvaro.core.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    unit: str
    group: str
    first_day: date
    last_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """``stays``: the latest first."""

    pk: int
    name: str
    stays: tuple[Stay, ...]


def whereabouts(actor: Actor, name: str) -> tuple[Whereabouts, ...]:
    """Pupils of the whole authority with exactly this name, but none whose identity is protected from the actor."""
    pupils = list(Pupil.objects.filter(open_to(actor), search_text=search_form(name)).order_by("pk"))
    stays: dict[int, list[Stay]] = {pupil.pk: [] for pupil in pupils}
    rows = Enrolment.objects.filter(pupil__in=pupils).order_by("-first_day", "-pk")
    for pupil, unit, group, first, last in rows.values_list(
        "pupil_id", "unit__name", "group__name", "first_day", "last_day"
    ):
        stays[pupil].append(Stay(unit=unit, group=group or "", first_day=first, last_day=last))
    return tuple(Whereabouts(pk=each.pk, name=each.name, stays=tuple(stays[each.pk])) for each in pupils)
