"""What a person can ask of a pupil's lessons and of the meeting's list, by the address."""

from datetime import date, timedelta

from django import forms

from narvaro.contexts.pupil_page.selection import EDGES, KINDS, Selection

LONGEST_SUBJECT = 200


class LessonsForm(forms.Form):
    """Every field may be left out. ``week`` is any day of it, and stands for its first and last."""

    first = forms.DateField(required=False)
    last = forms.DateField(required=False)
    week = forms.DateField(required=False)
    what = forms.ChoiceField(required=False, choices=[(kind, kind) for kind in KINDS])
    edge = forms.ChoiceField(required=False, choices=[(edge, edge) for edge in EDGES])
    weekday = forms.IntegerField(required=False, min_value=1, max_value=7)
    subject = forms.CharField(required=False, max_length=LONGEST_SUBJECT)

    def selection(self, first_day: date, as_of: date) -> Selection:
        """What is not understood falls back to the whole period."""
        self.is_valid()
        given = self.cleaned_data
        first, last = given.get("first") or first_day, given.get("last") or as_of
        if week := given.get("week"):
            first = week - timedelta(days=week.weekday())
            last = first + timedelta(days=6)
        return Selection(
            first=first,
            last=last,
            what=given.get("what") or "",
            edge=given.get("edge") or "",
            weekday=given.get("weekday"),
            subject=given.get("subject") or "",
        )


class MeetingForm(forms.Form):
    pupil = forms.UUIDField(required=False)
    step = forms.IntegerField(required=False, min_value=1, max_value=9)
