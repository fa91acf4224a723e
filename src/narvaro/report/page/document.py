"""The whole page: one file that needs nothing else, asks for nothing and runs nothing."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from narvaro.language import DEFAULT_LANGUAGE, N_
from narvaro.report.model import Analysis, ImportReport
from narvaro.report.page.about import SOURCE_HEADS, data_section, method_section
from narvaro.report.page.better import BETTER_HEADS, better_section
from narvaro.report.page.parts import Heads, Page, page_of
from narvaro.report.page.schools import SCHOOL_HEADS, schools_section
from narvaro.report.page.summary import heading, top_bar
from narvaro.report.page.to_act import LESSON_HEADS, PERIOD_HEADS, act_section
from narvaro.report.rejects import RejectGroup
from narvaro.report.sentences import answer
from narvaro.report.visible_text import html_text
from narvaro.ui.charts import CHART_CSS, DEFINITIONS

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_META = (
    f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">'
    '<link rel="icon" href="data:,">\n'
)
_PERSONAL = N_("This page holds personal data. Share it only with those who need it in their work.")


def html_document(
    analysis: Analysis,
    imported: ImportReport,
    *,
    rejects: tuple[RejectGroup, ...] = (),
    language: str = DEFAULT_LANGUAGE,
) -> str:
    page = page_of(analysis, imported, rejects=rejects, language=language)
    sections = (schools_section, act_section, better_section, method_section, data_section)
    main = heading(page) + "".join(section(page) for section in sections)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>{_head(page)}</head>\n<body>\n{DEFINITIONS}{top_bar(page)}'
        f'<main id="innehall" tabindex="-1">\n{main}</main>\n'
        f"<footer><p>{page.t(_PERSONAL)}</p></footer>\n</body>\n</html>\n"
    )


def _head(page: Page) -> str:
    title = f"<title>{html_text(answer(page.analysis, page.words))} – Närvaro</title>\n"
    return f"{_META}{title}<style>{_style()}{_labels(page)}</style>"


@cache
def _style() -> str:
    return CHART_CSS + files("narvaro.report").joinpath("report.css").read_text("utf-8")


def _labels(page: Page) -> str:
    """On a narrow screen each cell says its column's name, from the style sheet so that rows stay small."""
    tables = {
        "schools": SCHOOL_HEADS,
        "pupils": LESSON_HEADS if page.by_lesson else PERIOD_HEADS,
        "better": BETTER_HEADS,
        "counts": SOURCE_HEADS,
    }
    rules = "".join(rule for kind, heads in tables.items() for rule in _column_labels(page, kind, heads))
    return f"@media screen and (max-width:760px){{{rules}}}"


def _column_labels(page: Page, kind: str, heads: Heads) -> Iterator[str]:
    for column, (_, text) in enumerate(heads[1:], start=2):
        yield f'.{kind} td:nth-child({column})::before{{content:"{_css_text(page.words.say(text))}"}}'


def _css_text(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter == " " else f"\\{ord(letter):x} " for letter in text)
