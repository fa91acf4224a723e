"""A step, a rule and a trigger that people judge, as forms."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from narvaro.contexts.plan import choices
from narvaro.contexts.plan.part_forms import PartForm, short
from narvaro.domain.plan import CaseRule, MustDo, Plan, RequiredMeeting, Rule, Step, StepWork
from narvaro.domain.rules import Expression, RuleError, parse_rule
from narvaro.language import Words
from narvaro.ui.formats import words

_GRADES = ("F", "1", "2", "3", "4", "5", "6", "7", "8", "9")
_MOST_STEPS = 9
_NEW_ID = re.compile(r"[^a-z0-9]+")


class RuleField(forms.CharField):
    """A rule as text; what is wrong with it is told in the words of the rule's own reader."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=1000, widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}), **kwargs)

    def clean(self, value: Any) -> Expression | None:
        text = super().clean(value)
        try:
            return parse_rule(text) if text else None
        except RuleError as error:
            raise forms.ValidationError(error.message.say(words().language)) from None


class StepForm(PartForm):
    long_text = True
    name = forms.CharField(label=_("Name"), max_length=80)
    name_en = forms.CharField(label=_("Name, in English"), max_length=80, required=False)
    owner = forms.ChoiceField(label=_("Who leads"), choices=choices.owner_choices)
    others = forms.MultipleChoiceField(
        label=_("Others who take part"),
        required=False,
        choices=choices.role_choices(),
        widget=forms.CheckboxSelectMultiple,
    )
    contact_within = choices.days(_("First contact within, in school days"))
    finish_within = choices.days(_("Everything done within, in school days"), required=False)
    follow_up_after = choices.days(_("Follow-up after, in school days"))
    meeting_kind = forms.ChoiceField(label=_("Meeting"), required=False, choices=choices.meeting_choices)
    meeting_within = choices.days(_("Meeting within, in school days"), required=False)
    meeting_participants = forms.MultipleChoiceField(
        label=_("Who is at the meeting"),
        required=False,
        choices=choices.role_choices(),
        widget=forms.CheckboxSelectMultiple,
    )
    exit_text = forms.CharField(label=_("When the step is over"), max_length=300, required=False)
    exit_text_en = forms.CharField(label=_("When the step is over, in English"), max_length=300, required=False)
    exit_when = RuleField(label=_("The same as a rule"), required=False)
    closing_needs = forms.MultipleChoiceField(
        label=_("Before the case is closed at this step"),
        required=False,
        choices=choices.need_choices,
        widget=forms.CheckboxSelectMultiple,
    )
    _MUST_DO: ClassVar = {
        "text": short(_("To do %(part)s")),
        "text_en": short(_("To do %(part)s, in English")),
        "role": lambda number: forms.ChoiceField(
            label=choices.part_text(_("Who does %(part)s"), number),
            required=False,
            choices=choices.role_choices(_("whoever leads the step")),
        ),
        "id": lambda number: forms.CharField(required=False, max_length=60, widget=forms.HiddenInput),
    }

    def shown(self) -> dict[str, Any]:
        step = self._step
        work = step.work
        meeting, exit_text = work.meeting, work.exit_text or Words("")
        return {
            "name": step.name.sv,
            "name_en": step.name.en,
            "owner": work.owner,
            "others": list(work.others),
            "contact_within": work.contact_within,
            "finish_within": work.finish_within,
            "follow_up_after": work.follow_up_after,
            "meeting_kind": meeting.kind if meeting else "",
            "meeting_within": meeting.within if meeting else None,
            "meeting_participants": list(meeting.participants) if meeting else [],
            "exit_text": exit_text.sv,
            "exit_text_en": exit_text.en,
            "exit_when": str(work.exit_when) if work.exit_when else "",
            "closing_needs": list(work.closing_needs),
        }

    def build(self) -> None:
        work = self._step.work
        rows = (
            {"id": each.id, "text": each.text.sv, "text_en": each.text.en, "role": each.role} for each in work.must_do
        )
        self.add_rows("do", self._MUST_DO, rows)
        self.add_texts("documents", _("Documents"), work.documents)
        done = [name for name in self.fields if name.startswith(("do_", "documents"))]
        first = list(self.fields)[: list(self.fields).index("follow_up_after") + 1]
        self.order_fields([*(name for name in first if name not in done), *done])

    def clean(self) -> dict[str, Any]:
        self.check_texts("documents")
        given = self.cleaned_data
        if given.get("meeting_kind") and not given.get("meeting_participants"):
            self.add_error("meeting_participants", _("Choose who is at the meeting."))
        if given.get("meeting_kind") and given.get("meeting_within") is None and "meeting_within" not in self.errors:
            self.add_error("meeting_within", _("Write within how many school days."))
        return given

    def changed(self) -> Plan:
        made = Step(self._step.number, self._words("name"), self._work())
        steps = [step for step in self.plan.steps if step.number != made.number]
        return replace(self.plan, steps=tuple(sorted([*steps, made], key=lambda step: step.number)))

    @property
    def _step(self) -> Step:
        number = int(self.which) if self.which else free_number(self.plan)
        return self.plan.step(number) or Step(number, Words(""), StepWork())

    def _work(self) -> StepWork:
        given = self.cleaned_data
        return StepWork(
            owner=given["owner"],
            others=choices.in_order(given["others"], self._step.work.others),
            must_do=tuple(self._must_do()),
            meeting=self._meeting(),
            documents=self.texts("documents"),
            contact_within=given["contact_within"],
            finish_within=given["finish_within"],
            follow_up_after=given["follow_up_after"],
            exit_text=self._words("exit_text") if given["exit_text"] else None,
            exit_when=given["exit_when"],
            closing_needs=choices.in_order(given["closing_needs"], self._step.work.closing_needs),
        )

    def _meeting(self) -> RequiredMeeting | None:
        given = self.cleaned_data
        if not given["meeting_kind"]:
            return None
        before = self._step.work.meeting
        who = choices.in_order(given["meeting_participants"], before.participants if before else ())
        return RequiredMeeting(given["meeting_kind"], who, given["meeting_within"])

    def _must_do(self) -> Iterable[MustDo]:
        rows = self.rows("do", self._MUST_DO, "text")
        taken = {row["id"] for row in rows if row["id"]}
        for row in rows:
            name = row["id"] or free_id("do", taken)
            taken.add(name)
            yield MustDo(name, Words(row["text"], row["text_en"]), row["role"])

    def _words(self, name: str) -> Words:
        return Words(self.cleaned_data[name], self.cleaned_data[f"{name}_en"])


