"""What a person can send about meetings. All of it works without JavaScript."""

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from narvaro.contexts.meetings.around import Around, owner_choices, people_choices
from narvaro.contexts.meetings.given import Agreed, Planned, Someone, Told, When
from narvaro.contexts.meetings.models import Meeting, Participant
from narvaro.contexts.meetings.queries import OTHER
from narvaro.core.clock import STOCKHOLM, today
from narvaro.core.forms import SentOnce, day_field, text_area

LONGEST_SAID, LONGEST_CAME_TO, LONGEST_WORDS, LONGEST_REASON, LONGEST_AGREED = 6_000, 2_000, 2_000, 1_000, 300
KINDS = {
    Meeting.Kind.MEETING: _("Meeting with home"),
    Meeting.Kind.PUPIL_HEALTH_TEAM: _("Pupil health team"),
    Meeting.Kind.FOLLOW_UP: _("Follow-up"),
}
MEANS = {
    Meeting.Means.PHONE: _("By phone"),
    Meeting.Means.IN_PERSON: _("In person"),
    Meeting.Means.VIDEO: _("By video"),
}
INVITED = {
    Participant.Invited.LETTER: _("letter"),
    Participant.Invited.PHONE: _("phone"),
    Participant.Invited.MAIL: _("e-mail without content"),
    Participant.Invited.IN_PERSON: _("in person"),
}
MINUTES = [(15, "15 min"), (30, "30 min"), (45, "45 min"), (60, "60 min"), (90, "90 min")]
LONGEST_OTHERS, MOST_OTHERS = 800, 10
_SHORTEST_NAME = 3
_NOT_DIALLED = str.maketrans("", "", " -()/")


