"""The national format: counts by school on the page, a file on purpose."""

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse

from narvaro.contexts.attendance import presenters
from narvaro.contexts.attendance.forms import NationalForm, NationalIdentityForm
from narvaro.contexts.attendance.national import (
    READ,
    WITH_IDENTITY,
    National,
    by_school,
    national_term,
    terms_known,
    with_identity,
)
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.ui.national_table import file_name, national_csv


def national(request: Any) -> HttpResponse:
    terms = terms_known(request.actor)
    return _page(request, terms, presenters.chosen_term(request.GET.get("term", ""), terms))


def national_file(request: Any) -> Any:
    terms = terms_known(request.actor)
    form = NationalForm(request.POST, terms=terms)
    if not form.is_valid():
        return _page(request, terms, terms[0] if terms else None, status=400)
    found = _told(request, national_term(request.actor, READ, form.cleaned_data["term"]))
    return _file(national_csv(found.rows, with_identity=False), file_name(found.term, with_identity=False))


def national_identity(request: Any) -> Any:
    terms = terms_known(request.actor)
    form = NationalIdentityForm(request.POST, terms=terms)
    if not form.is_valid():
        term = presenters.chosen_term(str(form["term"].value() or ""), terms)
        return _page(request, terms, term, form=form, status=400)
    found = _told(request, national_term(request.actor, WITH_IDENTITY, form.cleaned_data["term"]))
    rows = with_identity(request.actor, found)
    return _file(national_csv(rows, with_identity=True), file_name(found.term, with_identity=True))


def _told(request: Any, found: National) -> National:
    request.audit.saw("register.Pupil", found.pupils, term=found.term, rows=len(found.rows))
    return found


def _page(
    request: Any,
    terms: tuple[int, ...],
    term: int | None,
    *,
    form: NationalIdentityForm | None = None,
    status: int = 200,
) -> HttpResponse:
    actor: Actor = request.actor
    schools = by_school(actor, national_term(actor, READ, term).rows) if term is not None else ()
    request.audit.saw("register.Unit", [], term=term or 0, schools=len(schools))
    may_identify = term is not None and access().decide(actor, WITH_IDENTITY).allowed
    context = {
        "heading": presenters.national_heading(schools, term),
        "crumbs": presenters.national_crumbs(),
        "columns": presenters.national_columns(),
        "schools": schools,
        "terms": presenters.term_options(terms),
        "term": term,
        "identity": (form or NationalIdentityForm(terms=terms, initial={"term": term})) if may_identify else None,
    }
    return TemplateResponse(request, "attendance/national.html", context, status=status)


def _file(parts: Any, name: str) -> StreamingHttpResponse:
    """All that is personal was read before; what is left is writing it."""
    response = StreamingHttpResponse((part.encode() for part in parts), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