class RuleForm(PartForm):
    step = forms.TypedChoiceField(label=_("Step"), coerce=int)
    severity = forms.TypedChoiceField(
        label=_("Severity"),
        coerce=int,
        choices=[("1", _("1, to know")), ("2", "2"), ("3", "3"), ("4", _("4, urgent"))],
    )
    when = RuleField(label=_("Rule"), help_text=_("For example total_rate(last_20) >= 15 %"))
    text = forms.CharField(
        label=_("What a person reads"),
        max_length=80,
        help_text=_("What, how much, over which time. Never what the pupil is."),
    )
    text_en = forms.CharField(label=_("What a person reads, in English"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("Who set the limit"), choices=choices.kind_choices)
    source = forms.CharField(label=_("Source"), max_length=300, required=False)
    forms_ = forms.MultipleChoiceField(
        label=_("School forms"),
        required=False,
        choices=choices.form_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: everybody."),
    )
    grades = forms.MultipleChoiceField(
        label=_("Grades"),
        required=False,
        choices=[(grade, grade) for grade in _GRADES],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: everybody."),
    )

    def shown(self) -> dict[str, Any]:
        rule = next((rule for rule in self.plan.rules if rule.id == self.which), None)
        if rule is None:
            return {"kind": self.plan.kind, "source": self.plan.source}
        return {
            **{name: getattr(rule, name) for name in ("step", "severity", "kind", "source")},
            "when": str(rule.when),
            "text": rule.text.sv,
            "text_en": rule.text.en,
            "forms_": list(rule.forms),
            "grades": list(rule.grades),
        }

    def build(self) -> None:
        self.fields["step"].choices = step_choices(self.plan)  # type: ignore[attr-defined]

    def changed(self) -> Plan:
        given = self.cleaned_data
        made = Rule(
            id=self.which or new_id(given["text"], self.plan),
            step=given["step"],
            severity=given["severity"],
            when=given["when"],
            text=Words(given["text"], given["text_en"]),
            source=given["source"] or self.plan.source,
            forms=tuple(given["forms_"]),
            grades=tuple(given["grades"]),
            kind=given["kind"],
        )
        return replace(self.plan, rules=_with(self.plan.rules, made))


class CaseRuleForm(PartForm):
    step = forms.TypedChoiceField(label=_("Step"), coerce=int)
    text = forms.CharField(label=_("What people judge"), max_length=300)
    text_en = forms.CharField(label=_("What people judge, in English"), max_length=300, required=False)
    source = forms.CharField(label=_("Source"), max_length=300, required=False)

    def shown(self) -> dict[str, Any]:
        rule = next((rule for rule in self.plan.case_rules if rule.id == self.which), None)
        if rule is None:
            return {"source": self.plan.source}
        return {"step": rule.step, "text": rule.text.sv, "text_en": rule.text.en, "source": rule.source}

    def build(self) -> None:
        self.fields["step"].choices = step_choices(self.plan)  # type: ignore[attr-defined]

    def changed(self) -> Plan:
        given = self.cleaned_data
        text, source = Words(given["text"], given["text_en"]), given["source"] or self.plan.source
        made = CaseRule(self.which or new_id(given["text"], self.plan), given["step"], text, source)
        return replace(self.plan, case_rules=_with(self.plan.case_rules, made))


def step_choices(plan: Plan) -> list[tuple[str, str]]:
    return [(str(step.number), f"{step.number}. {step.name.say(words().language)}") for step in plan.steps]


def free_number(plan: Plan) -> int:
    """0 when there is no room for another step."""
    return next((number for number in range(1, _MOST_STEPS + 1) if plan.step(number) is None), 0)


def new_id(text: str, plan: Plan) -> str:
    """From the text, as people recognise it in a file; nobody has to think one up."""
    plain = text.casefold().translate(str.maketrans("åäöéü", "aaoeu"))
    name = _NEW_ID.sub("_", plain).strip("_")[:40]
    start = name if name[:1].isalpha() else f"rule_{name}".rstrip("_")
    taken = {rule.id for rule in plan.every_rule}
    return start if start not in taken else free_id(start, taken)


def free_id(start: str, taken: set[str]) -> str:
    return next(name for number in range(1, len(taken) + 2) if (name := f"{start}_{number}") not in taken)


def _with(rules: tuple[Any, ...], made: Any) -> tuple[Any, ...]:
    """In its old place, or last."""
    if made.id in {rule.id for rule in rules}:
        return tuple(made if rule.id == made.id else rule for rule in rules)
    return (*rules, made)
