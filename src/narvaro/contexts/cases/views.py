"""The list of cases and of tasks, telling of a worry, one entry's text, and how a plan version has worked."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.cases import presenters, work_words
from narvaro.contexts.cases.chronology import entry_text
from narvaro.contexts.cases.days import school_days_of
from narvaro.contexts.cases.evaluation import evaluated, evaluation_page
from narvaro.contexts.cases.forms import WorryForm
from narvaro.contexts.cases.listing import listed_cases
from narvaro.contexts.cases.opening import Opening, report_worry
from narvaro.contexts.cases.permissions import READ, WORRY, visible_cases
from narvaro.contexts.cases.todo import TaskChoice, doable, listed_tasks
from narvaro.contexts.plan.api import plan_in_force, plan_of_version
from narvaro.contexts.register.api import PupilCard, find_pupil, pupil_cards, search
from narvaro.core.access import access
from narvaro.core.clock import today
from narvaro.core.drafts import draft_of, drop_draft, place_of
from narvaro.core.forms import once

PAGE = 50
LONGEST_NUMBER = 10


def cases(request: Any) -> HttpResponse:
    actor, choice = request.actor, presenters.choice_of(request.GET)
    found = listed_cases(actor, choice)
    page = Paginator(found.found, PAGE).get_page(request.GET.get("page"))
    plans = {pk: plan_of_version(actor, pk) for pk in {each.card.plan_version for each in page}}
    seen = {each.pupil.pk for each in page} | {pupil.pk for _card, pupil in found.handovers}
    request.audit.saw("register.Pupil", seen, page=page.number, searched=bool(choice.text))
    context = {
        "heading": presenters.heading(found),
        "lede": presenters.lede(),
        "figures": presenters.figures(found) if found.everything else (),
        "columns": presenters.columns(),
        "choice": choice,
        "shows": presenters.show_options(),
        "steps": presenters.step_options(plan_in_force(actor, today())),
        "owners": presenters.owner_options(),
        "rows": presenters.rows(page, plans),
        "page": page,
        "handovers": presenters.handover_rows(found),
        "is_empty": not found.everything and not choice.show,
        "worry_url": reverse("case_worry") if access().decide(actor, WORRY).allowed else "",
        "tasks_url": reverse("case_tasks"),
    }
    return TemplateResponse(request, "cases/list.html", context)


def case_tasks(request: Any) -> HttpResponse:
    actor, choice = request.actor, TaskChoice.of(request.GET)
    page = Paginator(listed_tasks(actor, choice), PAGE).get_page(request.GET.get("page"))
    pupils = pupil_cards(actor, (each.pupil for each in page))
    readable = set(
        visible_cases(actor, READ).filter(pk__in=[each.case_pk for each in page]).values_list("pk", flat=True)
    )
    request.audit.saw("register.Pupil", pupils, page=page.number)
    context = {
        "heading": work_words.tasks_heading(choice, page.paginator.count),
        "columns": work_words.task_columns(),
        "choice": choice,
        "whose": work_words.whose_options(),
        "roles": work_words.role_options(),
        "rows": work_words.task_rows(page, pupils, readable, doable(actor, page), school_days_of(actor, None)),
        "page": page,
        "crumbs": presenters.list_crumbs(_("Tasks")),
        "away_url": reverse("case_away") if access().decide(actor, "case.substitute").allowed else "",
    }
    return TemplateResponse(request, "cases/tasks.html", context)


def case_worry(request: Any) -> HttpResponse:
    actor = request.actor
    if not request.GET.get("pupil"):
        return _choose_pupil(request)
    card = find_pupil(actor, request.GET["pupil"], WORRY)
    place = place_of("case_worry", card.key)
    form = WorryForm(request.POST or None, initial=draft_of(actor, place))
    request.audit.saw("register.Pupil", [card.pk])
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _reported(request, card, form, place))
    context = {
        "form": form,
        "place": place,
        "heading": _("A worry about %(name)s") % {"name": card.name},
        "about": presenters.about(card),
        "crumbs": presenters.list_crumbs(_("A worry")),
    }
    return TemplateResponse(request, "cases/worry.html", context)


def _choose_pupil(request: Any) -> HttpResponse:
    text = request.GET.get("q", "")
    found = search(request.actor, text, action=WORRY)
    request.audit.saw("register.Pupil", [each.pk for each in found], searched=bool(text))
    context = {
        "text": text[:80],
        "pupils": presenters.pupil_links(found),
        "crumbs": presenters.list_crumbs(_("A worry")),
    }
    return TemplateResponse(request, "cases/worry_about.html", context)


def _reported(request: Any, card: PupilCard, form: WorryForm, place: str) -> str:
    first = min(each.number for each in plan_in_force(request.actor, today()).steps)
    opening = Opening(pupil=card.pk, step=first, origin=form.cleaned_data["who"], worry=form.text)
    made = report_worry(by=request.actor, opening=opening)
    drop_draft(by=request.actor, place=place)
    messages.success(request, _("Thank you. The worry has reached those who work with attendance at the school."))
    readable = access().decide(request.actor, READ).allowed
    mine = readable and visible_cases(request.actor, READ).filter(pk=made.pk).exists()
    return presenters.case_url(made) if mine else reverse("case_worry")


def case_entry(request: Any, entry: UUID) -> HttpResponse:
    """The text of one entry: a part for htmx, a page of its own without."""
    found = entry_text(request.actor, entry)
    request.audit.saw("cases.Case", [found.case_pk], pupil=found.pupil, entry=str(found.entry.key))
    pupil = pupil_cards(request.actor, [found.pupil])[found.pupil]
    context = {"entry": found, "pupil": pupil, "case_url": reverse("case", args=[found.case])}
    name = "cases/_entry.html" if request.htmx else "cases/entry.html"
    return TemplateResponse(request, name, context)


def plan_evaluation(request: Any, version: UUID) -> HttpResponse:
    """``?unit=`` narrows it to a school."""
    asked = request.GET.get("unit", "")
    unit = int(asked) if asked.isdecimal() and len(asked) < LONGEST_NUMBER else None
    found = evaluation_page(evaluated(request.actor, version, unit))
    return TemplateResponse(request, "cases/evaluation.html", found)
