"""One bar that is all the offered time: present, valid, invalid, late and unknown, each with its per cent in words."""

from narvaro.language import N_
from narvaro.ui.charts.chart import Chart, Svg, element, joined, picture
from narvaro.ui.parts import Absence
from narvaro.ui.words import Words

PART_WORDS = {
    "valid": N_("valid absence"),
    "invalid": N_("invalid absence"),
    "late": N_("late arrival"),
    "unknown": N_("not known"),
    "present": N_("present"),
}
_WIDTH, _HEIGHT = 520, 28


def absence_split(absence: Absence, *, words: Words, title: str) -> Chart:
    """Shares are of all offered time, so that they add up; a rate of the reported time stands in the text beside."""
    shares = shares_of(absence)
    rows = tuple(
        (words.say(PART_WORDS[name]), words.share(minutes, absence.offered), words.hours(minutes))
        for name, minutes in shares
    )
    text = words.say(N_("Of the offered time: {shares}."), shares=", ".join(f"{row[0]} {row[1]}" for row in rows))
    return Chart(
        svg=picture("split", _WIDTH, _HEIGHT, text, _parts(absence)),
        title=title,
        description=text,
        columns=(words.say(N_("Part")), words.say(N_("Share")), words.say(N_("Time"))),
        rows=rows,
        keys=tuple(name for name, _ in shares),
    )


def shares_of(absence: Absence) -> tuple[tuple[str, int], ...]:
    """The parts that exist, in the order in which they are drawn."""
    minutes = {name: getattr(absence, name) for name in PART_WORDS if name != "present"}
    minutes["present"] = absence.reported - absence.absent
    return tuple((name, minutes[name]) for name in PART_WORDS if minutes[name])


def _parts(absence: Absence) -> Svg:
    pieces, left = [], 0.0
    for name, minutes in shares_of(absence):
        width = _WIDTH * minutes / absence.offered
        fill = "url(#unknown)" if name == "unknown" else None
        place = {"x": round(left, 1), "y": 0, "width": round(width, 1), "height": _HEIGHT}
        pieces.append(element("rect", class_=f"k-{name}", fill=fill, **place))
        left += width
    return joined(*pieces)
