"""Strips for rows of a table, as SVG text: absence bar, week line, band bar. Pure strings, no script.

Colours are safe for colour-blind readers and never the only bearer of meaning: the caller prints the numbers, and
unknown time is hatched. Put ``DEFINITIONS`` once in a page that shows charts, and ``CHART_CSS`` in its style.
"""

from collections.abc import Sequence
from fractions import Fraction
from html import escape

PRESENT = "#CFE5DC"
VALID = "#7FA6D6"
INVALID = "#C8475B"
LATE = "#E0A63A"
PART_DAY = "#F0D9A8"
LINE = "#1E5A50"
# From little to much absence: also darker and darker from the third on, so it can be read in grey.
BANDS = ("#CFE5DC", "#A5CFBE", "#F0D9A8", "#E0A63A", "#CC7A35", "#C8475B", "#7A2136")

_BAR_UNITS = 200
_BAND_UNITS = 400
_LINE_WIDTH, _LINE_HEIGHT, _LINE_EDGE = 110, 32, 3
_LINE_TOPS = (0.30, 0.60, 1.0)

DEFINITIONS = (
    '<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="unknown" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="5" height="5" fill="#EEF1F0"/><rect width="2" height="5" fill="#8C9A96"/>'
    '</pattern><marker id="latest" viewBox="-1 -1 2 2" markerWidth="3" markerHeight="3">'
    f'<circle r="1" fill="{LINE}"/></marker></defs></svg>'
)

CHART_CSS = (
    f".defs{{position:absolute}}.bar,.bands,.line{{display:block}}.bar,.bands{{background:{PRESENT};border-radius:3px}}"
    f".bar path{{stroke-width:10}}.bar .v{{stroke:{VALID}}}.bar .i{{stroke:{INVALID}}}.bar .s{{stroke:{LATE}}}"
    ".bar .l{stroke:#16302B;stroke-opacity:.55;stroke-width:1;vector-effect:non-scaling-stroke}"
    f".bands path{{stroke-width:14}}"
    f".line{{width:{_LINE_WIDTH}px;height:{_LINE_HEIGHT}px}}"
    f".line path{{fill:none;stroke:{LINE};stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}}"
    ".line path{marker-end:url(#latest)}"
    ".line .l{stroke:#16302B;stroke-opacity:.4;stroke-width:1;stroke-dasharray:2 3;marker-end:none}"
    + "".join(f".bands .b{number}{{stroke:{colour}}}" for number, colour in enumerate(BANDS))
    + ".bar .u,.bands .n{stroke:url(#unknown)}"
)


def absence_bar(
    *, valid: int, invalid: int, unknown: int, offered: int, late: int = 0, limits: Sequence[Fraction] = ()
) -> str:
    """Valid, invalid, late and unknown time as parts of the offered time; what is left is presence (the background).

    ``late`` is not in ``invalid``. ``limits`` are marked as thin lines. Hidden from screen readers: the caller prints
    the same numbers beside it.
    """
    absent = valid + invalid + late
    edges = _edges((valid, invalid, late, offered - absent - unknown, unknown), offered, _BAR_UNITS)
    parts = zip(("v", "i", "s", "", "u"), edges, edges[1:], strict=False)
    body = "".join(_part(name, left, right, 5) for name, left, right in parts if name and right > left)
    marks = "".join(f'<path class="l" d="M{round(limit * _BAR_UNITS)} 0v10"/>' for limit in limits)
    return _strip("bar", _BAR_UNITS, 10, body + marks)


def band_bar(counts: Sequence[int], *, not_calculable: int) -> str:
    """Pupils per band as parts of all pupils; those without a rate are hatched. Hidden from screen readers."""
    sizes = (*counts, not_calculable)
    edges = _edges(sizes, sum(sizes), _BAND_UNITS)
    names = (*(f"b{number}" for number in range(len(counts))), "n")
    parts = zip(names, edges, edges[1:], strict=False)
    body = "".join(_part(name, left, right, 7) for name, left, right in parts if right > left)
    return _strip("bands", _BAND_UNITS, 14, body)


def week_line(rates: Sequence[float | None], *, label: str, limit: float = 0.15) -> str:
    """Weekly rates as a line (None: not known, a gap), dashed at ``limit``; ``label`` is its text alternative."""
    top = _top(rates)
    points = [None if rate is None else (_x(place, len(rates)), _y(rate, top)) for place, rate in enumerate(rates)]
    body = f'<path class="l" d="M0 {_y(limit, top)}h{_LINE_WIDTH}"/>' + _path(points)
    return (
        f'<svg class="line" viewBox="0 0 {_LINE_WIDTH} {_LINE_HEIGHT}" role="img">'
        f"<title>{escape(label)}</title>{body}</svg>"
    )


def _strip(name: str, width: int, height: int, body: str) -> str:
    return (
        f'<svg class="{name}" viewBox="0 0 {width} {height}" preserveAspectRatio="none" aria-hidden="true">{body}</svg>'
    )


def _part(name: str, left: int, right: int, middle: int) -> str:
    """A line as thick as the bar is high: shorter than a rectangle, and a page can hold thousands."""
    return f'<path class="{name}" d="M{left} {middle}h{right - left}"/>'


def _edges(sizes: Sequence[int], whole: int, units: int) -> list[int]:
    """Where each part begins and ends, in units. A part that exists takes at least one unit while there is room."""
    edges, total = [0], 0
    for size in sizes:
        total += size
        edge = (2 * units * total + whole) // (2 * whole) if whole else 0
        edges.append(min(units, max(edge, edges[-1] + (1 if size else 0))))
    return edges


def _top(rates: Sequence[float | None]) -> float:
    """One of few scales, so that lines can be compared; the dashed line shows which."""
    highest = max((rate for rate in rates if rate is not None), default=0.0)
    return next((top for top in _LINE_TOPS if highest <= top), _LINE_TOPS[-1])


def _x(place: int, count: int) -> int:
    room = _LINE_WIDTH - 2 * _LINE_EDGE
    return _LINE_EDGE + (room * place // (count - 1) if count > 1 else room)


def _y(rate: float, top: float) -> int:
    room = _LINE_HEIGHT - 2 * _LINE_EDGE
    return _LINE_HEIGHT - _LINE_EDGE - round(room * min(rate, top) / top)


def _path(points: Sequence[tuple[int, int] | None]) -> str:
    """Lines between neighbours that are both known. ``h0`` makes a lone point a dot; the style marks the last."""
    pieces, begun = [], False
    for point in points:
        if point is not None:
            pieces.append(f"{' ' if begun else 'M'}{point[0]} {point[1]}")
        elif begun:
            pieces.append("h0")
        begun = point is not None
    return f'<path d="{"".join(pieces)}h0"/>' if pieces else ""
