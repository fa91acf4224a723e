"""The settings in words: headings with their number, columns, options, crumbs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from narvaro.contexts.register.forms import FORM_WORDS, StaffFilter
from narvaro.contexts.register.protected import Protected
from narvaro.contexts.register.staff import Colleague
from narvaro.contexts.register.units import UnitRow
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.mail_trouble import trouble
from narvaro.domain.school_calendar import SCHOOL_DAYS_REQUIRED, DateRange, SchoolCalendar
from narvaro.ui.formats import moment_text
from narvaro.ui.parts import Column, Link

YEARS_AHEAD = 1
Calendars = Mapping[tuple[int | None, int], SchoolCalendar]


@dataclass(frozen=True, slots=True)
class Card:
    label: str
    about: str
    url: str


@dataclass(frozen=True, slots=True)
class StaffChoice:
    text: str
    role: str
    unit: str
    page: str


@dataclass(frozen=True, slots=True)
class UnitShown:
    name: str
    code: str
    area: str
    forms: str
    grades: str
    pupils: int
    url: str


@dataclass(frozen=True, slots=True)
class CalendarRow:
    year: int
    label: str
    days: int | None
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class CalendarShown:
    terms: tuple[DateRange, ...]
    breaks: tuple[DateRange, ...]
    staff_days: tuple[date, ...]
    extra_days: tuple[date, ...]


def may(actor: Actor, route: str, method: str = "GET") -> bool:
    action = access().action_of(route, method)
    return action is not None and access().decide(actor, action).allowed


def cards(actor: Actor) -> list[Card]:
    every = (
        ("intake", _("Import"), _("Files with lessons, pupils and school units, and their history.")),
        ("sources", _("Sources"), _("School systems that are read by themselves, and how it goes.")),
        ("settings_units", _("School units"), _("Names, areas, school forms and grades.")),
        ("settings_staff", _("Staff and roles"), _("Who works where, in which role, and since when.")),
        ("settings_calendar", _("School calendar"), _("School days, breaks and days for staff only.")),
        ("national", _("National format"), _("Hours of each pupil and term, to hand in.")),
        ("settings_protected", _("Protected identity"), _("Who may see a pupil who must not be found.")),
    )
    return [Card(label, about, reverse(route)) for route, label, about in every if may(actor, route)]


def mail_trouble(actor: Actor) -> str:
    """Since when no mail goes out and when it is tried again; empty where it does, or it is not the actor's to mend."""
    found = trouble(actor) if may(actor, "settings_account_close", "POST") else None  # who runs the accounts
    if found is None:
        return ""
    text = ngettext(
        "No mail has gone out since %(since)s, after %(count)s try. It is tried again %(next)s.",
        "No mail has gone out since %(since)s, after %(count)s tries. It is tried again %(next)s.",
        found.tries,
    )
    moments = {"since": moment_text(found.since), "next": moment_text(found.next_try_at)}
    return text % {"count": found.tries, **moments}


def crumbs(here: str, *above: tuple[str, str]) -> list[Link]:
    links = [Link(label, reverse(route)) for label, route in ((_("Settings"), "settings"), *above)]
    return [*links, Link(here, "")]


def units_heading(rows: Sequence[UnitRow]) -> str:
    pupils = sum(row.pupils for row in rows)
    text = ngettext(
        "%(units)s school unit with %(pupils)s pupils", "%(units)s school units with %(pupils)s pupils", len(rows)
    )
    return text % {"units": len(rows), "pupils": pupils}


def unit_heading(row: UnitRow) -> str:
    text = ngettext("%(name)s has %(count)s pupil", "%(name)s has %(count)s pupils", row.pupils)
    return text % {"name": row.name, "count": row.pupils}


def unit_shown(row: UnitRow) -> UnitShown:
    forms = ", ".join(str(FORM_WORDS.get(each, each)) for each in row.forms)
    url = reverse("settings_unit", args=[row.key])
    return UnitShown(row.name, row.code, row.area, forms, row.grades, row.pupils, url)


def unit_columns() -> list[Column]:
    return [
        Column(_("School unit")),
        Column(_("Area")),
        Column(_("School forms")),
        Column(_("Grades")),
        Column(_("Pupils"), numeric=True),
    ]


def staff_choice(form: StaffFilter) -> StaffChoice:
    """What is not understood is no choice."""
    form.is_valid()
    given = form.cleaned_data
    return StaffChoice(given.get("q", ""), given.get("role", ""), given.get("unit", ""), given.get("page") or "1")


def staff_heading(count: int, choice: StaffChoice) -> str:
    if choice.text or choice.role or choice.unit:
        return ngettext("%(count)s person fits", "%(count)s people fit", count) % {"count": count}
    text = ngettext("%(count)s person has an assignment", "%(count)s people have assignments", count)
    return text % {"count": count}


def staff_columns() -> list[Column]:
    return [Column(_("Name")), Column(_("Role and workplace")), Column(_("E-mail"))]


def assignment_columns() -> list[Column]:
    return [
        Column(_("Role")),
        Column(_("Workplace")),
        Column(_("First day")),
        Column(_("Last day")),
        Column(_("Given by")),
        Column(_("End"), hidden=True),
    ]


