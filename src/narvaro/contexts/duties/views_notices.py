"""Notices: made, printed, sent, and what came of them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.cases.api import CaseCard, find_case
from narvaro.contexts.duties import presenters
from narvaro.contexts.duties.forms import NoticeForm, NoticeMarkForm
from narvaro.contexts.duties.moves import RULES
from narvaro.contexts.duties.notices import ENDED, RECEIVERS, mark_notice, prepare_move, prepare_notice
from narvaro.contexts.duties.permissions import MOVES, READ, WRITE
from narvaro.contexts.duties.queries import NoticeTold, find_notice, investigations_of
from narvaro.contexts.duties.told import title_of
from narvaro.contexts.register.api import PupilCard, find_pupil, pupil_cards
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.errors import Refused
from narvaro.core.forms import once
from narvaro.language import Message


def make(request: Any, case: UUID, rule: str) -> HttpResponse:
    actor, card = request.actor, find_case(request.actor, case, WRITE)
    request.audit.saw("register.Pupil", [card.pupil], case=card.pk)
    if rule not in RECEIVERS or rule == "A16":
        raise Http404
    form = NoticeForm(request.POST or None, initial=_initial(actor, card, rule))
    if rule not in ("A9", "A10"):
        del form.fields["planned_end"], form.fields["needs_coordination"]
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _made(request, card, rule, form))
    context = {
        "case": card,
        "pupil": pupil_cards(actor, [card.pupil])[card.pupil],
        "title": title_of(rule),
        "form": form,
    }
    return TemplateResponse(request, "duties/notice_make.html", context)


def make_of_pupil(request: Any, pupil: UUID, rule: str) -> HttpResponse:
    """Of a pupil who came, left or has been away, and has no case."""
    card = find_pupil(request.actor, pupil, MOVES)
    request.audit.saw("register.Pupil", [card.pk], rule=rule)
    if rule not in RULES:
        raise Http404
    form = NoticeForm(request.POST or None, initial={"receiver_function": presenters.usual_receiver(RECEIVERS[rule])})
    del form.fields["planned_end"], form.fields["needs_coordination"]
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _made_of_pupil(request, card, rule, form))
    context = {"case": None, "pupil": card, "title": title_of(rule), "form": form}
    return TemplateResponse(request, "duties/notice_make.html", context)


def _made_of_pupil(request: Any, card: PupilCard, rule: str, form: NoticeForm) -> str:
    return reverse("notice", args=[prepare_move(by=request.actor, card=card, rule=rule, prepared=form.prepared)])


def _initial(actor: Actor, card: CaseCard, rule: str) -> dict[str, Any]:
    found = investigations_of(actor, [card.pk]).get(card.pk, ())
    latest = found[0] if found else None
    return {
        "receiver_function": presenters.usual_receiver(RECEIVERS[rule]),
        "planned_end": latest.planned_end if latest else None,
        "needs_coordination": latest.needs_coordination if latest else False,
    }


def _made(request: Any, card: CaseCard, rule: str, form: NoticeForm) -> str:
    return reverse("notice", args=[prepare_notice(by=request.actor, case=card, rule=rule, prepared=form.prepared)])


def notice(request: Any, notice: UUID) -> HttpResponse:
    found = find_notice(request.actor, notice, READ)
    request.audit.saw("register.Pupil", [found.pupil], notice=found.pk)
    ends = found.state in ENDED
    may = access().decide(request.actor, WRITE).allowed and not ends
    form = NoticeMarkForm(state=found.state, initial={"version": found.version}) if may else None
    return TemplateResponse(request, "duties/notice.html", _shown(request.actor, found, form))


def mark(request: Any, notice: UUID) -> HttpResponse:
    found = find_notice(request.actor, notice, WRITE)
    request.audit.saw("register.Pupil", [found.pupil], notice=found.pk)
    form = NoticeMarkForm(request.POST or None, state=found.state)
    if form.is_valid():
        return once(request, lambda: _marked(request, found, form))
    if found.state in ENDED:
        raise Refused(
            Message.of("It is already written what came of the notice. Make a new one if it has to go again.")
        )
    return TemplateResponse(request, "duties/notice.html", _shown(request.actor, found, form))


def _marked(request: Any, found: NoticeTold, form: NoticeMarkForm) -> str:
    mark_notice(by=request.actor, notice=found, case=_case(request.actor, found), marked=form.marked)
    messages.success(request, _("It is written what came of the notice."))
    return reverse("notice", args=[found.key])


def _case(actor: Actor, found: NoticeTold) -> CaseCard | None:
    return None if found.case_key is None else find_case(actor, found.case_key, WRITE)


def _shown(actor: Actor, found: NoticeTold, form: NoticeMarkForm | None) -> dict[str, Any]:
    return {
        "letter": presenters.notice(found),
        "key": found.key,
        "form": form,
        "back": reverse("investigation", args=[found.case_key]) if found.case_key else reverse("duties"),
        "sender": actor.authority_name,
    }
