"""Absence by weekday or by subject: one bar each, the pupil's whole absence as a dashed line to compare with."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from narvaro.language import N_
from narvaro.ui.charts.chart import Chart, Number, Svg, element, exact, joined, picture
from narvaro.ui.words import Words

_WIDTH, _RIGHT, _THICK = 520, 400, 16
_SHORT = 12  # letters of a name that has room beside its bar
_TOPS = (Fraction(25, 100), Fraction(50, 100), Fraction(1))


@dataclass(frozen=True, slots=True)
class Bar:
    """``rate`` None: not known. ``of`` is printed as it is ("9 of 16"). ``notable``: a pattern that a rule found."""

    label: str
    rate: Number | None
    of: str = ""
    notable: bool = False


@dataclass(frozen=True, slots=True)
class _Layout:
    """Short names (weekdays) stand beside their bars, long ones (subjects) above."""

    left: int
    row: int
    name_at: int
    bar_at: int
    top: Fraction

    def length(self, rate: Number) -> int:
        return round((_RIGHT - self.left) * min(exact(rate), self.top) / self.top)


_BESIDE, _ABOVE = (132, 34, 22, 9), (0, 54, 20, 28)


def profile_bars(bars: Sequence[Bar], *, words: Words, title: str, heading: str, whole: Number | None = None) -> Chart:
    """``heading`` names the first column of the table (Weekday, Subject); ``whole`` is the rate of all of it."""
    short = all(len(bar.label) <= _SHORT for bar in bars)
    layout = _Layout(*(_BESIDE if short else _ABOVE), top=_top(bars, whole))
    height = len(bars) * layout.row + (26 if whole is not None else 6)
    text = _description(bars, words, whole)
    levels = [(bar, place * layout.row) for place, bar in enumerate(bars)]
    drawn = [_bar(bar, above, layout) for bar, above in levels]
    # Names come last, as the dashed line must not cross them.
    names = [_names(bar, above, layout, words) for bar, above in levels]
    return Chart(
        svg=picture("profile", _WIDTH, height, text, *drawn, _whole(whole, layout, height, words), *names),
        title=title,
        description=text,
        columns=(heading, words.say(N_("Absence")), words.say(N_("Occasions"))),
        rows=tuple((bar.label, _rate(bar, words), bar.of or "–") for bar in bars),
        keys=("unknown",) if any(bar.rate is None for bar in bars) else (),
    )


def _top(bars: Sequence[Bar], whole: Number | None) -> Fraction:
    highest = max([exact(rate) for rate in (*(bar.rate for bar in bars), whole) if rate is not None], default=_TOPS[0])
    return next(top for top in _TOPS if highest <= top or top == _TOPS[-1])


def _bar(bar: Bar, above: int, layout: _Layout) -> Svg:
    level = above + layout.bar_at
    track = _strip("track", layout.left, level, _RIGHT - layout.left)
    if bar.rate is None:
        amount = _strip("k-unknown", layout.left, level, _RIGHT - layout.left, fill="url(#unknown)")
    else:
        amount = _strip("amount notable" if bar.notable else "amount", layout.left, level, layout.length(bar.rate))
    return joined(track, amount)


def _names(bar: Bar, above: int, layout: _Layout, words: Words) -> Svg:
    weight = " strong" if bar.notable else ""
    name = element("text", bar.label, class_=f"name{weight}", x=0, y=above + layout.name_at)
    level = above + layout.bar_at + 13
    return joined(name, element("text", _rate(bar, words), class_=f"value{weight}", x=_RIGHT + 10, y=level))


def _strip(name: str, left: int, level: int, width: int, fill: str | None = None) -> Svg:
    return element("rect", class_=name, fill=fill, x=left, y=level, width=width, height=_THICK, rx=3)


def _whole(whole: Number | None, layout: _Layout, height: int, words: Words) -> Svg:
    if whole is None:
        return Svg("")
    across = layout.left + layout.length(whole)
    line = element("path", class_="limit", d=f"M{across} 0V{height - 20}")
    said = words.say(N_("all together {rate}"), rate=words.percent(exact(whole)))
    # Near the left edge the text begins at the line, as it would else be cut off.
    side = "axis middle" if across > 60 else "axis"
    return joined(line, element("text", said, class_=side, x=across, y=height - 5))


def _rate(bar: Bar, words: Words) -> str:
    return words.say(N_("not known")) if bar.rate is None else words.percent(exact(bar.rate))


def _description(bars: Sequence[Bar], words: Words, whole: Number | None) -> str:
    said = [f"{bar.label} {_rate(bar, words)}" for bar in bars]
    if whole is not None:
        said.append(words.say(N_("all together {rate}"), rate=words.percent(exact(whole))))
    return words.say(N_("Absence: {rates}."), rates=", ".join(said))
