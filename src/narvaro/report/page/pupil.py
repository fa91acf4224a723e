"""The cells of one pupil's row on the list. Kept small: a municipality has thousands of them."""

from functools import lru_cache

from narvaro.domain.absence import Minutes
from narvaro.language import N_
from narvaro.report.change import LAST_DAYS, Direction, change, direction
from narvaro.report.model import PupilRow, WeekPoint, shown_minutes
from narvaro.report.page.evidence import evidence_details
from narvaro.report.page.parts import Page, attribute, pupil_cell, small
from narvaro.report.reasons import Reason, reasons
from narvaro.report.sentences import coverage_mark, coverage_text
from narvaro.report.visible_text import html_text
from narvaro.ui.charts import absence_bar, week_line
from narvaro.ui.words import Words, week_of_year

_DIRECTIONS = {Direction.FALLING: N_("falling"), Direction.SAME: N_("about the same"), Direction.RISING: N_("rising")}


def pupil_row(page: Page, row: PupilRow) -> str:
    days = min(LAST_DAYS, row.summary.school_days) if page.by_lesson else None
    weeks = f"<td>{_weeks(page, row)}{trend(page, row)}</td>" if page.by_lesson else ""
    return (
        f"<tr>{pupil_cell(page, row)}<td>{absence(page, shown_minutes(row, page.analysis.grain), days)}</td>{weeks}"
        f"<td>{_reasons(page, row)}{evidence_details(page, row)}</td><td>{_step(page, row)}</td></tr>\n"
    )


def absence(page: Page, minutes: Minutes, days: int | None) -> str:
    """The rate, its parts as a bar and as numbers, and what it rests on."""
    rate = minutes.total_rate
    total = f"<b>{page.words.percent(rate)}</b>" if rate is not None else f"<b>{page.t(N_('not calculable'))}</b>"
    bar = absence_bar(valid=minutes.valid, invalid=minutes.invalid, unknown=minutes.unknown, offered=minutes.offered)
    name = "abs" if rate is not None else "abs no"
    return f'<div class="{name}">{total}{bar}</div>{small(_parts(page, minutes) + _base(page, minutes, days))}'


def trend(page: Page, row: PupilRow) -> str:
    """Change in points with a word; better and worse are equally loud."""
    points = change(row)
    if points is None:
        return f'<span class="trend">{page.t(N_("no comparison"))}</span>'
    way = direction(points)
    name = f"trend {way.value}".strip()
    return f'<span class="{name}"><b>{page.words.points(points)}</b> {page.t(_DIRECTIONS[way])}</span>'


def _parts(page: Page, minutes: Minutes) -> str:
    if minutes.total_rate is None:
        return ""
    valid, invalid = (page.words.share(part, minutes.reported) for part in (minutes.valid, minutes.invalid))
    return page.t(N_("valid {valid}, invalid {invalid}"), valid=valid, invalid=invalid) + "<br>"


def _base(page: Page, minutes: Minutes, days: int | None) -> str:
    """How much time the rate rests on, and how much of it is reported."""
    told = page.t(N_("{coverage} reported"), coverage=coverage_text(minutes, page.words, places=0))
    mark = coverage_mark(minutes)
    covered = f"<span{attribute(mark)}>{told}</span>" if mark else told
    whole = page.words.hours(minutes.offered) if days is None else page.n(N_("{n} day"), N_("{n} days"), days)
    return f"{whole}, {covered}"


def _weeks(page: Page, row: PupilRow) -> str:
    if not row.weeks:  # no school day in the weeks shown
        return ""
    parts = (point.minutes for point in row.weeks)
    rates = [part.absent / part.reported if part.calculable else None for part in parts]
    return week_line(rates, label=_week_label(page.words, row.weeks, rates))


def _week_label(words: Words, weeks: tuple[WeekPoint, ...], rates: list[float | None]) -> str:
    shares = ", ".join("–" if rate is None else f"{rate * 100:.0f}" for rate in rates)
    first, last = _week(weeks[0].week_no), _week(weeks[-1].week_no)
    return words.say(N_("Weeks {first}–{last}, per cent absent: {shares}"), first=first, last=last, shares=shares)


@lru_cache(maxsize=512)
def _week(week_no: int) -> int:
    return week_of_year(week_no)


def _reasons(page: Page, row: PupilRow) -> str:
    items = "".join(f"<li>{_reason(reason)}</li>" for reason in reasons(row, page.rules, page.words))
    return f'<ul class="why">{items}</ul>'


def _reason(reason: Reason) -> str:
    text = html_text(reason.text)
    return f"{text}: <b>{html_text(reason.value)}</b>" if reason.value else text


def _step(page: Page, row: PupilRow) -> str:
    step = row.step or 0  # everybody on the list has a warning
    return f"<b>{page.t(N_('Step {number}'), number=step)}</b>{small(page.step_name(step))}"
