"""What a person can send about the plan."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from narvaro.contexts.plan.services import Choice
from narvaro.core.clock import today
from narvaro.core.forms import SentOnce

LONGEST_REASON = 2000


class ChoiceForm(SentOnce):
    in_force_from = forms.DateField(
        label=_("In force from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    reason = forms.CharField(
        label=_("Why this plan"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["in_force_from"].initial = today()

    def clean_in_force_from(self) -> date:
        day: date = self.cleaned_data["in_force_from"]
        if day < today():
            raise forms.ValidationError(_("Choose today or a day that lies ahead."))
        return day

    def choice(self, preset: str) -> Choice:
        given = self.cleaned_data
        return Choice(preset=preset, in_force_from=given["in_force_from"], reason=given["reason"].strip())
