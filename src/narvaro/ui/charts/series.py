"""Absence week by week: limits dashed, holidays shaded, unknown weeks hatched, what was done drawn into the curve."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from narvaro.language import N_
from narvaro.ui.charts.chart import Chart, Number, Svg, element, exact, joined, picture
from narvaro.ui.words import Words

LIMITS = (Fraction(15, 100), Fraction(30, 100))
_TOPS = (Fraction(25, 100), Fraction(40, 100), Fraction(60, 100), Fraction(1))
_WIDTH, _HEIGHT = 760, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 748, 30, 224
_ROOM = 18  # between two names of limits


@dataclass(frozen=True, slots=True)
class Week:
    """``rate`` None: not known, unless it is a ``holiday``."""

    monday: date
    rate: Number | None
    holiday: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that began or was decided in a week, as a line with its name."""

    monday: date
    label: str


@dataclass(frozen=True, slots=True)
class Normal:
    """The variation that is to be expected (control chart): weeks outside it are drawn larger."""

    low: Number
    middle: Number
    high: Number


@dataclass(frozen=True, slots=True)
class _Scale:
    count: int
    top: Fraction

    @property
    def step(self) -> float:
        return (_RIGHT - _LEFT) / max(1, self.count)

    def x(self, place: int) -> float:
        return round(_LEFT + (place + 0.5) * self.step, 1)

    def y(self, rate: Number) -> float:
        return round(_BOTTOM - float(min(exact(rate), self.top) / self.top) * (_BOTTOM - _TOP), 1)


def week_series(
    weeks: Sequence[Week],
    *,
    words: Words,
    title: str,
    limits: Sequence[Fraction] = LIMITS,
    marks: Sequence[Mark] = (),
    normal: Normal | None = None,
) -> Chart:
    scale = _Scale(len(weeks), _top(weeks, normal))
    text = _description(weeks, words)
    pieces = (
        _normal(scale, normal),
        _shades(weeks, scale),
        _axis(weeks, scale, words, normal),
        _limits(scale, limits, words),
        _line(weeks, scale),
        _dots(weeks, scale, words, normal),
        _marks(weeks, scale, marks),
    )
    return Chart(
        svg=picture("series", _WIDTH, _HEIGHT, text, *pieces),
        title=title,
        description=text,
        columns=(words.say(N_("Week")), words.say(N_("Absence")), words.say(N_("Note"))),
        rows=tuple(_row(week, marks, words) for week in weeks),
        keys=tuple(_keys(weeks)),
    )


def _top(weeks: Sequence[Week], normal: Normal | None) -> Fraction:
    """One of few scales, so that charts can be compared."""
    rates = [exact(week.rate) for week in weeks if week.rate is not None]
    highest = max([*rates, exact(normal.high) if normal else Fraction(0)])
    return next(top for top in _TOPS if highest <= top or top == _TOPS[-1])


def _shades(weeks: Sequence[Week], scale: _Scale) -> Svg:
    return joined(
        *(
            element(
                "rect",
                class_="k-holiday" if week.holiday else "k-unknown",
                fill=None if week.holiday else "url(#unknown)",
                x=round(scale.x(place) - scale.step / 2, 1),
                y=_TOP,
                width=round(scale.step, 1),
                height=_BOTTOM - _TOP,
            )
            for place, week in enumerate(weeks)
            if week.rate is None
        )
    )


