"""Notices from other organisers: written down, given to somebody, found in the register, assessed (A14)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.cases.api import Near, school_days_of
from narvaro.contexts.duties import presenters, received_words
from narvaro.contexts.duties.permissions import RECEIVED
from narvaro.contexts.duties.received import (
    ReceivedTold,
    assess_received,
    assessment_text,
    find_received,
    give_received,
    link_received,
    received_notices,
    standing_of,
    write_received,
)
from narvaro.contexts.duties.received_forms import (
    ReceivedAssessmentForm,
    ReceivedForm,
    ReceivedHandlerForm,
    ReceivedLinkForm,
)
from narvaro.contexts.duties.told import duty
from narvaro.contexts.register.api import find_pupil, pupil_cards, search, staff_of
from narvaro.core.actor import Actor
from narvaro.core.forms import once

PAGE = 50
HANDLERS = ("organiser_officer",)
HANDLER_IDS = "handler_%s"  # two forms on one page


def received_list(request: Any) -> HttpResponse:
    actor = request.actor
    found = received_notices(actor)
    rows = received_words.rows(found, school_days_of(actor, None))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    request.audit.saw("duties.ReceivedNotice", [each.pk for each in found[page.start_index() - 1 : page.end_index()]])
    context = {
        "tabs": presenters.tabs(actor, "received_notices"),
        "heading": received_words.heading(rows),
        "columns": received_words.columns(),
        "page": page,
    }
    return TemplateResponse(request, "duties/received.html", context)


def received_new(request: Any) -> HttpResponse:
    form = ReceivedForm(request.POST or None, people=_handlers(request.actor))
    request.audit.saw("duties.ReceivedNotice", [])
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _written(request, form))
    return TemplateResponse(request, "duties/received_new.html", {"form": form})


def _written(request: Any, form: ReceivedForm) -> str:
    key = write_received(by=request.actor, arrived=form.arrived)
    messages.success(request, _("The notice is written down."))
    return reverse("received_notice", args=[key])


def received_notice(request: Any, notice: UUID) -> HttpResponse:
    return _shown(request, _found(request, notice))


def received_handler(request: Any, notice: UUID) -> HttpResponse:
    found = _found(request, notice)
    form = ReceivedHandlerForm(request.POST, people=_handlers(request.actor), auto_id=HANDLER_IDS)
    if form.is_valid():
        return once(request, lambda: _given(request, found, form))
    return _shown(request, found, handler=form)


def _given(request: Any, found: ReceivedTold, form: ReceivedHandlerForm) -> str:
    given = form.cleaned_data
    give_received(by=request.actor, notice=found, handler=given["handler"], version=given["version"])
    messages.success(request, _("It is written who handles the notice."))
    return reverse("received_notice", args=[found.key])


def received_link(request: Any, notice: UUID) -> HttpResponse:
    found = _found(request, notice)
    form = ReceivedLinkForm(request.POST)
    if form.is_valid():
        return once(request, lambda: _linked(request, found, form))
    return _shown(request, found)


def _linked(request: Any, found: ReceivedTold, form: ReceivedLinkForm) -> str:
    key = form.cleaned_data["pupil"]
    card = find_pupil(request.actor, key, RECEIVED) if key else None
    link_received(by=request.actor, notice=found, card=card, version=form.cleaned_data["version"])
    messages.success(request, _("The notice is about that pupil.") if card else _("The link is taken away."))
    return reverse("received_notice", args=[found.key])


def received_assess(request: Any, notice: UUID) -> HttpResponse:
    found = _found(request, notice)
    form = ReceivedAssessmentForm(request.POST)
    if form.is_valid():
        return once(request, lambda: _assessed(request, found, form))
    return _shown(request, found, assess=form)


def _assessed(request: Any, found: ReceivedTold, form: ReceivedAssessmentForm) -> str:
    assess_received(by=request.actor, notice=found, assessed=form.assessed)
    messages.success(request, _("The assessment is saved."))
    return reverse("received_notice", args=[found.key])


def _shown(request: Any, found: ReceivedTold, **sent: Any) -> HttpResponse:
    """``sent``: a form that was sent and is to be mended."""
    actor, seen = request.actor, {"version": found.version}
    text = request.GET.get("q", found.pupil_name)[:80]
    named = search(actor, text, action=RECEIVED) if found.pupil_id is None else ()
    linked = received_words.in_register(found, pupil_cards(actor, [found.pupil_id] if found.pupil_id else []))
    request.audit.saw("register.Pupil", [each.pk for each in (*named, *([linked] if linked else []))])
    people = _handlers(actor)
    context = {
        "found": found,
        "heading": received_words.subject(found),
        "name": received_words.name(found),
        "facts": received_words.facts(found),
        "duty": duty(standing_of(found, school_days_of(actor, None))),
        "linked": linked,
        "named": named,
        "text": text,
        "link": ReceivedLinkForm(initial=seen, auto_id=""),
        "handler": sent.get("handler")
        or ReceivedHandlerForm(people=people, initial=seen | {"handler": found.handler_id}, auto_id=HANDLER_IDS),
        "assess": sent.get("assess") or ReceivedAssessmentForm(initial=seen),
        "decision": received_words.decision(found),
        "assessed": received_words.assessed(found),
        "reason": assessment_text(actor, found),
    }
    return TemplateResponse(request, "duties/received_notice.html", context)


def _found(request: Any, notice: UUID) -> ReceivedTold:
    found = find_received(request.actor, notice)
    request.audit.saw("duties.ReceivedNotice", [found.pk])
    return found


def _handlers(actor: Actor) -> tuple[Near, ...]:
    """The person and the colleagues with the same work."""
    oneself = Near(actor.name, actor.user_id or 0, actor.role, "")
    return (oneself, *staff_of(actor, HANDLERS))
