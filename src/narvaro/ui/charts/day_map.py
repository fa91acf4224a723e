"""A school year, day by day: weeks as columns, weekdays as rows, so that a pattern is seen before it is counted."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Literal, get_args

from narvaro.language import N_
from narvaro.ui.charts.chart import Chart, Svg, element, joined, picture
from narvaro.ui.words import Words

Day = Literal["present", "part", "valid", "invalid", "late", "unknown", "holiday"]
STATES: tuple[Day, ...] = get_args(Day)
DAY_WORDS: dict[Day, str] = {
    "present": N_("present"),
    "part": N_("part of the day"),
    "valid": N_("valid absence"),
    "invalid": N_("invalid absence"),
    "late": N_("late arrival"),
    "unknown": N_("not known"),
    "holiday": N_("no school"),
}
# A sign on the colour, for those who do not see it.
_SIGNS: dict[Day, str] = {"valid": "M9 13h8", "invalid": "M9 9l8 8M17 9l-8 8", "part": "M9 17l8-8", "late": "M13 8v6h4"}
_WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"))
_CELL, _PITCH, _LEFT, _TOP = 26, 30, 46, 24


def day_map(days: Mapping[date, Day], *, words: Words, title: str, weeks_a_band: int = 20) -> Chart:
    """``days`` holds each school day and each holiday; a date that is not there is left blank.

    A whole year is drawn as bands below each other, so that it can be read on a narrow screen.
    """
    mondays = _mondays(days)
    bands = [mondays[at : at + weeks_a_band] for at in range(0, len(mondays), weeks_a_band)]
    height = _TOP + 5 * _PITCH + 6
    drawn = [_band(band, days, words, place * height) for place, band in enumerate(bands)]
    width = _LEFT + max((len(band) for band in bands), default=1) * _PITCH
    text = _description(days, words)
    return Chart(
        svg=picture("day-map", width, height * max(1, len(bands)), text, *drawn),
        title=title,
        description=text,
        columns=(words.say(N_("Week")), *(words.say(name) for name in _WEEKDAYS)),
        rows=tuple(_row(monday, days, words) for monday in mondays),
        keys=tuple(state for state in STATES if state in days.values()),
    )


def _mondays(days: Mapping[date, Day]) -> list[date]:
    if not days:
        return []
    first, last = (day - timedelta(days=day.weekday()) for day in (min(days), max(days)))
    return [first + timedelta(weeks=week) for week in range((last - first).days // 7 + 1)]


def _band(mondays: Sequence[date], days: Mapping[date, Day], words: Words, top: int) -> Svg:
    names = (
        element("text", words.say(name), x=0, y=top + _TOP + row * _PITCH + 18, class_="axis")
        for row, name in enumerate(_WEEKDAYS)
    )
    return joined(*names, *(_week(monday, days, words, place, top) for place, monday in enumerate(mondays)))


def _week(monday: date, days: Mapping[date, Day], words: Words, place: int, top: int) -> Svg:
    left = _LEFT + place * _PITCH
    number = str(monday.isocalendar().week)
    name = "axis middle" if place % 2 == 0 else "axis middle minor"
    label = element("text", number, x=left + _CELL // 2, y=top + 15, class_=name)
    dates = [monday + timedelta(days=row) for row in range(5)]
    cells = (
        _cell(day, days[day], words, left, top + _TOP + row * _PITCH) for row, day in enumerate(dates) if day in days
    )
    return joined(label, *cells)


def _cell(day: date, state: Day, words: Words, left: int, top: int) -> Svg:
    tip = element("title", f"{words.day(day)}: {words.say(DAY_WORDS[state])}")
    return element("g", tip, _drawn(state), transform=f"translate({left} {top})")


@cache
def _drawn(state: Day) -> Svg:
    """The same for all days of the state, which are hundreds."""
    fill = "url(#unknown)" if state == "unknown" else None
    square = element("rect", class_=f"k-{state}", width=_CELL, height=_CELL, rx=6, fill=fill)
    return joined(square, element("path", class_="k-mark", d=_SIGNS[state]) if state in _SIGNS else Svg(""))


def _row(monday: date, days: Mapping[date, Day], words: Words) -> tuple[str, ...]:
    states = (days.get(monday + timedelta(days=row)) for row in range(5))
    said = (words.say(DAY_WORDS[state]) if state else "–" for state in states)
    return (words.say(N_("wk {week}"), week=monday.isocalendar().week), *said)


def _description(days: Mapping[date, Day], words: Words) -> str:
    counts = ((state, sum(found == state for found in days.values())) for state in STATES if state != "holiday")
    said = [f"{count} {words.say(DAY_WORDS[state])}" for state, count in counts if count]
    return words.say(N_("Days: {counts}."), counts=", ".join(said) or "0")
