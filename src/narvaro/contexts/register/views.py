"""Settings: units, staff and roles."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.register import presenters, staff, units
from narvaro.contexts.register.forms import Confirmation, InvitationForm, SecondFactorForm, StaffFilter, UnitForm
from narvaro.core import own_account
from narvaro.core.forms import once

PAGE = 50


def settings(request: Any) -> HttpResponse:
    context = {"cards": presenters.cards(request.actor), "mail": presenters.mail_trouble(request.actor)}
    return TemplateResponse(request, "register/settings.html", context)


def settings_units(request: Any) -> HttpResponse:
    rows = units.unit_rows(request.actor)
    context = {
        "heading": presenters.units_heading(rows),
        "columns": presenters.unit_columns(),
        "rows": [presenters.unit_shown(row) for row in rows],
        "crumbs": presenters.crumbs(_("School units")),
        "may_edit": presenters.may(request.actor, "settings_unit"),
    }
    return TemplateResponse(request, "register/units.html", context)


def settings_unit(request: Any, unit: UUID) -> HttpResponse:
    row = units.find_unit(request.actor, unit, "unit.edit")
    form = UnitForm(request.POST or None, initial=UnitForm.shown(row))
    if request.method == "POST" and form.is_valid():

        def save() -> str:
            units.edit_unit(by=request.actor, unit=row, edit=form.edit)
            messages.success(request, _("The school unit is saved."))
            return reverse("settings_units")

        return once(request, save)
    crumbs = presenters.crumbs(row.name, (_("School units"), "settings_units"))
    context = {"heading": presenters.unit_heading(row), "crumbs": crumbs, "form": form, "code": row.code}
    return TemplateResponse(request, "register/unit.html", context)


def settings_staff(request: Any) -> HttpResponse:
    actor, choice = request.actor, presenters.staff_choice(StaffFilter(request.GET))
    found = staff.colleagues(actor, text=choice.text, role=choice.role, unit=choice.unit)
    page = Paginator(found, PAGE).get_page(choice.page)
    people = staff.described(actor, [pk for pk, _name in page])
    request.audit.saw("core.User", [pk for pk, _name in page], page=page.number, searched=bool(choice.text))
    context = {
        "heading": presenters.staff_heading(len(found), choice),
        "crumbs": presenters.crumbs(_("Staff and roles")),
        "columns": presenters.staff_columns(),
        "choice": choice,
        "roles": presenters.any_or(presenters.role_options(staff.roles_to_give(actor))),
        "units": presenters.any_or(units.units_within_reach(actor, "unit.read").values_list("code", "name")),
        "people": people,
        "page": page,
    }
    return TemplateResponse(request, "register/staff.html", context)


def settings_invite(request: Any) -> HttpResponse:
    actor = request.actor
    form = InvitationForm(
        request.POST or None,
        roles=presenters.role_options(staff.roles_to_give(actor)),
        units=staff.units_to_give(actor),
        everywhere=staff.may_give_everywhere(actor),
    )
    request.audit.saw("core.User", [])
    if request.method == "POST" and form.is_valid():

        def invite() -> str:
            address = request.build_absolute_uri("/").rstrip("/")
            person = staff.invite(by=actor, invitation=form.invitation, address=address)
            messages.success(request, _("The assignment is given. A new person gets a link by e-mail."))
            return reverse("settings_person", args=[person])

        return once(request, invite)
    crumbs = presenters.crumbs(_("Invite"), (_("Staff and roles"), "settings_staff"))
    return TemplateResponse(request, "register/invite.html", {"form": form, "crumbs": crumbs})


def settings_person(request: Any, person: UUID) -> HttpResponse:
    pk, found = staff.find_colleague(request.actor, person)
    request.audit.saw("core.User", [pk])
    context = {
        "heading": presenters.person_heading(found),
        "crumbs": presenters.crumbs(found.name, (_("Staff and roles"), "settings_staff")),
        "person": found,
        "columns": presenters.assignment_columns(),
        "rows": [(each, Confirmation(auto_id=False)) for each in found.assignments],
        "is_self": pk == request.actor.user_id,
        "may_close": presenters.may(request.actor, "settings_account_close", "POST"),
        "form": Confirmation(),
        "factor_form": SecondFactorForm(auto_id="factor_%s") if own_account.has_second_factor(pk) else None,
    }
    return TemplateResponse(request, "register/person.html", context)


def settings_assignment_end(request: Any, person: UUID, assignment: UUID) -> HttpResponse:
    request.audit.saw("core.User", [])

    def end() -> str:
        staff.end_assignment(by=request.actor, person=person, assignment=assignment)
        messages.success(request, _("The assignment has ended, from the next page that the person opens."))
        return reverse("settings_staff")

    return once(request, end)


def settings_second_factor(request: Any, person: UUID) -> HttpResponse:
    pk, _found = staff.find_colleague(request.actor, person)
    request.audit.saw("core.User", [pk])
    form = SecondFactorForm(request.POST)
    if not form.is_valid():
        return HttpResponseRedirect(reverse("settings_person", args=[person]))

    def reset() -> str:
        address, reason = request.build_absolute_uri("/").rstrip("/"), form.cleaned_data["reason"]
        staff.reset_second_factor(by=request.actor, person=person, reason=reason, address=address)
        messages.success(request, _("The second factor is reset. The person is signed out and is told by e-mail."))
        return reverse("settings_person", args=[person])

    return once(request, reset)


def settings_account_close(request: Any, person: UUID) -> HttpResponse:
    request.audit.saw("core.User", [])

    def close() -> str:
        staff.close_account(by=request.actor, person=person)
        messages.success(request, _("The account is closed, and the person is signed out everywhere."))
        return reverse("settings_staff")

    return once(request, close)
