"""Pages of sources. They hold states, counts and settings; names only where somebody asks for one pupil by name."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from narvaro.contexts.sources import presenters, queries, services
from narvaro.contexts.sources.forms import MissingForm
from narvaro.contexts.sources.missing import why_missing
from narvaro.contexts.sources.models import Source
from narvaro.contexts.sources.noticing import take_notice
from narvaro.contexts.sources.permissions import find_run, find_source
from narvaro.contexts.sources.presenting_missing import missing_view
from narvaro.core.access import access


def sources(request: Any) -> HttpResponse:
    states = queries.source_states(request.actor)
    context = {
        "heading": presenters.list_heading(states),
        "crumbs": presenters.crumbs(),
        "sources": [presenters.source_line(each) for each in states],
        "may_change": _may(request, "source.edit"),
        **presenters.columns(),
    }
    return TemplateResponse(request, "sources/list.html", context)


def source(request: Any, key: UUID) -> HttpResponse:
    row = find_source(request.actor, key)
    state = queries.source_state(row)
    pages = queries.history(row, request.GET.get("page", 1))
    context = {
        "page": presenters.source_view(state),
        "runs": [presenters.run_line(each, state) for each in pages.object_list],
        "pages": pages,
        "may_change": _may(request, "source.edit"),
        "may_search": _may(request, "source.search"),
        **presenters.columns(),
    }
    return TemplateResponse(request, "sources/source.html", context)


def progress(request: Any, key: UUID) -> HttpResponse:
    """The polled part of the page; when the work is over the whole page is asked for anew."""
    shown = presenters.progress_of(queries.source_state(find_source(request.actor, key)))
    if shown is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return TemplateResponse(request, "sources/_progress.html", {"progress": shown})


def run(request: Any, key: UUID, run: UUID) -> HttpResponse:
    row = find_source(request.actor, key)
    found = queries.run_of(find_run(request.actor, run, of=row))
    view = presenters.run_view(found, row.name, reverse("source", args=[key]))
    return TemplateResponse(request, "sources/run.html", {"page": view, **presenters.columns()})


def read(request: Any, key: UUID) -> HttpResponse:
    found = _to_change(request, key)
    confirmed = "confirmed" in request.POST
    services.start(by=request.actor, source=found, full="full" in request.POST or confirmed, confirmed=confirmed)
    return _to_source(key)


def pause(request: Any, key: UUID) -> HttpResponse:
    found = _to_change(request, key)
    services.pause(by=request.actor, source=found, paused=request.POST.get("paused") == "yes")
    return _to_source(key)


def forget(request: Any, key: UUID) -> HttpResponse:
    found = _to_change(request, key)
    if request.method == "POST":
        services.forget(by=request.actor, source=found)
        messages.success(request, _("The source is forgotten. Pupils and attendance are still here."))
        return HttpResponseRedirect(reverse("sources"))
    above = (found.name, reverse("source", args=[key]))
    context = {"key": key, "crumbs": presenters.crumbs(above, here=_("Forget"))}
    return TemplateResponse(request, "sources/forget.html", context)


def missing(request: Any, key: UUID) -> HttpResponse:
    found = find_source(request.actor, key, "source.search")
    form, answer = MissingForm(request.POST or None), None
    request.audit.saw("register.Pupil", [])
    if request.method == "POST" and form.is_valid():
        answer = why_missing(request.actor, found, form.cleaned_data["name"])
        request.audit.saw("register.Pupil", [each.pk for each in answer.known], searched=True)
    context = {
        "form": form,
        "crumbs": presenters.crumbs((found.name, reverse("source", args=[key])), here=_("Is a pupil missing?")),
        "answer": missing_view(answer) if answer else None,
    }
    return TemplateResponse(request, "sources/missing.html", context)


@csrf_exempt
@require_POST
def notice(request: Any, authority: int, key: UUID, secret: str) -> HttpResponse:
    """From a school system. What it sends is not read, and the answer is always the same."""
    take_notice(authority, key, secret)
    return HttpResponse(content_type="text/plain; charset=utf-8")


def _to_change(request: Any, key: UUID) -> Source:
    found = find_source(request.actor, key, "source.edit")
    request.audit.saw("sources.Source", [found.pk])
    return found


def _to_source(key: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("source", args=[key]))


def _may(request: Any, action: str) -> bool:
    return access().decide(request.actor, action).allowed
