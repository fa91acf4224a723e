"""A part of a draft as a form: from the plan to its fields, and from what was sent to the changed plan."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from narvaro.contexts.plan.choices import days, in_order, kind_choices, occasion_choices, part_text, role_choices
from narvaro.contexts.plan.text_lines import LINE, PARAGRAPH, lines_of, texts_of
from narvaro.core.forms import SentOnce, text_area
from narvaro.domain.plan import PARTIES, Expectation, NotDoing, Overdue, Plan, PlanContact
from narvaro.language import Words
from narvaro.plans.telling import CHANGEABLE

LONGEST = 4000
BLANK_ROWS = 2
_EVERY_LINE = _("One on each line.")
_SAME_LINES = _("The same lines in the same order.")
Row = Mapping[str, Any]


class PartForm(SentOnce):
    """``seen`` stands for the part as it was when the page was shown. ``which`` names one of many."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    long_text: ClassVar[bool] = False

    def __init__(self, *args: Any, plan: Plan, which: str = "", **kwargs: Any) -> None:
        self.plan, self.which = plan, which
        kwargs["initial"] = {**self.shown(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.build()

    def shown(self) -> dict[str, Any]:
        raise NotImplementedError

    def build(self) -> None:
        """Fields that depend on the plan."""

    def changed(self) -> Plan:
        """The plan with what was sent, once the form is valid."""
        raise NotImplementedError

    def take_back(self, draft: Mapping[str, str]) -> bool:
        """Long texts that the person wrote and had not saved. True when there were any."""
        long = {name: field for name, field in self.fields.items() if isinstance(field.widget, forms.Textarea)}
        shown = {name: self.get_initial_for_field(field, name) for name, field in long.items()}
        found = {name: draft[name] for name, text in shown.items() if draft.get(name, text) != text}
        self.initial.update(found)
        return bool(found)

    def add_texts(self, name: str, label: Any, texts: Iterable[Words], *, between: str = LINE) -> None:
        rows, help_text = (10, _("An empty line between two texts.")) if between == PARAGRAPH else (4, _EVERY_LINE)
        sv, en = lines_of(texts, between)
        english = part_text(_("%(part)s, in English"), label)
        self.fields[name] = _area(label, sv, rows, help_text)
        self.fields[f"{name}_en"] = _area(english, en, rows, _SAME_LINES)

    def texts(self, name: str, *, between: str = LINE) -> tuple[Words, ...]:
        return texts_of(self.cleaned_data.get(name, ""), self.cleaned_data.get(f"{name}_en", ""), between)

    def check_texts(self, *names: str, between: str = LINE) -> None:
        for name in names:
            try:
                self.texts(name, between=between)
            except ValueError:
                self.add_error(f"{name}_en", _("There are more texts in English than in Swedish."))

    def add_rows(self, name: str, columns: Mapping[str, Callable[[int], forms.Field]], rows: Iterable[Row]) -> None:
        shown = [*rows, *({} for _each in range(BLANK_ROWS))]
        for place, row in enumerate(shown):
            for column, made in columns.items():
                field = made(place + 1)
                field.initial = row.get(column, "")
                self.fields[f"{name}_{place}_{column}"] = field

    def rows(self, name: str, columns: Iterable[str], needed: str) -> list[dict[str, str]]:
        """What was sent in rows; those whose ``needed`` column is empty are taken away."""
        found = []
        for place in range(sum(each.startswith(f"{name}_") and each.endswith(f"_{needed}") for each in self.fields)):
            row = {column: (self.cleaned_data.get(f"{name}_{place}_{column}") or "").strip() for column in columns}
            if row[needed]:
                found.append(row)
        return found


def _area(label: Any, initial: str, rows: int, help_text: Any) -> forms.Field:
    return forms.CharField(
        label=label,
        initial=initial,
        required=False,
        max_length=LONGEST,
        help_text=help_text,
        widget=text_area(rows),
    )


def short(text: Any, longest: int = 300) -> Callable[[int], forms.Field]:
    """A field of a row, named with the row's number."""
    return lambda number: forms.CharField(label=part_text(text, number), required=False, max_length=longest)


class AboutForm(PartForm):
    title = forms.CharField(label=_("Title"), max_length=300)
    source = forms.CharField(label=_("Source"), max_length=300, help_text=_("Who decided on the limits, and when."))
    kind = forms.ChoiceField(label=_("Who set the limits"), choices=kind_choices)
    occasion = forms.ChoiceField(label=_("One occasion is"), choices=occasion_choices)

    def shown(self) -> dict[str, Any]:
        return {name: getattr(self.plan, name) for name in ("title", "source", "kind", "occasion")}

    def changed(self) -> Plan:
        names = ("title", "source", "kind", "occasion")
        before, given = self.plan, {name: self.cleaned_data[name] for name in names}
        # What a rule had from the plan, it still has from the plan.
        rules = (
            replace(
                rule,
                source=given["source"] if rule.source == before.source else rule.source,
                kind=given["kind"] if rule.kind == before.kind else rule.kind,
            )
            for rule in before.rules
        )
        case_rules = (
            replace(rule, source=given["source"] if rule.source == before.source else rule.source)
            for rule in before.case_rules
        )
        return replace(before, rules=tuple(rules), case_rules=tuple(case_rules), **given)


class ExpectationsForm(PartForm):
    long_text = True
    _LABELS: ClassVar = {
        "school": _("What you can count on from the school"),
        "guardian": _("What we count on from guardians"),
        "pupil": _("What we count on from the pupil"),
    }

    def shown(self) -> dict[str, Any]:
        return {}

    def build(self) -> None:
        for party in PARTIES:
            said = (each.text for each in self.plan.expectations if each.party == party)
            self.add_texts(party, self._LABELS[party], said)

    def clean(self) -> dict[str, Any]:
        self.check_texts(*PARTIES)
        return self.cleaned_data

    def changed(self) -> Plan:
        said = (Expectation(party, text) for party in PARTIES for text in self.texts(party))
        return replace(self.plan, expectations=tuple(said))


class GuardianTextsForm(PartForm):
    long_text = True

    def shown(self) -> dict[str, Any]:
        return {}

    def build(self) -> None:
        self.add_texts("texts", _("Texts for guardians"), self.plan.guardian_texts, between=PARAGRAPH)

    def clean(self) -> dict[str, Any]:
        self.check_texts("texts", between=PARAGRAPH)
        return self.cleaned_data

    def changed(self) -> Plan:
        return replace(self.plan, guardian_texts=self.texts("texts", between=PARAGRAPH))


class ContactsForm(PartForm):
    _COLUMNS: ClassVar = {
        "function": short(_("Function %(part)s"), 80),
        "function_en": short(_("Function %(part)s, in English"), 80),
        "name": short(_("Name %(part)s"), 80),
        "phone": short(_("Telephone %(part)s"), 30),
        "email": short(_("E-mail %(part)s"), 120),
    }

    def shown(self) -> dict[str, Any]:
        return {}

    def build(self) -> None:
        rows = (
            {
                "function": each.function.sv,
                "function_en": each.function.en,
                "name": each.name,
                "phone": each.phone,
                "email": each.email,
            }
            for each in self.plan.contacts
        )
        self.add_rows("contact", self._COLUMNS, rows)

    def changed(self) -> Plan:
        rows = self.rows("contact", self._COLUMNS, "function")
        contacts = (
            PlanContact(Words(row["function"], row["function_en"]), row["name"], row["phone"], row["email"])
            for row in rows
        )
        return replace(self.plan, contacts=tuple(contacts))


class NotDoingForm(PartForm):
    _COLUMNS: ClassVar = {
        "role": lambda number: forms.ChoiceField(
            label=part_text(_("Role %(part)s"), number), required=False, choices=role_choices(_("choose"))
        ),
        "text": short(_("Does not %(part)s")),
        "text_en": short(_("Does not %(part)s, in English")),
    }

    def shown(self) -> dict[str, Any]:
        return {}

    def build(self) -> None:
        rows = ({"role": each.role, "text": each.text.sv, "text_en": each.text.en} for each in self.plan.not_doing)
        self.add_rows("line", self._COLUMNS, rows)

    def clean(self) -> dict[str, Any]:
        for row in (name.removesuffix("_text") for name in self.fields if name.endswith("_text")):
            if self.cleaned_data.get(f"{row}_text") and not self.cleaned_data.get(f"{row}_role"):
                self.add_error(f"{row}_role", _("Choose a role."))
        return self.cleaned_data

    def changed(self) -> Plan:
        rows = self.rows("line", self._COLUMNS, "text")
        return replace(
            self.plan, not_doing=tuple(NotDoing(row["role"], Words(row["text"], row["text_en"])) for row in rows)
        )


class OverdueForm(PartForm):
    remind_before = days(_("Reminder, school days before the last day"))
    escalate_after = days(_("To the next in line, school days after the last day"))
    _PLACES = 5

    def shown(self) -> dict[str, Any]:
        overdue = self.plan.overdue
        return {"remind_before": overdue.remind_before, "escalate_after": overdue.escalate_after}

    def build(self) -> None:
        line = self.plan.overdue.in_line
        for place in range(self._PLACES):
            self.fields[f"line_{place}"] = forms.ChoiceField(
                label=part_text(_("Number %(part)s in line"), place + 1),
                required=place == 0,
                choices=role_choices(_("nobody")),
                initial=line[place] if place < len(line) else "",
            )

    def changed(self) -> Plan:
        given = self.cleaned_data
        line = tuple(given[f"line_{place}"] for place in range(self._PLACES) if given[f"line_{place}"])
        overdue = Overdue(remind_before=given["remind_before"], escalate_after=given["escalate_after"], in_line=line)
        return replace(self.plan, overdue=overdue)


class SchoolsForm(PartForm):
    schools_may_change = forms.MultipleChoiceField(
        label=_("What schools may change"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def shown(self) -> dict[str, Any]:
        return {"schools_may_change": list(self.plan.schools_may_change)}

    def build(self) -> None:
        self.fields["schools_may_change"].choices = [(name, _(text)) for name, text in CHANGEABLE.items()]  # type: ignore[attr-defined]

    def changed(self) -> Plan:
        chosen = in_order(self.cleaned_data["schools_may_change"], self.plan.schools_may_change)
        return replace(self.plan, schools_may_change=chosen)
