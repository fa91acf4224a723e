"""Planning a meeting and asking people to it: letters, a file for calendars, moving and cancelling."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from narvaro.contexts.cases.api import CaseCard, due_day
from narvaro.contexts.meetings import presenters
from narvaro.contexts.meetings.around import Around, around, at_home, missing_roles, preselected
from narvaro.contexts.meetings.asking import change_people
from narvaro.contexts.meetings.forms import KINDS, CancelForm, InvitedForm, MoveForm, PeopleForm, PlanForm
from narvaro.contexts.meetings.letters import letters, only
from narvaro.contexts.meetings.models import Meeting
from narvaro.contexts.meetings.queries import MeetingTold, meeting_told
from narvaro.contexts.meetings.services import cancel_meeting, move_meeting, note_invited, plan_meeting
from narvaro.contexts.meetings.views import check_ahead, opened, page, read
from narvaro.contexts.register.api import pupil_cards
from narvaro.core.actor import Actor
from narvaro.core.clock import now, today
from narvaro.core.forms import once
from narvaro.domain.calendar_event import MEDIA_TYPE, CalendarEvent, calendar_file
from narvaro.language import LANGUAGES
from narvaro.ui.formats import words


def meeting_plan(request: Any, case: UUID) -> HttpResponse:
    actor = request.actor
    card = opened(request, case)
    found = around(actor, card)
    form = PlanForm(request.POST or None, found=found, initial=_initial(actor, found))
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _planned(request, card, form))
    context = page(found, _("Plan a meeting")) | {
        "form": form,
        "forms": {"forms": (form,)},
        "errors": presenters.error_words(len(form.errors)) if form.errors else "",
        "due": _due_words(actor, found),
        "missing": missing_roles(found),
        "guide": presenters.guide(found, form["kind"].value() or Meeting.Kind.MEETING),
        "back": presenters.case_url(card),
    }
    return TemplateResponse(request, "meetings/plan.html", context)


def meeting_move(request: Any, case: UUID, meeting: UUID) -> HttpResponse:
    card = opened(request, case)
    told = meeting_told(request.actor, card.pk, meeting)
    if request.method != "POST":
        check_ahead(told)
    found = at_home(request.actor, card)
    names = [found.pupil.name, *(each.name for each in found.home if each.name)]
    form = MoveForm(request.POST or None, names=names, initial=_as_planned(told))
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _moved(request, card, told, form))
    context = page(found, _("Move the meeting"))
    context |= {"form": form, "back": presenters.meeting_url(card, told), "save": _("Move the meeting")}
    return TemplateResponse(request, "meetings/act.html", context)


def meeting_people(request: Any, case: UUID, meeting: UUID) -> HttpResponse:
    card = opened(request, case)
    told = meeting_told(request.actor, card.pk, meeting)
    if request.method != "POST":
        check_ahead(told)
    found = around(request.actor, card)
    asked = presenters.asked_now(found, told)
    form = PeopleForm(request.POST or None, found=found, asked=asked, initial={"version": told.version})
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _asked(request, card, told, form))
    context = page(found, _("Who is asked to come"))
    context |= {"form": form, "back": presenters.meeting_url(card, told), "save": _("Save who is asked")}
    return TemplateResponse(request, "meetings/act.html", context)


def meeting_cancel(request: Any, case: UUID, meeting: UUID) -> HttpResponse:
    card = opened(request, case)
    told = meeting_told(request.actor, card.pk, meeting)
    if request.method != "POST":
        check_ahead(told)
    form = CancelForm(request.POST or None, initial={"version": told.version})
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _cancelled(request, card, told, form))
    context = page(at_home(request.actor, card), _("Cancel the meeting"))
    context |= {"form": form, "back": presenters.meeting_url(card, told), "save": _("Cancel the meeting")}
    return TemplateResponse(request, "meetings/act.html", context)


def meeting_invited(request: Any, case: UUID, meeting: UUID) -> HttpResponse:
    card = opened(request, case)
    told = meeting_told(request.actor, card.pk, meeting)
    form = InvitedForm(request.POST)
    if form.is_valid():
        return once(request, lambda: _invited(request, card, told, form))
    messages.error(request, _("Say how and on which day; a day that has not come yet cannot be chosen."))
    return HttpResponseRedirect(presenters.meeting_url(card, told))


def meeting_letter(request: Any, case: UUID, meeting: UUID) -> HttpResponse:
    card, told = read(request, case, meeting)
    if not told.is_ahead:
        raise Http404
    language = request.GET.get("language", "")
    language = language if language in LANGUAGES else words().language
    found = at_home(request.actor, card)
    every = letters(found, told, language)
    context = page(found, _("Letters of invitation")) | {
        "letters": only(every, request.GET.get("to", "")),
        "every": every,
        "language": language,
        "back": presenters.meeting_url(card, told),
    }
    return TemplateResponse(request, "meetings/letter.html", context)


def meeting_calendar(request: Any, case: UUID, meeting: UUID) -> HttpResponse:
    """Without the place for a protected pupil: calendars are copied to where nobody has looked."""
    card, told = read(request, case, meeting)
    if told.planned_at is None:
        raise Http404
    protected = pupil_cards(request.actor, [card.pupil])[card.pupil].protected
    event = CalendarEvent(
        key=told.key,
        starts=told.planned_at,
        minutes=told.minutes,
        title=_("Meeting at school"),
        place="" if protected else told.place,
        changes=told.version,
        cancelled=told.cancelled_on is not None,
    )
    answer = HttpResponse(calendar_file(event, written=now()), content_type=MEDIA_TYPE)
    answer["Content-Disposition"] = 'attachment; filename="narvaro.ics"'
    return answer


def _initial(actor: Actor, found: Around) -> dict[str, Any]:
    required = found.required.kind if found.required else ""
    due = _due(actor, found)
    return {
        "kind": required if required in KINDS else Meeting.Kind.MEETING,
        "day": due if due and due > today() else None,
        "people": preselected(found, actor),
        "purpose": _("How school is going: what works, what is hard, and what we can do together."),
        "call": actor.name,
    }


def _due(actor: Actor, found: Around) -> date | None:
    """Until when the step's meeting is to be held."""
    if found.required is None:
        return None
    return due_day(actor, found.case.unit_pk, found.case.step_since, found.required.within)


