"""Who works around the pupil, and who stands in while somebody is away."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.cases import presenters, work_words
from narvaro.contexts.cases.cards import find_case
from narvaro.contexts.cases.circles import change_circle, to_add
from narvaro.contexts.cases.forms import AwayForm, CircleForm, Confirmation
from narvaro.contexts.cases.permissions import CIRCLE
from narvaro.contexts.cases.standing_in import colleagues_of, end_substitute, name_substitute, substitutes_of
from narvaro.contexts.register.api import people_around, pupil_cards
from narvaro.core.forms import once


def case_circle(request: Any, case: UUID) -> HttpResponse:
    actor = request.actor
    card = find_case(actor, case, CIRCLE)
    pupil = pupil_cards(actor, [card.pupil])[card.pupil]
    around, text = people_around(card.pupil, card.unit_pk), request.GET.get("q", "")
    found = to_add(actor, card, text)
    request.audit.saw("cases.Case", [card.pk], pupil=card.pupil, searched=bool(text))
    form = CircleForm(request.POST or None, people=[each.user_id for each in (*around, *to_add(actor, card, None))])
    if request.method == "POST" and form.is_valid():

        def change() -> str:
            given = form.cleaned_data
            change_circle(by=actor, card=card, user_id=given["person"], add=given["add"])
            messages.success(request, _("The circle is changed. It holds from now on."))
            return reverse("case_circle", args=[card.key])

        return once(request, change)
    heading = _("Who works around %(name)s?") % {"name": pupil.name}
    context = {
        "heading": heading,
        "about": presenters.about(pupil),
        "crumbs": presenters.crumbs(pupil, card, _("The circle")),
        "people": work_words.circle_rows(around),
        "columns": work_words.circle_columns(),
        "found_columns": work_words.found_columns(),
        "text": text[:80],
        "found": work_words.circle_rows(found),
        "form": form,
    }
    return TemplateResponse(request, "cases/circle.html", context)


def case_away(request: Any) -> HttpResponse:
    actor = request.actor
    form = AwayForm(request.POST or None, people=colleagues_of(actor))
    if request.method == "POST" and form.is_valid():

        def name() -> str:
            given = form.cleaned_data
            count = name_substitute(
                by=actor, substitute=given["person"], first_day=given["first_day"], last_day=given["last_day"]
            )
            told = ngettext(
                "Saved. Your substitute can read %(count)s case those days.",
                "Saved. Your substitute can read %(count)s cases those days.",
                count,
            )
            messages.success(request, told % {"count": count})
            return reverse("case_away")

        return once(request, name)
    context = {
        "form": form,
        "crumbs": presenters.list_crumbs(_("Away")),
        "named": [(each, Confirmation(auto_id=False)) for each in substitutes_of(actor)],
    }
    return TemplateResponse(request, "cases/away.html", context)


def case_away_end(request: Any, substitute: UUID) -> HttpResponse:
    def end() -> str:
        end_substitute(by=request.actor, key=substitute)
        messages.success(request, _("Nobody stands in for you any more."))
        return reverse("case_away")

    return once(request, end)
