"""Absence by weekday or by subject: one bar each, the pupil's whole absence as a dashed line to compare with."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from narvaro.language import N_
from narvaro.ui.charts.chart import Chart, Number, Svg, element, exact, joined, picture
from narvaro.ui.words import Words

_WIDTH, _ROW = 520, 34
_LEFT, _RIGHT, _THICK = 132, 400, 16
_TOPS = (Fraction(25, 100), Fraction(50, 100), Fraction(1))


@dataclass(frozen=True, slots=True)
class Bar:
    """``rate`` None: not known. ``of`` is printed as it is ("9 of 16"). ``notable``: a pattern that a rule found."""

    label: str
    rate: Number | None
    of: str = ""
    notable: bool = False


def profile_bars(bars: Sequence[Bar], *, words: Words, title: str, heading: str, whole: Number | None = None) -> Chart:
    """``heading`` names the first column of the table (Weekday, Subject); ``whole`` is the rate of all of it."""
    top = _top(bars, whole)
    height = len(bars) * _ROW + (26 if whole is not None else 6)
    text = _description(bars, words, whole)
    drawn = [_bar(bar, place * _ROW, top, words) for place, bar in enumerate(bars)]
    return Chart(
        svg=picture("profile", _WIDTH, height, text, *drawn, _whole(whole, top, height, words)),
        title=title,
        description=text,
        columns=(heading, words.say(N_("Absence")), words.say(N_("Occasions"))),
        rows=tuple((bar.label, _rate(bar, words), bar.of or "–") for bar in bars),
        keys=("unknown",) if any(bar.rate is None for bar in bars) else (),
    )


def _top(bars: Sequence[Bar], whole: Number | None) -> Fraction:
    highest = max([exact(rate) for rate in (*(bar.rate for bar in bars), whole) if rate is not None], default=_TOPS[0])
    return next(top for top in _TOPS if highest <= top or top == _TOPS[-1])


def _length(rate: Number, top: Fraction) -> int:
    return round((_RIGHT - _LEFT) * min(exact(rate), top) / top)


def _bar(bar: Bar, top_edge: int, top: Fraction, words: Words) -> Svg:
    middle = top_edge + _ROW // 2
    length = _RIGHT - _LEFT if bar.rate is None else _length(bar.rate, top)
    track = element("rect", class_="track", x=_LEFT, y=middle - 8, width=_RIGHT - _LEFT, height=_THICK, rx=3)
    shape = element(
        "rect",
        class_="k-unknown" if bar.rate is None else "amount notable" if bar.notable else "amount",
        fill="url(#unknown)" if bar.rate is None else None,
        **{"x": _LEFT, "y": middle - 8, "width": length, "height": _THICK, "rx": 3},
    )
    weight = " strong" if bar.notable else ""
    name = element("text", bar.label, class_=f"name{weight}", x=0, y=middle + 5)
    value = element("text", _rate(bar, words), class_=f"value{weight}", x=_RIGHT + 10, y=middle + 5)
    return joined(name, track, shape, value)


def _whole(whole: Number | None, top: Fraction, height: int, words: Words) -> Svg:
    if whole is None:
        return Svg("")
    across = _LEFT + _length(whole, top)
    line = element("path", class_="limit", d=f"M{across} 0V{height - 20}")
    said = words.say(N_("all together {rate}"), rate=words.percent(exact(whole)))
    return joined(line, element("text", said, class_="axis middle", x=across, y=height - 5))


def _rate(bar: Bar, words: Words) -> str:
    return words.say(N_("not known")) if bar.rate is None else words.percent(exact(bar.rate))


def _description(bars: Sequence[Bar], words: Words, whole: Number | None) -> str:
    said = [f"{bar.label} {_rate(bar, words)}" for bar in bars]
    if whole is not None:
        said.append(words.say(N_("all together {rate}"), rate=words.percent(exact(whole))))
    return words.say(N_("Absence: {rates}."), rates=", ".join(said))
