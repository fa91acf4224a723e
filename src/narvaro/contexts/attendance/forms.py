"""What is asked before the national format is handed out."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from narvaro.domain.national import term_name


class NationalForm(forms.Form):
    """``terms``: numbers of those that can be chosen."""

    def __init__(self, *args: Any, terms: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["term"] = forms.TypedChoiceField(
            choices=[(str(term), term_name(term)) for term in terms], coerce=int, widget=forms.HiddenInput
        )


class NationalIdentityForm(NationalForm):
    needed = forms.BooleanField(
        label=_("The receiver needs identity numbers, and has the right to them"),
        help_text=_("A number is handed out only where it is clearly justified (dataskyddslagen 3 kap. 10 §)."),
    )
