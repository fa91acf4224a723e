"""The case's own page, and opening a case from a warning."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from narvaro.contexts.case_page.asking import known_of
from narvaro.contexts.case_page.forms import OpenForm
from narvaro.contexts.case_page.opening import offered, opened
from narvaro.contexts.case_page.page import case_page
from narvaro.contexts.register.api import find_pupil
from narvaro.contexts.warnings.api import about
from narvaro.core.drafts import draft_of, drop_draft, place_of
from narvaro.core.forms import once


def case(request: Any, case: UUID) -> HttpResponse:
    known = known_of(request.actor, case)
    request.audit.saw("cases.Case", [known.case.pk], pupil=known.case.pupil)
    shown = case_page(known, request.GET.get("kind", "")[:20])
    name = "case_page/_chronology.html" if request.htmx else "case_page/case.html"
    return TemplateResponse(request, name, {"page": shown})


def case_open(request: Any, pupil: UUID) -> HttpResponse:
    actor = request.actor
    card = find_pupil(actor, pupil, "case.open")
    request.audit.saw("register.Pupil", [card.pk])
    found, place = offered(actor, card), place_of("case_open", card.key)
    begun = {"step": str(found.step), "worry": found.worry, **draft_of(actor, place)}
    form = OpenForm(request.POST or None, steps=found.steps, owners=found.owners, initial=begun)
    if request.method == "POST" and form.is_valid():

        def act() -> str:
            url = opened(by=actor, pupil=card, form=form)
            drop_draft(by=actor, place=place)
            messages.success(request, _("The case is open. What the plan says is done first stands under To do."))
            return url

        return once(request, act)
    context = {"form": form, "place": place, "card": card, "about": about(card), "reasons": found.reasons}
    return TemplateResponse(request, "case_page/open.html", context)
