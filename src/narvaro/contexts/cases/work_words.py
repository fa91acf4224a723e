"""Tasks and people around a pupil, ready to print."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from narvaro.contexts.cases.presenters import OWNERS, about
from narvaro.contexts.cases.titles import role_words
from narvaro.contexts.cases.todo import TaskChoice, TaskTold
from narvaro.contexts.register.api import Near, PupilCard
from narvaro.core.clock import today
from narvaro.domain.deadlines import SchoolDays
from narvaro.ui.formats import words
from narvaro.ui.parts import Column


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """An open task of one of many cases."""

    what: str
    pupil: str
    about: str
    case_url: str
    end_url: str
    give_url: str
    owner: str
    due: str
    late: str
    escalated: str


def task_rows(
    tasks: Iterable[TaskTold],
    pupils: Mapping[int, PupilCard],
    readable: set[int],
    can: Collection[UUID],
    days: SchoolDays,
) -> tuple[TaskRow, ...]:
    """``can``: the tasks that the reader may end. ``days``: the organiser's, in which lateness is told."""
    return tuple(
        _task_row(each, pupils[each.pupil], readable, days, may=each.key in can)
        for each in tasks
        if each.pupil in pupils
    )


def _task_row(task: TaskTold, pupil: PupilCard, readable: set[int], days: SchoolDays, *, may: bool) -> TaskRow:
    say, language = words(), words().language
    role = role_words(task.owner_role).say(language)
    return TaskRow(
        what=task.what,
        pupil=pupil.name,
        about=about(pupil),
        case_url=reverse("case", args=[task.case]) if task.case_pk in readable else "",
        end_url=reverse("case_task_end", args=[task.key]) if may else "",
        give_url=reverse("case_task_give", args=[task.key]) if may else "",
        owner=f"{task.owner_name}, {role}" if task.owner_name else role,
        due=say.day(task.due),
        late=_late(task.due, days) if task.is_late else "",
        escalated=role_words(task.escalated_to).say(language) if task.escalated_to else "",
    )


def _late(due: date, days: SchoolDays) -> str:
    late = days.between(due, today())
    if not late:
        return _("its day has been")
    return ngettext("%(count)s school day late", "%(count)s school days late", late) % {"count": late}


def task_columns() -> tuple[Column, ...]:
    return (
        Column(_("What")),
        Column(_("Pupil")),
        Column(_("Who")),
        Column(_("When")),
        Column(_("Do"), hidden=True),
    )


def tasks_heading(choice: TaskChoice, count: int) -> str:
    if choice.whose == "late":
        text = ngettext("%(count)s task is late", "%(count)s tasks are late", count)
    elif choice.whose == "all":
        text = ngettext("%(count)s task to do", "%(count)s tasks to do", count)
    else:
        text = ngettext("%(count)s task waits for you", "%(count)s tasks wait for you", count)
    return text % {"count": words().number(count)}


def whose_options() -> list[tuple[str, str]]:
    return [("", _("Mine")), ("late", _("All that are late")), ("all", _("All"))]


def role_options() -> list[tuple[str, str]]:
    language = words().language
    roles = ("mentor", "attendance_coordinator", "principal", "pupil_health", "organiser_officer")
    return [("", _("All roles")), *((role, role_words(role).say(language).capitalize()) for role in roles)]


def near_words(each: Near) -> str:
    """ "Maria Sandberg, mentor"."""
    return f"{each.name}, {role_words(each.role).say(words().language)}" if each.role else each.name


def task_owners(people: Iterable[Near]) -> list[tuple[str, str]]:
    """People around the pupil, then functions; "role.person" and "role"."""
    language = words().language
    named = [(f"{each.role or each.why}.{each.user_id}", near_words(each)) for each in people if each.role]
    return [*named, *((role, role_words(role).say(language).capitalize()) for role in OWNERS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """``can_leave``: given person by person, so it can be taken back."""

    user_id: int
    name: str
    role: str
    why: str
    until: str
    can_leave: bool
    token: str


def circle_rows(people: Iterable[Near]) -> tuple[PersonRow, ...]:
    return tuple(_person_row(each) for each in people)


def _person_row(each: Near) -> PersonRow:
    why = {
        "mentor": _("is the pupil's mentor"),
        "principal": _("is a principal of the school"),
        "attendance_coordinator": _("coordinates attendance at the school"),
        "circle": _("is in the circle"),
    }
    return PersonRow(
        user_id=each.user_id,
        name=each.name,
        role=role_words(each.role).say(words().language) if each.role else "",
        why=why.get(each.why, ""),
        until=words().day_and_year(each.last_day) if each.last_day else "",
        can_leave=each.why == "circle",
        token=str(uuid4()),
    )


def circle_columns() -> tuple[Column, ...]:
    return (Column(_("Name")), Column(_("Why")), Column(_("Until")), Column(_("Do"), hidden=True))


def found_columns() -> tuple[Column, ...]:
    return (Column(_("Name")), Column(_("Role")), Column(_("Do"), hidden=True))
