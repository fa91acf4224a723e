"""Settings: who may see a pupil with protected identity."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.register import people, presenters, protected
from narvaro.contexts.register.forms import Confirmation, ListedForm
from narvaro.core.forms import once


def settings_protected(request: Any) -> HttpResponse:
    found, others = protected.protected_pupils(request.actor)
    request.audit.saw("register.Pupil", [each.card.pk for each in found])
    context = {
        "heading": presenters.protected_heading(len(found)),
        "crumbs": presenters.crumbs(_("Protected identity")),
        "columns": presenters.protected_columns(),
        "pupils": found,
        "others": others,
    }
    return TemplateResponse(request, "register/protected.html", context)


def settings_protected_pupil(request: Any, pupil: UUID) -> HttpResponse:
    found = protected.find_protected(request.actor, pupil)
    to_list = protected.people_to_list(request.actor, found.card)
    form = ListedForm(request.POST or None, people=[(key, name) for key, (_pk, name) in to_list.items()])
    request.audit.saw("register.Pupil", [found.card.pk])
    if request.method == "POST" and form.is_valid():

        def add() -> str:
            user_id, _name = to_list[form.cleaned_data["person"]]
            people.list_for_protected(by=request.actor, pupil=found.card.pk, user_id=user_id)
            messages.success(request, _("The person can see the pupil from now on."))
            return reverse("settings_protected_pupil", args=[pupil])

        return once(request, add)
    context = {
        "heading": presenters.listed_heading(found),
        "crumbs": presenters.crumbs(found.card.name, (_("Protected identity"), "settings_protected")),
        "columns": presenters.listed_columns(),
        "pupil": found,
        "form": form,
        "rows": [(each, Confirmation(auto_id=False)) for each in found.listed],
    }
    return TemplateResponse(request, "register/protected_pupil.html", context)


def settings_protected_end(request: Any, pupil: UUID, person: UUID) -> HttpResponse:
    found = protected.find_protected(request.actor, pupil)
    request.audit.saw("register.Pupil", [found.card.pk])

    def end() -> str:
        people.unlist_for_protected(by=request.actor, pupil=found.card.pk, user_id=_on_list(found, person))
        messages.success(request, _("The person no longer sees the pupil."))
        return reverse("settings_protected")

    return once(request, end)


def _on_list(found: protected.Protected, person: UUID) -> int:
    if not any(each.key == person for each in found.listed):
        raise Http404
    return people.user_id_of(person)
