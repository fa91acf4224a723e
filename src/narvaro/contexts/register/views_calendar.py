"""Settings: school years, the authority's and those of units that differ."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.register import calendars, presenters, units
from narvaro.contexts.register.forms import BreakForms, CalendarForm, Confirmation
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.forms import once
from narvaro.domain.school_calendar import SchoolCalendar, school_year_of

YEARS = range(2000, 2100)


def settings_calendar(request: Any) -> HttpResponse:
    years = calendars.school_years(request.actor)
    rows = presenters.calendar_rows(years, school_year_of(today()))
    schools = presenters.deviating(units.units_within_reach(request.actor, "calendar.read"), years)
    context = {
        "heading": presenters.calendars_heading(rows, school_year_of(today())),
        "crumbs": presenters.crumbs(_("School calendar")),
        "columns": presenters.calendar_columns(),
        "rows": rows,
        "differing": [each for each in schools if each[2]],
        "following": [each for each in schools if not each[2]],
        "year": school_year_of(today()),
        "may_deviate": presenters.may(request.actor, "settings_calendar_unit"),
    }
    return TemplateResponse(request, "register/calendars.html", context)


def settings_calendar_year(request: Any, year: int) -> HttpResponse:
    _known(year)
    calendar = calendars.school_calendar(request.actor, None, year)
    may_decide = presenters.may(request.actor, "settings_calendar_year", "POST")
    return _year(request, year, calendar, unit=None, may_save=may_decide)


def settings_calendar_unit(request: Any, year: int, unit: UUID) -> HttpResponse:
    _known(year)
    row = units.find_unit(request.actor, unit, "calendar.deviate")
    calendar = calendars.school_calendar(request.actor, row.pk, year)
    return _year(request, year, calendar, unit=row, may_save=True)


def settings_calendar_drop(request: Any, year: int, unit: UUID) -> HttpResponse:
    row = units.find_unit(request.actor, unit, "calendar.deviate")

    def drop() -> str:
        calendars.drop_unit_year(by=request.actor, unit=row.pk, school_year=year)
        messages.success(request, _("The school follows the common calendar again."))
        return reverse("settings_calendar")

    request.audit.saw("register.SchoolYear", [])
    return once(request, drop)


def _year(
    request: Any, year: int, calendar: SchoolCalendar | None, *, unit: units.UnitRow | None, may_save: bool
) -> HttpResponse:
    form = CalendarForm(request.POST or None, school_year=year, initial=_initial(request.actor, calendar, unit, year))
    # What is sent is whole: a row that equals the calendar in force must not be taken for an empty one.
    filled: dict[str, Any] = {"data": request.POST} if request.POST else {"initial": presenters.break_initial(calendar)}
    breaks = BreakForms(**filled, prefix="breaks", form_kwargs={"school_year": year})
    if request.method == "POST" and form.is_valid() and breaks.is_valid():

        def save() -> str:
            wanted = form.calendar(tuple(each.range for each in breaks if each.range))
            seen = form.cleaned_data["seen"]
            calendars.save_school_year(by=request.actor, calendar=wanted, unit=unit.pk if unit else None, seen=seen)
            messages.success(request, presenters.saved_calendar(wanted))
            return reverse("settings_calendar")

        return once(request, save)
    context = {
        "heading": presenters.calendar_heading(calendar, year, unit),
        "lede": presenters.calendar_lede(calendar),
        "crumbs": presenters.crumbs(presenters.year_words(year), (_("School calendar"), "settings_calendar")),
        "form": form,
        "breaks": breaks,
        "break_columns": presenters.break_columns(),
        "may_save": may_save,
        "unit": unit,
        "drop": Confirmation(auto_id="drop_%s") if unit else None,
        "year": year,
        "calendar": presenters.calendar_shown(calendar),
    }
    return TemplateResponse(request, "register/calendar.html", context)


def _initial(actor: Actor, calendar: SchoolCalendar | None, unit: units.UnitRow | None, year: int) -> dict[str, Any]:
    seen = calendars.seen_version(actor, unit.pk if unit else None, year)
    return {**presenters.calendar_initial(calendar), "seen": seen}


def _known(year: int) -> None:
    if year not in YEARS:
        raise Http404
