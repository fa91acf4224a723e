"""Settings: the attendance plan in force, those to choose from, and choosing one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.plan import presenters
from narvaro.contexts.plan.forms import ChoiceForm
from narvaro.contexts.plan.queries import choices, preset_in_force, presets
from narvaro.contexts.plan.services import choose_plan
from narvaro.core.access import access
from narvaro.core.clock import today
from narvaro.core.forms import once


def settings_plan(request: Any) -> HttpResponse:
    plans, found = presets(), preset_in_force(request.actor, today())
    titles = {name: plan.title for name, plan in plans.items()}
    context = {
        "heading": presenters.heading(plans[found.preset]),
        "lede": presenters.since(found),
        "crumbs": presenters.crumbs(_("Attendance plan")),
        "plan": presenters.plan_shown(found.preset, plans[found.preset], found.preset),
        "others": [
            presenters.plan_shown(name, plan, found.preset) for name, plan in plans.items() if name != found.preset
        ],
        "history": presenters.history(choices(request.actor), titles, today()),
    }
    return TemplateResponse(request, "plan/plans.html", context)


def settings_plan_preset(request: Any, preset: str) -> HttpResponse:
    plans = presets()
    if preset not in plans:
        raise Http404
    form = ChoiceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def choose() -> str:
            choice = form.choice(preset)
            choose_plan(by=request.actor, choice=choice)
            messages.success(request, presenters.saved(choice, today()))
            return reverse("settings_plan")

        return once(request, choose)
    in_force = preset_in_force(request.actor, today()).preset
    context = {
        "heading": presenters.preset_heading(plans[preset]),
        "crumbs": presenters.crumbs(plans[preset].title, (_("Attendance plan"), "settings_plan")),
        "plan": presenters.plan_shown(preset, plans[preset], in_force),
        "form": form,
        "may_choose": access().decide(request.actor, "plan.choose").allowed,
    }
    return TemplateResponse(request, "plan/preset.html", context)
