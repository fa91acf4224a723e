"""What a person can send about cases."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from narvaro.contexts.cases.chronology import LONGEST_TEXT
from narvaro.contexts.cases.models import Case
from narvaro.contexts.cases.moving import LONGEST_REASON, Move
from narvaro.contexts.cases.opening import LONGEST_WORRY
from narvaro.contexts.cases.todo import LONGEST_TASK
from narvaro.core.clock import today
from narvaro.core.forms import SentOnce, day_field, text_area
from narvaro.domain.case_states import CaseEvent

Choices = Sequence[tuple[str, str]]
# Signs that no register shows, as guardians and colleagues tell of them (M06).
SIGNS = (
    ("homework", _("Does not want to do homework")),
    ("sad", _("Is sad or worried")),
    ("school", _("Speaks badly of school")),
    ("body", _("Stomach ache or headache")),
    ("sick", _("Is often reported sick")),
    ("early", _("Leaves before the day is over")),
    ("home", _("It is hard to get to school in the morning")),
)
WHO = (
    (Case.Origin.GUARDIAN, _("A guardian")),
    (Case.Origin.PUPIL, _("The pupil")),
    (Case.Origin.COLLEAGUE, _("I or a colleague")),
    (Case.Origin.OUTSIDE, _("Somebody outside school")),
)
DONE, NOT_NEEDED = "done", "not_needed"


def _ahead(day: date | None) -> None:
    if day is not None and day <= today():
        raise forms.ValidationError(gettext("Choose a day that lies ahead."))


class WorryForm(SentOnce):
    who = forms.ChoiceField(label=_("Who is worried?"), choices=WHO, widget=forms.RadioSelect)
    signs = forms.MultipleChoiceField(
        label=_("What has been seen?"), choices=SIGNS, required=False, widget=forms.CheckboxSelectMultiple
    )
    worry = forms.CharField(
        label=_("The worry, in the words of who told it"),
        max_length=LONGEST_WORRY - 500,
        widget=text_area(5),
        help_text=_("Write what the pupil and the guardians may read."),
    )

    @property
    def text(self) -> str:
        """What was seen, then what was said."""
        named = dict(SIGNS)
        signs = [str(named[each]) for each in self.cleaned_data["signs"]]
        return "\n".join([*([", ".join(signs)] if signs else []), self.cleaned_data["worry"].strip()])


class NoteForm(SentOnce):
    day = day_field(label=_("Day"), initial=today)
    contact = forms.BooleanField(label=_("I spoke with the pupil or a guardian"), required=False)
    text = forms.CharField(
        label=_("Note"),
        max_length=LONGEST_TEXT,
        widget=text_area(8),
        help_text=_("Write what the pupil and the guardians may read. Only those around the pupil see it."),
    )

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > today():
            raise forms.ValidationError(gettext("Choose today or a day that has been."))
        return day


class TaskForm(SentOnce):
    what = forms.CharField(label=_("What is to be done?"), max_length=LONGEST_TASK)
    owner = forms.ChoiceField(label=_("Who does it?"))
    due = day_field(label=_("Done by"))

    def __init__(self, *args: Any, owners: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", "–"), *owners]  # type: ignore[attr-defined]

    def clean_due(self) -> date:
        day: date = self.cleaned_data["due"]
        if day < today():
            raise forms.ValidationError(gettext("Choose today or a day that lies ahead."))
        return day


class EndTaskForm(SentOnce):
    how = forms.ChoiceField(
        label=_("How did it go?"),
        choices=[(DONE, _("It is done")), (NOT_NEEDED, _("It is no longer needed"))],
        widget=forms.RadioSelect,
        initial=DONE,
    )
    outcome = forms.CharField(
        label=_("What came of it, or why it is not needed"), required=False, max_length=2000, widget=text_area(4)
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("how") == NOT_NEEDED and not (given.get("outcome") or "").strip():
            self.add_error("outcome", _("Write why it is not needed, so that it can be understood later."))
        return given


class GiveTaskForm(SentOnce):
    person = forms.ChoiceField(label=_("Who takes it over?"))
    reason = forms.CharField(label=_("Why"), required=False, max_length=500)

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "–"), *people]  # type: ignore[attr-defined]


class MoveForm(SentOnce):
    """One event of a case: only what it needs is asked for."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    to_step = forms.TypedChoiceField(label=_("To which step?"), coerce=int)
    to_unit = forms.TypedChoiceField(label=_("To which school?"), coerce=int)
    code = forms.ChoiceField(label=_("Why"))
    until = day_field(label=_("Until"))
    reason = forms.CharField(label=_("The reason"), max_length=LONGEST_REASON, widget=text_area(5), required=False)
    end_tasks = forms.BooleanField(label=_("What is left to do at this step is no longer needed"), required=False)

    def __init__(
        self,
        *args: Any,
        event: CaseEvent,
        choices: dict[str, Choices],
        refusal: Callable[[str], str],
        **kwargs: Any,
    ) -> None:
        """``refusal``: why a case cannot be closed with an outcome; empty when it can."""
        super().__init__(*args, **kwargs)
        self.event, self.refusal = event, refusal
        for name in {"to_step", "to_unit", "code", "until", "reason", "end_tasks"} - set(_FIELDS[event]):
            del self.fields[name]
        for name, options in choices.items():
            if name in self.fields:
                self.fields[name].choices = [("", "–"), *options]  # type: ignore[attr-defined]
        for name, label in _LABELS.get(event, {}).items():
            self.fields[name].label = label
        self.fields["reason"].required = event in _REASON_NEEDED
        if "until" in self.fields and event is not CaseEvent.PARK:
            self.fields["until"].required = False

    def clean_until(self) -> date | None:
        day: date | None = self.cleaned_data["until"]
        _ahead(day)
        return day

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.event is CaseEvent.JUMP and given.get("code") == "other" and not (given.get("reason") or "").strip():
            self.add_error("reason", _("Write the reason, so that it can be understood later."))
        if self.event is CaseEvent.CLOSE and (why_not := self.refusal(given.get("code") or "")):
            self.add_error(None, why_not)
        return given

    @property
    def move(self) -> Move:
        given = {name: value for name, value in self.cleaned_data.items() if name != "token"}
        return Move(event=self.event, **given)


