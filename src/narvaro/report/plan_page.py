"""A plan as one page that needs nothing else: to be read, printed or put on a municipality's website."""

from collections.abc import Iterable

from narvaro.domain.plan import Plan
from narvaro.language import N_, Message, translate
from narvaro.plans.telling import ContactTold, PlanTold, RuleTold, StepTold, plan_told
from narvaro.report.visible_text import html_text

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_STYLE = (
    "body{font:1rem/1.6 system-ui,sans-serif;color:#1c2b28;max-width:46rem;margin:2rem auto;padding:0 1rem}"
    "h2{margin-top:2rem;border-top:1px solid #b9c7c2;padding-top:1rem}h3{margin:1rem 0 0;font-size:1rem}"
    "code,small{color:#51635d}@media print{h2,h3{break-after:avoid}body{margin:0;max-width:none}}"
)


def plan_html(plan: Plan, language: str) -> str:
    told = plan_told(plan, language)
    body = "".join((_about(told), *(_step(step, language) for step in told.steps), *_rest(told, language)))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{html_text(told.title)}</title><style>{_STYLE}</style></head>\n"
        f"<body><main>\n<h1>{html_text(told.title)}</h1>\n{body}</main></body>\n</html>\n"
    )


def _about(told: PlanTold) -> str:
    return f"<p>{html_text(told.source)} ({html_text(told.kind)})</p>\n"


def _step(step: StepTold, language: str) -> str:
    heading = Message.of(N_("Step {number}: {name}"), number=step.number, name=step.name).say(language)
    others = (step.owner, *step.others)
    todo = (each.text if each.own else f"{each.text} ({each.who})" for each in step.must_do)
    times = (*(f"{each.label} {each.text}" for each in step.deadlines), *((step.meeting,) if step.meeting else ()))
    parts = (
        (N_("Who"), others),
        (N_("What is always done"), todo),
        (N_("When"), times),
        (N_("Documents"), step.documents),
        (N_("Is over when"), (step.exit_text,) if step.exit_text else ()),
        (N_("Before the case is closed"), step.closing_needs),
    )
    said = "".join(_part(translate(text, language), items) for text, items in parts)
    rules = "".join(f"<li>{_rule(rule)}</li>" for rule in step.rules)
    begins = translate(N_("Begins when one of these holds"), language)
    return f"<h2>{html_text(heading)}</h2>\n<h3>{html_text(begins)}</h3><ul>{rules}</ul>\n{said}"


def _rule(rule: RuleTold) -> str:
    about = " · ".join(filter(None, (rule.kind, rule.about, rule.source)))
    expression = f" <code>{html_text(rule.expression)}</code>" if rule.expression else ""
    return f"{html_text(rule.text)} <small>{html_text(about)}</small>{expression}"


def _rest(told: PlanTold, language: str) -> Iterable[str]:
    def heading(text: str) -> str:
        return f"<h2>{html_text(translate(text, language))}</h2>\n"

    if told.expectations:
        yield heading(N_("What each can count on"))
        yield from (_part(label, texts) for _party, label, texts in told.expectations)
    if told.contacts:
        yield heading(N_("Whom to turn to")) + _list(map(_contact, told.contacts))
    if told.not_doing:
        yield heading(N_("What each does not do")) + _list(f"{who}: {text}" for who, text in told.not_doing)
    if told.guardian_texts:
        yield heading(N_("For guardians")) + "".join(f"<p>{html_text(text)}</p>\n" for text in told.guardian_texts)
    yield heading(N_("When work is late")) + _list(told.overdue)


def _contact(contact: ContactTold) -> str:
    return ", ".join(filter(None, (contact.function, contact.name, contact.phone, contact.email)))


def _part(heading: str, items: Iterable[str]) -> str:
    found = tuple(items)
    return f"<h3>{html_text(heading)}</h3>{_list(found)}" if found else ""


def _list(items: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{html_text(item)}</li>' for item in items)}</ul>\n"
