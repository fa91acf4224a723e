"""The investigation of a case: decided on, written, consulted, finished."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.cases.api import CaseCard, find_case
from narvaro.contexts.duties import presenters
from narvaro.contexts.duties.forms import ConsultationForm, FinishForm, InvestigationDecisionForm, InvestigationForm
from narvaro.contexts.duties.known import known_of
from narvaro.contexts.duties.people import UNKNOWN, people_known
from narvaro.contexts.duties.permissions import DECIDE, READ, WRITE
from narvaro.contexts.duties.queries import (
    PARTS,
    InvestigationTold,
    consultations_of,
    investigations_of,
    notices_of_case,
    texts_of,
)
from narvaro.contexts.duties.services import (
    NONE_OPEN,
    decide_investigation,
    finish_investigation,
    write_investigation,
)
from narvaro.contexts.duties.services import (
    consult as consult_in,
)
from narvaro.contexts.duties.told import told
from narvaro.contexts.register.api import guardians_of, people_around, pupil_cards
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.drafts import draft_of, drop_draft, place_of
from narvaro.core.errors import Refused
from narvaro.core.forms import once


def investigation(request: Any, case: UUID) -> HttpResponse:
    actor, card = request.actor, find_case(request.actor, case, READ)
    _saw(request, card)
    known = known_of(actor, [card])[card.pk]
    found = investigations_of(actor, [card.pk]).get(card.pk, ())
    latest = found[0] if found else None
    context = {
        **_head(request, card),
        "duties": told(actor, known),
        "latest": latest,
        "decisions": [presenters.decision_words(each) for each in found],
        "written": [presenters.part_words(each) for each in latest.written] if latest else [],
        "consultations": presenters.consultations(consultations_of(actor, latest.pk)) if latest else (),
        "notices": presenters.notice_links(notices_of_case(actor, card.pk)),
        "finish": FinishForm(initial={"version": latest.version}) if latest else None,
        "may_write": bool(latest and latest.is_open and card.is_open and _may(actor, WRITE)),
        "may_decide": bool(not (latest and latest.is_open) and card.is_open and _may(actor, DECIDE)),
        "may_finish": bool(latest and latest.is_open and card.is_open and _may(actor, DECIDE)),
    }
    return TemplateResponse(request, "duties/investigation.html", context)


def text(request: Any, case: UUID) -> HttpResponse:
    """What was written, read on purpose and logged as such."""
    card = find_case(request.actor, case, READ)
    _saw(request, card)
    found = _latest(request.actor, card)
    parts = presenters.text_parts(texts_of(request.actor, found.pk)) if found else ()
    if found:
        request.audit.saw("register.Pupil", [], text_of=found.pk)
    return TemplateResponse(request, "duties/text.html", {**_head(request, card), "parts": parts})


def decide(request: Any, case: UUID) -> HttpResponse:
    actor, card = request.actor, find_case(request.actor, case, DECIDE)
    place = place_of("investigation_decide", card.key)
    _saw(request, card)
    latest = _latest(actor, card)
    initial = _draft(actor, place, ("decision", "reason", "planned_end")) | {"seen": str(latest.key) if latest else ""}
    form = InvestigationDecisionForm(
        request.POST or None, people=people_around(card.pupil, card.unit_pk), initial=initial
    )
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _decided(request, card, form, place))
    decisions = [presenters.decision_words(latest)] if latest else []
    context = {**_head(request, card), "form": form, "place": place, "decisions": decisions}
    return TemplateResponse(request, "duties/decide.html", context)


def _decided(request: Any, card: CaseCard, form: InvestigationDecisionForm, place: str) -> str:
    decide_investigation(by=request.actor, case=card, decided=form.decided)
    drop_draft(by=request.actor, place=place)
    messages.success(request, _("The decision is saved."))
    return reverse("investigation", args=[card.key])


def write(request: Any, case: UUID) -> HttpResponse:
    actor, card = request.actor, find_case(request.actor, case, WRITE)
    place = place_of("investigation_write", card.key)
    _saw(request, card)
    latest = _latest(actor, card)
    if latest is None or not latest.is_open:
        raise Refused(NONE_OPEN)
    form = InvestigationForm(request.POST or None, initial=_written(actor, latest, place))
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _saved(request, card, form, place))
    return TemplateResponse(request, "duties/write.html", {**_head(request, card), "form": form, "place": place})


def _written(actor: Actor, latest: InvestigationTold, place: str) -> dict[str, Any]:
    """What stands, and over it what the person had begun to write. The version is that of the draft, so that a save in
    between is told."""
    stands = {
        **texts_of(actor, latest.pk),
        "special_support": latest.special_support,
        "needs_coordination": latest.needs_coordination,
        "planned_end": latest.planned_end,
        "version": latest.version,
    }
    return stands | _draft(actor, place, (*PARTS, "special_support", "special_support_reason", "version"))


def _saved(request: Any, card: CaseCard, form: InvestigationForm, place: str) -> str:
    write_investigation(by=request.actor, case=card, written=form.written)
    drop_draft(by=request.actor, place=place)
    messages.success(request, _("The investigation is saved."))
    return reverse("investigation", args=[card.key])


def consult(request: Any, case: UUID) -> HttpResponse:
    actor, card = request.actor, find_case(request.actor, case, WRITE)
    _saw(request, card)
    latest = _latest(actor, card)
    if latest is None or not latest.is_open:
        raise Refused(NONE_OPEN)
    guardians = guardians_of(actor, [card.pupil]).get(card.pupil, ())
    head = _head(request, card)
    person = people_known(actor, [card.pupil])[card.pupil]
    unknown = any(each.pk == UNKNOWN for each in person.facts(head["pupil"].form).guardians)
    form = ConsultationForm(request.POST or None, guardians=guardians, unknown=unknown)
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _consulted(request, card, form))
    before = presenters.consultations(consultations_of(actor, latest.pk))
    return TemplateResponse(request, "duties/consult.html", {**head, "form": form, "before": before})


def _consulted(request: Any, card: CaseCard, form: ConsultationForm) -> str:
    consult_in(by=request.actor, case=card, asked=form.asked)
    messages.success(request, _("It is written who was heard."))
    return reverse("investigation", args=[card.key])


def finish(request: Any, case: UUID) -> HttpResponse:
    card = find_case(request.actor, case, DECIDE)
    _saw(request, card)
    form = FinishForm(request.POST)
    if not form.is_valid():
        raise Refused(NONE_OPEN)
    return once(request, lambda: _finished(request, card, form.cleaned_data["version"]))


def _finished(request: Any, card: CaseCard, version: int) -> str:
    finish_investigation(by=request.actor, case=card, version=version)
    messages.success(request, _("The investigation is finished."))
    return reverse("investigation", args=[card.key])


def _latest(actor: Actor, card: CaseCard) -> InvestigationTold | None:
    found = investigations_of(actor, [card.pk]).get(card.pk, ())
    return found[0] if found else None


def _draft(actor: Actor, place: str, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in draft_of(actor, place).items() if name in names}


def _saw(request: Any, card: CaseCard) -> None:
    request.audit.saw("register.Pupil", [card.pupil], case=card.pk)


def _may(actor: Actor, action: str) -> bool:
    return access().decide(actor, action).allowed


def _head(request: Any, card: CaseCard) -> dict[str, Any]:
    pupil = pupil_cards(request.actor, [card.pupil])[card.pupil]
    return {
        "case": card,
        "pupil": pupil,
        "about": presenters.about(pupil, card),
        "crumbs": presenters.crumbs(pupil, card),
    }
