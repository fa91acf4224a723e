"""A conversation that was held, a meeting's own page, writing it up, and correcting it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.cases.api import CaseCard, due_day, find_case, tasks_of
from narvaro.contexts.meetings import presenters
from narvaro.contexts.meetings.around import Home, around, at_home
from narvaro.contexts.meetings.forms import CorrectionForm
from narvaro.contexts.meetings.models import Meeting
from narvaro.contexts.meetings.queries import MeetingTold, meeting_text, meeting_told
from narvaro.contexts.meetings.recording import Recording, conversation, of_meeting
from narvaro.contexts.meetings.services import (
    IS_WRITTEN,
    NOT_AHEAD,
    check_writable,
    correct_meeting,
    hold_meeting,
    record_conversation,
)
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.drafts import draft_of, drop_draft, place_of
from narvaro.core.errors import Refused
from narvaro.core.forms import once

READ, WRITE = "conversation.read", "conversation.write"


def conversation_new(request: Any, case: UUID) -> HttpResponse:
    actor = request.actor
    card = opened(request, case)
    found, place = around(actor, card), place_of("conversation_new", card.key)
    forms = conversation(actor, found, request.POST or None, draft_of(actor, place), follow_up(actor, found))
    if request.method == "POST" and forms.is_valid():
        return once(request, lambda: _recorded(request, card, forms, place))
    context = page(found, _("Conversation that was held")) | _writing(forms, place)
    context |= {"guide": presenters.guide(found, Meeting.Kind.CONVERSATION), "back": presenters.case_url(card)}
    return TemplateResponse(request, "meetings/conversation.html", context)


def meeting_show(request: Any, case: UUID, meeting: UUID) -> HttpResponse:
    actor = request.actor
    card, told = read(request, case, meeting)
    found, text = at_home(actor, card), meeting_text(actor, told)
    may_write = access().decide(actor, WRITE).allowed and card.is_open
    context = page(found, presenters.heading(told)) | {
        "told": told,
        "facts": presenters.facts(told),
        "people": presenters.person_rows(found, told, may_write=may_write),
        "withdrawn": presenters.withdrawn_rows(found, told),
        "text": text,
        "voices": presenters.voice_rows(found, told, text),
        "agreed": presenters.agreed_rows(tasks_of(actor, card.pk), told),
        "corrections": presenters.correction_rows(text),
        "may_write": may_write,
        "has_come": told.day is not None and told.day <= today(),
        "invited_url": presenters.meeting_url(card, told, "meeting_invited"),
        "urls": {name: presenters.meeting_url(card, told, f"meeting_{name}") for name in _ACTS},
    }
    return TemplateResponse(request, "meetings/meeting.html", context)


_ACTS = ("hold", "letter", "calendar", "move", "cancel", "correct", "people")


def meeting_hold(request: Any, case: UUID, meeting: UUID) -> HttpResponse:
    actor = request.actor
    card = opened(request, case)
    told = meeting_told(actor, card.pk, meeting)
    if request.method != "POST":
        check_ahead(told)
    found, place = around(actor, card), place_of("meeting_hold", told.key)
    draft = draft_of(actor, place)
    forms = of_meeting(found, told, request.POST or None, draft, follow_up(actor, found), _day_of(told))
    if request.method == "POST" and forms.is_valid():
        return once(request, lambda: _held(request, card, told, forms, place))
    context = page(found, _("What was said and agreed")) | _writing(forms, place)
    context |= {"guide": presenters.guide(found, told.kind), "back": presenters.meeting_url(card, told)}
    return TemplateResponse(request, "meetings/hold.html", context)


def meeting_correct(request: Any, case: UUID, meeting: UUID) -> HttpResponse:
    actor = request.actor
    card = opened(request, case)
    told = meeting_told(actor, card.pk, meeting)
    place = place_of("meeting_correct", told.key)
    form = CorrectionForm(request.POST or None, initial=_unsent(actor, told, place))
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _corrected(request, card, told, form.cleaned_data["text"], place))
    back = presenters.meeting_url(card, told)
    context = page(at_home(actor, card), _("Correct or add to what was written"))
    context |= {"form": form, "place": place, "back": back, "save": _("Save the correction")}
    return TemplateResponse(request, "meetings/act.html", context)


def opened(request: Any, key: UUID) -> CaseCard:
    """The case, to be written in. Raises Refused when it is closed."""
    card = find_case(request.actor, key, WRITE)
    request.audit.saw("register.Pupil", [card.pupil], case=card.pk)
    check_writable(card)
    return card


def read(request: Any, case: UUID, meeting: UUID) -> tuple[CaseCard, MeetingTold]:
    """Raises Http404 for a meeting of another case."""
    card = find_case(request.actor, case, READ)
    told = meeting_told(request.actor, card.pk, meeting)
    request.audit.saw("register.Pupil", [card.pupil], case=card.pk, meeting=told.pk)
    return card, told


def check_ahead(told: MeetingTold) -> None:
    """Before a form is shown; whoever sends it too late is told by the services."""
    if not told.is_ahead:
        raise Refused(IS_WRITTEN if told.held_on else NOT_AHEAD)


def follow_up(actor: Actor, found: Home) -> date | None:
    """As many school days ahead as the step says."""
    if found.step is None:
        return None
    return due_day(actor, found.case.unit_pk, today(), found.step.work.follow_up_after)


def _recorded(request: Any, card: CaseCard, forms: Recording, place: str) -> str:
    means = forms.main.cleaned_data["means"]
    key = record_conversation(by=request.actor, case=card, means=means, held=forms.held())
    drop_draft(by=request.actor, place=place)
    messages.success(request, _("The conversation is saved, and what you agreed on are tasks now."))
    return reverse("meeting_show", args=[card.key, key])


def _held(request: Any, card: CaseCard, told: MeetingTold, forms: Recording, place: str) -> str:
    hold_meeting(by=request.actor, case=card, key=told.key, held=forms.held())
    drop_draft(by=request.actor, place=place)
    messages.success(request, _("The meeting is written up, and what you agreed on are tasks now."))
    return presenters.meeting_url(card, told)


def _corrected(request: Any, card: CaseCard, told: MeetingTold, text: str, place: str) -> str:
    correct_meeting(by=request.actor, case=card, key=told.key, text=text)
    for each in (place, place_of("meeting_hold", told.key)):
        drop_draft(by=request.actor, place=each)
    messages.success(request, _("The correction stands beside what was written."))
    return presenters.meeting_url(card, told)


def _unsent(actor: Actor, told: MeetingTold, place: str) -> dict[str, str]:
    """What the person had begun here; else what they wrote of the meeting before somebody else's text came to stand."""
    if draft := draft_of(actor, place):
        return draft
    before = draft_of(actor, place_of("meeting_hold", told.key))
    return {"text": "\n\n".join(before[name] for name in ("said", "came_to") if before.get(name))}


def _day_of(told: MeetingTold) -> date:
    """The planned day, or today when that has not come."""
    return min(told.day or today(), today())


def page(found: Home, heading: str) -> dict[str, Any]:
    return {
        "heading": heading,
        "lede": presenters.lede(found),
        "crumbs": presenters.crumbs(found, heading),
        "pupil": found.pupil,
    }


def _writing(forms: Recording, place: str) -> dict[str, Any]:
    errors = presenters.error_words(forms.errors) if forms.errors else ""
    return {"forms": forms, "place": place, "errors": errors}
