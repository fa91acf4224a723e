"""The calendar file, read back by a reader of its own."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from narvaro.domain.calendar_event import CalendarEvent, calendar_file

KEY = UUID(int=7)
WRITTEN = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)
STARTS = datetime(2026, 5, 29, 8, 15, tzinfo=ZoneInfo("Europe/Stockholm"))


def event(**changes):
    return CalendarEvent(**{"key": KEY, "starts": STARTS, "minutes": 45, "title": "Möte i skolan", **changes})


def read(content):
    """Unfolds and splits as RFC 5545 3.1 and 3.3.11 say."""
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    lines = content.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]
    return [tuple(line.split(":", 1)) for line in lines]


def said(value):
    out, letters = "", iter(value)
    for letter in letters:
        out += {"n": "\n"}.get(after := next(letters), after) if letter == "\\" else letter
    return out


def test_what_a_calendar_is_told():
    told = read(calendar_file(event(place="Rum B12"), written=WRITTEN))
    assert told[0] == ("BEGIN", "VCALENDAR")
    assert told[-1] == ("END", "VCALENDAR")
    values = dict(told)
    assert values["DTSTART"] == "20260529T061500Z"  # summer time
    assert values["DTEND"] == "20260529T070000Z"
    assert values["DTSTAMP"] == "20260520T080000Z"
    assert values["SUMMARY"] == "Möte i skolan"
    assert values["LOCATION"] == "Rum B12"
    assert values["UID"] == f"{KEY}@narvaro"
    assert (values["SEQUENCE"], values["STATUS"]) == ("0", "CONFIRMED")


def test_winter_time_is_another_hour():
    starts = datetime(2026, 1, 15, 8, 15, tzinfo=ZoneInfo("Europe/Stockholm"))
    assert dict(read(calendar_file(event(starts=starts), written=WRITTEN)))["DTSTART"] == "20260115T071500Z"


def test_a_moved_and_cancelled_meeting_replaces_the_earlier():
    told = dict(read(calendar_file(event(changes=2, cancelled=True), written=WRITTEN)))
    assert (told["SEQUENCE"], told["STATUS"]) == ("2", "CANCELLED")


def test_without_a_place_there_is_no_line_for_it():
    assert "LOCATION" not in dict(read(calendar_file(event(), written=WRITTEN)))


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        calendar_file(event(starts=datetime(2026, 5, 29, 8, 15)), written=WRITTEN)


@given(st.text(max_size=200))
def test_no_text_becomes_a_line_of_its_own(text):
    told = read(calendar_file(event(place="x" + text), written=WRITTEN))
    assert [name for name, _value in told] == [
        *("BEGIN", "VERSION", "PRODID", "METHOD", "BEGIN", "UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE"),
        *("STATUS", "SUMMARY", "LOCATION", "CLASS", "END", "END"),
    ]
    kept = "".join(each for each in "\n".join(("x" + text).splitlines()) if each == "\n" or each.isprintable())
    assert said(dict(told)["LOCATION"]) == kept
