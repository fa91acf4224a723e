"""The windows that rules name, and their limits."""

import pytest

from narvaro.domain.windows import LONGEST, Window


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("last_1", Window("last", 1)),
        ("last_20", Window("last", 20)),
        ("last_200", Window("last", 200)),
        ("previous_1", Window("previous", 1)),
        ("previous_200", Window("previous", 200)),
        ("term", Window("term")),
        ("school_year", Window("school_year")),
        ("month", Window("month")),
        ("period", Window("period")),
    ],
)
def test_a_window_is_read_and_written(text, window):
    assert Window.parse(text) == window
    assert str(window) == text


@pytest.mark.parametrize(
    "text",
    [
        *("last_0", "last_201", "previous_0", "previous_201", "last_1000", "last_-5", "last_2.5"),
        *("last", "last_", "previous", "last20", "last_20 ", "Last_20", "term_2", "month_1", "week", "year", ""),
        "last_\u0662\u0660",
    ],
)
def test_other_words_are_no_window(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the caller says it in its own words
        Window.parse(text)


@pytest.mark.parametrize(("kind", "days"), [("last", 0), ("last", LONGEST + 1), ("previous", -1), ("term", 5)])
def test_an_impossible_window_cannot_be_made(kind, days):
    with pytest.raises(ValueError, match=r"school days|own length"):
        Window(kind, days)


@pytest.mark.parametrize(
    ("text", "days"),
    [("last_1", 1), ("last_9", 9), ("last_10", 10), ("last_20", 10), ("previous_4", 4), ("term", 10), ("period", 10)],
)
def test_days_that_a_percentage_needs(text, days):
    assert Window.parse(text).base_days == days
