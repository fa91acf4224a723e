"""From what is told of a meeting to what its page prints."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.cases.api import CaseCard, TaskTold
from narvaro.contexts.meetings.around import Home, key_of, name_and_role, role_name
from narvaro.contexts.meetings.forms import INVITED, KINDS, MEANS, InvitedForm
from narvaro.contexts.meetings.given import Someone
from narvaro.contexts.meetings.guides import guide_for
from narvaro.contexts.meetings.models import Meeting, Participant, Voice
from narvaro.contexts.meetings.queries import (
    GUARDIAN,
    OTHER,
    PUPIL,
    MeetingText,
    MeetingTold,
    ParticipantTold,
    VoiceTold,
)
from narvaro.core.clock import today
from narvaro.ui.formats import moment_text, words
from narvaro.ui.parts import Entry, Link, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """Somebody who is asked, or came. ``form`` says how they were invited, where that is still open."""

    name: str
    note: str
    form: InvitedForm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceRow:
    """Own words; or ``note``, when and how the school tried."""

    name: str
    words: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What is at hand beside the form."""

    must_do: tuple[str, ...]
    questions: tuple[tuple[str, tuple[str, ...]], ...]


def kind_words(kind: str) -> str:
    if kind == Meeting.Kind.CONVERSATION:
        return _("Conversation")
    return str(KINDS[Meeting.Kind(kind)])


def heading(told: MeetingTold) -> str:
    """One sentence: what, and how it stands."""
    what = {"kind": kind_words(told.kind), "day": day_of(told)}
    if told.cancelled_on:
        return _("%(kind)s %(day)s was cancelled") % what
    if told.held_on:
        return _("%(kind)s %(day)s") % what
    return _("%(kind)s planned for %(day)s") % what


def day_of(told: MeetingTold) -> str:
    return words().day(told.held_on) if told.held_on else moment_text(told.planned_at)


def crumbs(found: Home, here: str) -> tuple[Link, ...]:
    return (Link(found.pupil.name, case_url(found.case)), Link(here, "", current=True))


def case_url(case: CaseCard) -> str:
    return reverse("case", args=[case.key])


def meeting_url(case: CaseCard, told: MeetingTold, route: str = "meeting_show") -> str:
    return reverse(route, args=[case.key, told.key])


def meeting_url_of(case: CaseCard, key: UUID) -> str:
    return reverse("meeting_show", args=[case.key, key])


def facts(told: MeetingTold) -> tuple[tuple[str, str], ...]:
    """What is known of when, where and what for."""
    how = str(MEANS[Meeting.Means(told.means)])
    rows = [
        (_("When"), _when(told)),
        (_("How"), ", ".join(part for part in (how, told.place) if part)),
        (_("What it is about"), told.purpose),
        (_("Led by"), told.led_by),
        (_("Whom to call"), told.call),
        (_("Follow up on"), words().day(told.follow_up_on) if told.follow_up_on else ""),
        (_("Written up by"), told.recorded_by),
    ]
    return tuple((label, value) for label, value in rows if value)


def _when(told: MeetingTold) -> str:
    if told.held_on:
        return words().day_and_year(told.held_on)
    return _("%(moment)s, %(minutes)s min") % {"moment": moment_text(told.planned_at), "minutes": told.minutes}


def person_rows(found: Home, told: MeetingTold, *, may_write: bool) -> tuple[PersonRow, ...]:
    names = _names(found)
    return tuple(
        PersonRow(
            name=participant_name(each, found.pupil.name, names),
            note=came_words(each) if told.held_on else invited_words(each, told),
            form=_invited_form(each) if may_write and told.is_ahead and not each.is_staff else None,
        )
        for each in told.people
    )


def withdrawn_rows(found: Home, told: MeetingTold) -> tuple[PersonRow, ...]:
    """Who was asked once, and until when."""
    return tuple(
        PersonRow(
            name=participant_name(each, found.pupil.name, _names(found)),
            note=_("no longer asked from %(day)s") % {"day": words().day(each.withdrawn_on)},
        )
        for each in told.withdrawn
        if each.withdrawn_on is not None
    )


def asked_now(found: Home, told: MeetingTold) -> dict[str, tuple[UUID, str]]:
    """By what stands in a form: the participant's key and what they are called."""
    return {
        _form_key(each): (each.key, participant_name(each, found.pupil.name, _names(found))) for each in told.people
    }


def _form_key(each: ParticipantTold) -> str:
    if each.role == OTHER and each.user_id is None:
        return f"other-{each.pk}"
    return key_of(Someone(role=each.role, user_id=each.user_id, guardian=each.guardian))


