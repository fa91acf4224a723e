"""A new version of the plan: begun, changed part by part, talked about, approved by somebody else or withdrawn."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.plan import presenters, services
from narvaro.contexts.plan.carrying import Affected, affected
from narvaro.contexts.plan.forms import ApprovalForm, CommentForm, StartForm
from narvaro.contexts.plan.part_forms import PartForm
from narvaro.contexts.plan.parts import Part, part_of, without
from narvaro.contexts.plan.queries import version_in_force
from narvaro.contexts.plan.services import PartChanged, part_seen
from narvaro.contexts.plan.versions import VersionRow, comments_of, find_version, plan_in
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.drafts import draft_of, drop_draft, place_of
from narvaro.core.errors import Refused
from narvaro.core.forms import once
from narvaro.domain.plan import Plan
from narvaro.plans.diff_words import differences, part_words
from narvaro.plans.telling import plan_told
from narvaro.ui.formats import words


def plan_preset(request: Any, preset: str) -> HttpResponse:
    """A plan that comes with the program, and a draft begun from it."""
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _began(request, preset, form))
    found = services.find_preset(preset)
    context = {
        "plan": plan_told(found, words().language),
        "heading": found.title,
        "crumbs": presenters.crumbs(found.title, (_("Versions"), reverse("plan_versions"))),
        "form": form,
        "may_edit": presenters.may(request.actor, "plan.edit"),
    }
    return TemplateResponse(request, "plan/preset.html", context)


def _began(request: Any, preset: str, form: StartForm) -> str:
    key = services.draft_from_preset(by=request.actor, preset=preset, reason=form.cleaned_data["reason"])
    messages.success(request, _("The draft is made. Change what is to be different."))
    return reverse("plan_version", args=[key])


def plan_start(request: Any, version: UUID) -> HttpResponse:
    """A draft from an earlier version."""
    found = find_version(request.actor, version)
    form = StartForm(request.POST)
    if not form.is_valid():
        return HttpResponseRedirect(reverse("plan_version", args=[found.key]))

    def start() -> str:
        key = services.draft_from_version(by=request.actor, version=found, reason=form.cleaned_data["reason"])
        messages.success(request, _("The draft is made. Change what is to be different."))
        return reverse("plan_version", args=[key])

    return once(request, start)


def plan_part(request: Any, version: UUID, part: str) -> HttpResponse:
    found, plan = _draft(request, version)
    here = part_of(part, plan)
    place = _place(found, here)
    draft = draft_of(request.actor, place) if request.method == "GET" else {}
    form = here.form(request.POST or None, plan=plan, which=here.which, initial=_initial(plan, here))
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _changed(request, found, here, form))
    label = _("New part") if here.is_new else part_words((here.kind, here.which), plan, words().language)
    context = {
        "heading": _("Change: %(part)s") % {"part": label},
        "crumbs": presenters.version_crumbs(found, label),
        "restored": form.take_back(draft),
        "form": form,
        "back": f"{reverse('plan_version', args=[found.key])}#{part}",
        "place": place if here.form.long_text else "",
    }
    return TemplateResponse(request, "plan/part.html", context)


def _place(version: VersionRow, part: Part) -> str:
    return place_of(f"plan_{part.kind}", version.key)


def _initial(plan: Plan, part: Part) -> dict[str, str]:
    return {"seen": "" if part.is_new else part_seen(plan, (part.kind, part.which))}


def _changed(request: Any, version: VersionRow, part: Part, form: PartForm) -> str:
    plan = form.changed()
    which = (part.kind, part.which)
    change = PartChanged(part=which, seen=form.cleaned_data["seen"], plan=plan)
    services.change_draft(by=request.actor, version=version, change=change, language=words().language)
    drop_draft(by=request.actor, place=_place(version, part))
    messages.success(request, _("The part is saved in the draft."))
    return f"{reverse('plan_version', args=[version.key])}#{presenters.place_of(which)}"


def plan_part_remove(request: Any, version: UUID, part: str) -> HttpResponse:
    found, plan = _draft(request, version)
    here = part_of(part, plan)
    which = (here.kind, here.which)
    change = PartChanged(part=which, seen=part_seen(plan, which), plan=without(here, plan))
    services.change_draft(by=request.actor, version=found, change=change, language=words().language)
    messages.success(request, _("The part is taken out of the draft."))
    return HttpResponseRedirect(reverse("plan_version", args=[found.key]))


def plan_comment(request: Any, version: UUID) -> HttpResponse:
    found = find_version(request.actor, version)
    places = [
        ("", ""),
        *((link.place, link.label) for link in presenters.part_links(found, plan_in(request.actor, found))),
    ]
    form = CommentForm(request.POST, places=places)
    if not form.is_valid():
        messages.error(request, _("The comment was empty, so nothing was saved."))
        return HttpResponseRedirect(reverse("plan_version", args=[found.key]))

    def save() -> str:
        services.comment(
            by=request.actor, version=found, place=form.cleaned_data["place"], text=form.cleaned_data["text"]
        )
        messages.success(request, _("The comment is saved."))
        return f"{reverse('plan_version', args=[found.key])}#comments"

    return once(request, save)


def plan_comment_settle(request: Any, version: UUID, comment: UUID) -> HttpResponse:
    found = find_version(request.actor, version)
    services.settle_comment(by=request.actor, version=found, key=comment)
    messages.success(request, _("The comment is settled."))
    return HttpResponseRedirect(f"{reverse('plan_version', args=[found.key])}#comments")


def plan_approve(request: Any, version: UUID) -> HttpResponse:
    """What becomes different is shown beside the decision."""
    actor = request.actor
    found, plan = _draft(request, version)
    schools = affected(actor, plan, today())
    asks = any(each.fits for each in schools)
    form = ApprovalForm(request.POST or None, asks_of_schools=asks, initial={"seen": found.version})
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _approved(request, found, form))
    context = {"form": form, **_to_decide(actor, found, plan, schools)}
    return TemplateResponse(request, "plan/approve.html", context)


def _to_decide(actor: Actor, draft: VersionRow, plan: Plan, schools: Sequence[Affected]) -> dict[str, Any]:
    """What whoever approves reads first."""
    in_force = find_version(actor, version_in_force(actor, today()).key)
    of_today = plan_in(actor, in_force)
    return {
        "heading": _("Approve version %(number)s?") % {"number": draft.number},
        "crumbs": presenters.version_crumbs(draft, _("Approve")),
        "lede": " ".join(part for part in (presenters.lede(draft), draft.reason) if part),
        "own": draft.author_pk == actor.user_id,
        "unsettled": sum(not each.settled for each in comments_of(actor, draft)),
        "version": draft,
        "older": presenters.title(in_force),
        "newer": presenters.title(draft),
        "parts": differences(of_today, plan, words().language),
        "schools": presenters.schools_affected(schools, of_today),
    }


def _approved(request: Any, version: VersionRow, form: ApprovalForm) -> str:
    services.approve(by=request.actor, version=version, seen=form.cleaned_data["seen"], approval=form.approval)
    messages.success(request, _("The version is approved. Running cases keep the version they follow."))
    return reverse("plan_version", args=[version.key])


def plan_withdraw(request: Any, version: UUID) -> HttpResponse:
    services.withdraw_draft(by=request.actor, version=find_version(request.actor, version))
    messages.success(request, _("The draft is withdrawn."))
    return HttpResponseRedirect(reverse("plan_versions"))


def _draft(request: Any, key: UUID) -> tuple[VersionRow, Plan]:
    """Raises Refused for what is no draft any more."""
    found = find_version(request.actor, key)
    if not found.is_draft:
        raise Refused(services.NOT_A_DRAFT)
    return found, plan_in(request.actor, found)
