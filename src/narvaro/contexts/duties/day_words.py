"""What the pages of single days and months print."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.duties.csn import CsnRow
from narvaro.contexts.duties.forms import CHANNELS, KINDS, LEAVE_DECISIONS, HomeForm
from narvaro.contexts.duties.homes import HomeToTell, waiting
from narvaro.contexts.duties.models import Leave, SameDayInformation
from narvaro.contexts.duties.presenters import hours_and_minutes
from narvaro.contexts.duties.queries import LeaveTold
from narvaro.contexts.duties.told import DutyTold, duty
from narvaro.contexts.register.api import GuardianCard, PupilCard
from narvaro.core.clock import today
from narvaro.ui.formats import words
from narvaro.ui.parts import Column

_DAYS_SHOWN = 5
_SATURDAY = 6


def day_of(asked: str, default: date) -> date:
    """A day as the address has it; the default for anything else, and for days to come."""
    try:
        day = date.fromisoformat(asked[:10])
    except ValueError:
        return default
    return day if day <= max(default, today()) else default


def days_before(latest: date) -> list[tuple[str, str]]:
    """The latest weekdays, to choose from."""
    days = (latest - timedelta(days=back) for back in range(2 * _DAYS_SHOWN))
    weekdays = [day for day in days if day.isoweekday() < _SATURDAY][:_DAYS_SHOWN]
    return [(day.isoformat(), words().day(day)) for day in weekdays]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeRow:
    """``quick``: the form of one click, on the day itself, unless every guardian is kept away."""

    card: PupilCard
    absence: str
    guardians: tuple[GuardianCard, ...]
    told: str
    duty: DutyTold
    url: str
    kept_away: bool
    quick: HomeForm | None


def homes_heading(found: Sequence[HomeToTell], day: date) -> str:
    count, day_words = len(waiting(tuple(found))), words().day(day)
    if not found:
        return _("No invalid absence %(day)s") % {"day": day_words}
    if not count:
        return _("Every home knows about %(day)s") % {"day": day_words}
    text = ngettext(
        "%(count)s home has not been told about %(day)s", "%(count)s homes have not been told about %(day)s", count
    )
    return text % {"count": count, "day": day_words}


def home_columns() -> tuple[Column, ...]:
    return (
        Column(_("Pupil")),
        Column(_("Away")),
        Column(_("Who may be told")),
        Column(_("How it stands")),
        Column(_("What to do"), hidden=True),
    )


def home_rows(found: Iterable[HomeToTell], day: date) -> tuple[HomeRow, ...]:
    return tuple(
        HomeRow(
            card=each.card,
            absence=home_line(each),
            guardians=each.guardians,
            told=told_line(each),
            duty=duty(each.standing),
            url=reverse("home_tell", args=[each.card.key, day]),
            kept_away=each.kept_away,
            quick=None if each.kept_away or day != today() else HomeForm(guardians=each.guardians),
        )
        for each in sorted(found, key=lambda each: not each.standing.is_open)
    )


def home_line(each: HomeToTell) -> str:
    say, found = words(), each.day
    text = ngettext(
        "%(count)s lesson without a valid reason", "%(count)s lessons without a valid reason", found.invalid_lessons
    )
    return text % {"count": say.number(found.invalid_lessons)}


def told_line(each: HomeToTell) -> str:
    """Who was told and how, or nothing."""
    if each.told is None:
        return ""
    if each.told.told_at is None:
        return _("Waits, with a reason written by %(name)s") % {"name": each.told.by}
    how = str(CHANNELS[SameDayInformation.Channel(each.told.channel)]) if each.told.channel else ""
    who = ", ".join(each.told.to)
    return _("%(who)s was told %(how)s; written by %(name)s") % {"who": who, "how": how, "name": each.told.by}


def leave_words(found: LeaveTold) -> str:
    days = ngettext("%(count)s school day", "%(count)s school days", found.school_days) % {"count": found.school_days}
    return f"{KINDS[Leave.Kind(found.kind)]}, {words().period(found.first_day, found.last_day)}, {days}"


def leave_decision(found: LeaveTold) -> str:
    if not found.decision or found.decided_on is None:
        return ""
    return _("%(decision)s %(day)s by %(name)s") % {
        "decision": str(LEAVE_DECISIONS[Leave.Decision(found.decision)]).capitalize(),
        "day": words().day_and_year(found.decided_on),
        "name": found.decided_by,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveRow:
    card: PupilCard
    words: str
    applicant: str
    decision: str
    url: str


def leaves_heading(found: Sequence[LeaveTold]) -> str:
    count = sum(not each.decision for each in found)
    if not count:
        return _("No application waits for a decision")
    return ngettext(
        "%(count)s application waits for a decision", "%(count)s applications wait for a decision", count
    ) % {"count": count}


def leave_columns() -> tuple[Column, ...]:
    return (
        Column(_("Pupil")),
        Column(_("What is asked for")),
        Column(_("Decision")),
        Column(_("What to do"), hidden=True),
    )


def leave_rows(found: Iterable[LeaveTold], cards: Mapping[int, PupilCard]) -> tuple[LeaveRow, ...]:
    return tuple(
        LeaveRow(
            card=cards[each.pupil],
            words=leave_words(each),
            applicant=each.applicant,
            decision=leave_decision(each),
            url=reverse("leave", args=[each.key]),
        )
        for each in found
        if each.pupil in cards
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CsnShown:
    card: PupilCard
    hours: str
    days: int
    duty: DutyTold
    url: str


def csn_heading(found: Sequence[CsnRow], month: date) -> str:
    count, named = len(found), month_words(month)
    if not count:
        return _("Nobody has reached four hours in %(month)s") % {"month": named}
    text = ngettext(
        "%(count)s pupil has reached four hours in %(month)s",
        "%(count)s pupils have reached four hours in %(month)s",
        count,
    )
    return text % {"count": count, "month": named}


def csn_columns() -> tuple[Column, ...]:
    return (
        Column(_("Pupil")),
        Column(_("Without a valid reason"), numeric=True),
        Column(_("Days"), numeric=True),
        Column(_("How it stands")),
        Column(_("What to do"), hidden=True),
    )


def csn_rows(found: Iterable[CsnRow], month: date, *, may_write: bool) -> tuple[CsnShown, ...]:
    return tuple(
        CsnShown(
            card=each.card,
            hours=hours_and_minutes(each.minutes),
            days=each.days,
            duty=duty(each.standing),
            url=reverse("csn_notice", args=[each.card.key, month]) if may_write and each.standing.is_open else "",
        )
        for each in found
    )


def month_options(months: Iterable[date]) -> list[tuple[str, str]]:
    return [(each.isoformat(), month_words(each)) for each in months]


def month_words(month: date) -> str:
    return date_format(month, "F Y").lower() if words().language == "sv" else date_format(month, "F Y")
