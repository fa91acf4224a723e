"""What a person has taken on around pupils: tasks and meetings, for the first page."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.cases.api import TaskTold, my_tasks
from narvaro.contexts.meetings.api import OwnMeeting, upcoming
from narvaro.contexts.register.api import PupilCard, pupil_cards
from narvaro.contexts.warnings.panels import SHOWN, Line, Panel, answer
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.ui.formats import moment_text, words


def own_work(actor: Actor) -> tuple[tuple[Panel, ...], frozenset[int]]:
    """The panels that have something in them, and the pupils who are named there."""
    tasks = my_tasks(actor) if access().decide(actor, "case.task").allowed else ()
    meetings = upcoming(actor)
    shown = {each.pupil for each in tasks[:SHOWN]} | {each.pupil for each in meetings[:SHOWN]}
    cards = pupil_cards(actor, shown) if shown else {}
    panels = []
    if tasks:
        panels.append(_tasks(tasks, cards))
    if meetings:
        panels.append(_meetings(meetings, cards))
    return tuple(panels), frozenset(cards)


def _tasks(tasks: tuple[TaskTold, ...], cards: dict[int, PupilCard]) -> Panel:
    late = sum(each.is_late for each in tasks)
    told = answer(ngettext("%(count)s thing to do", "%(count)s things to do", len(tasks)), len(tasks))
    so_late = ngettext("%(count)s of them is late", "%(count)s of them are late", late)
    return Panel(
        question=_("What have I taken on?"),
        answer=f"{told}, {so_late % {'count': words().number(late)}}" if late else told,
        lines=tuple(_task(each, cards[each.pupil]) for each in tasks[:SHOWN] if each.pupil in cards),
        more=max(len(tasks) - SHOWN, 0),
        more_url=reverse("case_tasks"),
    )


def _task(task: TaskTold, card: PupilCard) -> Line:
    due = _("by %(day)s") % {"day": words().day(task.due)}
    return Line(name=card.name, about=f"{task.what} · {due}", text=_("late") if task.is_late else "", url=_case(task))


def _meetings(meetings: tuple[OwnMeeting, ...], cards: dict[int, PupilCard]) -> Panel:
    return Panel(
        question=_("Which meetings do I have?"),
        answer=answer(
            ngettext(
                "%(count)s meeting ahead, or to write up", "%(count)s meetings ahead, or to write up", len(meetings)
            ),
            len(meetings),
        ),
        lines=tuple(_meeting(each, cards[each.pupil]) for each in meetings[:SHOWN] if each.pupil in cards),
    )


def _meeting(meeting: OwnMeeting, card: PupilCard) -> Line:
    return Line(
        name=card.name,
        about=moment_text(meeting.at),
        text=_("to write up") if meeting.to_write_up else meeting.place,
        url=reverse("meeting_show", args=[meeting.case, meeting.key]),
    )


def _case(task: TaskTold) -> str:
    return reverse("case", args=[task.case])
