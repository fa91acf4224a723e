"""What a school does otherwise, as a form: its field is of the kind that the place in the plan holds."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from narvaro.contexts.plan import choices
from narvaro.core.forms import SentOnce, text_area
from narvaro.domain.plan import Plan
from narvaro.domain.plan_deviations import CONTACTS, parts_of, value_at

_ROWS = 4
_LONGEST = 2000


class DeviationForm(SentOnce):
    reason = forms.CharField(label=_("Why the school does otherwise"), max_length=_LONGEST, widget=text_area(3))
    _CONTACT: ClassVar = {"function": 80, "name": 80, "phone": 30, "email": 120}

    def __init__(self, *args: Any, plan: Plan, place: str, value: Any, **kwargs: Any) -> None:
        """``value``: what the school does now; None when it does as the plan says."""
        super().__init__(*args, **kwargs)
        self.place = place
        shown = value_at(plan, place) if value is None else value
        _step, self.part = parts_of(place)
        if self.part == CONTACTS:
            self._add_contacts(shown)
        else:
            self.fields["value"] = self._field(shown)
        self.order_fields([name for name in self.fields if name not in ("reason", "token")])

    def _field(self, shown: Any) -> forms.Field:
        if self.part.endswith(("participants", "others")):
            widget, roles = forms.CheckboxSelectMultiple, choices.role_choices()
            return forms.MultipleChoiceField(label=_("Who takes part"), choices=roles, widget=widget, initial=shown)
        if self.part == "must_do":
            area = text_area(4)
            help_text = _("One on each line. What the plan always asks for stays.")
            return forms.CharField(
                label=_("What the school adds"), widget=area, initial="\n".join(shown), help_text=help_text
            )
        field = choices.days(_("School days"))
        field.initial = shown
        return field

    def _add_contacts(self, shown: list[dict[str, str]]) -> None:
        labels = {"function": _("Function"), "name": _("Name"), "phone": _("Telephone"), "email": _("E-mail")}
        for place in range(max(_ROWS, len(shown) + 1)):
            row = shown[place] if place < len(shown) else {}
            for name, longest in self._CONTACT.items():
                label = f"{labels[name]} {place + 1}"
                self.fields[f"contact_{place}_{name}"] = forms.CharField(
                    label=label, max_length=longest, required=False, initial=row.get(name, "")
                )

    @property
    def value(self) -> Any:
        given = self.cleaned_data
        if self.part == CONTACTS:
            return [row for row in self._contacts() if row["function"]]
        if self.part == "must_do":
            return [line.strip() for line in given["value"].splitlines() if line.strip()]
        return given["value"]

    def _contacts(self) -> list[dict[str, str]]:
        count = sum(name.endswith("_function") for name in self.fields)
        return [
            {name: self.cleaned_data[f"contact_{place}_{name}"].strip() for name in self._CONTACT}
            for place in range(count)
        ]
