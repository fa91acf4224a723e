"""A meeting as a calendar file (RFC 5545), to be opened in anybody's calendar. Nothing personal goes in there: it is
copied to phones, servers and people that nobody has looked at.

Times are in UTC, so no rules of a time zone are needed, and every calendar shows them where it is.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

MEDIA_TYPE = "text/calendar; charset=utf-8"
_OCTETS = 75  # of a line, RFC 5545 3.1
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """``changes`` counts up each time the meeting is moved or cancelled, so that a later file replaces an earlier."""

    key: UUID
    starts: datetime
    minutes: int
    title: str
    place: str = ""
    changes: int = 0
    cancelled: bool = False


def calendar_file(event: CalendarEvent, *, written: datetime) -> bytes:
    """``written`` is now. Moments without a zone raise ValueError."""
    lines = (
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Närvaro//Närvaro//SV", "METHOD:PUBLISH", "BEGIN:VEVENT"),
        f"UID:{event.key}@narvaro",
        f"DTSTAMP:{_utc(written)}",
        f"DTSTART:{_utc(event.starts)}",
        f"DTEND:{_utc(event.starts + timedelta(minutes=event.minutes))}",
        f"SEQUENCE:{event.changes}",
        f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}",
        f"SUMMARY:{_text(event.title)}",
        *((f"LOCATION:{_text(event.place)}",) if event.place else ()),
        *("CLASS:PRIVATE", "END:VEVENT", "END:VCALENDAR"),
    )
    return b"".join(_folded(line) for line in lines)


def _utc(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """A line break of any kind becomes one that stays within the value: nobody writes lines of their own."""
    one_kind = "\n".join(value.splitlines())
    return "".join(each for each in one_kind if each == "\n" or each.isprintable()).translate(_ESCAPED)


def _folded(line: str) -> bytes:
    """Long lines are broken between characters, and go on after a space."""
    parts, part = [], b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > _OCTETS:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]) + b"\r\n"
