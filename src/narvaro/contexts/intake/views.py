"""Pages of imports. They show headings, counts and masked samples, never a row; so reading them is no personal act."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.attendance.api import latest_day
from narvaro.contexts.intake import forms, presenters, queries, services
from narvaro.contexts.intake.describing import mapping_text
from narvaro.contexts.intake.exporting import rejected_csv as csv_of
from narvaro.contexts.intake.models import ImportRun
from narvaro.contexts.intake.permissions import find_run, mapping_to_change, run_to_change
from narvaro.contexts.intake.preview import Preview, answers_of, preview_of
from narvaro.contexts.intake.reading import without_headings
from narvaro.contexts.register.api import unit_names
from narvaro.core.access import access
from narvaro.core.middleware.uploads import too_large
from narvaro.facts.errors import ImportRefused

MOST_FILES = 20


def overview(request: Any) -> HttpResponse:
    return _send(request) if request.method == "POST" else _overview(request)


def run(request: Any, key: UUID) -> HttpResponse:
    page = queries.run_page(request.actor, key)
    asked = _question(request, page.preview) if page.run.state == ImportRun.State.ASKING else None
    return TemplateResponse(request, "intake/run.html", _shown(page, form=asked))


def progress(request: Any, key: UUID) -> HttpResponse:
    """The polled part of the page; when the work is over the whole page is asked for anew."""
    found = queries.run_page(request.actor, key)
    shown = presenters.progress_of(found.run)
    if shown is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return TemplateResponse(request, "intake/_progress.html", {"progress": shown})


def answer(request: Any, key: UUID) -> HttpResponse:
    found = _to_change(request, key)
    form = _question(request, preview_of(found.preview), request.POST)
    if form is None or not form.is_valid():
        page = _shown(queries.run_page(request.actor, key), form=form)
        return TemplateResponse(request, "intake/run.html", page, status=400)
    services.answer(by=request.actor, run=found, **{name: str(value) for name, value in form.cleaned_data.items()})
    return _to_run(key)


def columns(request: Any, key: UUID) -> HttpResponse:
    found = _to_change(request, key) if request.method == "POST" else find_run(request.actor, key)
    preview, answers = preview_of(found.preview), answers_of(found.answers)
    units = unit_names(request.actor.authority_id)
    form = forms.MappingForm(
        request.POST or None, preview=preview, units=units, initial={"name": answers.mapping_name or _name(found)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            text = mapping_text(form, preview, answers)
            services.describe(by=request.actor, run=found, name=form.cleaned_data["name"], text=text)
            return _to_run(key)
        except ImportRefused as error:
            form.add_error(None, presenters.said(error.message))
    page = _shown(queries.run_page(request.actor, key), form=form)
    return TemplateResponse(request, "intake/columns.html", page, status=400 if request.method == "POST" else 200)


def commit(request: Any, key: UUID) -> HttpResponse:
    services.commit(by=request.actor, run=_to_change(request, key), confirmed="confirmed" in request.POST)
    return _to_run(key)


def look_again(request: Any, key: UUID) -> HttpResponse:
    services.answer(by=request.actor, run=_to_change(request, key), whole="whole" in request.POST)
    return _to_run(key)


def discard(request: Any, key: UUID) -> HttpResponse:
    found = _to_change(request, key)
    services.discard(by=request.actor, run=found)
    messages.success(request, _("The file was thrown away. Nothing was stored."))
    return HttpResponseRedirect(reverse("intake"))


def undo(request: Any, key: UUID) -> HttpResponse:
    if request.method == "POST":
        services.undo(by=request.actor, run=_to_change(request, key))
        return _to_run(key)
    return TemplateResponse(request, "intake/undo.html", _shown(queries.run_page(request.actor, key)))


def rejected(request: Any, key: UUID) -> HttpResponse:
    found = queries.run_page(request.actor, key)
    rows = queries.rejected_lines(found, request.GET.get("page", 1))
    shown = tuple(presenters.reject_line(row, found.run.grain) for row in rows.object_list)
    return TemplateResponse(request, "intake/rejected.html", _shown(found, pages=rows, rows=shown))


def rejected_csv(request: Any, key: UUID) -> StreamingHttpResponse:
    found = queries.run_page(request.actor, key)
    response = StreamingHttpResponse(csv_of(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rejected-{found.run.key}.csv"'
    return response


def forget(request: Any, mapping: UUID) -> HttpResponse:
    found = mapping_to_change(request.actor, mapping)
    request.audit.saw("intake.SavedMapping", [found.pk])
    services.forget_mapping(by=request.actor, mapping=found)
    return HttpResponseRedirect(reverse("intake"))


def _send(request: Any) -> HttpResponse:
    request.audit.saw("intake.ImportRun", [])
    files = request.FILES.getlist("files")
    if getattr(request, "upload_too_large", False):
        raise too_large(settings.UPLOAD_LARGEST)
    if problems := _problems(request, files):
        return _overview(request, problems=problems, status=400)
    runs = services.send(by=request.actor, files=files)
    request.audit.saw("intake.ImportRun", [each.pk for each in runs], files=len(runs))
    return _to_run(runs[0].key) if len(runs) == 1 else HttpResponseRedirect(reverse("intake"))


def _problems(request: Any, files: list[Any]) -> list[str]:
    """``whole`` is the form's last field: without it the files may be cut off, as the connection was."""
    if "whole" not in request.POST and files:
        return [_("The upload was cut off on its way. Send the file again.")]
    if not files:
        return [_("No file was chosen.")]
    if len(files) > MOST_FILES:
        return [_("At most %(most)s files can be sent at once.") % {"most": MOST_FILES}]
    return [presenters.said(file.refusal) for file in files if file.refusal]


