"""What is about single days and months: the home told the same day, leave, and the counter for CSN."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.attendance.api import latest_day
from narvaro.contexts.duties import day_words, presenters
from narvaro.contexts.duties.csn import csn_rows, last_of, months
from narvaro.contexts.duties.forms import CsnForm, HomeForm, LeaveDecisionForm, LeaveForm
from narvaro.contexts.duties.homes import homes_to_tell, tell_home
from narvaro.contexts.duties.leaves import apply_for_leave, decide_leave, only_principal
from narvaro.contexts.duties.notices import prepare_month
from narvaro.contexts.duties.permissions import HOME
from narvaro.contexts.duties.queries import LeaveTold, find_leave, leave_texts, leaves_of
from narvaro.contexts.register.api import PupilCard, find_pupil, guardians_of, pupil_cards, search, visible_pupil_ids
from narvaro.core.access import access
from narvaro.core.clock import today
from narvaro.core.forms import once
from narvaro.domain.school_calendar import school_year_of


def homes(request: Any) -> HttpResponse:
    actor = request.actor
    latest = latest_day(actor)
    day = day_words.day_of(request.GET.get("day", ""), latest or today())
    found = homes_to_tell(actor, HOME, day)
    request.audit.saw("register.Pupil", [each.card.pk for each in found], day=day.isoformat())
    context = {
        "tabs": presenters.tabs(actor, "homes"),
        "heading": day_words.homes_heading(found, day),
        "rows": day_words.home_rows(found, day),
        "columns": day_words.home_columns(),
        "days": day_words.days_before(latest or today()),
        "day": day.isoformat(),
        "known": latest is not None,
    }
    return TemplateResponse(request, "duties/homes.html", context)


def home_tell(request: Any, pupil: UUID, day: date) -> HttpResponse:
    actor, card = request.actor, find_pupil(request.actor, pupil, HOME)
    request.audit.saw("register.Pupil", [card.pk], day=day.isoformat())
    guardians = guardians_of(actor, [card.pk]).get(card.pk, ())
    form = HomeForm(request.POST or None, guardians=guardians)
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _told(request, card, day, form))
    context = {"form": form, "pupil": card, "day": day, "guardians": guardians, "back": f"{reverse('homes')}?day={day}"}
    return TemplateResponse(request, "duties/home_tell.html", context)


def _told(request: Any, card: PupilCard, day: date, form: HomeForm) -> str:
    tell_home(by=request.actor, card=card, day=day, told=form.told)
    messages.success(request, _("It is written what the home was told."))
    return f"{reverse('homes')}?day={day.isoformat()}"


def leaves(request: Any) -> HttpResponse:
    actor, text = request.actor, request.GET.get("q", "")[:80]
    since = date(school_year_of(today()), 7, 1)
    found = leaves_of(actor, visible_pupil_ids(actor, HOME), since)
    cards = pupil_cards(actor, [each.pupil for each in found])
    named = search(actor, text, action=HOME)
    request.audit.saw("register.Pupil", [*cards, *(each.pk for each in named)], searched=bool(text))
    context = {
        "tabs": presenters.tabs(actor, "leaves"),
        "heading": day_words.leaves_heading(found),
        "columns": day_words.leave_columns(),
        "rows": day_words.leave_rows(found, cards),
        "text": text,
        "named": named,
    }
    return TemplateResponse(request, "duties/leaves.html", context)


def leave_new(request: Any, pupil: UUID) -> HttpResponse:
    card = find_pupil(request.actor, pupil, HOME)
    request.audit.saw("register.Pupil", [card.pk])
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _applied(request, card, form))
    return TemplateResponse(request, "duties/leave_new.html", {"form": form, "pupil": card})


def _applied(request: Any, card: PupilCard, form: LeaveForm) -> str:
    key = apply_for_leave(by=request.actor, card=card, applied=form.applied)
    messages.success(request, _("The application is saved."))
    return reverse("leave", args=[key])


def leave(request: Any, leave: UUID) -> HttpResponse:
    actor = request.actor
    found = find_leave(actor, leave, visible_pupil_ids(actor, HOME))
    request.audit.saw("register.Pupil", [found.pupil], leave=found.pk)
    form = LeaveDecisionForm(request.POST or None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _leave_decided(request, found, form))
    reason, decision_reason = leave_texts(actor, found.pk)
    context = {
        "leave": found,
        "pupil": pupil_cards(actor, [found.pupil])[found.pupil],
        "words": day_words.leave_words(found),
        "decision": day_words.leave_decision(found),
        "reason": reason,
        "decision_reason": decision_reason,
        "only_principal": only_principal(found),
        "form": form if not found.decision and (actor.role == "principal" or not only_principal(found)) else None,
    }
    return TemplateResponse(request, "duties/leave.html", context)


def _leave_decided(request: Any, found: LeaveTold, form: LeaveDecisionForm) -> str:
    decide_leave(by=request.actor, leave=found, decided=form.decided)
    messages.success(request, _("The decision is saved."))
    return reverse("leave", args=[found.key])


def csn(request: Any) -> HttpResponse:
    actor = request.actor
    known = months(actor)
    month = day_words.day_of(request.GET.get("month", ""), known[0]).replace(day=1)
    found = csn_rows(actor, month)
    request.audit.saw("register.Pupil", [each.card.pk for each in found], month=month.isoformat())
    context = {
        "tabs": presenters.tabs(actor, "csn"),
        "heading": day_words.csn_heading(found, month),
        "columns": day_words.csn_columns(),
        "rows": day_words.csn_rows(found, month, may_write=access().decide(actor, HOME).allowed),
        "months": day_words.month_options(known),
        "month": month.isoformat(),
    }
    return TemplateResponse(request, "duties/csn.html", context)


def csn_notice(request: Any, pupil: UUID, day: date) -> HttpResponse:
    card, month = find_pupil(request.actor, pupil, HOME), day.replace(day=1)
    request.audit.saw("register.Pupil", [card.pk], month=month.isoformat())
    form = CsnForm(request.POST or None, initial={"receiver_function": "CSN"})
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _csn_made(request, card, month, form))
    context = {"form": form, "pupil": card, "case": None, "title": _("Report invalid absence to CSN")}
    return TemplateResponse(request, "duties/notice_make.html", context)


def _csn_made(request: Any, card: PupilCard, month: date, form: CsnForm) -> str:
    minutes = next((each.minutes for each in csn_rows(request.actor, month) if each.card.pk == card.pk), None)
    if minutes is None:
        raise Http404
    days = (month, last_of(month))
    key = prepare_month(by=request.actor, card=card, month=days, invalid_min=minutes, prepared=form.prepared)
    return reverse("notice", args=[key])