class WhenForm(SentOnce):
    day = day_field(label=_("Day"))
    time = forms.TimeField(label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.TypedChoiceField(label=_("How long"), choices=MINUTES, coerce=int, initial=45)
    means = forms.ChoiceField(label=_("How"), choices=MEANS, initial=Meeting.Means.IN_PERSON)
    place = forms.CharField(
        label=_("Place"),
        required=False,
        max_length=120,
        help_text=_("For example a room or “by phone”. It stands in calendars, so name nobody here."),
    )

    def __init__(self, *args: Any, names: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = tuple(names)

    def clean_place(self) -> str:
        place: str = self.cleaned_data["place"]
        said = {word.casefold() for word in re.findall(r"\w+", place)}
        if any(part.casefold() in said for name in self.names for part in name.split() if len(part) >= _SHORTEST_NAME):
            raise forms.ValidationError(_("There is a name in the place. It is copied to calendars, so leave it out."))
        return place

    def clean_day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["day"]
        if day < today():
            raise forms.ValidationError(_("Choose a day that lies ahead."))
        return day

    @property
    def when(self) -> When:
        given = self.cleaned_data
        at = datetime.datetime.combine(given["day"], given["time"], STOCKHOLM)
        return When(at=at, minutes=given["minutes"], means=given["means"], place=given["place"])


class PlanForm(WhenForm):
    kind = forms.ChoiceField(label=_("What kind of meeting"), choices=KINDS)
    people = forms.MultipleChoiceField(label=_("Who is asked to come"), widget=forms.CheckboxSelectMultiple)
    others = forms.CharField(
        label=_("Others who are asked"),
        required=False,
        max_length=LONGEST_OTHERS,
        widget=text_area(2),
        help_text=_(
            "One a line: function, then name if you know it. For example “interpreter” or “field worker, Kim”."
        ),
    )
    purpose = forms.CharField(
        label=_("What the meeting is about"),
        max_length=LONGEST_REASON,
        widget=text_area(3),
        help_text=_("This stands in the letter. Plain words, no numbers of absence and nothing about health."),
    )
    call = forms.CharField(
        label=_("Whom to call"),
        max_length=160,
        help_text=_("Name and number for whoever cannot come or wants an interpreter."),
    )
    field_order = ("kind", "day", "time", "minutes", "means", "place", "people", "others", "purpose", "call", "token")

    def __init__(self, *args: Any, found: Around, **kwargs: Any) -> None:
        home = [each.name for each in found.home if each.name]
        super().__init__(*args, names=[found.pupil.name, *home], **kwargs)
        self.found = found
        self.fields["people"].choices = people_choices(found)  # type: ignore[attr-defined]

    def clean_purpose(self) -> str:
        purpose: str = self.cleaned_data["purpose"]
        if "%" in purpose or "procent" in purpose.casefold():
            raise forms.ValidationError(_("Leave the percentages out of the letter. Talk about them when you meet."))
        return purpose

    @property
    def planned(self) -> Planned:
        given, known = self.cleaned_data, self.found.people
        people = (*(known[each] for each in given["people"]), *others_in(given["others"]))
        return Planned(kind=given["kind"], when=self.when, purpose=given["purpose"], call=given["call"], people=people)


class PeopleForm(SentOnce):
    """``asked``: those who are asked now, by what stands in the form; they may be among those around no longer."""

    people = forms.MultipleChoiceField(
        label=_("Who is asked to come"), widget=forms.CheckboxSelectMultiple, required=False
    )
    others = forms.CharField(
        label=_("Others who are asked"),
        required=False,
        max_length=LONGEST_OTHERS,
        widget=text_area(2),
        help_text=_("One a line: function, then name if you know it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, found: Around, asked: Mapping[str, tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found, self.asked = found, asked
        now = [(key, name) for key, (_key, name) in asked.items()]
        free = [(key, name) for key, name in people_choices(found) if key not in asked]
        self.fields["people"].choices = [*now, *free]  # type: ignore[attr-defined]
        self.fields["people"].initial = list(asked)
        self.fields["people"].needed_at_times = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("people") and not (given.get("others") or "").strip():
            self.add_error("people", _("Somebody must be asked to the meeting. If nobody is, cancel it."))
        return given

    @property
    def kept(self) -> frozenset[UUID]:
        return frozenset(self.asked[each][0] for each in self.cleaned_data["people"] if each in self.asked)

    @property
    def more(self) -> tuple[Someone, ...]:
        given = self.cleaned_data
        new = (self.found.people[each] for each in given["people"] if each not in self.asked)
        return (*new, *others_in(given["others"]))


class MoveForm(WhenForm):
    reason = forms.CharField(label=_("Why it is moved"), max_length=LONGEST_REASON, widget=text_area(2))
    version = forms.IntegerField(widget=forms.HiddenInput)


class CancelForm(SentOnce):
    reason = forms.CharField(label=_("Why it is cancelled"), max_length=LONGEST_REASON, widget=text_area(3))
    version = forms.IntegerField(widget=forms.HiddenInput)


class CorrectionForm(SentOnce):
    text = forms.CharField(
        label=_("Correction or addition"),
        max_length=LONGEST_SAID,
        widget=text_area(6),
        help_text=_("What was written stays as it is. This is shown beside it, with your name and the day."),
    )


class InvitedForm(SentOnce):
    participant = forms.UUIDField(widget=forms.HiddenInput)
    how = forms.ChoiceField(label=_("How"), choices=INVITED)
    day = day_field(label=_("Day"))

    def clean_day(self) -> datetime.date:
        return not_ahead(self.cleaned_data["day"])


class RecordForm(SentOnce):
    """What a conversation and a meeting have in common."""

    day = day_field(label=_("Day"))
    said = forms.CharField(max_length=LONGEST_SAID, required=False, widget=text_area(6), label=_("What was said"))
    follow_up_on = day_field(
        label=_("Follow up on"), required=False, help_text=_("The case comes back to you that day.")
    )

    def clean_day(self) -> datetime.date:
        return not_ahead(self.cleaned_data["day"])

    def clean_follow_up_on(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["follow_up_on"]
        if day is not None and day <= today():
            raise forms.ValidationError(_("Choose a day that lies ahead."))
        return day


class ConversationForm(RecordForm):
    means = forms.ChoiceField(label=_("How"), choices=MEANS, widget=forms.RadioSelect, initial=Meeting.Means.PHONE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["said"].needed_at_times = True  # type: ignore[attr-defined]
        self.fields["said"].help_text = _("The cause as they tell it. Their own words have a place of their own above.")


class HoldForm(RecordForm):
    also = forms.CharField(
        label=_("Others who came"),
        required=False,
        max_length=LONGEST_OTHERS,
        widget=text_area(2),
        help_text=_("One a line: function, then name if you know it."),
    )
    came_to = forms.CharField(
        label=_("What we came to"), required=False, max_length=LONGEST_CAME_TO, widget=text_area(3)
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, staff: Mapping[int, str], **kwargs: Any) -> None:
        """``staff``: colleagues and others who were asked, by the participant's id."""
        super().__init__(*args, **kwargs)
        self.fields["said"].required = True
        self.staff = tuple(staff)
        for pk, name in staff.items():
            self.fields[f"came-{pk}"] = forms.BooleanField(label=name, required=False)

    @property
    def came_fields(self) -> list[forms.BoundField]:
        return [self[f"came-{pk}"] for pk in self.staff]

    @property
    def came(self) -> frozenset[int]:
        return frozenset(pk for pk in self.staff if self.cleaned_data[f"came-{pk}"])


class PartForm(forms.Form):
    """The pupil's or a guardian's part."""

    outcome = forms.ChoiceField(required=False, widget=forms.RadioSelect, label=_("Part in it"))
    words = forms.CharField(label=_("In own words"), required=False, max_length=LONGEST_WORDS, widget=text_area(2))

    def __init__(
        self, *args: Any, who: Someone, title: str, outcomes: Iterable[tuple[str, Any]], phone: str, **kwargs: Any
    ) -> None:
        """``phone``: as it is written; empty where none is needed or known."""
        super().__init__(*args, **kwargs)
        self.who, self.phone = who, phone
        self.dialled = phone.translate(_NOT_DIALLED)
        self.fields["outcome"].choices = list(outcomes)  # type: ignore[attr-defined]
        self.fields["outcome"].label = title
        self.fields["words"].label = _("In own words: %(name)s") % {"name": who.name or title}
        for field in self.fields.values():
            field.needed_at_times = True  # type: ignore[attr-defined]

    @property
    def told(self) -> Told:
        return Told(who=self.who, outcome=self.cleaned_data["outcome"] or "", words=self.cleaned_data["words"])


class AgreementForm(forms.Form):
    """A row of what was agreed; an empty one is left out."""

    what = forms.CharField(label=_("What"), required=False, max_length=LONGEST_AGREED)
    who = forms.ChoiceField(label=_("Who"), required=False)
    due = day_field(label=_("Ready by"), required=False)

    def __init__(self, *args: Any, found: Around, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        self.fields["who"].choices = owner_choices(found)  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.needed_at_times = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("what"):
            if given.get("who"):
                self.add_error("what", _("Write what is to be done."))
            return given
        if not given.get("who"):
            self.add_error("who", _("Choose who does it."))
        if "due" not in self.errors and (given.get("due") or datetime.date.min) < today():
            self.add_error("due", _("Choose a day, today or later."))
        return given

    @property
    def agreed(self) -> Agreed | None:
        given = self.cleaned_data
        if not given["what"]:
            return None
        known = self.found.people.get(given["who"])
        role = known.role if known else given["who"]
        return Agreed(what=given["what"], role=role, user_id=known.user_id if known else None, due=given["due"])


def others_in(text: str) -> tuple[Someone, ...]:
    """One a line: function, name."""
    found = []
    for line in text.splitlines()[:MOST_OTHERS]:
        function, _comma, name = (part.strip() for part in line.partition(","))
        if function:
            found.append(Someone(role=OTHER, function=function[:80], name=name[:120]))
    return tuple(found)


def not_ahead(day: datetime.date) -> datetime.date:
    if day > today():
        raise forms.ValidationError(_("The day has not come yet."))
    return day
