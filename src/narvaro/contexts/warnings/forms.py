"""What a person can send about warnings."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from narvaro.contexts.warnings.services import KINDS, LONGEST_REASON, Decided
from narvaro.core.clock import today
from narvaro.core.forms import SentOnce, day_field, text_area

FOLLOW_UP_DAYS = 14


class DecisionForm(SentOnce):
    kind = forms.ChoiceField(label=_("What happens now?"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why, and what was agreed"),
        required=False,
        max_length=LONGEST_REASON,
        widget=text_area(5),
        help_text=_("Write what the pupil and the guardians may read. Needed for every choice but “I have seen it”."),
    )
    follow_up_on = day_field(
        label=_("Follow up on"),
        required=False,
        help_text=_("The pupil comes back on your list that day."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, KINDS[kind]) for kind in KINDS if kind.value in kinds]  # type: ignore[attr-defined]
        for name in ("reason", "follow_up_on"):
            self.fields[name].needed_at_times = True  # type: ignore[attr-defined]
        self.fields["follow_up_on"].initial = today() + timedelta(days=FOLLOW_UP_DAYS)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") == "acknowledge":
            given["follow_up_on"] = None
            return given
        if "kind" in given and not (given.get("reason") or "").strip():
            self.add_error("reason", _("Write the reason, so that it can be understood later."))
        if "kind" in given and not given.get("follow_up_on") and "follow_up_on" not in self.errors:
            self.add_error("follow_up_on", _("Choose a day to follow up."))
        elif given.get("follow_up_on") and given["follow_up_on"] <= today():
            self.add_error("follow_up_on", _("Choose a day that lies ahead."))
        return given

    @property
    def decided(self) -> Decided:
        return Decided(
            kind=self.cleaned_data["kind"],
            reason=self.cleaned_data["reason"].strip(),
            follow_up_on=self.cleaned_data["follow_up_on"],
            seen=self.cleaned_data["seen"],
        )
