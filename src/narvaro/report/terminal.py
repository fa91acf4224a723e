"""An analysis in the terminal: the schools and the first pupils to act on, with the reasons."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from narvaro.domain.absence import NATIONAL_LIMITS
from narvaro.language import DEFAULT_LANGUAGE, N_
from narvaro.report.change import Direction, change, direction
from narvaro.report.model import BANDS, Analysis, Grain, PupilRow, SchoolRow, school_order, shown_minutes
from narvaro.report.reasons import reasons
from narvaro.report.sentences import (
    answer,
    cautions,
    coverage_mark,
    coverage_text,
    data_line,
    plan_line,
    school_name,
    words_for,
)
from narvaro.report.visible_text import shortened, visible
from narvaro.ui.words import Words

ROWS = 20
_LEVELS = tuple(f"{int(100 * band.lower)}–" for band in BANDS)
_LIMITS = tuple(f"≥{int(100 * limit)}" for limit in NATIONAL_LIMITS)
_WIDE = 100
_STYLES = {"": "", "low": "yellow", "bad": "bold red"}
_CHANGE_STYLES = {Direction.FALLING: "green", Direction.SAME: "", Direction.RISING: "red"}


def print_analysis(
    analysis: Analysis,
    *,
    console: Console,
    language: str = DEFAULT_LANGUAGE,
    report: Path | None = None,
    rows: int = ROWS,
) -> None:
    """``report`` is where the page was written, told when there is more than the terminal shows."""
    words = words_for(analysis, language)
    console.print(_text(answer(analysis, words), "bold"))
    console.print(_text(plan_line(analysis, words)))
    console.print(_text(data_line(analysis, words)))
    for caution in cautions(analysis, words):
        console.print(_text(f"! {caution}", "yellow"))
    console.print(_schools(analysis, words, wide=console.width >= _WIDE))
    acted = list(analysis.to_act_on())
    if acted:
        console.print(_to_act_on(analysis, acted[:rows], words))
    for line in _ending(len(acted) - rows, report, words):
        console.print(line)


def _schools(analysis: Analysis, words: Words, *, wide: bool) -> Table:
    """Every level where there is room, else the national limits."""
    table = _table(words.say(N_("Schools, with pupils by level of absence in per cent")))
    table.add_column(_text(words.say(N_("School"))), overflow="fold")
    heads = (N_("Pupils"), N_("To act on"), N_("Reported"))
    for head in (
        *(words.say(text) for text in heads),
        *(_LEVELS if wide else _LIMITS),
        words.say(N_("Not calculable")),
    ):
        table.add_column(_text(head), justify="right", max_width=11)
    for school in sorted(analysis.schools, key=school_order):
        table.add_row(*_school(school, words, wide=wide))
    return table


def _school(school: SchoolRow, words: Words, *, wide: bool) -> Iterator[Text]:
    number = words.number
    yield _text(school_name(school))
    yield _text(number(school.pupils))
    yield _text(number(school.flagged), "bold")
    yield _text(coverage_text(school.minutes, words), _STYLES[coverage_mark(school.minutes)])
    levels = school.bands if wide else tuple(school.at_or_above(limit) for limit in NATIONAL_LIMITS)
    yield from (_text(number(count) if school.mostly_calculable else "–") for count in levels)
    yield _text(number(school.not_calculable))


def _to_act_on(analysis: Analysis, rows: list[PupilRow], words: Words) -> Table:
    """Two lines a pupil, so that it fits in a narrow window too."""
    table = _table(words.say(N_("To act on")))
    table.add_column(_text(words.say(N_("Step"))), justify="right")
    table.add_column(_text(words.say(N_("Pupil"))), overflow="fold", max_width=34)
    absence = N_("Absence, 4 weeks") if analysis.grain == "lesson" else N_("Absence, whole period")
    table.add_column(_text(words.say(absence)), overflow="fold", max_width=22)
    table.add_column(_text(words.say(N_("Why"))), overflow="fold")
    rules = {rule.id: rule for rule in analysis.plan.rules}
    schools = {school.school_unit_id: school_name(school) for school in analysis.schools}
    for row in rows:
        why = _lines(*(_text(str(reason)) for reason in reasons(row, rules, words)))
        table.add_row(str(row.step), _who(row, schools, words), _how_much(row, analysis.grain, words), why)
    return table


def _who(row: PupilRow, schools: Mapping[str, str], words: Words) -> Text:
    if row.protected:
        return _text(words.say(N_("Protected identity")), "italic")
    name, unit = shortened(row.name or row.summary.pupil_id), row.summary.school_unit_id
    group = row.summary.group_id or row.grade
    return _lines(_text(f"{name}, {group}" if group else name), _text(schools.get(unit, unit), "dim"))


def _how_much(row: PupilRow, grain: Grain, words: Words) -> Text:
    minutes, points = shown_minutes(row, grain), change(row)
    rate = _text("–" if minutes.total_rate is None else words.percent(minutes.total_rate), "bold")
    if points is not None:
        rate.append(" (").append_text(_text(words.points(points), _CHANGE_STYLES[direction(points)])).append(")")
    told = words.say(N_("{coverage} reported"), coverage=coverage_text(minutes, words, 0))
    return _lines(rate, _text(told, _STYLES[coverage_mark(minutes)] or "dim"))


def _ending(more: int, report: Path | None, words: Words) -> Iterator[Text]:
    if more > 0:
        yield _text(words.count(N_("and {n} more pupil"), N_("and {n} more pupils"), more))
    if report is not None:
        yield _text(words.say(N_("Everyone, with the lessons behind each reason: {file}"), file=str(report)), "bold")


def _table(title: str) -> Table:
    return Table(title=_text(title, "bold"), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))


def _lines(*lines: Text) -> Text:
    return Text("\n").join(lines)


def _text(text: str, style: str = "") -> Text:
    """Never markup: names may hold square brackets, and worse."""
    return Text(visible(text), style=style)
