"""Try a rule on the stored history before it is decided on."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.plan import presenters, trial_words, trying
from narvaro.contexts.plan.forms import TrialForm
from narvaro.contexts.plan.versions import VersionRow, plan_in, versions
from narvaro.core.forms import once
from narvaro.domain.plan import Occasion, Rule
from narvaro.domain.rules import Expression
from narvaro.ui.formats import words

Tried = tuple[VersionRow, Occasion, Rule]


def plan_try(request: Any) -> HttpResponse:
    rules = _rules(request)
    choices = [(name, _("Version %(number)s: %(rule)s") % _named(each)) for name, each in rules.items()]
    form = TrialForm(request.POST or None, rules=choices, initial={"rule": request.GET.get("rule", "")})
    if request.method == "POST" and form.is_valid():
        return once(request, lambda: _asked(request, form, rules))
    context = {
        "heading": _("What would a rule have found?"),
        "crumbs": presenters.crumbs(_("Try a rule"), (_("Versions"), reverse("plan_versions"))),
        "form": form,
        "earlier": [trial_words.trial_link(each) for each in trying.trials(request.actor)],
    }
    return TemplateResponse(request, "plan/try.html", context)


def plan_trial(request: Any, trial: UUID) -> HttpResponse:
    told = trying.find_trial(request.actor, trial)
    context: dict[str, Any] = {
        "heading": trial_words.heading(told),
        "rule": told.rule,
        "crumbs": presenters.crumbs(_("Result"), (_("Try a rule"), reverse("plan_try"))),
        "progress": trial_words.progress_of(told),
        "failure": trial_words.failure(told),
    }
    if told.found is not None:
        context |= {
            "sentences": trial_words.sentences(told.found),
            "figures": trial_words.figures(told.found),
            "columns": trial_words.columns(),
            "schools": trial_words.schools(told.found, trying.school_names(request.actor)),
            "chart": trial_words.load_chart(told.found),
        }
    return TemplateResponse(request, "plan/trial.html", context)


def plan_trial_progress(request: Any, trial: UUID) -> HttpResponse:
    """The polled part of the page; when the work is over the whole page is asked for anew."""
    shown = trial_words.progress_of(trying.find_trial(request.actor, trial))
    if shown is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return TemplateResponse(request, "plan/_progress.html", {"progress": shown})


def _asked(request: Any, form: TrialForm, rules: dict[str, Tried]) -> str:
    written: Expression | None = form.cleaned_data["rule"]
    if written is not None:
        key = trying.ask_trial(by=request.actor, rule=written, occasion="spell", version=None)
    else:
        version, occasion, rule = rules[form.cleaned_data["chosen"]]
        key = trying.ask_trial(by=request.actor, rule=rule.when, occasion=occasion, version=version.pk)
    return reverse("plan_trial", args=[key])


def _rules(request: Any) -> dict[str, Tried]:
    """Of drafts, and of the plan in force to compare with."""
    found: dict[str, Tried] = {}
    for version in versions(request.actor):
        if version.is_draft or version.is_in_force:
            plan = plan_in(request.actor, version)
            found |= {f"{version.number}-{rule.id}": (version, plan.occasion, rule) for rule in plan.rules}
    return found


def _named(tried: Tried) -> dict[str, object]:
    version, _occasion, rule = tried
    return {"number": version.number, "rule": rule.text.say(words().language)}
