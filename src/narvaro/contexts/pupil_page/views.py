"""The pupil's page, the lessons behind it, who can see it, and the meeting."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template.response import TemplateResponse

from narvaro.contexts.attendance.api import pupil_facts
from narvaro.contexts.pupil_page import meeting as meetings
from narvaro.contexts.pupil_page.asking import about, schools
from narvaro.contexts.pupil_page.forms import LessonsForm, MeetingForm
from narvaro.contexts.pupil_page.lessons import lessons
from narvaro.contexts.pupil_page.page import at_home, head
from narvaro.contexts.register.api import find_pupil, who_can_see

LESSONS_A_PAGE = 100
PRELOADING = "X-Preload"  # sent by meeting.js; what it fetches has been read, whether it is then looked at or not


def pupil(request: Any, pupil: UUID) -> HttpResponse:
    card = find_pupil(request.actor, pupil, "attendance.read")
    request.audit.saw("register.Pupil", [card.pk])
    return TemplateResponse(request, "pupil_page/pupil.html", about(request.actor, card))


def pupil_lessons(request: Any, pupil: UUID) -> HttpResponse:
    actor = request.actor
    card = find_pupil(actor, pupil, "attendance.read")
    facts = pupil_facts(actor, card.pupil_id)
    request.audit.saw("register.Pupil", [card.pk], lessons=True)
    context: dict[str, Any] = {"head": head(actor, card, facts.as_of if facts else None), "nothing_yet": facts is None}
    if facts and facts.year:
        days = facts.year.days
        chosen = LessonsForm(request.GET).selection(facts.first_day, facts.as_of)
        found = lessons(days, chosen, card.key, schools(actor, days))
        page = Paginator(found.rows, LESSONS_A_PAGE).get_page(request.GET.get("page"))
        context |= {"lessons": found, "page": page, "part": bool(request.htmx)}
    name = "pupil_page/_lessons.html" if request.htmx else "pupil_page/lessons.html"
    return TemplateResponse(request, name, context)


def pupil_who(request: Any, pupil: UUID) -> HttpResponse:
    card = find_pupil(request.actor, pupil, "attendance.read")
    request.audit.saw("register.Pupil", [card.pk], viewers=True)
    context = {"head": head(request.actor, card, None), "viewers": who_can_see(request.actor, card)}
    context |= {"protected": card.protected, "home": at_home(request.actor)}
    return TemplateResponse(request, "pupil_page/_who.html" if request.htmx else "pupil_page/who.html", context)


def meeting(request: Any) -> HttpResponse:
    """With ``HX-Request`` only the pupil; the list stays as it is."""
    asked, actor = MeetingForm(request.GET), request.actor
    asked.is_valid()
    found = meetings.agenda(
        actor, asked.cleaned_data.get("pupil"), asked.cleaned_data.get("step"), whole=not request.htmx
    )
    request.audit.saw("register.Pupil", [found.card.pk] if found.card else [], **_told(request))
    context: dict[str, Any] = {"place": meetings.place(found)}
    if found.card:
        context |= about(actor, found.card, weeks=meetings.WEEKS_SHOWN, warnings=found.warnings)
    if request.htmx:
        return TemplateResponse(request, "pupil_page/_meeting_pupil.html", context)
    request.audit.saw("register.Pupil", [each.pupil for each in found.order])
    context |= {"heading": meetings.heading(found), "lines": meetings.lines(found)}
    context |= {"steps": meetings.step_options(found.steps), "step": str(found.step or "")}
    return TemplateResponse(request, "pupil_page/meeting.html", context)


def _told(request: Any) -> dict[str, Any]:
    """For the audit: the pupil was sent ahead of being asked for."""
    return {"preloaded": True} if request.headers.get(PRELOADING) else {}