def role_options(roles: Sequence[str]) -> list[tuple[str, str]]:
    language = get_language() or "sv"
    return [(role, access().roles[role].say(language)) for role in roles]


def any_or(options: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", _("All")), *options]


def person_heading(person: Colleague) -> str:
    count = len(person.current)
    text = ngettext("%(name)s has %(count)s assignment", "%(name)s has %(count)s assignments", count)
    return text % {"name": person.name, "count": count}


def year_words(year: int) -> str:
    return f"{year}/{(year + 1) % 100:02d}"


def calendar_rows(years: Calendars, this_year: int) -> list[CalendarRow]:
    known = {year for unit, year in years if unit is None} | {this_year, this_year + YEARS_AHEAD}
    return [_calendar_row(year, years.get((None, year))) for year in sorted(known, reverse=True)]


def _calendar_row(year: int, calendar: SchoolCalendar | None) -> CalendarRow:
    days = len(calendar.school_days()) if calendar else None
    url = reverse("settings_calendar_year", args=[year])
    return CalendarRow(year, year_words(year), days, days_words(calendar), url)


def days_words(calendar: SchoolCalendar | None) -> str:
    """How the year stands to the law: at least 178 school days."""
    if calendar is None:
        return _("Not decided yet.")
    missing = SCHOOL_DAYS_REQUIRED - len(calendar.school_days())
    if missing > 0:
        text = ngettext(
            "%(missing)s school day short of the %(required)s that are required.",
            "%(missing)s school days short of the %(required)s that are required.",
            missing,
        )
        return text % {"missing": missing, "required": SCHOOL_DAYS_REQUIRED}
    return _("At least the %(required)s school days that are required.") % {"required": SCHOOL_DAYS_REQUIRED}


def calendar_columns() -> list[Column]:
    return [Column(_("School year")), Column(_("School days"), numeric=True), Column(_("About the year"))]


def break_columns() -> list[Column]:
    return [Column(_("Break")), Column(_("First day")), Column(_("Last day"))]


def calendars_heading(rows: Sequence[CalendarRow], this_year: int) -> str:
    row = next(row for row in rows if row.year == this_year)
    if row.days is None:
        return _("The school year %(year)s is not decided yet") % {"year": row.label}
    return _("The school year %(year)s has %(days)s school days") % {"year": row.label, "days": row.days}


def deviating(found: Any, years: Calendars) -> list[tuple[str, str, list[Link]]]:
    """Each unit: key, name, and the years in which it differs."""
    return [
        (
            str(unit.key),
            unit.name,
            [
                Link(year_words(year), reverse("settings_calendar_unit", args=[year, unit.key]))
                for pk, year in sorted(years, key=lambda each: each[1])
                if pk == unit.pk
            ],
        )
        for unit in found
    ]


def calendar_heading(calendar: SchoolCalendar | None, year: int, unit: UnitRow | None) -> str:
    if calendar is None:
        return _("The school year %(year)s is not decided yet") % {"year": year_words(year)}
    values = {"year": year_words(year), "days": len(calendar.school_days())}
    if unit is not None:
        return _("%(unit)s has %(days)s school days in %(year)s") % {**values, "unit": unit.name}
    return _("The school year %(year)s has %(days)s school days") % values


def calendar_lede(calendar: SchoolCalendar | None) -> str:
    return days_words(calendar) if calendar else ""


def saved_calendar(calendar: SchoolCalendar) -> str:
    days = len(calendar.school_days())
    saved = ngettext("Saved: %(days)s school day.", "Saved: %(days)s school days.", days) % {"days": days}
    return f"{saved} {days_words(calendar)}"


def calendar_initial(calendar: SchoolCalendar | None) -> dict[str, Any]:
    if calendar is None:
        return {}
    return {
        "autumn_first": calendar.autumn.first,
        "autumn_last": calendar.autumn.last,
        "spring_first": calendar.spring.first,
        "spring_last": calendar.spring.last,
        "staff_days": calendar.staff_days,
        "extra_days": calendar.extra_days,
    }


def break_initial(calendar: SchoolCalendar | None) -> list[dict[str, Any]]:
    breaks = calendar.breaks if calendar else ()
    return [{"name": each.name, "first": each.first, "last": each.last} for each in breaks]


def calendar_shown(calendar: SchoolCalendar | None) -> CalendarShown | None:
    if calendar is None:
        return None
    return CalendarShown(calendar.terms, calendar.breaks, calendar.staff_days, calendar.extra_days)


def protected_heading(count: int) -> str:
    text = ngettext(
        "You are on the list of %(count)s pupil with protected identity",
        "You are on the list of %(count)s pupils with protected identity",
        count,
    )
    return text % {"count": count}


def protected_columns() -> list[Column]:
    return [Column(_("Pupil")), Column(_("Class")), Column(_("Can see the pupil"))]


def listed_heading(found: Protected) -> str:
    count = len(found.listed)
    text = ngettext("%(count)s person can see %(name)s", "%(count)s people can see %(name)s", count)
    return text % {"count": count, "name": found.card.name}


def listed_columns() -> list[Column]:
    return [Column(_("Name")), Column(_("Since")), Column(_("Until")), Column(_("End"), hidden=True)]
