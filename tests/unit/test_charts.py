"""The small charts: parts that add up, gaps that stay gaps, text that is text."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narvaro.ui.charts import CHART_CSS, DEFINITIONS, absence_bar, band_bar, week_line

MINUTES = st.integers(0, 20_000)


def parts(svg: str) -> list[tuple[str, int, int]]:
    """(class, left, width) of each part of a bar."""
    found = re.findall(r'<path class="(\w+)" d="M(\d+) \d+h(\d+)"/>', svg)
    assert len(found) == svg.count("<path")
    return [(name, int(left), int(width)) for name, left, width in found]


def test_absence_bar_is_in_parts_of_offered_time() -> None:
    svg = absence_bar(valid=30, invalid=10, unknown=20, offered=100)
    assert parts(svg) == [("v", 0, 60), ("i", 60, 20), ("u", 160, 40)]
    assert 'viewBox="0 0 200 10"' in svg
    assert 'aria-hidden="true"' in svg


def test_absence_bar_without_time_is_empty() -> None:
    assert parts(absence_bar(valid=0, invalid=0, unknown=0, offered=0)) == []


def test_a_little_absence_is_seen() -> None:
    assert ("i", 0, 1) in parts(absence_bar(valid=0, invalid=1, unknown=0, offered=10_000))


@given(valid=MINUTES, invalid=MINUTES, unknown=MINUTES, present=MINUTES)
def test_bar_parts_never_overlap_nor_pass_the_end(valid: int, invalid: int, unknown: int, present: int) -> None:
    offered = valid + invalid + unknown + present
    end = 0
    for _, left, width in parts(absence_bar(valid=valid, invalid=invalid, unknown=unknown, offered=offered)):
        assert left >= end
        assert width > 0
        end = left + width
    assert end <= 200


def test_band_bar_fills_the_width() -> None:
    shown = parts(band_bar((10, 5, 0, 0, 3, 1, 1), not_calculable=5))
    assert [name for name, _, _ in shown] == ["b0", "b1", "b4", "b5", "b6", "n"]
    assert sum(width for _, _, width in shown) == 400
    assert parts(band_bar((0,) * 7, not_calculable=0)) == []


def line(svg: str) -> str:
    return re.findall(r'<path d="([^"]*)"/>', svg)[0]


def test_week_line_goes_up_with_absence() -> None:
    drawn = line(week_line([0.0, 0.1, 0.3], label="x"))
    heights = [int(y) for _, y in re.findall(r"(\d+) (\d+)", drawn)]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] > heights[-1]


def test_an_unknown_week_is_a_gap_not_zero() -> None:
    whole, gap = (line(week_line(rates, label="x")) for rates in ([0.1, 0.0, 0.1], [0.1, None, 0.1]))
    assert whole.count("M") == 1
    assert gap.count("M") == 2
    assert gap.count("h0") == 2  # lone weeks are dots


@pytest.mark.parametrize("rates", [[], [None], [None, None]])
def test_nothing_known_draws_no_line(rates: list[float | None]) -> None:
    assert '<path d="' not in week_line(rates, label="x")


@given(st.lists(st.none() | st.floats(0, 1), max_size=12))
def test_week_line_stays_inside_its_box(rates: list[float | None]) -> None:
    svg = week_line(rates, label="x")
    for x, y in re.findall(r"(\d+) (\d+)(?=[ hM\"])", line(svg) if '<path d="' in svg else ""):
        assert 0 <= int(x) <= 110
        assert 0 <= int(y) <= 32


def test_label_is_the_text_alternative_and_is_escaped() -> None:
    svg = week_line([0.1], label='1 <b> & "2"')
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.findtext("title") == '1 <b> & "2"'
    assert "<b>" not in svg


@pytest.mark.parametrize(
    "svg",
    [
        DEFINITIONS,
        absence_bar(valid=1, invalid=1, unknown=1, offered=9),
        band_bar((1,) * 7, not_calculable=1),
        week_line([0.1, None, 0.9], label="x"),
    ],
)
def test_svg_is_well_formed_and_calls_nothing(svg: str) -> None:
    ElementTree.fromstring(svg)
    assert not re.search(r"https?:|<script|<image|href|\son\w+=", svg)


def test_style_names_only_what_the_page_defines() -> None:
    used = set(re.findall(r"url\(#(\w+)\)", CHART_CSS))
    assert used == set(re.findall(r'id="(\w+)"', DEFINITIONS)) == {"unknown", "latest"}
