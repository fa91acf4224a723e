"""The small pages that change a case. Each says what will happen, does it once, and goes back to the case."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.cases import presenters, work_words
from narvaro.contexts.cases.acts import BY_US, act_of, choices_of, do, refusal_of
from narvaro.contexts.cases.cards import CaseCard, find_case, find_handover
from narvaro.contexts.cases.chronology import NewEntry, add_entry
from narvaro.contexts.cases.days import due_day
from narvaro.contexts.cases.following import follow_plan_in_force
from narvaro.contexts.cases.forms import (
    NOT_NEEDED,
    EndTaskForm,
    GiveTaskForm,
    MoveForm,
    NoteForm,
    PlanForm,
    ReceiveForm,
    TaskForm,
)
from narvaro.contexts.cases.moving import NOT_NOW, Move, handed_text, move
from narvaro.contexts.cases.permissions import STEP, TASK, WRITE
from narvaro.contexts.cases.todo import NewTask, add_tasks, end_task, find_task, give_task
from narvaro.contexts.plan.api import version_in_force
from narvaro.contexts.register.api import PupilCard, people_around, pupil_cards
from narvaro.core.clock import today
from narvaro.core.drafts import draft_of, drop_draft, place_of
from narvaro.core.errors import Refused
from narvaro.core.forms import once
from narvaro.domain.case_states import CaseEvent, possible
from narvaro.language import Message

USUAL_DAYS = 5  # school days that a task of one's own begins with
_NOTE = Message.of("Note")


def case_note(request: Any, case: UUID) -> HttpResponse:
    card, pupil = _about(request, case, WRITE)
    place = place_of("case_note", card.key)
    form = NoteForm(request.POST or None, initial=draft_of(request.actor, place))
    if request.method == "POST" and form.is_valid():

        def write() -> str:
            given = form.cleaned_data
            entry = NewEntry(kind="note", title=_NOTE, text=given["text"], day=given["day"], contact=given["contact"])
            add_entry(by=request.actor, case=card.pk, entry=entry)
            return _done(request, card, _("The note is saved."), place)

        return once(request, write)
    heading = _("A note about %(name)s") % {"name": pupil.name}
    return _page(request, card, pupil, form, heading=heading, button=_("Save the note"), place=place)


def case_task_add(request: Any, case: UUID) -> HttpResponse:
    card, pupil = _about(request, case, WRITE)
    first = {"due": due_day(request.actor, card.unit_pk, today(), USUAL_DAYS)}
    form = TaskForm(
        request.POST or None, owners=work_words.task_owners(people_around(card.pupil, card.unit_pk)), initial=first
    )
    if request.method == "POST" and form.is_valid():

        def add() -> str:
            add_tasks(by=request.actor, case=card.pk, tasks=[_new_task(form)])
            return _done(request, card, _("The task is saved."))

        return once(request, add)
    heading = _("Something to do for %(name)s") % {"name": pupil.name}
    return _page(request, card, pupil, form, heading=heading, button=_("Save the task"))


def _new_task(form: TaskForm) -> NewTask:
    role, _dot, person = form.cleaned_data["owner"].partition(".")
    return NewTask(
        what=form.cleaned_data["what"],
        owner_role=role,
        owner_id=int(person) if person else None,
        due=form.cleaned_data["due"],
    )


def case_task_end(request: Any, task: UUID) -> HttpResponse:
    found = find_task(request.actor, task)
    card, pupil = _about(request, found.case, TASK)
    form = EndTaskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def end() -> str:
            given = form.cleaned_data
            end_task(by=request.actor, key=task, outcome=given["outcome"], not_needed=given["how"] == NOT_NEEDED)
            return _done(request, card, _("Saved. It stands in the case with its day."))

        return once(request, end)
    return _page(request, card, pupil, form, heading=found.what, button=_("Save"))


def case_task_give(request: Any, task: UUID) -> HttpResponse:
    found = find_task(request.actor, task)
    card, pupil = _about(request, found.case, TASK)
    people = [(str(each.user_id), work_words.near_words(each)) for each in people_around(card.pupil, card.unit_pk)]
    form = GiveTaskForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():

        def give() -> str:
            given = form.cleaned_data
            give_task(by=request.actor, key=task, owner_id=int(given["person"]), reason=given["reason"])
            return _done(request, card, _("The task is handed to another."))

        return once(request, give)
    what = _("“%(task)s” goes to somebody else around the pupil, with the same day.") % {"task": found.what}
    return _page(request, card, pupil, form, heading=_("Hand a task to another"), what=what, button=_("Hand over"))


def case_move(request: Any, case: UUID, event: str) -> HttpResponse:
    card, pupil = _about(request, case, STEP)
    if event not in BY_US:
        raise Http404
    asked = CaseEvent(event)
    if asked not in possible(card.state):
        raise Refused(NOT_NOW)
    form = MoveForm(
        request.POST or None,
        event=asked,
        choices=choices_of(request.actor, card, asked),
        refusal=partial(refusal_of, request.actor, card),
        initial={"version": card.version},
    )
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _done(request, do(by=request.actor, card=card, form=form), _("Saved.")))
    act = act_of(request.actor, card, pupil, asked)
    return _page(request, card, pupil, form, heading=act.heading, what=act.what, button=act.button, missing=act.missing)


def case_plan(request: Any, case: UUID) -> HttpResponse:
    card, pupil = _about(request, case, STEP)
    form = PlanForm(request.POST or None, initial={"version": card.version})
    if request.method == "POST" and form.is_valid():

        def follow() -> str:
            made = follow_plan_in_force(by=request.actor, case=card.pk, version=form.cleaned_data["version"])
            return _done(request, made, _("The case follows the plan in force."))

        return once(request, follow)
    heading = _("Follow the plan in force for %(name)s?") % {"name": pupil.name}
    what = _("The step and what is to be done there stay. Tasks and days of “%(plan)s” come with the next step.") % {
        "plan": version_in_force(request.actor, today()).title
    }
    return _page(request, card, pupil, form, heading=heading, what=what, button=_("Follow it"))


def case_receive(request: Any, handover: UUID) -> HttpResponse:
    card = find_handover(request.actor, handover)
    pupil = pupil_cards(request.actor, [card.pupil])[card.pupil]
    request.audit.saw("cases.Case", [card.pk], pupil=card.pupil)
    form = ReceiveForm(request.POST or None, initial={"version": card.version})
    if request.method == "POST" and form.is_valid():

        def answer() -> str:
            given = form.cleaned_data
            asked = Move(event=CaseEvent(given["answer"]), version=given["version"], reason=given["reason"])
            made = move(by=request.actor, case=card.pk, move=asked)
            messages.success(request, _("Your answer has reached the school that asked."))
            return presenters.case_url(made) if made.pk != card.pk else reverse("cases")

        return once(request, answer)
    context = {
        "heading": _("%(unit)s asks you to take over %(name)s") % {"unit": card.unit_name, "name": pupil.name},
        "about": presenters.about(pupil),
        "crumbs": presenters.list_crumbs(_("Handover")),
        "text": handed_text(request.actor, card),
        "step": card.step,
        "form": form,
    }
    return TemplateResponse(request, "cases/receive.html", context)


def _about(request: Any, case: UUID, action: str) -> tuple[CaseCard, PupilCard]:
    card = find_case(request.actor, case, action)
    request.audit.saw("cases.Case", [card.pk], pupil=card.pupil)
    return card, pupil_cards(request.actor, [card.pupil])[card.pupil]


def _done(request: Any, card: CaseCard, text: str, place: str = "") -> str:
    if place:
        drop_draft(by=request.actor, place=place)
    messages.success(request, text)
    return presenters.case_url(card)


def _page(request: Any, card: CaseCard, pupil: PupilCard, form: Any, **said: Any) -> HttpResponse:
    context = {
        "form": form,
        "about": presenters.about(pupil),
        "crumbs": presenters.crumbs(pupil, card, said["heading"]),
        "case_url": presenters.case_url(card),
        **said,
    }
    return TemplateResponse(request, "cases/act.html", context)
