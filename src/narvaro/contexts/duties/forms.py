"""What a person can send about duties. Lengths are those of the tables."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from narvaro.contexts.cases.api import Near
from narvaro.contexts.duties.homes import TellHome
from narvaro.contexts.duties.leaves import Applied, LeaveDecided
from narvaro.contexts.duties.models import Consultation, Investigation, Leave, Notice, SameDayInformation
from narvaro.contexts.duties.notices import Marked, Prepared
from narvaro.contexts.duties.queries import PARTS
from narvaro.contexts.duties.services import LONGEST_TEXT, Asked, Decided, Written
from narvaro.contexts.register.api import GuardianCard
from narvaro.core.clock import today
from narvaro.core.forms import SentOnce, day_field, text_area

NOT_NEEDED_AT_ONCE = _("May wait; it is saved as you write.")
CHANNELS = {
    SameDayInformation.Channel.PHONE: _("by phone"),
    SameDayInformation.Channel.TEXT_MESSAGE: _("by text message"),
    SameDayInformation.Channel.SCHOOL_SYSTEM: _("in the school's system"),
    SameDayInformation.Channel.IN_PERSON: _("in person"),
    SameDayInformation.Channel.LETTER: _("by letter"),
}
WAYS = {
    Notice.Way.LETTER: _("letter"),
    Notice.Way.SECURE_MAIL: _("secure message"),
    Notice.Way.E_SERVICE: _("e-service"),
    Notice.Way.PHONE: _("phone"),
    Notice.Way.BY_HAND: _("by hand"),
}
NOTICE_STATES = {
    Notice.State.PREPARED: _("not sent"),
    Notice.State.SENT: _("sent"),
    Notice.State.RECEIVED: _("received"),
    Notice.State.FAILED: _("did not arrive"),
    Notice.State.WITHHELD: _("not reported"),
}
PARTIES = {
    Consultation.Party.PUPIL: _("the pupil"),
    Consultation.Party.GUARDIAN: _("a guardian"),
    Consultation.Party.PUPIL_HEALTH: _("pupil health"),
}
OUTCOMES = {
    Consultation.Outcome.HEARD: _("was heard"),
    Consultation.Outcome.TRIED: _("was looked for, and not reached"),
}
KINDS = {Leave.Kind.LEAVE: _("leave"), Leave.Kind.EXEMPTION: _("exemption from parts of the teaching")}
LEAVE_DECISIONS = {Leave.Decision.GRANTED: _("granted"), Leave.Decision.REFUSED: _("refused")}
PART_WORDS = {
    "question": _("What is to be found out?"),
    "sources": _("What is it built on?"),
    "causes": _("What makes it hard to come, as it is told"),
    "conclusions": _("What do we conclude?"),
    "measures": _("What is done, by whom and by when?"),
}


def _text(rows: int = 5, **options: Any) -> forms.CharField:
    return forms.CharField(max_length=LONGEST_TEXT, widget=text_area(rows), **options)


class InvestigationDecisionForm(SentOnce):
    decision = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=[
            (Investigation.Decision.START, _("Investigate the absence")),
            (Investigation.Decision.UNNECESSARY, _("An investigation is unnecessary")),
        ],
        widget=forms.RadioSelect,
    )
    reason = _text(
        label=_("Why"),
        required=False,
        help_text=_("Write what the pupil and the guardians may read. Needed when it is unnecessary."),
    )
    leader = forms.TypedChoiceField(
        label=_("Who leads the investigation?"), required=False, coerce=int, empty_value=None
    )
    planned_end = day_field(label=_("Planned to be finished"), required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Sequence[Near], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leader"].choices = [("", "–"), *((str(each.user_id), each.name) for each in people)]  # type: ignore[attr-defined]
        self.fields["reason"].needed_at_times = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("decision") == Investigation.Decision.UNNECESSARY and not (given.get("reason") or "").strip():
            self.add_error("reason", _("Write why an investigation is unnecessary."))
        if given.get("planned_end") and given["planned_end"] < today():
            self.add_error("planned_end", _("Choose a day that lies ahead."))
        return given

    @property
    def decided(self) -> Decided:
        given = self.cleaned_data
        starts = given["decision"] == Investigation.Decision.START
        return Decided(
            decision=given["decision"],
            reason=given["reason"],
            leader_id=given["leader"] if starts else None,
            planned_end=given["planned_end"] if starts else None,
            seen=given["seen"],
        )


class InvestigationForm(SentOnce):
    question = _text(label=PART_WORDS["question"], required=False, help_text=NOT_NEEDED_AT_ONCE)
    sources = _text(label=PART_WORDS["sources"], required=False)
    causes = _text(
        label=PART_WORDS["causes"],
        required=False,
        help_text=_("In the words of the pupil, the guardians and pupil health. Not what somebody thinks about them."),
    )
    conclusions = _text(label=PART_WORDS["conclusions"], required=False)
    measures = _text(label=PART_WORDS["measures"], required=False)
    special_support = forms.ChoiceField(
        label=_("Is special support to be investigated too?"),
        required=False,
        choices=[
            ("", _("Not answered yet")),
            (Investigation.SpecialSupport.STARTED, _("Yes, it has been started")),
            (Investigation.SpecialSupport.NOT_INDICATED, _("No, there is no sign of need")),
        ],
        widget=forms.RadioSelect,
    )
    special_support_reason = _text(3, label=_("Why not"), required=False)
    needs_coordination = forms.BooleanField(
        label=_("Measures need to be coordinated with others than the school"), required=False
    )
    planned_end = day_field(label=_("Planned to be finished"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*PARTS, "special_support", "special_support_reason"):
            self.fields[name].needed_at_times = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        unexplained = given.get("special_support") == Investigation.SpecialSupport.NOT_INDICATED
        if unexplained and not (given.get("special_support_reason") or "").strip():
            self.add_error("special_support_reason", _("Write why special support is not investigated."))
        return given

    @property
    def written(self) -> Written:
        given = self.cleaned_data
        return Written(
            version=given["version"],
            texts={part: given[part] for part in PARTS},
            special_support=given["special_support"],
            special_support_reason=given["special_support_reason"],
            needs_coordination=given["needs_coordination"],
            planned_end=given["planned_end"],
        )


class FinishForm(SentOnce):
    version = forms.IntegerField(widget=forms.HiddenInput)


class ConsultationForm(SentOnce):
    who = forms.ChoiceField(label=_("Who?"), widget=forms.RadioSelect)
    outcome = forms.ChoiceField(
        label=_("What came of it?"), choices=list(OUTCOMES.items()), widget=forms.RadioSelect, initial="heard"
    )
    day = day_field(label=_("Day"))
    note = _text(3, label=_("A short note"), required=False)

    def __init__(self, *args: Any, guardians: Sequence[GuardianCard], unknown: bool, **kwargs: Any) -> None:
        """``unknown``: the pupil has a guardian whom the register does not know."""
        super().__init__(*args, **kwargs)
        self.guardians = {str(each.key): each.pk for each in guardians}
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            ("pupil", PARTIES[Consultation.Party.PUPIL]),
            *((str(each.key), each.name) for each in guardians),
            *([("guardian", PARTIES[Consultation.Party.GUARDIAN])] if unknown else []),
            ("pupil_health", PARTIES[Consultation.Party.PUPIL_HEALTH]),
        ]
        self.fields["day"].initial = today()

    @property
    def asked(self) -> Asked:
        given = self.cleaned_data
        guardian = self.guardians.get(given["who"])
        party = Consultation.Party.GUARDIAN if guardian else given["who"]
        return Asked(party=party, outcome=given["outcome"], day=given["day"], guardian=guardian, note=given["note"])


class NoticeForm(SentOnce):
    receiver_function = forms.CharField(
        label=_("To whom"),
        max_length=120,
        help_text=_("A function, such as the education office. Not a private person."),
    )
    planned_end = day_field(label=_("Planned to be finished"), required=False)
    needs_coordination = forms.BooleanField(
        label=_("Measures need to be coordinated with others than the school"), required=False
    )

    @property
    def prepared(self) -> Prepared:
        given = self.cleaned_data
        return Prepared(
            receiver_function=given["receiver_function"],
            planned_end=given.get("planned_end"),
            needs_coordination=given.get("needs_coordination", False),
            withheld_reason=given.get("withheld_reason", ""),
        )


class CsnForm(NoticeForm):
    withheld_reason = _text(
        3,
        label=_("Or why the school does not report"),
        required=False,
        help_text=_("Special reasons, such as bullying. Leave it empty to report."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["planned_end"], self.fields["needs_coordination"]
        self.fields["withheld_reason"].needed_at_times = True  # type: ignore[attr-defined]


class NoticeMarkForm(SentOnce):
    state = forms.ChoiceField(label=_("What came of it?"), widget=forms.RadioSelect)
    day = day_field(label=_("Day"))
    way = forms.ChoiceField(label=_("How"), choices=list(WAYS.items()), required=False)
    received_by = forms.CharField(
        label=_("Received by (function)"), max_length=120, required=False, help_text=_("Such as the registrar.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = state == Notice.State.PREPARED
        after = (Notice.State.SENT,) if first else (Notice.State.RECEIVED, Notice.State.FAILED)
        self.fields["state"].choices = [(each.value, NOTICE_STATES[each]) for each in after]  # type: ignore[attr-defined]
        self.fields["state"].initial = after[0]
        self.fields["day"].initial = today()
        if first:
            self.fields["state"].widget = forms.HiddenInput()
            del self.fields["received_by"]
        else:
            del self.fields["way"]

    @property
    def marked(self) -> Marked:
        given = self.cleaned_data
        return Marked(
            version=given["version"],
            state=given["state"],
            day=given["day"],
            way=given.get("way", ""),
            received_by=given.get("received_by", ""),
        )


class HomeForm(SentOnce):
    guardians = forms.MultipleChoiceField(label=_("Who was told?"), widget=forms.CheckboxSelectMultiple, required=False)
    channel = forms.ChoiceField(label=_("How"), choices=list(CHANNELS.items()), required=False)
    told_on = day_field(label=_("Told on"), required=False, help_text=_("Leave it empty if nobody has been told yet."))
    reason = _text(
        3,
        label=_("Why it had to wait"),
        required=False,
        help_text=_("Needed if the home was not told the same day."),
    )

    def __init__(self, *args: Any, guardians: Sequence[GuardianCard], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guardians_by_key = {str(each.key): each.pk for each in guardians}
        self.fields["guardians"].choices = [(str(each.key), each.name) for each in guardians]  # type: ignore[attr-defined]
        self.fields["guardians"].initial = list(self.guardians_by_key)
        self.fields["told_on"].initial = today()
        for name in ("guardians", "channel", "told_on", "reason"):
            self.fields[name].needed_at_times = True  # type: ignore[attr-defined]
        if not guardians:
            del self.fields["guardians"]

    @property
    def told(self) -> TellHome:
        given = self.cleaned_data
        chosen = given.get("guardians", []) if given["told_on"] else []
        return TellHome(
            told_on=given["told_on"],
            channel=given["channel"] if given["told_on"] else "",
            guardians=tuple(self.guardians_by_key[each] for each in chosen),
            reason=given["reason"],
        )


class LeaveForm(SentOnce):
    kind = forms.ChoiceField(label=_("What is asked for?"), choices=list(KINDS.items()), widget=forms.RadioSelect)
    first_day = day_field(label=_("First day"))
    last_day = day_field(label=_("Last day"))
    applicant = forms.CharField(label=_("Who asks"), max_length=120)
    applied_on = day_field(label=_("Asked on"))
    reason = _text(3, label=_("Why, as it is told"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].initial = Leave.Kind.LEAVE
        self.fields["applied_on"].initial = today()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("first_day") and given.get("last_day") and given["last_day"] < given["first_day"]:
            self.add_error("last_day", _("The last day is before the first."))
        if given.get("applied_on") and given["applied_on"] > today():
            self.add_error("applied_on", _("The day has not come yet."))
        return given

    @property
    def applied(self) -> Applied:
        given = self.cleaned_data
        return Applied(**{name: given[name] for name in Applied.__slots__})


class LeaveDecisionForm(SentOnce):
    decision = forms.ChoiceField(
        label=_("What do you decide?"), choices=list(LEAVE_DECISIONS.items()), widget=forms.RadioSelect
    )
    reason = _text(3, label=_("Why"), help_text=_("The decision is a public record: write no sensitive detail in it."))
    version = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def decided(self) -> LeaveDecided:
        given = self.cleaned_data
        return LeaveDecided(version=given["version"], decision=given["decision"], reason=given["reason"])
