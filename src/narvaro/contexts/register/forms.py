"""What a person can send in the settings. Lengths are those of the tables; names come out in one Unicode form."""

import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from narvaro.contexts.register.models import Unit
from narvaro.contexts.register.staff import Invitation
from narvaro.contexts.register.units import FORMS, UnitEdit, UnitRow
from narvaro.core.clock import today
from narvaro.core.forms import SentOnce, day_field, text_area
from narvaro.core.models import User
from narvaro.domain.school_calendar import DateRange, SchoolCalendar, school_year_of

FORM_WORDS = {
    "FKLASS": _("preschool class"),
    "GR": _("compulsory school"),
    "GRS": _("adapted compulsory school"),
    "SP": _("special school"),
    "SAM": _("Sami school"),
    "GY": _("upper secondary school"),
    "GYS": _("adapted upper secondary school"),
}
EVERYWHERE = "all"
MOST_DAYS = 60


class NameField(forms.CharField):
    """As it will be searched and shown: composed, without line breaks and other control characters."""

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFC", super().to_python(value) or "")
        return " ".join("".join(" " if unicodedata.category(each) == "Cc" else each for each in text).split())


class UnitForm(SentOnce):
    name = NameField(label=_("Name"), max_length=Unit._meta.get_field("name").max_length)
    area = NameField(label=_("Area"), max_length=Unit._meta.get_field("area").max_length, required=False)
    school_forms = forms.MultipleChoiceField(
        label=_("School forms"),
        choices=[(each, FORM_WORDS[each]) for each in FORMS],
        widget=forms.CheckboxSelectMultiple,
    )
    grades = NameField(
        label=_("Grades"),
        max_length=Unit._meta.get_field("grades").max_length,
        required=False,
        help_text=_("Such as F-6."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def shown(cls, unit: UnitRow) -> dict[str, Any]:
        shown = {name: getattr(unit, name) for name in ("name", "area", "grades", "version")}
        return {**shown, "school_forms": unit.forms}

    @property
    def edit(self) -> UnitEdit:
        given = {name: self.cleaned_data[name] for name in ("name", "area", "grades", "version")}
        return UnitEdit(**given, forms=tuple(self.cleaned_data["school_forms"]))


class StaffFilter(forms.Form):
    q = forms.CharField(required=False, max_length=80)
    role = forms.CharField(required=False, max_length=40)
    unit = forms.CharField(required=False, max_length=20)
    page = forms.CharField(required=False, max_length=9)


class InvitationForm(SentOnce):
    email = forms.EmailField(label=_("E-mail"), max_length=User._meta.get_field("email").max_length)
    name = NameField(label=_("Name"), max_length=User._meta.get_field("name").max_length)
    role = forms.ChoiceField(label=_("Role"))
    unit = forms.ChoiceField(label=_("School or workplace"))
    first_day = day_field(label=_("First day"))
    last_day = day_field(label=_("Last day"), required=False)

    def __init__(
        self,
        *args: Any,
        roles: Sequence[tuple[str, str]],
        units: Sequence[tuple[UUID, str]],
        everywhere: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        whole = [(EVERYWHERE, _("The whole organisation"))] if everywhere else []
        self.fields["role"].choices = [("", "–"), *roles]  # type: ignore[attr-defined]
        self.fields["unit"].choices = [*whole, *((str(key), name) for key, name in units)]  # type: ignore[attr-defined]
        self.fields["first_day"].initial = today()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first."))
        return given

    @property
    def invitation(self) -> Invitation:
        given = self.cleaned_data
        return Invitation(
            email=given["email"],
            name=given["name"],
            role=given["role"],
            unit=None if given["unit"] == EVERYWHERE else UUID(given["unit"]),
            first_day=given["first_day"],
            last_day=given["last_day"],
        )


class Confirmation(SentOnce):
    """A button that is pressed once."""


class SecondFactorForm(SentOnce):
    reason = forms.ChoiceField(
        label=_("Why is it reset?"),
        choices=[
            ("lost", _("The phone or app is lost")),
            ("changed", _("The person has a new phone")),
            ("misused", _("Somebody else may have had it")),
        ],
        help_text=_("Make sure that it is the person who asks: call a number that you know, or meet."),
    )


class ListedForm(SentOnce):
    """Who is to see a protected pupil, chosen among the school's staff."""

    person = forms.ChoiceField(label=_("Person"))

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "–"), *people]  # type: ignore[attr-defined]


class DaysField(forms.CharField):
    """Days, one on each line."""

    widget = text_area(4)

    def to_python(self, value: Any) -> Any:
        lines = (super().to_python(value) or "").replace(",", "\n").split()
        try:
            return tuple(sorted({date.fromisoformat(line) for line in lines}))
        except ValueError:
            raise forms.ValidationError(_("Write each day as year-month-day, such as 2026-03-11.")) from None

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(day.isoformat() for day in value)


class CalendarForm(SentOnce):
    """``seen``: the version of the year that the person had before them, 0 where there was none."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    autumn_first = day_field(label=_("Autumn term begins"))
    autumn_last = day_field(label=_("Autumn term ends"))
    spring_first = day_field(label=_("Spring term begins"))
    spring_last = day_field(label=_("Spring term ends"))
    staff_days = DaysField(
        label=_("Days for staff only"), required=False, max_length=MOST_DAYS * 11, help_text=_("One day on each line.")
    )
    extra_days = DaysField(
        label=_("Further school days"),
        required=False,
        max_length=MOST_DAYS * 11,
        help_text=_("Such as a Saturday that makes up for a lost day. One day on each line."),
    )

    def __init__(self, *args: Any, school_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school_year = school_year

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("autumn_first", "autumn_last", "spring_first", "spring_last"):
            if given.get(name) and school_year_of(given[name]) != self.school_year:
                self.add_error(name, self._outside())
        for name in ("staff_days", "extra_days"):
            if any(school_year_of(day) != self.school_year for day in given.get(name) or ()):
                self.add_error(name, self._outside())
        for first, last in (("autumn_first", "autumn_last"), ("spring_first", "spring_last")):
            if given.get(first) and given.get(last) and given[last] < given[first]:
                self.add_error(last, _("The last day is before the first."))
        if given.get("autumn_last") and given.get("spring_first") and given["spring_first"] <= given["autumn_last"]:
            self.add_error("spring_first", _("The spring term begins before the autumn term has ended."))
        if set(given.get("staff_days") or ()) & set(given.get("extra_days") or ()):
            self.add_error("extra_days", _("The same day is for staff only and a school day. Choose one."))
        return given

    def _outside(self) -> str:
        return gettext("The day is outside the school year, 1 July %(first)s to 30 June %(last)s.") % {
            "first": self.school_year,
            "last": self.school_year + 1,
        }

    def calendar(self, breaks: tuple[DateRange, ...]) -> SchoolCalendar:
        given = self.cleaned_data
        return SchoolCalendar(
            school_year=self.school_year,
            autumn=DateRange("Hösttermin", given["autumn_first"], given["autumn_last"]),
            spring=DateRange("Vårtermin", given["spring_first"], given["spring_last"]),
            breaks=breaks,
            staff_days=given["staff_days"] or (),
            extra_days=given["extra_days"] or (),
        )


class BreakForm(forms.Form):
    """A row of the breaks; a row that is emptied is removed."""

    name = NameField(label=_("Break"), max_length=60, required=False)
    first = day_field(label=_("First day"), required=False)
    last = day_field(label=_("Last day"), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if bool(first) != bool(last):
            self.add_error("last" if first else "first", _("A break needs both its first and its last day."))
        elif first and last and last < first:
            self.add_error("last", _("The last day is before the first."))
        elif first and not given.get("name"):
            self.add_error("name", _("Give the break a name."))
        elif first and last and {school_year_of(first), school_year_of(last)} != {self.school_year}:
            self.add_error("first", _("The break is outside the school year."))
        return given

    def __init__(self, *args: Any, school_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school_year = school_year
        for field in self.fields.values():  # in a table, the heading is the label that one sees
            field.widget.attrs |= {"class": "ds-input", "aria-label": field.label}

    @property
    def range(self) -> DateRange | None:
        given = self.cleaned_data
        return DateRange(given["name"], given["first"], given["last"]) if given.get("first") else None


BreakForms = forms.formset_factory(BreakForm, extra=3, max_num=20, absolute_max=25)
