"""Everything that happened around the case in one line of time. Titles alone; a text is read on a click, and logged."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from narvaro.contexts.case_page.asking import Known
from narvaro.contexts.cases.api import EntryTold, role_words
from narvaro.ui.formats import words

MEETING = "meetings.Meeting"
_NOTES = ("note", "worry")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """``text_url`` leads to what was written, ``page_url`` to the page of what it tells of; either may be empty."""

    day: date
    title: str
    about: str
    text_url: str
    page_url: str
    key: str


def chronology(known: Known, kind: str) -> tuple[EntryLine, ...]:
    return tuple(_line(each, known) for each in known.entries if not kind or group_of(each) == kind)


def group_of(entry: EntryTold) -> str:
    """Those that are about a meeting or a duty are told apart by what they point at, the rest by their kind."""
    context = entry.about_type.partition(".")[0]
    if context in ("meetings", "duties"):
        return context
    return "notes" if entry.kind in _NOTES else "case"


def kind_options(known: Known) -> tuple[tuple[str, str], ...]:
    named = {
        "case": _("Steps and decisions"),
        "meetings": _("Talks and meetings"),
        "notes": _("Notes and worries"),
        "duties": _("Duties"),
    }
    there = {group_of(each) for each in known.entries}
    return (("", _("Everything")), *((group, text) for group, text in named.items() if group in there))


def _line(entry: EntryTold, known: Known) -> EntryLine:
    role = role_words(entry.by_role).say(words().language) if entry.by_role and entry.by_role != "system" else ""
    return EntryLine(
        day=entry.day,
        title=entry.title,
        about=", ".join(part for part in (entry.by_name, role) if part),
        text_url=reverse("case_entry", args=[entry.key]) if entry.has_text else "",
        page_url=reverse("meeting_show", args=[known.case.key, entry.about_key]) if entry.about_type == MEETING else "",
        key=str(entry.key),
    )
