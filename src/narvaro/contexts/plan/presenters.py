"""A plan as a document that a principal can read: its steps, and under each the rules in words with who set them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.plan.queries import Chosen, PlanInForce
from narvaro.contexts.plan.services import Choice
from narvaro.domain.plan import Plan, Rule, SourceKind
from narvaro.ui.formats import day_and_year, words
from narvaro.ui.parts import Entry, Link


@dataclass(frozen=True, slots=True)
class RuleShown:
    text: str
    about: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class StepShown:
    number: int
    name: str
    rules: tuple[RuleShown, ...]


@dataclass(frozen=True, slots=True)
class PlanShown:
    """``source`` is of the whole plan; a rule tells its own where it has another."""

    preset: str
    title: str
    source: str
    kind: str
    steps: tuple[StepShown, ...]
    is_in_force: bool
    url: str


def plan_shown(preset: str, plan: Plan, in_force: str) -> PlanShown:
    steps = tuple(
        StepShown(step.number, step.name.say(words().language), _rules(plan, step.number))
        for step in sorted(plan.steps, key=lambda step: step.number)
    )
    url = reverse("settings_plan_preset", args=[preset])
    return PlanShown(preset, plan.title, plan.source, kind_words(plan.kind), steps, preset == in_force, url)


def _rules(plan: Plan, step: int) -> tuple[RuleShown, ...]:
    measured = [_rule(rule, plan) for rule in plan.rules if rule.step == step]
    judged = [
        RuleShown(rule.text.say(words().language), "", _("people judge"), _own(rule.source, plan))
        for rule in plan.case_rules
        if rule.step == step
    ]
    return (*measured, *judged)


def _rule(rule: Rule, plan: Plan) -> RuleShown:
    about = ", ".join((*rule.forms, *rule.grades))
    text = rule.text.say(words().language)
    return RuleShown(text, about, kind_words(rule.kind), _own(rule.source, plan))


def _own(source: str, plan: Plan) -> str:
    return "" if source == plan.source else source


def kind_words(kind: SourceKind) -> str:
    words: dict[SourceKind, str] = {"law": _("law"), "published": _("published"), "own": _("own limit")}
    return words[kind]


def heading(plan: Plan) -> str:
    steps = ngettext("%(count)s step", "%(count)s steps", len(plan.steps)) % {"count": len(plan.steps)}
    rules = ngettext("%(count)s rule", "%(count)s rules", len(plan.rules)) % {"count": len(plan.rules)}
    return _("The plan in force has %(steps)s and %(rules)s") % {"steps": steps, "rules": rules}


def preset_heading(plan: Plan) -> str:
    text = ngettext("%(title)s: %(count)s rule", "%(title)s: %(count)s rules", len(plan.rules))
    return text % {"title": plan.title, "count": len(plan.rules)}


def since(found: PlanInForce) -> str:
    if found.since is None:
        return _("Nobody has chosen a plan yet, so the one that comes with Närvaro holds.")
    return _("In force since %(day)s.") % {"day": day_and_year(found.since)}


def history(chosen: Sequence[Chosen], titles: dict[str, str], today: date) -> list[Entry]:
    return [
        Entry(
            each.in_force_from,
            titles.get(each.preset, each.preset),
            each.reason,
            _("chosen by %(name)s") % {"name": each.chosen_by} if each.chosen_by else "",
        )
        for each in chosen
    ]


def saved(choice: Choice, today: date) -> str:
    if choice.in_force_from > today:
        return _("The plan is chosen, and is in force from %(day)s.") % {"day": day_and_year(choice.in_force_from)}
    return _("The plan is in force. Warnings follow it when the numbers are counted next.")


def crumbs(here: str, *above: tuple[str, str]) -> list[Link]:
    links = [Link(label, reverse(route)) for label, route in ((_("Settings"), "settings"), *above)]
    return [*links, Link(here, "")]
