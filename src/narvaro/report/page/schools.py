"""The schools side by side: how much is reported, how the pupils are spread, how many are over the national limits."""

from narvaro.domain.absence import NATIONAL_LIMITS
from narvaro.language import N_
from narvaro.report.model import SchoolRow, total_minutes
from narvaro.report.page.parts import (
    Heads,
    Page,
    attribute,
    note,
    number_cell,
    section,
    table,
)
from narvaro.report.sentences import coverage_mark, coverage_text, school_name
from narvaro.report.visible_text import html_text
from narvaro.ui.charts import band_bar

BAND_TEXTS = (N_("0–5%"), N_("5–10%"), N_("10–15%"), N_("15–20%"), N_("20–30%"), N_("30–50%"), N_("50–100%"))
SCHOOL_HEADS: Heads = (
    ("", N_("School")),
    ("num", N_("Pupils")),
    ("num", N_("To act on")),
    ("num", N_("Reported")),
    ("", N_("Levels of absence")),
    ("num", N_("At least 15%")),
    ("num", N_("At least 30%")),
    ("num", N_("At least 50%")),
    ("num", N_("Not calculable")),
)
BAND_HEADS: Heads = (("", N_("School")), *(("num", text) for text in BAND_TEXTS), ("num", N_("Not calculable")))
_FINE = 1000  # from so many pupils on, a decimal means something
_ONE_PROTECTED = N_("{n} pupil with protected identity is counted in the heading but in no school.")
_MANY_PROTECTED = N_("{n} pupils with protected identity are counted in the heading but in no school.")


def schools_section(page: Page) -> str:
    rows = "".join(_row(page, school, f"#skola-{place}") for place, school in enumerate(page.schools))
    foot = f"<tfoot>{_row(page, _all(page), '')}</tfoot>" if len(page.schools) > 1 else ""
    caption = page.t(N_("Absence by school"))
    body = table(page, "schools", caption=caption, heads=SCHOOL_HEADS, rows=rows, foot=foot)
    inner = f'<div class="card">{body}{_legend(page)}{note(_base(page))}{_bands(page)}</div>'
    return section("skolor", page.t(N_("Schools")), inner)


def _row(page: Page, school: SchoolRow, link: str) -> str:
    covered = f"<span{attribute(coverage_mark(school.minutes))}>{coverage_text(school.minutes, page.words)}</span>"
    over = "".join(_over(page, school, school.at_or_above(limit)) for limit in NATIONAL_LIMITS)
    return (
        f"<tr>{_name(school, link)}{number_cell(page, school.pupils)}"
        f'<td class="num"><b>{page.words.number(school.flagged)}</b></td><td class="num">{covered}</td>'
        f"<td>{band_bar(school.bands, not_calculable=school.not_calculable)}</td>{over}"
        f"{number_cell(page, school.not_calculable)}</tr>\n"
    )


def _name(school: SchoolRow, link: str) -> str:
    name = f"<bdi>{html_text(school_name(school))}</bdi>"
    linked = f'<a href="{link}">{name}</a>' if link and school.flagged else name
    return f'<th scope="row">{linked}</th>'


def _over(page: Page, school: SchoolRow, count: int) -> str:
    """How many, and how large a share of those that can be calculated."""
    if not school.mostly_calculable:
        return '<td class="num">–</td>'
    places = 1 if len(page.analysis.pupils) >= _FINE else 0
    return number_cell(page, count, page.words.share(count, school.calculable, places))


def _all(page: Page) -> SchoolRow:
    schools = page.schools
    return SchoolRow(
        school_unit_id="",
        name=page.words.say(N_("All schools")),
        pupils=sum(school.pupils for school in schools),
        minutes=total_minutes(school.minutes for school in schools),
        bands=tuple(sum(counts) for counts in zip(*(school.bands for school in schools), strict=True)),
        not_calculable=sum(school.not_calculable for school in schools),
        flagged=sum(school.flagged for school in schools),
    )


def _legend(page: Page) -> str:
    keys = (*((f"b{place}", text) for place, text in enumerate(BAND_TEXTS)), ("u", N_("Not calculable")))
    items = "".join(f'<li><i class="{name}"></i>{page.t(text)}</li>' for name, text in keys)
    return f'<ul class="legend" aria-label="{page.t(N_("Levels of absence"))}">{items}</ul>'


def _base(page: Page) -> str:
    """What the shares are of, over which days, and who is not in the table."""
    text = page.t(
        N_("Shares are of pupils whose absence can be calculated, from {first} through {last}."),
        first=page.words.day(page.analysis.first_day),
        last=page.words.day(page.analysis.as_of),
    )
    protected = sum(1 for row in page.analysis.pupils if row.protected)
    return f"{text} {page.n(_ONE_PROTECTED, _MANY_PROTECTED, protected)}" if protected else text


def _bands(page: Page) -> str:
    """The table that stands behind the bars."""
    caption = page.t(N_("Pupils by level of absence; each level includes its lower limit"))
    rows = "".join(_band_row(page, school) for school in page.schools)
    body = table(page, "plain", caption=caption, heads=BAND_HEADS, rows=rows)
    region = f'<div class="scroll" tabindex="0" role="region" aria-label="{caption}">{body}</div>'
    return f"<details><summary>{page.t(N_('Number of pupils at each level'))}</summary>{region}</details>"


def _band_row(page: Page, school: SchoolRow) -> str:
    cells = "".join(number_cell(page, count) for count in (*school.bands, school.not_calculable))
    return f"<tr>{_name(school, '')}{cells}</tr>\n"
