"""Today, the list, why, and deciding. A view asks, tells the audit, and hands over what the template prints."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.attendance.api import listed_measures
from narvaro.contexts.cases.api import cases_of
from narvaro.contexts.plan.api import plan_in_force
from narvaro.contexts.register.api import PupilCard, find_pupil, pupil_cards
from narvaro.contexts.warnings import presenters
from narvaro.contexts.warnings.days import day_of
from narvaro.contexts.warnings.forms import DecisionForm
from narvaro.contexts.warnings.listing import to_act_on
from narvaro.contexts.warnings.panels import Line
from narvaro.contexts.warnings.queries import decisions_of, explained
from narvaro.contexts.warnings.services import JUDGED, WORK, decide, kinds_for
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.clock import today as day_today
from narvaro.core.drafts import draft_of, drop_draft, place_of
from narvaro.core.forms import once

PAGE = 50


def today(request: Any) -> HttpResponse:
    found = day_of(request.actor, request.GET.get("q", ""))
    request.audit.saw("register.Pupil", found.pupils, searched=bool(found.looked_for))
    return TemplateResponse(request, "warnings/today.html", {"day": found})


def warnings(request: Any) -> HttpResponse:
    actor, choice = request.actor, presenters.choice_of(request.GET)
    found = to_act_on(actor, choice)
    page = Paginator(found.found, PAGE).get_page(request.GET.get("page"))
    ids = [each.pupil for each in page]
    plan = plan_in_force(actor, found.as_of or day_today())
    rows = presenters.rows(page, pupil_cards(actor, ids), listed_measures(actor, ids), cases_of(actor, ids), plan)
    request.audit.saw("register.Pupil", [*ids, *found.other_ids], page=page.number, searched=bool(choice.text))
    context = {
        "heading": presenters.heading(found),
        "lede": presenters.lede(found),
        "figures": presenters.figures(found),
        "columns": presenters.columns(),
        "choice": choice,
        "grades": presenters.grade_options(found.grades),
        "steps": presenters.step_options(plan),
        "rules": presenters.rule_options(plan, found.rules),
        "situations": presenters.situation_options(),
        "rows": rows,
        "others": [Line.of(card) for card in found.others],
        "page": page,
        "empty": found.as_of is None,
        "may_decide": _may_decide(actor),
        "meeting_url": reverse("meeting") if access().decide(actor, "meeting.read").allowed else "",
    }
    return TemplateResponse(request, "warnings/list.html", context)


def warning(request: Any, pupil: UUID) -> HttpResponse:
    card = find_pupil(request.actor, pupil, "warning.read")
    request.audit.saw("register.Pupil", [card.pk])
    return TemplateResponse(request, "warnings/why.html", _about(request.actor, card))


def warning_decide(request: Any, pupil: UUID) -> HttpResponse:
    actor = request.actor
    card = find_pupil(actor, pupil, "warning.decide")
    place = place_of("warning_decide", card.key)
    request.audit.saw("register.Pupil", [card.pk])
    form = DecisionForm(request.POST or None, kinds=kinds_for(actor), initial=_initial(actor, card, place))
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _decided(request, card, form, place))
    return TemplateResponse(request, "warnings/decide.html", {"form": form, "place": place, **_about(actor, card)})


def _initial(actor: Actor, card: PupilCard, place: str) -> dict[str, str]:
    """What the person had begun to write, and the latest decision as it is now."""
    decisions = decisions_of(actor, card.pk)
    draft = {name: text for name, text in draft_of(actor, place).items() if name in ("kind", "reason", "follow_up_on")}
    return {**draft, "seen": decisions[0].key if decisions else ""}


def _decided(request: Any, card: PupilCard, form: DecisionForm, place: str) -> str:
    made = decide(by=request.actor, pupil=card.pk, decided=form.decided)
    drop_draft(by=request.actor, place=place)
    request.audit.saw("register.Pupil", [], decision=made, kind=form.decided.kind)
    messages.success(request, _("The decision is saved."))
    return _next_address(request.actor, card, form.decided.kind)


def _next_address(actor: Actor, card: PupilCard, kind: str) -> str:
    """A decision that begins work leads to the case: where one is opened, or on to what the decision needs there."""
    case = cases_of(actor, [card.pk]).get(card.pk)
    if case is not None and kind in JUDGED and access().decide(actor, "duty.decide").allowed:
        return reverse("investigation_decide", args=[case.key])
    if case is None and kind in WORK and access().decide(actor, "case.open").allowed:
        return reverse("case_open", args=[card.key])
    return reverse("warnings")


def _may_decide(actor: Actor) -> bool:
    return access().decide(actor, "warning.decide").allowed


def _about(actor: Any, card: PupilCard) -> dict[str, Any]:
    plan, found = plan_in_force(actor, day_today()), explained(actor, card.pk)
    return {
        "card": card,
        "about": presenters.about(card),
        "pupil_url": reverse("pupil", args=[card.key]),
        "decide_url": reverse("warning_decide", args=[card.key]) if _may_decide(actor) else "",
        "reasons": presenters.explained_reasons(found, plan),
        "following": presenters.following_rules(found, plan),
        "decisions": presenters.decision_entries(decisions_of(actor, card.pk), plan),
    }
