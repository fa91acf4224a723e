"""The invitation as a letter, one a receiver, in plain words: what it is about, who comes, and that one may bring
somebody or ask for an interpreter. Never a diagnosis or a number of absence.

A pupil with protected identity: nothing in the letter says who or where, as letters go astray.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from narvaro.contexts.meetings.around import Home, name_and_role, role_name
from narvaro.contexts.meetings.given import Someone
from narvaro.contexts.meetings.queries import GUARDIAN, OTHER, PUPIL, MeetingTold, ParticipantTold
from narvaro.ui.formats import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """``key`` and ``receiver`` are for whoever prints it; the rest is the letter."""

    key: str
    receiver: str
    language: str
    greeting: str
    opening: str
    facts: tuple[tuple[str, str], ...]
    coming_label: str
    coming: tuple[str, ...]
    paragraphs: tuple[str, ...]
    closing: str
    sender: str


def letters(found: Home, told: MeetingTold, language: str) -> tuple[Letter, ...]:
    """To the pupil and to the guardians who are asked and whom the school still talks with."""
    with override(language):
        return tuple(_letter(found, told, each, language) for each in receivers(found, told))


def receivers(found: Home, told: MeetingTold) -> tuple[ParticipantTold, ...]:
    at_home = {(each.role, each.guardian) for each in found.home}
    return tuple(each for each in told.people if (each.role, each.guardian) in at_home)


def _letter(found: Home, told: MeetingTold, to: ParticipantTold, language: str) -> Letter:
    name = found.pupil.name if to.role == PUPIL else to.name or _("guardian")
    return Letter(
        key=str(to.key),
        receiver=name,
        language=language,
        greeting=_("Hello!") if found.pupil.protected else _("Hello %(name)s!") % {"name": name},
        opening=_opening(found, to),
        facts=_facts(found, told),
        coming_label=_("Also asked to come"),
        coming=_coming(found, told, to),
        paragraphs=_paragraphs(told, to, protected=found.pupil.protected),
        closing=_("Warm wishes"),
        sender="" if found.pupil.protected else ", ".join(part for part in (told.led_by, found.case.unit_name) if part),
    )


def _opening(found: Home, to: ParticipantTold) -> str:
    if to.role == PUPIL:
        return _("We would like to meet you and talk about how school is for you. What you think matters most.")
    if found.pupil.protected:
        return _("We would like to meet you and talk about how school is for your child, and what we can do together.")
    return _("We would like to meet you and talk about how school is for %(name)s, and what we can do together.") % {
        "name": found.pupil.name
    }


def _facts(found: Home, told: MeetingTold) -> tuple[tuple[str, str], ...]:
    place = ", ".join(part for part in (told.place, found.case.unit_name if told.means == "in_person" else "") if part)
    where = {"phone": _("By phone; we call you"), "video": told.place or _("By video; we send you the link")}
    if found.pupil.protected:
        where, place = {}, _("As we have agreed with you")
    rows = [(_("Where"), where.get(told.means, place))]
    if not found.pupil.protected:
        rows.append((_("What it is about"), told.purpose))
    return ((_("When"), _moment(told)), *rows)


def _moment(told: MeetingTold) -> str:
    assert told.planned_at is not None  # noqa: S101 - only what is planned has a letter
    say, starts = words(), timezone.localtime(told.planned_at)
    return _("%(day)s at %(from)s–%(to)s") % {
        "day": say.day_and_year(starts.date()),
        "from": say.clock(_minute(starts)),
        "to": say.clock((_minute(starts) + told.minutes) % (24 * 60)),
    }


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def _coming(found: Home, told: MeetingTold, to: ParticipantTold) -> tuple[str, ...]:
    others = (each for each in told.people if each.key != to.key)
    if found.pupil.protected:
        return tuple(dict.fromkeys(_function(each) for each in others))
    return tuple(_in_letter(each, found.pupil.name) for each in others)


def _in_letter(each: ParticipantTold, pupil: str) -> str:
    someone = Someone(role=each.role, name=each.name, function=each.function)
    return pupil if each.role == PUPIL else name_and_role(someone, pupil)


def _function(each: ParticipantTold) -> str:
    return each.function if each.role == OTHER else role_name(each.role)


def _paragraphs(told: MeetingTold, to: ParticipantTold, *, protected: bool) -> tuple[str, ...]:
    bring = _("You may bring somebody you trust, for example a relative or a friend.")
    interpreter = _("Tell us if you would like an interpreter. It costs you nothing.")
    if to.role == GUARDIAN:
        ask = _("Ask your child beforehand what would make school easier. You may write it down and bring it.")
    else:
        ask = _("If it is easier, write or draw beforehand what works and what is hard.")
    if protected:
        call = _("If the time does not suit you, or you wonder about anything, call whoever you usually talk with.")
    else:
        call = _("If the time does not suit you, or you wonder about anything, call: %(call)s") % {"call": told.call}
    return (bring, interpreter, ask, call)


def only(found: Iterable[Letter], key: str) -> tuple[Letter, ...]:
    """The receiver's alone; all, when no receiver is named."""
    return tuple(each for each in found if key in ("", each.key))
