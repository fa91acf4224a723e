"""What every section of the page needs: the analysis, the words, and small pieces of markup."""

from collections.abc import Mapping
from dataclasses import dataclass

from narvaro.domain.absence import Minutes
from narvaro.domain.plan import Rule, Step
from narvaro.language import N_
from narvaro.report.model import Analysis, ImportReport, PupilRow, SchoolRow, school_order
from narvaro.report.rejects import RejectGroup
from narvaro.report.sentences import words_for
from narvaro.report.visible_text import html_text, shortened
from narvaro.ui.words import Words

# (class, text) of each column; texts are marked with N_ where they stand.
Heads = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Made once a page. ``schools`` are in the order of the page; a school's place is its anchor."""

    analysis: Analysis
    imported: ImportReport
    rejects: tuple[RejectGroup, ...]
    words: Words
    minutes: Minutes
    rules: Mapping[str, Rule]
    steps: Mapping[int, Step]
    schools: tuple[SchoolRow, ...]

    @property
    def by_lesson(self) -> bool:
        return self.analysis.grain == "lesson"

    def t(self, text: str, /, **values: object) -> str:
        """A sentence in the reader's language, ready for markup."""
        return html_text(self.words.say(text, **values))

    def n(self, one: str, many: str, count: int, /, **values: object) -> str:
        return html_text(self.words.count(one, many, count, **values))

    def step_name(self, number: int) -> str:
        step = self.steps.get(number)
        return html_text(step.name.say(self.words.language)) if step else ""


def page_of(analysis: Analysis, imported: ImportReport, *, rejects: tuple[RejectGroup, ...], language: str) -> Page:
    return Page(
        analysis=analysis,
        imported=imported,
        rejects=rejects,
        words=words_for(analysis, language),
        minutes=analysis.minutes,
        rules={rule.id: rule for rule in analysis.plan.rules},
        steps={step.number: step for step in analysis.plan.steps},
        schools=tuple(sorted(analysis.schools, key=school_order)),
    )


def pupil_cell(page: Page, row: PupilRow) -> str:
    """Name and class; a protected pupil has neither, nor an id that could be somebody's user name."""
    if row.protected:
        return f'<th scope="row"><span class="lock">{page.t(N_("Protected identity"))}</span></th>'
    name = html_text(shortened(row.name or row.summary.pupil_id))
    return f'<th scope="row"><bdi>{name}</bdi>{small(html_text(shortened(_class(page, row))))}</th>'


def small(markup: str) -> str:
    return f"<small>{markup}</small>" if markup else ""


def note(markup: str) -> str:
    return f'<p class="note">{markup}</p>'


def section(name: str, heading: str, body: str) -> str:
    return f'<section id="{name}" aria-labelledby="{name}-h"><h2 id="{name}-h">{heading}</h2>\n{body}</section>\n'


def table(page: Page, kind: str, *, caption: str, heads: Heads, rows: str, foot: str = "") -> str:
    """``caption`` is for those who do not see the heading above."""
    cells = "".join(f'<th scope="col"{attribute(name)}>{page.t(text)}</th>' for name, text in heads)
    return (
        f'<table class="{kind}"><caption>{caption}</caption><thead><tr>{cells}</tr></thead>\n'
        f"<tbody>{rows}</tbody>{foot}</table>\n"
    )


def attribute(name: str) -> str:
    return f' class="{name}"' if name else ""


def number_cell(page: Page, count: int, below: str = "") -> str:
    return f'<td class="num">{page.words.number(count)}{small(below)}</td>'


def _class(page: Page, row: PupilRow) -> str:
    group, grade = row.summary.group_id or "", row.grade or ""
    if not grade or group.startswith(grade):
        return group
    year = page.words.say(N_("grade {grade}"), grade=grade)
    return f"{group} · {year}" if group else year
