"""What time does by itself, once a day: who is reminded, and what goes on to the next in line because it is late.

Each change is written with its day, in one transaction, so that the same day again changes nothing, and a run that was
killed is simply run again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from narvaro.contexts.cases.cards import RUNNING
from narvaro.contexts.cases.chronology import NewEntry, put, tell
from narvaro.contexts.cases.days import school_days_of
from narvaro.contexts.cases.models import Task
from narvaro.contexts.cases.owners import one_in_role
from narvaro.contexts.cases.titles import role_words
from narvaro.contexts.plan.api import plan_of_version
from narvaro.contexts.register.api import Near, people_around
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.scope import acting
from narvaro.domain.deadlines import SchoolDays
from narvaro.domain.plan import Overdue
from narvaro.language import Message, Words

# In these roles there is always somebody, though nobody who works around a single pupil.
_ABOVE_THE_SCHOOL = ("organiser_officer",)


@dataclass(frozen=True, slots=True)
class Reminded:
    reminded: int
    escalated: int


def remind(by: Actor) -> Reminded:
    """The authority's open work, as of today. Nothing on a day that is no school day at the pupil's school."""
    with acting(by):
        rules = _Rules(by)
        tasks = _open_tasks()
        _give_back(by, tasks, rules)
        return Reminded(
            reminded=sum(_remind(task, rules) for task in tasks),
            escalated=sum(_escalate(by, task, rules) for task in tasks),
        )


class _Rules:
    """What the plan says of late work and which days count, asked once for each version and school."""

    def __init__(self, by: Actor) -> None:
        self.by = by
        self._days: dict[int, SchoolDays] = {}
        self._overdue: dict[tuple[int, int], Overdue] = {}
        self._people: dict[int, tuple[Near, ...]] = {}

    def people(self, task: Task) -> tuple[Near, ...]:
        if task.case_id not in self._people:
            self._people[task.case_id] = people_around(task.case.pupil_id, task.case.unit_id)
        return self._people[task.case_id]

    def days(self, task: Task) -> SchoolDays:
        unit = task.case.unit_id
        if unit not in self._days:
            self._days[unit] = school_days_of(self.by, unit)
        return self._days[unit]

    def overdue(self, task: Task) -> Overdue:
        key = task.case.plan_version_id, task.case.unit_id
        if key not in self._overdue:
            self._overdue[key] = plan_of_version(self.by, *key).overdue
        return self._overdue[key]


def _open_tasks() -> Sequence[Task]:
    rows = Task.objects.select_for_update(of=("self",)).filter(done_on=None, case__state__in=sorted(RUNNING))
    return list(rows.select_related("case").order_by("pk"))


def _give_back(by: Actor, tasks: Sequence[Task], rules: _Rules) -> None:
    """Whoever no longer works around the pupil holds nothing there: it goes to the one in the role, else to the
    function."""
    for task in tasks:
        people = rules.people(task)
        around = {None, *(each.user_id for each in people)}
        if task.case.owner_id not in around:
            task.case.owner_id = one_in_role(people, task.case.owner_role)
            task.case.save(update_fields=["owner"])
            tell(by, "case.owner", task.case, user=task.case.owner_id)
        if task.owner_id not in around:
            task.owner_id = one_in_role(people, task.owner_role)
            task.save(update_fields=["owner"])
            tell(by, "case.task.give", task.case, tasks=[task.pk], user=task.owner_id)


def _remind(task: Task, rules: _Rules) -> bool:
    days, day = rules.days(task), today()
    if task.reminded_on is not None or not days.is_school_day(day):
        return False
    if task.due > days.after(day, rules.overdue(task).remind_before):
        return False
    task.reminded_on = day
    task.save(update_fields=["reminded_on"])
    return True


def _escalate(by: Actor, task: Task, rules: _Rules) -> bool:
    """Each step up the line is counted from the one before."""
    days, overdue, day = rules.days(task), rules.overdue(task), today()
    late = days.between(task.escalated_on or task.due, day)
    if not days.is_school_day(day) or late < overdue.escalate_after:
        return False
    held = {each.why for each in rules.people(task)}
    role = next_in_line(task.escalated_to or task.owner_role, overdue.in_line, held)
    if role is None:
        return False
    task.escalated_to, task.escalated_on = role, day
    task.save(update_fields=["escalated_to", "escalated_on"])
    _told(by, task, role, day)
    return True


def next_in_line(role: str, line: Sequence[str], held: Iterable[str]) -> str | None:
    """The first above ``role`` whom somebody holds; from a role outside the line, above the line's first. None at the
    top."""
    place = line.index(role) if role in line else 0
    there = {*held, *_ABOVE_THE_SCHOOL}
    return next((each for each in line[place + 1 :] if each in there), None)


def _told(by: Actor, task: Task, role: str, day: date) -> None:
    title = Message.of("Late, passed on to {role}: {task}", role=role_words(role), task=Words(task.what, task.what_en))
    put(by, task.case, NewEntry(kind="escalated", title=title, day=day, about_type="cases.Task", about_key=task.key))
    tell(by, "case.task.escalate", task.case, tasks=[task.pk], role=role)
