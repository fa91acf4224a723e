"""What a person can send about versions of the plan."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from narvaro.contexts.plan.services import Approval
from narvaro.contexts.plan.step_forms import RuleField
from narvaro.core.clock import today
from narvaro.core.forms import SentOnce, day_field, text_area

LONGEST = 2000
Choices = list[tuple[str, str]]


def _text(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST, widget=text_area(4), **more)


class StartForm(SentOnce):
    reason = _text(_("Why a new version"), required=False)


class CommentForm(SentOnce):
    place = forms.ChoiceField(label=_("About which part"), required=False)
    text = _text(_("Comment"))

    def __init__(self, *args: Any, places: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places  # type: ignore[attr-defined]


class ApprovalForm(SentOnce):
    """``seen``: how many times the draft had been changed when it was read."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    decided_on = day_field(label=_("Day of the decision"))
    decision_reference = forms.CharField(
        label=_("Decision"), max_length=120, help_text=_("Who decided, and where it is noted: “BUN 2026/114 § 42”.")
    )
    in_force_from = day_field(label=_("In force from"))
    carries_over = forms.BooleanField(
        label=_("Let what schools do otherwise go on, where the new version allows it"),
        required=False,
        help_text=_("Otherwise it ends with the old version, and each school may take it up again."),
    )

    def __init__(self, *args: Any, asks_of_schools: bool, **kwargs: Any) -> None:
        """``asks_of_schools``: there is something that can go on."""
        super().__init__(*args, **kwargs)
        if not asks_of_schools:
            del self.fields["carries_over"]
        for name in ("decided_on", "in_force_from"):
            self.fields[name].initial = today()

    def clean_decided_on(self) -> date:
        day: date = self.cleaned_data["decided_on"]
        if day > today():
            raise forms.ValidationError(_("A decision cannot have been made on a day that lies ahead."))
        return day

    def clean_in_force_from(self) -> date:
        day: date = self.cleaned_data["in_force_from"]
        if day < today():
            raise forms.ValidationError(_("Choose today or a day that lies ahead."))
        return day

    @property
    def approval(self) -> Approval:
        given = self.cleaned_data
        return Approval(
            decided_on=given["decided_on"],
            reference=given["decision_reference"],
            in_force_from=given["in_force_from"],
            carries_over=given.get("carries_over", False),
        )


class TrialForm(SentOnce):
    """``chosen``: a rule of a plan; a rule that is written goes before it."""

    chosen = forms.ChoiceField(label=_("A rule of a plan"), required=False)
    rule = RuleField(
        label=_("Or write one"),
        required=False,
        help_text=_("For example total_rate(last_20) >= 12 % and occasions(term) >= 4"),
    )

    def __init__(self, *args: Any, rules: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [("", _("none")), *rules]  # type: ignore[attr-defined]
        for field in ("chosen", "rule"):
            self.fields[field].needed_at_times = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("rule") and not given.get("chosen"):
            self.add_error("rule", _("Choose a rule or write one."))
        return given