_FIELDS: dict[CaseEvent, tuple[str, ...]] = {
    CaseEvent.NEXT_STEP: ("reason", "end_tasks"),
    CaseEvent.JUMP: ("to_step", "code", "reason", "end_tasks"),
    CaseEvent.GO_BACK: ("to_step", "reason", "end_tasks"),
    CaseEvent.PARK: ("until", "reason"),
    CaseEvent.RESUME: ("until", "reason"),
    CaseEvent.BEGIN_RETURN: ("until", "reason", "end_tasks"),
    CaseEvent.CLOSE: ("code", "reason"),
    CaseEvent.REOPEN: ("to_step", "reason"),
    CaseEvent.HAND_OVER: ("to_unit", "reason"),
    CaseEvent.ACCEPTED: ("reason",),
    CaseEvent.DECLINED: ("reason",),
}
_REASON_NEEDED = {
    *(CaseEvent.GO_BACK, CaseEvent.PARK, CaseEvent.CLOSE, CaseEvent.REOPEN, CaseEvent.HAND_OVER, CaseEvent.DECLINED),
}
_LABELS: dict[CaseEvent, dict[str, Any]] = {
    CaseEvent.NEXT_STEP: {"reason": _("What the follow-up showed")},
    CaseEvent.JUMP: {"code": _("Why are steps left out?"), "reason": _("In your own words")},
    CaseEvent.GO_BACK: {"reason": _("What the follow-up showed, and why")},
    CaseEvent.PARK: {"until": _("Rest until"), "reason": _("Why it rests, and who keeps in touch meanwhile")},
    CaseEvent.RESUME: {"until": _("Follow up on"), "reason": _("What is different now")},
    CaseEvent.BEGIN_RETURN: {"until": _("Follow up on"), "reason": _("How the goals were reached")},
    CaseEvent.CLOSE: {"code": _("How did it go?"), "reason": _("What was done and what helped")},
    CaseEvent.REOPEN: {"to_step": _("At which step?"), "reason": _("What has happened")},
    CaseEvent.HAND_OVER: {"reason": _("What the next school needs to know")},
    CaseEvent.ACCEPTED: {"reason": _("Anything to say back")},
    CaseEvent.DECLINED: {"reason": _("Why the school does not take over")},
}


class ReceiveForm(SentOnce):
    version = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[
            (CaseEvent.ACCEPTED, _("We take over, and open a case of our own")),
            (CaseEvent.DECLINED, _("We do not take over")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Words to the school that asks"), required=False, max_length=LONGEST_REASON, widget=text_area(4)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].needed_at_times = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("answer") == CaseEvent.DECLINED and not (given.get("reason") or "").strip():
            self.add_error("reason", _("Write the reason, so that it can be understood later."))
        return given


class CircleForm(SentOnce):
    """One person to add or to take away."""

    person = forms.TypedChoiceField(coerce=int, widget=forms.HiddenInput)
    add = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [(str(each), "") for each in people]  # type: ignore[attr-defined]


class AwayForm(SentOnce):
    first_day = day_field(label=_("First day away"), initial=today)
    last_day = day_field(label=_("Last day away"))
    person = forms.TypedChoiceField(label=_("Who stands in for you?"), coerce=int)

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "–"), *people]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and last < max(first, today()):
            self.add_error("last_day", _("Choose days that lie ahead, the first one first."))
        return given


class PlanForm(SentOnce):
    version = forms.IntegerField(widget=forms.HiddenInput)


class Confirmation(SentOnce):
    """A button that is pressed once."""
