"""The duties of those one answers for, the organiser's counts, and the law table."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from narvaro.contexts.duties import presenters
from narvaro.contexts.duties.law_words import law as law_rows
from narvaro.contexts.duties.listing import by_rule, chosen, homes_waiting, overview, rows_for
from narvaro.contexts.duties.permissions import OVERVIEW
from narvaro.contexts.duties.queries import reported
from narvaro.contexts.duties.received import waiting_received
from narvaro.contexts.duties.told import counted
from narvaro.core.clock import today
from narvaro.plans.law import law_table

PAGE = 50


def duties(request: Any) -> HttpResponse:
    actor, choice = request.actor, presenters.choice_of(request.GET)
    rows = rows_for(actor)
    page = Paginator(chosen(rows, choice), PAGE).get_page(request.GET.get("page"))
    request.audit.saw("register.Pupil", [each.card.pk for each in page], page=page.number, searched=bool(choice.text))
    total = counted("", (each.duty.state for each in rows))
    context = {
        "heading": presenters.heading(total),
        "figures": presenters.figures(total, listed=True),
        "tabs": presenters.tabs(actor, "duties"),
        "columns": presenters.columns(),
        "count_columns": presenters.count_columns(_("Duty")),
        "choice": choice,
        "states": presenters.states(),
        "rules": presenters.rules(rows),
        "page": page,
        "counts": by_rule(rows),
        "empty": not rows,
        "homes": homes_waiting(actor),
    }
    return TemplateResponse(request, "duties/duties.html", context)


def overview_page(request: Any) -> HttpResponse:
    actor = request.actor
    asked = request.GET.get("unit", "")
    unit = int(asked) if asked.isdigit() and len(asked) < 10 else None
    found = overview(actor, unit)
    notices = reported(actor, OVERVIEW, unit)
    request.audit.saw("register.Pupil", [each.pupil for each in notices])
    context = {
        "heading": presenters.heading(found.total),
        "figures": presenters.figures(found.total, listed=False),
        "tabs": presenters.tabs(actor, "duties_overview"),
        "found": found,
        "unit": unit,
        "school": next((each.label for pk, _n, each in found.schools if pk == unit), ""),
        "school_columns": presenters.school_columns(),
        "count_columns": presenters.count_columns(_("Duty")),
        "notice_columns": presenters.notice_columns(),
        "notices": presenters.reported_rows(notices),
        "received": len(waiting_received(actor)),
    }
    return TemplateResponse(request, "duties/overview.html", context)


def law(request: Any) -> HttpResponse:
    table = law_table()
    context = {"table": table, "rules": law_rows(table, today()), "tabs": presenters.tabs(request.actor, "duties_law")}
    return TemplateResponse(request, "duties/law.html", context)
