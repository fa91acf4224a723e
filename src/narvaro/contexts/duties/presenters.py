"""What the pages print: lines, options and the few facts of a notice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.cases.api import CaseCard
from narvaro.contexts.duties.forms import (
    NOTICE_STATES,
    OUTCOMES,
    PART_WORDS,
    PARTIES,
    WAYS,
)
from narvaro.contexts.duties.listing import Choice, DutyRow
from narvaro.contexts.duties.models import Consultation, Notice
from narvaro.contexts.duties.queries import ConsultationTold, InvestigationTold, NoticeTold
from narvaro.contexts.duties.told import Counted, title_of
from narvaro.contexts.register.api import PupilCard, teaches
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.clock import STOCKHOLM
from narvaro.domain.duties import State
from narvaro.ui.formats import words
from narvaro.ui.parts import Column, Entry, Figure, Kind, Link


def tabs(actor: Actor, here: str) -> tuple[Link, ...]:
    """The parts of the duties that the role may open."""
    parts = (
        ("duties", _("Duties")),
        ("homes", _("The home, the same day")),
        ("leaves", _("Leave")),
        ("csn", _("CSN")),
        ("duties_overview", _("Schools")),
        ("received_notices", _("From other organisers")),
        ("duties_law", _("The law table")),
    )
    return tuple(
        Link(label, reverse(route), current=route == here)
        for route, label in parts
        if access().decide(actor, access().action_of(route, "GET") or "").allowed
        and (route != "csn" or teaches(actor, ("GY", "GYS")))
    )


def figures(total: Counted, *, listed: bool) -> tuple[Figure, ...]:
    """``listed``: the page holds them one by one, so that each number leads to its own."""
    say, late, met = words(), total.late, total.met
    return (
        _figure(say.number(late), ngettext("is late", "are late", late), State.LATE, listed, "late" if late else ""),
        _figure(say.number(total.due), _("to do"), State.DUE, listed),
        _figure(say.number(met), ngettext("is done", "are done", met), State.MET, listed),
    )


def _figure(value: str, label: str, state: State, listed: bool, kind: Kind = "") -> Figure:
    return Figure(value, label, kind=kind, url=f"?state={state.value}" if listed else "")


def heading(total: Counted) -> str:
    waiting = total.late + total.due
    if not waiting:
        return _("No duty waits for anybody")
    return ngettext("%(count)s duty waits for somebody", "%(count)s duties wait for somebody", waiting) % {
        "count": waiting
    }


def states() -> list[tuple[str, str]]:
    return [
        ("", _("Waits for somebody")),
        (State.LATE.value, _("Late")),
        (State.DUE.value, _("To do, not late")),
        (State.MET.value, _("Done")),
        (State.NOT_APPLICABLE.value, _("Not applicable, and why")),
        ("all", _("All")),
    ]


def rules(rows: Iterable[DutyRow]) -> list[tuple[str, str]]:
    return [("", _("All duties")), *((rule, title_of(rule)) for rule in sorted({each.duty.rule for each in rows}))]


def columns() -> tuple[Column, ...]:
    return (
        Column(_("Pupil"), key="pupil"),
        Column(_("Duty"), key="rule"),
        Column(_("How it stands"), key="due"),
        Column(_("What to do"), hidden=True),
    )


def count_columns(label: str) -> tuple[Column, ...]:
    return (
        Column(label),
        Column(_("Applies to"), numeric=True),
        Column(_("Done"), numeric=True),
        Column(_("To do"), numeric=True),
        Column(_("Late"), numeric=True),
    )


def choice_of(asked: Mapping[str, str]) -> Choice:
    return Choice(
        state=asked.get("state", "")[:20],
        rule=asked.get("rule", "")[:10],
        text=asked.get("q", "")[:80],
        sort=asked.get("sort", "").lstrip("-")[:10],
    )


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """A notice as it is read and printed: each fact with its name."""

    title: str
    to: str
    state: str
    kind: Kind
    facts: tuple[tuple[str, str], ...]
    by_hand: bool
    history: tuple[Entry, ...]


def notice(found: NoticeTold) -> NoticeShown:
    say = words()
    facts = [
        (_("Pupil"), found.pupil_name or "–"),
        (_("The school's id for the pupil"), found.pupil_ref),
        (_("School"), found.unit_name),
        (_("Grade"), found.grade or "–"),
        (_since_words(found.rule_id), say.day_and_year(found.starts_on)),
        *_extent(found),
    ]
    if found.rule_id in ("A9", "A10"):
        end = say.day_and_year(found.planned_end) if found.planned_end else _("not decided")
        facts.append((_("Planned to be finished"), end))
        facts.append((_("Measures need to be coordinated"), _("Yes") if found.needs_coordination else _("No")))
    if found.withheld_reason:
        facts.append((_("Why the school does not report"), found.withheld_reason))
    facts.append((_("Notice made"), say.day_and_year(found.made_at.astimezone(STOCKHOLM).date())))
    return NoticeShown(
        title=title_of(found.rule_id),
        to=f"{found.receiver_function} ({receiver(found.to)})",
        state=str(NOTICE_STATES[Notice.State(found.state)]),
        kind=_NOTICE_KINDS[Notice.State(found.state)],
        facts=tuple(facts),
        by_hand=not found.pupil_name,
        history=_history(found),
    )


_NOTICE_KINDS: Mapping[Notice.State, Kind] = {
    Notice.State.PREPARED: "warn",
    Notice.State.SENT: "info",
    Notice.State.RECEIVED: "good",
    Notice.State.FAILED: "late",
    Notice.State.WITHHELD: "info",
}


def receiver(to: str) -> str:
    return {
        Notice.Receiver.ORGANISER: _("the organiser"),
        Notice.Receiver.HOME_MUNICIPALITY: _("the home municipality"),
        Notice.Receiver.CSN: _("CSN"),
        Notice.Receiver.KAA: _("the municipal activity responsibility"),
    }[Notice.Receiver(to)]


def _since_words(rule: str) -> str:
    if rule in ("A9", "A10"):
        return _("Investigation started")
    return {"A11": _("Started or left on"), "A12": _("Counted up to"), "A16": _("Month from"), "KAA": _("Left on")}[
        rule
    ]


def _extent(found: NoticeTold) -> list[tuple[str, str]]:
    return [(_("Extent"), text)] if (text := extent_words(found)) else []


def extent_words(found: NoticeTold) -> str:
    """The share with what it is a share of, or the month's hours."""
    say = words()
    if found.ends_on is not None and found.invalid_min is not None:
        return _("%(hours)s without a valid reason in the month") % {"hours": hours_and_minutes(found.invalid_min)}
    if not found.reported_min or found.absent_min is None or found.invalid_min is None:
        return ""
    return _("%(share)s of the reported time in 20 school days, of which %(invalid)s without a valid reason") % {
        "share": say.percent(Fraction(found.absent_min, found.reported_min)),
        "invalid": say.percent(Fraction(found.invalid_min, found.reported_min)),
    }


