"""What a person can send when a case is opened from a warning."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from narvaro.core.forms import SentOnce, text_area

LONGEST = 3_000


class OpenForm(SentOnce):
    """``owners``: who works around the pupil; the first choice is as the plan says."""

    step = forms.TypedChoiceField(label=_("Step"), coerce=int)
    owner = forms.TypedChoiceField(label=_("Who holds the case?"), coerce=int, empty_value=None, required=False)
    worry = forms.CharField(
        label=_("What is it about?"),
        max_length=LONGEST,
        widget=text_area(5),
        help_text=_("Write what the pupil and the guardians may read."),
    )

    def __init__(
        self, *args: Any, steps: Sequence[tuple[str, str]], owners: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = steps  # type: ignore[attr-defined]
        self.fields["owner"].choices = [("", _("As the plan says")), *owners]  # type: ignore[attr-defined]
