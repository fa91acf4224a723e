"""The case's page put together: where it stands, what is to be done, how attendance goes, and what has happened."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.case_page.asking import Known
from narvaro.contexts.case_page.chronology import EntryLine, chronology, kind_options
from narvaro.contexts.cases.api import ORIGIN_WORDS, CaseCard, TaskTold, Trend, role_words, state_words, trend
from narvaro.contexts.duties.api import DutyTold
from narvaro.contexts.meetings.api import Hearing, VoiceOf
from narvaro.contexts.pupil_page.api import holder, tabs
from narvaro.core.clock import today
from narvaro.domain.case_states import CaseEvent, CaseState, possible
from narvaro.domain.since import change_since
from narvaro.ui.charts import Chart
from narvaro.ui.formats import words
from narvaro.ui.parts import Kind, Link, Step, StepState

SHOWN_DONE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    what: str
    note: str
    late: bool
    end_url: str
    give_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    name: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceLine:
    """Whose words, and where they are."""

    who: str
    text: str
    kind: Kind
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """``acts``: the buttons, the first is what comes next; ``more``: what is seldom needed."""

    name: str
    sub: str
    lede: str
    tags: tuple[tuple[str, Kind], ...]
    crumbs: tuple[Link, ...]
    tabs: tuple[Link, ...]
    steps: tuple[Step, ...]
    standing: str
    acts: tuple[Link, ...]
    more: tuple[Link, ...]
    trend: Trend
    day_map: Chart | None
    answer: str
    tasks: tuple[TaskLine, ...]
    done: tuple[TaskLine, ...]
    done_words: str
    task_url: str
    duties: tuple[DutyTold, ...]
    settled: tuple[DutyTold, ...]
    voices: tuple[VoiceLine, ...]
    people: tuple[PersonLine, ...]
    circle_url: str
    entries: tuple[EntryLine, ...]
    kinds: tuple[tuple[str, str], ...]
    kind: str


def case_page(known: Known, kind: str) -> CasePage:
    case, answer = known.case, known.attendance.answer if known.attendance else None
    return CasePage(
        name=known.pupil.name,
        sub=" · ".join(part for part in (known.pupil.class_name, case.unit_name) if part),
        lede=_lede(known),
        tags=_tags(known),
        crumbs=(Link(_("Cases"), reverse("cases")), Link(known.pupil.name, "")),
        tabs=tabs(known.pupil, answer.figure, case, here="case") if answer else (),
        steps=tuple(_steps(known)),
        standing=_standing(case),
        acts=_acts(known),
        more=_more(known),
        trend=_trend(known),
        day_map=known.attendance.day_map if known.attendance else None,
        answer=f"{answer.figure} {answer.text}" if answer else "",
        tasks=tuple(_task(each, known) for each in known.tasks if each.is_open),
        done=tuple(_task(each, known) for each in [each for each in known.tasks if not each.is_open][:SHOWN_DONE]),
        done_words=_done_words(known),
        task_url=reverse("case_task_add", args=[case.key]) if case.is_open and "case.write" in known.may else "",
        duties=tuple(each for each in known.duties if each.is_open),
        settled=tuple(each for each in known.duties if not each.is_open),
        voices=tuple(_voice(each, case) for each in known.voices),
        people=tuple(
            PersonLine(name=each.name, role=role_words(each.role).say(words().language)) for each in known.people
        ),
        circle_url=reverse("case_circle", args=[case.key]) if "case.circle" in known.may else "",
        entries=chronology(known, kind),
        kinds=kind_options(known),
        kind=kind,
    )


def _trend(known: Known) -> Trend:
    weeks = known.measure.weeks if known.measure else ()
    return trend(known.measure, change_since(weeks, known.case.opened_on))


def _lede(known: Known) -> str:
    case, say = known.case, words()
    opened = _("The case was opened %(day)s after %(origin)s; %(who)s holds it.") % {
        "day": say.day_and_year(case.opened_on),
        "origin": _(ORIGIN_WORDS[case.origin].text),
        "who": holder(case),
    }
    mentors = ", ".join(known.pupil.mentors)
    return f"{opened} {_('Mentor %(names)s.') % {'names': mentors}}" if mentors else opened


def _tags(known: Known) -> tuple[tuple[str, Kind], ...]:
    circle: tuple[str, Kind] = (_("Restricted circle: %(count)s people") % {"count": len(known.people)}, "info")
    protected: tuple[str, Kind] = (_("Protected identity"), "warn")
    return (circle, protected) if known.pupil.protected else (circle,)


def _steps(known: Known) -> Iterable[Step]:
    case, say = known.case, words()
    for step in sorted(known.plan.steps, key=lambda each: each.number):
        began = known.stays.get(step.number)
        note = _("since %(day)s") % {"day": say.day(began)} if began else ""
        if step.number < case.step:
            note = _("begun %(day)s") % {"day": say.day(began)} if began else _("left out")
        state: StepState = (
            "done" if step.number < case.step else "now" if step.number == case.step and case.is_open else "next"
        )
        yield Step(step.number, step.name.say(say.language), state, note)


def _standing(case: CaseCard) -> str:
    """What is said when the case does not simply go on."""
    say = words()
    if case.state is CaseState.PARKED and case.parked_until:
        over = case.parked_until <= today()
        text = _("The rest was until %(day)s. Take it up again.") if over else _("The case rests until %(day)s.")
        return text % {"day": say.day_and_year(case.parked_until)}
    if case.state is CaseState.CLOSED and case.closed_on:
        return _("The case was closed %(day)s.") % {"day": say.day_and_year(case.closed_on)}
    if case.state is CaseState.ACTIVE:
        late = case.follow_up_on is not None and case.follow_up_on < today()
        return _("The follow-up was due %(day)s.") % {"day": say.day(case.follow_up_on)} if late else ""  # type: ignore[arg-type]
    return state_words(case.state) + "."


_FIRST = (CaseEvent.NEXT_STEP, CaseEvent.RESUME, CaseEvent.REOPEN)


def _event_words(event: CaseEvent) -> str:
    return {
        CaseEvent.NEXT_STEP: _("Next step"),
        CaseEvent.JUMP: _("Jump ahead"),
        CaseEvent.GO_BACK: _("Go back a step"),
        CaseEvent.PARK: _("Let it rest"),
        CaseEvent.RESUME: _("Take it up again"),
        CaseEvent.BEGIN_RETURN: _("Watch the return"),
        CaseEvent.CLOSE: _("Close the case"),
        CaseEvent.REOPEN: _("Open it again"),
        CaseEvent.HAND_OVER: _("Hand over to another school"),
    }[event]


def _events(known: Known) -> list[CaseEvent]:
    """What can be done with the case as it stands, by this reader."""
    if "case.step" not in known.may:
        return []
    last = max(each.number for each in known.plan.steps)
    can = [each for each in possible(known.case.state) if each not in (CaseEvent.ACCEPTED, CaseEvent.DECLINED)]
    ahead = (CaseEvent.NEXT_STEP, CaseEvent.JUMP)
    if known.case.state is CaseState.RETURNING:
        can = [each for each in can if each is not CaseEvent.RESUME]
    first = min(each.number for each in known.plan.steps)
    back = known.case.step > first or known.case.state is CaseState.RETURNING
    return [
        each
        for each in can
        if (each not in ahead or known.case.step < last) and (each is not CaseEvent.GO_BACK or back)
    ]


def _event_link(known: Known, event: CaseEvent) -> Link:
    return Link(_event_words(event), reverse("case_move", args=[known.case.key, event.value]))


def _acts(known: Known) -> tuple[Link, ...]:
    key = [known.case.key]
    found = [_event_link(known, each) for each in _events(known) if each in _FIRST]
    if known.case.is_open and known.case.state is not CaseState.HANDING_OVER:
        if "conversation.write" in known.may:
            found.append(Link(_("Write down a talk"), reverse("conversation_new", args=key)))
            found.append(Link(_("Plan a meeting"), reverse("meeting_plan", args=key)))
        if "case.write" in known.may:
            found.append(Link(_("Write a note"), reverse("case_note", args=key)))
    return tuple(found)


def _more(known: Known) -> tuple[Link, ...]:
    return tuple(_event_link(known, each) for each in _events(known) if each not in _FIRST)


def _task(task: TaskTold, known: Known) -> TaskLine:
    may = task.key in known.doable
    return TaskLine(
        what=task.what,
        note=_task_note(task),
        late=task.is_late,
        end_url=reverse("case_task_end", args=[task.key]) if may else "",
        give_url=reverse("case_task_give", args=[task.key]) if may and "case.write" in known.may else "",
    )


def _done_words(known: Known) -> str:
    count = sum(not each.is_open for each in known.tasks)
    return ngettext("%(count)s done", "%(count)s done", count) % {"count": words().number(count)}


def _task_note(task: TaskTold) -> str:
    say = words()
    who = task.owner_name or role_words(task.owner_role).say(say.language)
    if task.done_on:
        how = _("not needed") if task.not_needed else _("done")
        return f"{how} {say.day(task.done_on)} · {task.done_by_name or who}"
    note = _("%(who)s · by %(day)s") % {"who": who, "day": say.day(task.due)}
    if not task.is_late:
        return note
    told = [note, _("late")]
    if task.escalated_to:
        told.append(_("now with %(role)s") % {"role": role_words(task.escalated_to).say(say.language)})
    return " · ".join(told)


def _voice(each: VoiceOf, case: CaseCard) -> VoiceLine:
    who = _("The pupil") if each.whose == "pupil" else each.name or _("Guardian")
    kinds: dict[Hearing, Kind] = {Hearing.HEARD: "good", Hearing.TRIED: "warn", Hearing.NOT_YET: ""}
    return VoiceLine(
        who=who,
        text=_hearing_words(each.hearing, each.day),
        kind=kinds[each.hearing],
        url=reverse("meeting_show", args=[case.key, each.meeting]) if each.meeting else "",
    )


def _hearing_words(hearing: Hearing, day: date | None) -> str:
    on = words().day(day) if day else ""
    if hearing is Hearing.HEARD:
        return _("heard %(day)s") % {"day": on}
    return _("looked for %(day)s") % {"day": on} if hearing is Hearing.TRIED else _("not heard yet")
