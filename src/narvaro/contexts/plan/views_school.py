"""Where a school does otherwise than the municipality's plan."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.plan import deviating, presenters
from narvaro.contexts.plan.carrying import left_behind
from narvaro.contexts.plan.queries import DeviationTold, deviations_of, plan_of_version, version_in_force
from narvaro.contexts.plan.school_forms import DeviationForm
from narvaro.contexts.register.api import UnitRow, find_unit, unit_rows
from narvaro.core.clock import today
from narvaro.core.forms import once
from narvaro.domain.plan import Plan
from narvaro.domain.plan_deviations import possible_places
from narvaro.ui.parts import Link


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """A place that the school may change: what the plan says, and what the school does. ``before``: what it did by the
    version before, and may go on with."""

    label: str
    plan: str
    school: str
    reason: str
    change_url: str
    end_url: str
    before: str


def plan_schools(request: Any) -> HttpResponse:
    units = [Link(unit.name, reverse("plan_school", args=[unit.key])) for unit in unit_rows(request.actor)]
    context = {"units": units, "crumbs": presenters.crumbs(_("What our school does otherwise"))}
    return TemplateResponse(request, "plan/schools.html", context)


def plan_school(request: Any, unit: UUID) -> HttpResponse:
    """``?place=`` names what is to be changed; without it, everything that may be."""
    actor, row = request.actor, find_unit(request.actor, unit, "plan.deviate")
    version = version_in_force(actor, today())
    plan, told = plan_of_version(actor, version.pk), deviations_of(actor, version.pk, row.pk)
    place = request.GET.get("place", "")
    if not place:
        return _all(request, row, plan, told)
    earlier = left_behind(actor, row.pk)
    if place not in possible_places(plan):
        raise Http404
    now = next((each for each in told if each.place == place), earlier.get(place))
    initial = {"reason": now.reason} if now and place in earlier else None
    value = now.value if now else None
    form = DeviationForm(request.POST or None, plan=plan, place=place, value=value, initial=initial)
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _saved(request, row, form))
    label = presenters.deviation_place(place, plan)
    context = {
        "heading": _("%(school)s: %(what)s") % {"school": row.name, "what": label},
        "crumbs": presenters.crumbs(label, (row.name, reverse("plan_school", args=[row.key]))),
        "form": form,
        "of_plan": presenters.plan_value(place, plan),
        "back": reverse("plan_school", args=[row.key]),
    }
    return TemplateResponse(request, "plan/deviate.html", context)


def plan_deviation_end(request: Any, unit: UUID, deviation: UUID) -> HttpResponse:
    row = find_unit(request.actor, unit, "plan.deviate")
    deviating.end_deviation(by=request.actor, unit=row.pk, key=deviation)
    messages.success(request, _("From today the school does as the plan says."))
    return HttpResponseRedirect(reverse("plan_school", args=[row.key]))


def _saved(request: Any, row: UnitRow, form: DeviationForm) -> str:
    reason = form.cleaned_data["reason"].strip()
    deviating.deviate(by=request.actor, unit=row.pk, place=form.place, value=form.value, reason=reason)
    messages.success(request, _("It is saved, and holds at the school from today."))
    return reverse("plan_school", args=[row.key])


def _all(request: Any, row: UnitRow, plan: Plan, told: tuple[DeviationTold, ...]) -> HttpResponse:
    own, earlier = {each.place: each for each in told}, left_behind(request.actor, row.pk)
    context = {
        "heading": _("What %(school)s does otherwise") % {"school": row.name},
        "crumbs": presenters.crumbs(row.name),
        "places": [_shown(row, plan, place, own.get(place), earlier.get(place)) for place in possible_places(plan)],
    }
    return TemplateResponse(request, "plan/school.html", context)


def _shown(
    row: UnitRow, plan: Plan, place: str, own: DeviationTold | None, earlier: DeviationTold | None
) -> PlaceShown:
    return PlaceShown(
        label=presenters.deviation_place(place, plan),
        plan=presenters.plan_value(place, plan),
        school=presenters.deviation_value(place, own.value) if own else "",
        reason=own.reason if own else "",
        change_url=f"{reverse('plan_school', args=[row.key])}?place={place}",
        end_url=reverse("plan_deviation_end", args=[row.key, own.key]) if own else "",
        before=presenters.deviation_value(place, earlier.value) if earlier else "",
    )