def hours_and_minutes(minutes: int) -> str:
    """Whole hours and minutes: a counter is not rounded."""
    return _("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}


def _history(found: NoticeTold) -> tuple[Entry, ...]:
    lines = [Entry(when=found.made_at.date(), title=_("Notice made"), note=found.made_by)]
    if found.sent_on:
        way = str(WAYS[Notice.Way(found.way)]) if found.way else ""
        lines.append(Entry(when=found.sent_on, title=_("Sent"), text=way))
    if found.received_on:
        lines.append(Entry(when=found.received_on, title=_("Received"), text=found.received_by))
    if found.failed_on:
        lines.append(Entry(when=found.failed_on, title=_("Did not arrive")))
    return tuple(lines)


def notice_links(found: Iterable[NoticeTold]) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            when=each.sent_on or each.made_at.date(),
            title=title_of(each.rule_id),
            text=str(NOTICE_STATES[Notice.State(each.state)]),
            note=each.receiver_function,
            url=reverse("notice", args=[each.key]),
        )
        for each in found
    )


def consultations(found: Iterable[ConsultationTold]) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            when=each.day,
            title=each.guardian or str(PARTIES[Consultation.Party(each.party)]).capitalize(),
            text=str(OUTCOMES[Consultation.Outcome(each.outcome)]),
            note=_("written by %(name)s") % {"name": each.by},
        )
        for each in found
    )


def decision_words(found: InvestigationTold) -> str:
    say, by = words(), {"name": found.decided_by, "day": words().day_and_year(found.decided_on)}
    if not found.is_started:
        return _("%(name)s decided %(day)s that an investigation is unnecessary.") % by
    begun = _("%(name)s decided %(day)s to investigate the absence.") % by
    if found.ended_on:
        return f"{begun} {_('It was finished %(day)s.') % {'day': say.day_and_year(found.ended_on)}}"
    led = _("%(name)s leads it.") % {"name": found.leader} if found.leader else _("Nobody has been named to lead it.")
    return f"{begun} {led}"


def about(card: PupilCard, case: CaseCard) -> str:
    """ "7B · step 3 · Strandskolan"."""
    step = _("step %(number)s") % {"number": case.step}
    return " · ".join(part for part in (card.class_name, step, case.unit_name) if part)


def crumbs(card: PupilCard, case: CaseCard) -> tuple[Link, ...]:
    up = (Link(_("Duties"), reverse("duties")), Link(card.name, reverse("case", args=[case.key])))
    return (*up, Link(_("How each duty stands"), ""))


def part_words(part: str) -> str:
    return str(PART_WORDS[part])


def text_parts(texts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    names = {
        "reason": _("Why it was decided"),
        **{part: str(told) for part, told in PART_WORDS.items()},
        "special_support_reason": _("Why special support is not investigated"),
    }
    return tuple((name, texts[part]) for part, name in names.items() if texts.get(part))


def usual_receiver(to: Notice.Receiver) -> str:
    return {
        Notice.Receiver.ORGANISER: _("The education office, registrar"),
        Notice.Receiver.HOME_MUNICIPALITY: _("The home municipality's education office, registrar"),
        Notice.Receiver.KAA: _("The municipal activity responsibility"),
        Notice.Receiver.CSN: "CSN",
    }[to]


def school_columns() -> tuple[Column, ...]:
    return (Column(_("School")), Column(_("Open cases"), numeric=True), *count_columns("")[1:])


def notice_columns() -> tuple[Column, ...]:
    return (
        Column(_("The school's id for the pupil")),
        Column(_("School")),
        Column(_("Grade")),
        Column(_("Investigation started")),
        Column(_("Extent")),
        Column(_("Planned to be finished")),
        Column(_("Need of coordination")),
    )


def reported_rows(found: Iterable[NoticeTold]) -> tuple[tuple[str, ...], ...]:
    """What the organiser is told (A9): no name and no text."""
    say = words()
    return tuple(
        (
            each.pupil_ref,
            each.unit_name,
            each.grade or "–",
            say.day_and_year(each.starts_on),
            extent_words(each) or "–",
            say.day_and_year(each.planned_end) if each.planned_end else "–",
            _("Yes") if each.needs_coordination else _("No"),
        )
        for each in found
    )
