"""The plan beside the list: the rules that made it, and what in the plan it does not answer."""

from collections.abc import Sequence

from narvaro.domain.plan import CaseRule, Rule
from narvaro.language import N_
from narvaro.report.page.parts import Heads, Page, note, small, table
from narvaro.report.visible_text import html_text

_STEP = ("", N_("Step"))
_RULE_HEADS: Heads = (_STEP, ("", N_("Rule")), ("", N_("As the program reads it")))
_UNANSWERED_HEADS: Heads = (_STEP, ("", N_("What the plan says")))
_CASE = N_("Known to those who work with the pupil; attendance does not show it.")
_NO_DAYS = N_("Needs single lessons or days; this data has only sums per period.")
_UNANSWERED = N_("What this list does not answer")
_ONE = N_("The plan also has {n} reason to act that this list does not answer.")
_MANY = N_("The plan also has {n} reasons to act that this list does not answer.")


def plan_rules(page: Page) -> str:
    plan, heading = page.analysis.plan, page.t(N_("The plan's rules"))
    about = page.t(
        N_("{title}, version {version}. {source}"), title=plan.title, version=plan.version, source=plan.source
    )
    rows = "".join(_rule(page, rule) for rule in sorted(plan.rules, key=_order))
    return f"<h3>{heading}</h3>{note(about)}" + table(page, "facts", caption=heading, heads=_RULE_HEADS, rows=rows)


def unanswered(page: Page) -> str:
    """Triggers that only a case can know of, and rules that this data cannot try."""
    not_tried = [page.rules[id_] for id_ in page.analysis.rules_not_tried]
    body = _because(page, _CASE, page.analysis.plan.case_rules) + _because(page, _NO_DAYS, not_tried)
    return f'<h3 id="svaras-inte">{page.t(_UNANSWERED)}</h3>{body}' if body else ""


def unanswered_note(page: Page) -> str:
    """Beside the list, where its steps are read."""
    if not (count := len(page.analysis.plan.case_rules) + len(page.analysis.rules_not_tried)):
        return ""
    link = f'<a href="#svaras-inte">{page.t(N_("See which, and why"))}</a>'
    return note(f"{page.n(_ONE, _MANY, count)} {link}")


def _because(page: Page, why: str, rules: Sequence[Rule | CaseRule]) -> str:
    if not rules:
        return ""
    rows = "".join(f"<tr>{_told(page, rule)}</tr>\n" for rule in sorted(rules, key=_order))
    body = table(page, "facts", caption=page.t(_UNANSWERED), heads=_UNANSWERED_HEADS, rows=rows)
    return note(page.t(why)) + body


def _rule(page: Page, rule: Rule) -> str:
    return f"<tr>{_told(page, rule)}<td><code>{html_text(str(rule.when))}</code></td></tr>\n"


def _told(page: Page, rule: Rule | CaseRule) -> str:
    step = f'<th scope="row">{page.t(N_("Step {number}"), number=rule.step)}{small(page.step_name(rule.step))}</th>'
    return f"{step}<td>{html_text(rule.text.say(page.words.language))}</td>"


def _order(rule: Rule | CaseRule) -> tuple[int, str]:
    return rule.step, rule.id
