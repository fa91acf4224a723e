"""Notices from other organisers, as they are listed and read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.duties.forms import WAYS
from narvaro.contexts.duties.models import Notice, ReceivedNotice
from narvaro.contexts.duties.received import ReceivedTold, standing_of
from narvaro.contexts.duties.received_forms import DECISIONS, SUBJECTS
from narvaro.contexts.duties.told import DutyTold, duty
from narvaro.contexts.register.api import PupilCard
from narvaro.domain.deadlines import SchoolDays
from narvaro.plans.telling import FORMS
from narvaro.ui.formats import words
from narvaro.ui.parts import Column


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRow:
    name: str
    school: str
    subject: str
    sender: str
    handler: str
    duty: DutyTold
    decision: str
    url: str


def heading(rows: Sequence[ReceivedRow]) -> str:
    count = sum(not each.decision for each in rows)
    if not count:
        return _("No notice from another organiser waits")
    text = ngettext(
        "%(count)s notice from another organiser waits to be assessed",
        "%(count)s notices from other organisers wait to be assessed",
        count,
    )
    return text % {"count": count}


def columns() -> tuple[Column, ...]:
    return (
        Column(_("Child")),
        Column(_("What it tells")),
        Column(_("Who handles it")),
        Column(_("How it stands")),
        Column(_("What to do"), hidden=True),
    )


def rows(found: Iterable[ReceivedTold], days: SchoolDays) -> tuple[ReceivedRow, ...]:
    return tuple(
        ReceivedRow(
            name=name(each),
            school=" · ".join(part for part in (each.school_name, _grade(each)) if part),
            subject=subject(each),
            sender=_("%(sender)s, %(day)s") % {"sender": each.sender, "day": words().day(each.received_on)},
            handler=each.handler or _("Nobody yet"),
            duty=duty(standing_of(each, days)),
            decision=decision(each),
            url=reverse("received_notice", args=[each.key]),
        )
        for each in found
    )


def _grade(found: ReceivedTold) -> str:
    return _("grade %(count)s") % {"count": found.grade} if found.grade else ""


def name(found: ReceivedTold) -> str:
    return found.pupil_name or _("Protected identity, reference %(reference)s") % {"reference": found.reference}


def subject(found: ReceivedTold) -> str:
    told = str(SUBJECTS[ReceivedNotice.Subject(found.subject)])
    return told[0].upper() + told[1:]


def decision(found: ReceivedTold) -> str:
    return str(DECISIONS[ReceivedNotice.Decision(found.decision)]) if found.decision else ""


def facts(found: ReceivedTold) -> tuple[tuple[str, str], ...]:
    """Everything that the notice holds, each with its name."""
    say = words()
    return (
        (_("Child"), name(found)),
        (_("The sender's reference"), found.reference or "–"),
        (_("School"), found.school_name),
        (_("School form"), _(FORMS[found.school_form])),
        (_("Grade"), found.grade or "–"),
        (_("The day it tells of"), say.day_and_year(found.about_day) if found.about_day else "–"),
        (_("Measures need to be coordinated"), _("Yes") if found.needs_coordination else _("No")),
        (_("From whom"), found.sender),
        (_("Came in on"), f"{say.day_and_year(found.received_on)}, {WAYS[Notice.Way(found.way)]}"),
        (_("Written down by"), found.entered_by),
    )


def in_register(found: ReceivedTold, cards: Mapping[int, PupilCard]) -> PupilCard | None:
    return cards.get(found.pupil_id) if found.pupil_id is not None else None


def assessed(found: ReceivedTold) -> str:
    """ "Measures are to be coordinated. Mon 4 May 2026 by Rut Ek; contact: Resursteamet"."""
    if found.decided_on is None:
        return ""
    by = _("%(day)s by %(name)s") % {"day": words().day_and_year(found.decided_on), "name": found.decided_by}
    return f"{by}; {_('contact: %(contact)s') % {'contact': found.contact}}" if found.contact else by