def _names(found: Home) -> dict[int | None, str]:
    return {each.guardian: each.name for each in found.home if each.guardian is not None}


def participant_name(each: ParticipantTold, pupil: str, names: dict[int | None, str]) -> str:
    """As they were called then; a guardian who was noted without a name, as now."""
    name = each.name or names.get(each.guardian, "")
    return name_and_role(Someone(role=each.role, name=name, function=each.function), pupil)


def came_words(each: ParticipantTold) -> str:
    if each.came is None:
        return _("not said")
    return _("took part") if each.came else _("did not take part")


def invited_words(each: ParticipantTold, told: MeetingTold) -> str:
    if each.user_id is not None and each.user_id == told.led_by_id:
        return _("leads the meeting")
    if not each.invited_on:
        return _("not invited yet")
    if each.invited == Participant.Invited.PROGRAM:
        return _("told by e-mail with a link %(day)s") % {"day": words().day(each.invited_on)}
    how = str(INVITED.get(Participant.Invited(each.invited), each.invited)) if each.invited else ""
    return _("invited %(day)s: %(how)s") % {"day": words().day(each.invited_on), "how": how}


def _invited_form(each: ParticipantTold) -> InvitedForm:
    given = {"participant": each.key, "how": each.invited or None, "day": today()}
    return InvitedForm(initial=given, auto_id=f"id_{each.pk}_%s")


def voice_rows(found: Home, told: MeetingTold, text: MeetingText) -> tuple[VoiceRow, ...]:
    names = {each.guardian: each.name for each in told.people if each.role == GUARDIAN}
    names |= {each.guardian: each.name for each in found.home if each.role == GUARDIAN}
    return tuple(
        VoiceRow(name=_voice_name(each, found.pupil.name, names), words=each.words, note=tried_words(each))
        for each in text.voices
    )


def _voice_name(voice: VoiceTold, pupil: str, names: dict[int | None, str]) -> str:
    if voice.whose == Voice.Whose.PUPIL:
        return name_and_role(Someone(role=PUPIL), pupil)
    return name_and_role(Someone(role=GUARDIAN, name=names.get(voice.guardian, "")), pupil)


def tried_words(voice: VoiceTold) -> str:
    if voice.tried_on is None:
        return ""
    how = {
        Voice.Tried.PHONE: _("by phone"),
        Voice.Tried.IN_PERSON: _("in person"),
        Voice.Tried.VIDEO: _("by video"),
        Voice.Tried.INVITATION: _("by an invitation to the meeting"),
    }
    told = {"day": words().day(voice.tried_on), "how": how.get(voice.tried_how, "")}  # type: ignore[call-overload]
    return _("Tried %(day)s, %(how)s, but not reached.") % told


def agreed_rows(tasks: Iterable[TaskTold], told: MeetingTold) -> tuple[Task, ...]:
    own = [each for each in tasks if each.source == "meeting" and each.source_id == str(told.key)]
    return tuple(Task(text=each.what, note=_task_note(each), late=each.is_late) for each in own)


def _task_note(each: TaskTold) -> str:
    who = each.owner_name or role_name(each.owner_role)
    day = words().day(each.done_on or each.due)
    if each.done_on and each.not_needed:
        return _("%(who)s · not needed %(day)s") % {"who": who, "day": day}
    if each.done_on:
        return _("%(who)s · done %(day)s") % {"who": who, "day": day}
    return _("%(who)s · ready by %(day)s") % {"who": who, "day": day}


def correction_rows(text: MeetingText) -> tuple[Entry, ...]:
    return tuple(
        Entry(when=each.at.date(), title=_("Correction"), text=each.text, note=f"{each.by}, {role_name(each.by_role)}")
        for each in text.corrections
    )


def guide(found: Home, kind: str) -> Guide:
    say = words().language
    must_do = tuple(each.text.say(say) for each in found.step.work.must_do) if found.step else ()
    return Guide(must_do=must_do, questions=guide_for(kind, say))


def lede(found: Home) -> str:
    """ "Alva Bergqvist, 7B · Step 2: Meeting"."""
    pupil, step = ", ".join(part for part in (found.pupil.name, found.pupil.class_name) if part), found.step
    if step is None:
        return pupil
    told = {"number": step.number, "name": step.name.say(words().language)}
    return f"{pupil} · {_('Step %(number)s: %(name)s') % told}"


def error_words(count: int) -> str:
    return ngettext(
        "One thing to mend before this can be saved", "%(count)s things to mend before this can be saved", count
    ) % {"count": count}
