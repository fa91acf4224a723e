"""The plan as people read it: the whole, on one page, as a map, in plain language, and two versions side by side."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.plan import presenters
from narvaro.contexts.plan.forms import CommentForm, StartForm
from narvaro.contexts.plan.process_map import process_map
from narvaro.contexts.plan.queries import deviations_of, plan_in_force, presets, version_in_force
from narvaro.contexts.plan.versions import VersionRow, comments_of, find_version, plan_in, versions
from narvaro.core.clock import today
from narvaro.domain.plan import Plan
from narvaro.plans.diff_words import differences
from narvaro.plans.telling import plan_told
from narvaro.ui.formats import words
from narvaro.ui.pdf import missing, pdf_of


def plan(request: Any) -> HttpResponse:
    """The document for staff; for guardians and pupils the same plan in plain words."""
    if not presenters.may(request.actor, "plan.read"):
        return plan_plain(request)
    return plan_version(request, version_in_force(request.actor, today()).key)


def plan_plain(request: Any) -> HttpResponse:
    told = plan_told(plan_in_force(request.actor, today()), words().language)
    staff = presenters.may(request.actor, "plan.read")
    crumbs = presenters.crumbs(_("For guardians")) if staff else ()
    return TemplateResponse(request, "plan/plain.html", {"plan": told, "crumbs": crumbs})


def plan_version(request: Any, version: UUID) -> HttpResponse:
    actor, found = request.actor, find_version(request.actor, version)
    read = plan_in(actor, found)
    may_edit = found.is_draft and presenters.may(actor, "plan.edit")
    links = presenters.part_links(found, read) if found.is_draft else []
    places = [("", _("The whole plan")), *((each.place, each.label) for each in links)]
    context = {
        **_about(found, read, "plan_version"),
        "links": links if may_edit else (),
        "adding": _adding(found) if may_edit else (),
        "deviations": [presenters.deviation_entry(each, read) for each in deviations_of(actor, found.pk)],
        "comments": presenters.comments_shown(comments_of(actor, found), found, read) if found.is_draft else (),
        "comment_form": CommentForm(places=places) if found.is_draft else None,
        "may_comment": presenters.may(actor, "plan.comment"),
        "may_start": presenters.may(actor, "plan.edit"),
        "start_form": StartForm(),
        "may_approve": presenters.may(actor, "plan.approve") and found.author_pk != actor.user_id,
        "may_deviate": found.is_in_force and presenters.may(actor, "plan.deviate"),
        "waits_for_another": found.author_pk == actor.user_id,
        "may_edit": may_edit,
    }
    return TemplateResponse(request, "plan/version.html", context)


def plan_pdf(request: Any, version: UUID) -> HttpResponse:
    """Raises Refused where the server cannot make one; the page then has no link here."""
    found, language = find_version(request.actor, version), words().language
    told = plan_told(plan_in(request.actor, found), language)
    page = render_to_string("plan/pdf.html", {"plan": told, "lede": presenters.in_full(found), "language": language})
    answer = HttpResponse(pdf_of(page), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="narvaroplan-{found.number}.pdf"'
    return answer


def plan_staircase(request: Any, version: UUID) -> HttpResponse:
    found = find_version(request.actor, version)
    context = _about(found, plan_in(request.actor, found), "plan_staircase")
    return TemplateResponse(request, "plan/staircase.html", context)


def plan_map(request: Any, version: UUID) -> HttpResponse:
    found = find_version(request.actor, version)
    read = plan_in(request.actor, found)
    drawn = process_map(read, document=reverse("plan_version", args=[found.key]), words=words())
    return TemplateResponse(request, "plan/map.html", {**_about(found, read, "plan_map"), "map": drawn})


def plan_versions(request: Any) -> HttpResponse:
    rows = versions(request.actor)
    in_force = next((row for row in rows if row.is_in_force), None)
    context = {
        "heading": presenters.versions_heading(rows),
        "crumbs": presenters.crumbs(_("Versions")),
        "columns": presenters.version_columns(),
        "rows": [presenters.version_shown(row, in_force, today()) for row in rows],
        "presets": [presenters.preset_shown(name, each) for name, each in presets().items()],
        "may_edit": presenters.may(request.actor, "plan.edit"),
        "may_try": presenters.may(request.actor, "plan.try"),
    }
    return TemplateResponse(request, "plan/versions.html", context)


def plan_compare(request: Any, version: UUID) -> HttpResponse:
    actor, newer = request.actor, find_version(request.actor, version)
    others = [row for row in versions(actor) if row.key != newer.key]
    older = next((row for row in others if str(row.key) == request.GET.get("with")), None)
    older = older or next((row for row in others if row.is_in_force), None) or newer
    found = differences(plan_in(actor, older), plan_in(actor, newer), words().language)
    context = {
        "newer": presenters.title(newer),
        "older": presenters.title(older),
        "options": [(str(row.key), presenters.title(row)) for row in others],
        "chosen": str(older.key),
        "parts": found,
        "crumbs": presenters.version_crumbs(newer, _("Compare")),
    }
    return TemplateResponse(request, "plan/compare.html", context)


def _about(version: VersionRow, plan: Plan, here: str) -> dict[str, Any]:
    return {
        "version": version,
        "plan": plan_told(plan, words().language),
        "heading": presenters.heading(version, plan),
        "sub": presenters.title(version),
        "lede": presenters.lede(version),
        "tags": presenters.tags(version, today()),
        "tabs": presenters.tabs(version, here),
        "pdf_lacks": ", ".join(missing()),
        "crumbs": () if version.is_in_force else presenters.crumbs(presenters.title(version)),
    }


def _adding(version: VersionRow) -> list[tuple[str, str]]:
    new = (("new-step", _("Add a step")), ("new-rule", _("Add a rule")), ("new-case_rule", _("Add what people judge")))
    return [(label, reverse("plan_part", args=[version.key, slug])) for slug, label in new]