def _due_words(actor: Actor, found: Around) -> str:
    due = _due(actor, found)
    if due is None:
        return ""
    told = {"day": words().day(due)}
    return (
        _("By the plan it should have been held %(day)s.")
        if due < today()
        else _("By the plan it is to be held by %(day)s.")
    ) % told


def _as_planned(told: MeetingTold) -> dict[str, Any]:
    starts = timezone.localtime(told.planned_at) if told.planned_at else None
    return {
        "day": starts and starts.date(),
        "time": starts and starts.time(),
        "minutes": told.minutes,
        "means": told.means,
        "place": told.place,
        "version": told.version,
    }


def _planned(request: Any, card: CaseCard, form: PlanForm) -> str:
    key = plan_meeting(by=request.actor, case=card, planned=form.planned, address=_address(request))
    messages.success(request, _("The meeting is planned. Now invite those at home."))
    return presenters.meeting_url_of(card, key)


def _moved(request: Any, card: CaseCard, told: MeetingTold, form: MoveForm) -> str:
    given = form.cleaned_data
    move_meeting(
        by=request.actor,
        case=card,
        key=told.key,
        version=given["version"],
        when=form.when,
        reason=given["reason"],
        address=_address(request),
    )
    messages.success(request, _("The meeting is moved. Tell those at home."))
    return presenters.meeting_url(card, told)


def _asked(request: Any, card: CaseCard, told: MeetingTold, form: PeopleForm) -> str:
    change_people(
        by=request.actor,
        case=card,
        key=told.key,
        version=form.cleaned_data["version"],
        kept=form.kept,
        more=form.more,
        address=_address(request),
    )
    messages.success(request, _("It is changed who is asked. Colleagues get mail; tell those at home yourself."))
    return presenters.meeting_url(card, told)


def _cancelled(request: Any, card: CaseCard, told: MeetingTold, form: CancelForm) -> str:
    given = form.cleaned_data
    cancel_meeting(
        by=request.actor,
        case=card,
        key=told.key,
        version=given["version"],
        reason=given["reason"],
        address=_address(request),
    )
    messages.success(request, _("The meeting is cancelled. Tell those at home."))
    return presenters.meeting_url(card, told)


def _invited(request: Any, card: CaseCard, told: MeetingTold, form: InvitedForm) -> str:
    given = form.cleaned_data
    note_invited(
        by=request.actor,
        case=card,
        key=told.key,
        participant=given["participant"],
        how=given["how"],
        day=given["day"],
    )
    messages.success(request, _("It is noted how they were invited."))
    return presenters.meeting_url(card, told)


def _address(request: Any) -> str:
    return str(request.build_absolute_uri("/")).rstrip("/")
