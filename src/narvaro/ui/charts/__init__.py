"""Charts as SVG text, without Django: the single-file report and the web pages draw the same.

Strips (a row of a table): ``absence_bar``, ``band_bar``, ``week_line``. The caller prints their numbers.
Charts (a panel of their own): ``day_map``, ``week_series``, ``profile_bars``, ``absence_split``; each gives a ``Chart``
with its title, a sentence for screen readers and its table.
"""

from narvaro.ui.charts.chart import Chart, Number, Svg
from narvaro.ui.charts.day_map import DAY_WORDS, Day, day_map
from narvaro.ui.charts.profile import Bar, profile_bars
from narvaro.ui.charts.series import LIMITS, Mark, Normal, Week, week_series
from narvaro.ui.charts.split import absence_split
from narvaro.ui.charts.strips import (
    BANDS,
    CHART_CSS,
    DEFINITIONS,
    INVALID,
    LATE,
    LINE,
    PART_DAY,
    PRESENT,
    VALID,
    absence_bar,
    band_bar,
    week_line,
)

__all__ = [
    "BANDS",
    "CHART_CSS",
    "DAY_WORDS",
    "DEFINITIONS",
    "INVALID",
    "LATE",
    "LIMITS",
    "LINE",
    "PART_DAY",
    "PRESENT",
    "VALID",
    "Bar",
    "Chart",
    "Day",
    "Mark",
    "Normal",
    "Number",
    "Svg",
    "Week",
    "absence_bar",
    "absence_split",
    "band_bar",
    "day_map",
    "profile_bars",
    "week_line",
    "week_series",
]
