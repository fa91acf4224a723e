"""What people say about a file. Nothing here reads the file."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from narvaro.contexts.intake import words
from narvaro.contexts.intake.preview import Preview
from narvaro.contexts.register.api import UnitName
from narvaro.core.forms import day_field
from narvaro.facts.layout import MINUTE_FIELDS
from narvaro.facts.readers.headers import field_of

# One of each is needed; what the wizard asks elsewhere (a school for all rows, the period) is left out here.
_NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "lesson": (
        ("pupil_id", "identity_number"),
        ("date",),
        ("start", "lesson_id"),
        ("offered",),
        ("valid", "invalid", "category"),
    ),
    "period": (("pupil_id", "identity_number"), ("offered",), ("valid", "invalid")),
}


def _options(names: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return list(names.items())


class EncodingForm(forms.Form):
    encoding = forms.ChoiceField(
        label=_("How are the letters å, ä and ö written in the file?"),
        help_text=_("An export from a program in Windows is usually the first. If unsure, export again as UTF-8."),
        choices=_options(words.ENCODINGS),
        widget=forms.RadioSelect,
    )


class DelimiterForm(forms.Form):
    delimiter = forms.ChoiceField(
        label=_("What stands between the columns?"), choices=_options(words.DELIMITERS), widget=forms.RadioSelect
    )


class PeriodForm(forms.Form):
    """Sums say nothing about when, unless the file does."""

    first_day = day_field(label=_("First day of the period"))
    last_day = day_field(label=_("Last day of the period"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            raise ValidationError(_("The last day lies before the first."))
        return data


class LessonMinutesForm(forms.Form):
    lesson_minutes = forms.IntegerField(
        label=_("How many minutes is a lesson, as a rule?"),
        help_text=_("The file counts lessons, so all times become estimates."),
        min_value=1,
        max_value=1440,
    )


class PresetForm(forms.Form):
    """For a file without headings, which nothing can be told by."""

    def __init__(self, *args: Any, presets: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["preset"] = forms.ChoiceField(
            label=_("Is it laid out as one of these?"), choices=presets, widget=forms.RadioSelect
        )


class UnitForm(forms.Form):
    def __init__(self, *args: Any, units: Sequence[UnitName], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_code"] = forms.ChoiceField(
            label=_("Which school is the report about?"), choices=[(unit.code, unit.name) for unit in units]
        )


class MappingForm(forms.Form):
    """Column by column (``column_1`` ...), then how values are written. ``columns``: samples and field."""

    name = forms.CharField(
        label=_("Name of the description"),
        help_text=_("The next file with these headings is read the same way by itself."),
        max_length=80,
    )
    grain = forms.ChoiceField(label=_("What is a row?"), choices=_options(words.GRAINS), widget=forms.RadioSelect)
    unit = forms.ChoiceField(label=_("How is time written?"), choices=_options(words.UNITS), initial="min")
    date_format = forms.ChoiceField(label=_("How are dates written?"), choices=_options(words.DATE_FORMATS))
    school_unit = forms.ChoiceField(
        label=_("School, if no column says it"), required=False, help_text=_("The same for every row.")
    )
    written_numbers = forms.BooleanField(
        label=_("Numbers have spaces, units or dashes: 1 200 min, 18 st (72 %), –"), required=False
    )
    lesson_minutes = forms.IntegerField(
        label=_("Minutes of a lesson, where lessons are counted"), required=False, min_value=1, max_value=1440
    )
    offered_is_sum = forms.BooleanField(
        label=_("No column holds the teaching time: it is presence and absence together"), required=False
    )
    only_deviations = forms.BooleanField(
        label=_("The file marks deviations only: a lesson without any mark was attended"), required=False
    )
    over_offered = forms.ChoiceField(
        label=_("When absence is longer than the lesson"),
        choices=[("reject", _("Leave the row out and list it")), ("clamp", _("Cut it to the lesson's minutes"))],
        widget=forms.RadioSelect,
        initial="reject",
    )
    late_minutes = forms.IntegerField(
        label=_("Minutes a late arrival counts for, when the file does not say"),
        required=False,
        min_value=0,
        max_value=1440,
    )

    def __init__(self, *args: Any, preview: Preview, units: Sequence[UnitName], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        school = self.fields["school_unit"]
        school.choices = [("", "–"), *((unit.code, unit.name) for unit in units)]  # type: ignore[attr-defined]
        self.fields["grain"].initial = preview.grain
        self.columns: list[tuple[str, forms.BoundField]] = []
        self.numbers: dict[str, int] = {}
        for column in preview.columns:
            guess = column.field or field_of(column.header, preview.grain) or ""  # type: ignore[arg-type]
            name = f"column_{column.number}"
            self.fields[name] = forms.ChoiceField(
                label=column.header or _("Column %(number)s") % {"number": column.number},
                choices=[("", _("not used")), *((field, words.FIELDS[field]) for field in words.MAPPED_FIELDS)],
                required=False,
                widget=forms.Select(attrs={"class": "ds-input"}),
                initial=guess if guess in words.FIELDS else "",
            )
            self.columns.append((", ".join(each for each in column.samples if each.strip("*")), self[name]))
            self.numbers[name] = column.number
        for category, label in words.CATEGORIES.items():
            self.fields[f"words_{category}"] = forms.CharField(
                label=str(label), required=False, max_length=400, initial=words.USUAL_WORDS[category]
            )

    @property
    def rest(self) -> list[forms.BoundField]:
        """How values are written, in the order of the page."""
        names = ("grain", "unit", "written_numbers", "lesson_minutes", "offered_is_sum", "date_format", "school_unit")
        return [self[name] for name in (*names, "only_deviations", "over_offered")]

    @property
    def status(self) -> list[forms.BoundField]:
        return [*(self[f"words_{category}"] for category in words.CATEGORIES), self["late_minutes"]]

    def chosen(self) -> dict[str, list[int]]:
        """Column numbers by field: more than one where they are to be added up. Only after ``is_valid``."""
        found: dict[str, list[int]] = {}
        for name, number in self.numbers.items():
            if field := self.cleaned_data.get(name):
                found.setdefault(field, []).append(number)
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        used = [data[name] for name in self.numbers if data.get(name)]
        for field in sorted({field for field in used if used.count(field) > 1} - MINUTE_FIELDS):
            self.add_error(None, _("More than one column is said to be: %(name)s.") % {"name": words.FIELDS[field]})
        for choices in self._needed(data, used):
            if not set(choices).intersection(used):
                names = " / ".join(str(words.FIELDS[field]) for field in choices)
                self.add_error(None, _("Say which column holds: %(names)s.") % {"names": names})
        late = data.get("words_late") and data.get("late_minutes") is None and "category_minutes" not in used
        if "category" in used and late:
            self.add_error("late_minutes", _("Say how many minutes a late arrival counts for."))
        if data.get("unit") == "lessons" and data.get("lesson_minutes") is None:
            self.add_error("lesson_minutes", _("Say how many minutes a lesson is."))
        return data

    def _needed(self, data: dict[str, Any], used: Sequence[str]) -> list[tuple[str, ...]]:
        """Fields of which one each must be among the columns."""
        without_offered = data.get("offered_is_sum")
        needed = [
            each for each in _NEEDED.get(data.get("grain", ""), ()) if not (without_offered and each == ("offered",))
        ]
        return needed if data.get("school_unit") else [*needed, ("school_unit_id",)]
