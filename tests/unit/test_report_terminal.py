"""The analysis in a terminal: short, and unable to command it."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from narvaro.report.model import Analysis
from narvaro.report.terminal import print_analysis
from tests.unit.report_world import world


def shown(analysis: Analysis, *, width: int = 120, rows: int = 100, report: Path | None = None) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=False)
    print_analysis(analysis, console=console, language="en", rows=rows, report=report)
    return file.getvalue()


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return world()


def test_the_answer_comes_first(analysis: Analysis) -> None:
    lines = shown(analysis).splitlines()
    assert lines[0] == "22 of 40 pupils need attention now"
    assert "By Närvaroplan för Exempelkommun, version 2019." in lines[1]
    assert "96.3% of lesson time is reported" in lines[2]
    assert any(line.startswith("! 1 pupil has under 80%") for line in lines)


def test_schools_with_coverage_and_levels(analysis: Analysis) -> None:
    row = next(line for line in shown(analysis).splitlines() if line.strip().startswith("Björkskolan"))
    assert row.split() == ["Björkskolan", "17", "7", "94.8%", "8", "2", "0", "2", "1", "2", "1", "1"]


def test_pupils_with_reasons_highest_step_first(analysis: Analysis) -> None:
    text = shown(analysis)
    assert text.index("Wilma Sandell, 6A") < text.index("Maja Öberg, 5C") < text.index("Elias Haddad, 9B")
    assert "10 school days in a row: 12" in text
    assert "Recurring Mondays" in text
    assert re.search(r"Wilma Sandell, 6A +62% \(\+55\xa0pp\)", text)


def test_a_long_list_is_cut_and_says_where_the_rest_is(analysis: Analysis) -> None:
    text = shown(analysis, rows=3, report=Path("out/report.html"))
    assert text.count("Strandskolan") == 2  # its row among schools, and one pupil of three
    assert "and 19 more pupils" in text
    assert "out/report.html" in text
    assert "more pupil" not in shown(analysis, rows=22)
    assert "and 1 more pupil\n" in shown(analysis, rows=21)


def test_nothing_commands_the_terminal(analysis: Analysis) -> None:
    text = shown(analysis)
    assert "⟨U+001B⟩[31m" in text  # it is there, as text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]", text)


def test_square_brackets_are_not_markup(analysis: Analysis) -> None:
    row = replace(analysis.pupils[0], name="[bold]Åsa[/bold] [link=http://x]y[/link]")
    assert "[bold]Åsa[/bold]" in shown(replace(analysis, pupils=(row,)))


def test_protected_pupils_are_masked(analysis: Analysis) -> None:
    text = shown(analysis)
    assert text.count("Protected identity") == 2
    assert "Vera" not in text
    assert "p00012" not in text


@pytest.mark.parametrize("width", [60, 78, 100, 200])
def test_it_fits_the_window(analysis: Analysis, width: int) -> None:
    lines = shown(analysis, width=width).splitlines()
    assert max(len(line) for line in lines) <= width
    heads = " ".join(lines)
    assert ("≥15" in heads) == (width < 100)  # fewer levels where there is less room


def test_period_sums_say_what_is_missing() -> None:
    text = shown(world(grain="period"))
    assert "one row a pupil and period" in text
    assert "7 rules of the plan could not be tried" in text
    assert "Absence, whole period" in text
    assert "pp)" not in text


def test_nobody_to_act_on() -> None:
    text = shown(world(cast=()))
    assert "No pupil of 0 needs attention now" in text
    assert "To act on" not in text.splitlines()
