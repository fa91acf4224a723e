"""What a person can send about notices from other organisers."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from narvaro.contexts.duties.forms import WAYS
from narvaro.contexts.duties.models import ReceivedNotice
from narvaro.contexts.duties.received import Arrived, Assessed
from narvaro.contexts.duties.services import LONGEST_TEXT
from narvaro.contexts.register.api import Near
from narvaro.core.clock import today
from narvaro.core.forms import SentOnce, day_field, text_area
from narvaro.plans.telling import FORMS

SUBJECTS = {
    ReceivedNotice.Subject.INVESTIGATION: _("an investigation of absence has been started"),
    ReceivedNotice.Subject.STARTED: _("the pupil has started at the school"),
    ReceivedNotice.Subject.LEFT: _("the pupil has left the school"),
    ReceivedNotice.Subject.ABSENCE: _("considerable absence without a valid reason"),
}
DECISIONS = {
    ReceivedNotice.Decision.COORDINATE: _("Measures are to be coordinated"),
    ReceivedNotice.Decision.NOT_NEEDED: _("Coordination is not needed"),
}


def _people(people: Sequence[Near]) -> list[tuple[str, str]]:
    return [("", str(_("Nobody yet"))), *((str(each.user_id), each.name) for each in people)]


class ReceivedForm(SentOnce):
    subject = forms.ChoiceField(label=_("What does it tell?"), choices=list(SUBJECTS.items()), widget=forms.RadioSelect)
    about_day = day_field(label=_("The day it tells of"), required=False)
    pupil_name = forms.CharField(
        label=_("The child's name"),
        max_length=170,
        required=False,
        help_text=_("Leave it empty if the identity is protected, and write the sender's reference instead."),
    )
    reference = forms.CharField(label=_("The sender's reference"), max_length=80, required=False)
    school_name = forms.CharField(label=_("School"), max_length=120)
    school_form = forms.ChoiceField(label=_("School form"), choices=[(form, _(told)) for form, told in FORMS.items()])
    grade = forms.CharField(label=_("Grade"), max_length=4, required=False)
    needs_coordination = forms.BooleanField(
        label=_("The school tells that measures need to be coordinated"), required=False
    )
    sender = forms.CharField(
        label=_("From whom"), max_length=120, help_text=_("The organiser and the function. Not a private person.")
    )
    received_on = day_field(label=_("Came in on"))
    way = forms.ChoiceField(label=_("How"), choices=list(WAYS.items()))
    handler = forms.TypedChoiceField(label=_("Who handles it?"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, people: Sequence[Near], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].choices = _people(people)  # type: ignore[attr-defined]
        self.fields["received_on"].initial = today()
        self.fields["school_form"].initial = "GR"
        for name in ("pupil_name", "reference"):
            self.fields[name].needed_at_times = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not (given.get("pupil_name") or "").strip() and not (given.get("reference") or "").strip():
            self.add_error("pupil_name", _("Write the child's name, or the sender's reference where it is protected."))
        if given.get("received_on") and given["received_on"] > today():
            self.add_error("received_on", _("The day has not come yet."))
        return given

    @property
    def arrived(self) -> Arrived:
        given = self.cleaned_data
        names = [each for each in Arrived.__slots__ if each != "handler_id"]
        return Arrived(handler_id=given["handler"], **{name: given[name] for name in names})


class ReceivedHandlerForm(SentOnce):
    handler = forms.TypedChoiceField(label=_("Who handles it?"), required=False, coerce=int, empty_value=None)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Sequence[Near], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].choices = _people(people)  # type: ignore[attr-defined]


class ReceivedLinkForm(SentOnce):
    """``pupil`` empty: the link was wrong and is taken away."""

    pupil = forms.UUIDField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)


class ReceivedAssessmentForm(SentOnce):
    decision = forms.ChoiceField(
        label=_("What do you decide?"), choices=list(DECISIONS.items()), widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=LONGEST_TEXT,
        widget=text_area(3),
        help_text=_("The decision is a public record: write no sensitive detail in it."),
    )
    contact = forms.CharField(
        label=_("Which function coordinates?"),
        max_length=120,
        required=False,
        help_text=_("Needed when measures are to be coordinated."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].needed_at_times = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        coordinates = given.get("decision") == ReceivedNotice.Decision.COORDINATE
        if coordinates and not (given.get("contact") or "").strip():
            self.add_error("contact", _("Write which function coordinates, so that the school knows whom to ask."))
        return given

    @property
    def assessed(self) -> Assessed:
        given = self.cleaned_data
        return Assessed(
            version=given["version"], decision=given["decision"], reason=given["reason"], contact=given["contact"]
        )
