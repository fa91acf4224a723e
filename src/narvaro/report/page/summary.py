"""The top of the page: the answer in one sentence, by step, and what to beware of."""

from collections import Counter
from collections.abc import Iterator

from narvaro.language import N_
from narvaro.report.page.parts import Page
from narvaro.report.sentences import answer, cautions, data_line, plan_line
from narvaro.report.visible_text import html_text

_LINKS = (
    ("skolor", N_("Schools")),
    ("agera", N_("To act on")),
    ("battre", N_("What got better")),
    ("raknas", N_("How it is counted")),
    ("underlag", N_("About the data")),
)
_ONE_REJECTED = N_("{n} row of {read} could not be taken in and is not counted.")
_MANY_REJECTED = N_("{n} rows of {read} could not be taken in and are not counted.")
_MARK = (
    '<svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true"><g fill="none" stroke="#fff" stroke-width="2">'
    '<circle cx="12" cy="12" r="10"/><path d="M7.5 12.5l3 3 6-6.5"/></g></svg>'
)


def top_bar(page: Page) -> str:
    shown = (link for link in _LINKS if page.by_lesson or link[0] != "battre")
    items = "".join(f'<a href="#{name}">{page.t(text)}</a>' for name, text in shown)
    return (
        f'<a class="skip" href="#innehall">{page.t(N_("Skip to the content"))}</a>\n<header>'
        f'<span class="brand">{_MARK}Närvaro</span><nav aria-label="{page.t(N_("Contents"))}">{items}</nav></header>\n'
    )


def heading(page: Page) -> str:
    lede = "<br>".join(html_text(line(page.analysis, page.words)) for line in (plan_line, data_line))
    intro = f'<h1>{html_text(answer(page.analysis, page.words))}</h1>\n<p class="lede">{lede}</p>\n'
    return intro + _steps(page) + _strip(page)


def _steps(page: Page) -> str:
    """How many pupils have each step as their highest; a step without anyone is shown too, as good news."""
    counts = Counter(row.step for row in page.analysis.pupils if row.step is not None)
    cards = (_step(page, number, counts[number]) for number in sorted({*page.steps, *counts}))
    label = page.t(N_("Pupils by their highest step in the plan"))
    return f'<ul class="steps" aria-label="{label}">{"".join(cards)}</ul>\n'


def _step(page: Page, number: int, count: int) -> str:
    name = f"<span>{page.t(N_('Step {number}'), number=number)}</span>{page.step_name(number)}"
    return f"<li><b>{page.words.number(count)}</b>{name}</li>"


def _strip(page: Page) -> str:
    items = "".join(f"<li>{text}</li>" for text in _beware(page))
    if not items:
        return ""
    title = page.t(N_("Keep in mind when you read"))
    return f'<section class="strip" aria-label="{title}"><strong>{title}</strong><ul>{items}</ul></section>\n'


def _beware(page: Page) -> Iterator[str]:
    if page.imported.rejected:
        read = page.words.number(page.imported.read)
        told = page.n(_ONE_REJECTED, _MANY_REJECTED, page.imported.rejected, read=read)
        yield f'{told} <a href="#underlag">{page.t(N_("See why"))}</a>'
    yield from (html_text(text) for text in cautions(page.analysis, page.words))
