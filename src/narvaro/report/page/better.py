"""What got better: shown as clearly as what got worse."""

from narvaro.domain.change import CLEAR_CHANGE
from narvaro.language import N_
from narvaro.report.change import LAST_DAYS, clearly_better
from narvaro.report.model import PupilRow
from narvaro.report.page.folds import OPEN_UP_TO, School, by_school, fold
from narvaro.report.page.parts import Heads, Page, note, pupil_cell, section, table
from narvaro.report.page.pupil import absence, trend

SHOWN = 10  # a school; the rest are in measures.csv
BETTER_HEADS: Heads = (
    ("", N_("Pupil")),
    ("", N_("Earlier 4 weeks")),
    ("", N_("Latest 4 weeks")),
    ("", N_("Change")),
)
_NONE = N_("No pupil has at least {points} points lower absence than in the four weeks before.")
_ONE = N_(
    "{n} pupil has at least {points} points lower absence than in the four weeks before. "
    "Tell the pupil that it is seen."
)
_MANY = N_(
    "{n} pupils have at least {points} points lower absence than in the four weeks before. Tell them that it is seen."
)
_REST = N_("and {n} more, in measures.csv (trend_points)")


def better_section(page: Page) -> str:
    if not page.by_lesson:
        return ""
    rows = sorted((row for row in page.analysis.pupils if clearly_better(row)), key=_most_first)
    heading = page.t(N_("What got better"))
    if not rows:
        return section("battre", heading, f'<p class="card">{page.t(_NONE, points=CLEAR_CHANGE)}</p>')
    opened = len(rows) <= OPEN_UP_TO
    folds = "".join(_fold(page, school, members, opened=opened) for school, members in by_school(page, rows))
    lede = page.n(_ONE, _MANY, len(rows), points=CLEAR_CHANGE)
    return section("battre", heading, note(lede) + folds)


def _most_first(row: PupilRow) -> tuple[float, str]:
    return float(row.summary.trend_points or 0), row.summary.pupil_id


def _fold(page: Page, school: School, rows: list[PupilRow], *, opened: bool) -> str:
    caption = page.t(N_("Pupils with clearly lower absence: {school}"), school=school.name)
    cells = "".join(_row(page, row) for row in rows[:SHOWN])
    body = table(page, "better", caption=caption, heads=BETTER_HEADS, rows=cells)
    rest = len(rows) - SHOWN
    body += note(page.n(_REST, _REST, rest)) if rest > 0 else ""
    return fold(school, body, told=page.n(N_("{n} pupil"), N_("{n} pupils"), len(rows)), opened=opened)


def _row(page: Page, row: PupilRow) -> str:
    summary = row.summary
    earlier_days = min(LAST_DAYS, summary.school_days - LAST_DAYS)
    return (
        f"<tr>{pupil_cell(page, row)}<td>{absence(page, summary.previous_20, earlier_days)}</td>"
        f"<td>{absence(page, summary.last_20, LAST_DAYS)}</td><td>{trend(page, row)}</td></tr>\n"
    )