def _axis(weeks: Sequence[Week], scale: _Scale, words: Words, normal: Normal | None) -> Svg:
    base = element("path", class_="base", d=f"M{_LEFT} {_BOTTOM}H{_RIGHT}")
    rates = (Fraction(0), scale.top, *((exact(normal.middle),) if normal else ()))
    sides = (
        element("text", words.percent(rate), class_="axis end", x=_LEFT - 8, y=scale.y(rate) + 5) for rate in rates
    )
    every = max(1, -(-len(weeks) // 10))
    names = (
        element(
            "text",
            words.say(N_("wk {week}"), week=weeks[place].monday.isocalendar().week),
            class_="axis middle" if place // every % 2 == 0 else "axis middle minor",
            x=scale.x(place),
            y=_BOTTOM + 24,
        )
        for place in range(0, len(weeks), every)
    )
    return joined(base, *sides, *names)


def _limits(scale: _Scale, limits: Sequence[Fraction], words: Words) -> Svg:
    """Each is a line; where they lie close, the highest alone is named."""
    pieces, named = [], scale.y(scale.top)
    for limit in sorted(limits, reverse=True):
        if limit < scale.top:
            height = scale.y(limit)
            pieces.append(element("path", class_="limit", d=f"M{_LEFT} {height:g}H{_RIGHT}"))
            if min(height - named, _BOTTOM - height) >= _ROOM:
                named, level = height, round(height + 5, 1)
                pieces.append(element("text", words.percent(limit), class_="axis end", x=_LEFT - 8, y=level))
    return joined(*pieces)


def _line(weeks: Sequence[Week], scale: _Scale) -> Svg:
    """Lines between neighbours that are both known: a gap is a gap."""
    pieces, begun = [], False
    for place, week in enumerate(weeks):
        if week.rate is not None:
            pieces.append(f"{'L' if begun else 'M'}{scale.x(place):g} {scale.y(week.rate):g}")
        begun = week.rate is not None
    return element("path", class_="curve", d="".join(pieces)) if pieces else Svg("")


def _dots(weeks: Sequence[Week], scale: _Scale, words: Words, normal: Normal | None) -> Svg:
    return joined(
        *(
            element(
                "circle",
                element("title", f"{_name(week, words)}: {words.percent(exact(week.rate))}"),
                class_="dot",
                cx=scale.x(place),
                cy=scale.y(week.rate),
                r=6 if _outside(week.rate, normal) else 3.5,
            )
            for place, week in enumerate(weeks)
            if week.rate is not None
        )
    )


def _outside(rate: Number, normal: Normal | None) -> bool:
    return normal is not None and not exact(normal.low) <= exact(rate) <= exact(normal.high)


def _normal(scale: _Scale, normal: Normal | None) -> Svg:
    if normal is None:
        return Svg("")
    top, bottom = scale.y(normal.high), scale.y(normal.low)
    band = element("rect", class_="normal", x=_LEFT, y=top, width=_RIGHT - _LEFT, height=round(bottom - top, 1))
    return joined(band, element("path", class_="normal-middle", d=f"M{_LEFT} {scale.y(normal.middle):g}H{_RIGHT}"))


def _marks(weeks: Sequence[Week], scale: _Scale, marks: Sequence[Mark]) -> Svg:
    places = {week.monday: place for place, week in enumerate(weeks)}
    pieces = []
    for mark in marks:
        if mark.monday in places:
            across = scale.x(places[mark.monday])
            late = across > (_LEFT + _RIGHT) / 2
            pieces.append(element("path", class_="event", d=f"M{across:g} {_TOP - 8}V{_BOTTOM}"))
            side = {"x": across - 6 if late else across + 6, "class_": "event-name end" if late else "event-name"}
            pieces.append(element("text", mark.label, y=_TOP - 12, **side))
    return joined(*pieces)


def _row(week: Week, marks: Sequence[Mark], words: Words) -> tuple[str, ...]:
    unknown = N_("no school") if week.holiday else N_("not known")
    rate = words.say(unknown) if week.rate is None else words.percent(exact(week.rate))
    return (_name(week, words), rate, ", ".join(mark.label for mark in marks if mark.monday == week.monday))


def _name(week: Week, words: Words) -> str:
    return words.say(N_("wk {week}"), week=week.monday.isocalendar().week)


def _keys(weeks: Sequence[Week]) -> list[str]:
    found = [("holiday", week.holiday) for week in weeks] + [
        ("unknown", week.rate is None and not week.holiday) for week in weeks
    ]
    return [key for key in ("holiday", "unknown") if (key, True) in found]


def _description(weeks: Sequence[Week], words: Words) -> str:
    known = [week for week in weeks if week.rate is not None]
    if not known:
        return words.say(N_("No week is known."))
    rates = [exact(week.rate) for week in known if week.rate is not None]
    return words.say(
        N_("Absence by week, {first} to {last}: from {begin} to {end}, lowest {low}, highest {high}."),
        first=_name(known[0], words),
        last=_name(known[-1], words),
        begin=words.percent(rates[0]),
        end=words.percent(rates[-1]),
        low=words.percent(min(rates)),
        high=words.percent(max(rates)),
    )
