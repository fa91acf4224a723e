"""Setting up a source step by step: address, what answers, schools, what is read and when."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.sources import presenters, queries, services
from narvaro.contexts.sources.forms import (
    ALL,
    CHOSEN,
    AddressForm,
    ChoicesForm,
    KnownSecrets,
    UnitsForm,
)
from narvaro.contexts.sources.models import Source
from narvaro.contexts.sources.permissions import find_source
from narvaro.core.forms import once

_SHOWN_AGAIN = ("name", "base_url", "auth", "header", "token_url", "client_id", "scope")


def new(request: Any) -> HttpResponse:
    request.audit.saw("sources.Source", [])
    form = AddressForm(request.POST or None, request.FILES or None, known=KnownSecrets())
    if request.method == "POST" and form.is_valid():

        def add() -> str:
            source = services.add(by=request.actor, address=form.address)
            return reverse("source", args=[source.key])

        return once(request, add)
    context = {"form": form, "crumbs": presenters.crumbs(here=_("Add")), "is_new": True}
    return TemplateResponse(request, "sources/address.html", context)


def address(request: Any, key: UUID) -> HttpResponse:
    found = _to_change(request, key)
    hosts, token, secret = queries.hosts_of(found)
    form = AddressForm(
        request.POST or None,
        request.FILES or None,
        known=KnownSecrets(hosts=hosts, token=token, secret=secret),
        initial={name: getattr(found, name) for name in _SHOWN_AGAIN},
    )
    if request.method == "POST" and form.is_valid():

        def change() -> None:
            services.change_address(by=request.actor, source=found, address=form.address)

        return _once(request, key, change)
    context = {
        "form": form,
        "crumbs": _crumbs(found, _("Address and how to sign in")),
        "has_token": token,
        "has_secret": secret,
        "files": queries.files_of(found),
    }
    return TemplateResponse(request, "sources/address.html", context)


def check(request: Any, key: UUID) -> HttpResponse:
    services.start(by=request.actor, source=_to_change(request, key), kind=services.Kind.CHECK)
    return HttpResponseRedirect(reverse("source", args=[key]))


def units(request: Any, key: UUID) -> HttpResponse:
    found = _to_change(request, key)
    schools = queries.source_state(found).school_units
    initial = {"which": CHOSEN if found.units else ALL, "units": found.units}
    form = UnitsForm(request.POST or None, units=schools, initial=initial)
    if request.method == "POST" and form.is_valid():

        def choose() -> str:
            services.choose_units(by=request.actor, source=found, units=form.chosen)
            step = "source_choices" if found.state == Source.State.SETTING_UP else "source"
            return reverse(step, args=[key])

        return once(request, choose)
    context = {"form": form, "crumbs": _crumbs(found, _("Choose schools"))}
    return TemplateResponse(request, "sources/units.html", context)


def choices(request: Any, key: UUID) -> HttpResponse:
    found = _to_change(request, key)
    names = ("guardians", "identity_numbers", "give_assignments", "always_marked", "only_deviations", "hour")
    form = ChoicesForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    if request.method == "POST" and form.is_valid():

        def choose() -> None:
            services.choose_reading(by=request.actor, source=found, choices=form.choices)
            if found.state == Source.State.SETTING_UP:
                services.start(by=request.actor, source=found, full=True)
            messages.success(request, _("The choices are saved."))

        return _once(request, key, choose)
    context = {
        "form": form,
        "crumbs": _crumbs(found, _("Choose what is read, and when")),
        "is_first": found.state == Source.State.SETTING_UP,
    }
    return TemplateResponse(request, "sources/choices.html", context)


def _once(request: Any, key: UUID, act: Callable[[], None]) -> HttpResponse:
    def do() -> str:
        act()
        return reverse("source", args=[key])

    return once(request, do)


def _to_change(request: Any, key: UUID) -> Source:
    found = find_source(request.actor, key, "source.edit")
    request.audit.saw("sources.Source", [found.pk])
    return found


def _crumbs(found: Source, here: str) -> Any:
    return presenters.crumbs((found.name, reverse("source", args=[found.key])), here=here)
