"""Text from files: nothing hidden on screen, nothing live in a spreadsheet."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from narvaro.report.json_text import json_line
from narvaro.report.visible_text import html_text, shortened, visible
from narvaro.ui.spreadsheet_safety import neutralised, restored

TRIGGERS = (
    "=1+1",
    "+46701234567",
    "-2+3",
    "@SUM(A1)",
    "|cmd",
    "%0a",
    "\tx",
    "\rx",
    "\n=1",
    "  =1",
    "\u00a0=1",
    "\ufeff=1",
    "\x00=1",
    "\x1b=1",
    "\u200b=1",
    "\u202e=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    " \ufeff\t＝1",
    '=HYPERLINK("http://example.org","x")',
    "=cmd|'/C calc'!A0",
)


@pytest.mark.parametrize("text", TRIGGERS, ids=ascii)
def test_formulas_are_made_text(text: str) -> None:
    assert neutralised(text).startswith("'")
    assert neutralised(text).replace("'", "") == text.replace("'", "")
    assert restored(neutralised(text)) == text


def test_one_apostrophe_is_all_it_takes() -> None:
    assert neutralised("=1+1") == "'=1+1"


@pytest.mark.parametrize("text", ["", "p001", "Åsa", "a=b", "1-2", "50 %", "'quoted'", "7B", " x", "x@example.org"])
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert neutralised(text) == text


@pytest.mark.parametrize("separator", [";", "\t", "\n", "\r"])
def test_a_cell_can_not_begin_inside_another(separator: str) -> None:
    """A spreadsheet that splits at semicolons would start a new cell there."""
    assert f"{separator}'=1" in neutralised(f"x{separator}=1")


@given(st.text() | st.text(st.sampled_from("=+-@|%'; \t\r\n\ufeff\u200b＝x1")))
@example("'=1")
@example("''=1")
@example("'x")
@example("x;'=1;-2")
@example("\n'\n=1")
@example("'\t'=1")
def test_the_way_back_is_exact(text: str) -> None:
    assert restored(neutralised(text)) == text


@given(st.text(st.sampled_from("=+-@|%'; \t\r\n\ufeff\u200b＝x1")))
def test_no_cell_is_live_however_it_is_split(text: str) -> None:
    for cell in neutralised(text).replace("\t", ";").replace("\r", ";").replace("\n", ";").split(";"):
        assert not cell.lstrip(" \ufeff\u200b").startswith(tuple("=+-@|%＝"))


def test_round_trip_through_csv() -> None:
    file = io.StringIO()
    csv.writer(file).writerows([[neutralised(text)] for text in TRIGGERS])
    assert [restored(row[0]) for row in csv.reader(io.StringIO(file.getvalue(), newline=""))] == list(TRIGGERS)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Eva\u202eX", "Eva⟨U+202E⟩X"),
        ("\x1b[31mRöd", "⟨U+001B⟩[31mRöd"),
        ("a\x9b2J", "a⟨U+009B⟩2J"),
        ("a\u200bb\u2066c\ufeff", "a⟨U+200B⟩b⟨U+2066⟩c⟨U+FEFF⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("\u3164", "⟨U+3164⟩"),
        ("rad 1\r\n\trad 2", "rad 1 rad 2"),
        ("Åsa Öberg", "Åsa Öberg"),
        ("سارة", "سارة"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # the joiner belongs to the word
        ("👩‍🏫", "👩‍🏫"),
    ],
)
def test_hidden_characters_are_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_visible_text_is_one_harmless_line(text: str) -> None:
    assert not set(visible(text)) & set("\x00\x07\x08\x1b\x7f\x9b\t\r\n\u2028\u202e\u2066")
    assert visible(visible(text)) == visible(text)


def test_html_text_is_escaped_for_content_and_attributes() -> None:
    assert html_text("<b a='1' c=\"2\">&\x07") == "&lt;b a=&#x27;1&#x27; c=&quot;2&quot;&gt;&amp;⟨U+0007⟩"


def test_long_names_are_cut() -> None:
    assert shortened("x" * 60) == "x" * 60
    assert shortened("x" * 61) == "x" * 59 + "…"


def test_json_keeps_letters_and_escapes_commands() -> None:
    text = json_line({"namn": "Åsa\x1b\x9b\u202e\U000e0041\ud800"})
    assert text == '{"namn":"Åsa\\u001b\\u009b\\u202e\\udb40\\udc41\\ud800"}'