def _overview(request: Any, *, problems: list[str] | None = None, status: int = 200) -> HttpResponse:
    actor = request.actor
    history = queries.history(actor, request.GET.get("page", 1))
    waiting = presenters.lines(queries.open_runs(actor))
    context = {
        "crumbs": presenters.crumbs(here=True),
        "waiting": waiting,
        "heading": presenters.overview_heading(waiting, queries.last_read(actor), latest_day(actor)),
        "columns": presenters.history_columns(),
        "may_send": access().decide(actor, "intake.write").allowed,
        "history": presenters.lines(history.object_list),
        "pages": history,
        "saved": queries.saved_mappings(actor),
        "problems": problems or [],
        "limit": settings.UPLOAD_LARGEST >> 20,
    }
    return TemplateResponse(request, "intake/overview.html", context, status=status)


def _shown(page: queries.RunPage, **more: Any) -> dict[str, Any]:
    return {"page": presenters.run_view(page), **presenters.run_columns(), **more}


def _question(request: Any, preview: Preview, data: Any = None) -> Any:
    """The form that answers what is asked; None when the columns must be described on a page of their own."""
    if preview.asks == "unit":
        return forms.UnitForm(data, units=unit_names(request.actor.authority_id))
    if preview.asks == "columns" and preview.header_line is None:
        return forms.PresetForm(data, presets=without_headings())
    kinds: dict[str, Any] = {
        "encoding": forms.EncodingForm,
        "delimiter": forms.DelimiterForm,
        "period": forms.PeriodForm,
        "lesson_minutes": forms.LessonMinutesForm,
    }
    return kinds[preview.asks](data) if preview.asks in kinds else None


def _to_change(request: Any, key: UUID) -> ImportRun:
    found = run_to_change(request.actor, key)
    request.audit.saw("intake.ImportRun", [found.pk])
    return found


def _to_run(key: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("intake_run", args=[key]))


def _name(found: ImportRun) -> str:
    return found.file_name.rpartition(".")[0][:80] or found.file_name[:80]
