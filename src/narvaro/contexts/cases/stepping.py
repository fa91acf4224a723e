"""Beginning and leaving a step: what the plan says is always done there, who does it, and by when."""

from collections.abc import Iterator
from datetime import date

from narvaro.contexts.cases.chronology import CONTACT_TASK
from narvaro.contexts.cases.days import school_days_of
from narvaro.contexts.cases.models import Case, CaseStep, Task
from narvaro.contexts.cases.owners import one_in_role
from narvaro.contexts.cases.todo import STEP, NewTask, put_tasks
from narvaro.contexts.plan.api import plan_of_version
from narvaro.contexts.register.api import Near, people_around
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.errors import Refused
from narvaro.domain.case_states import CaseEvent
from narvaro.domain.deadlines import SchoolDays
from narvaro.domain.plan import Plan, Step
from narvaro.language import N_, Message, Words

MEETING_TASK = "meeting"
_CONTACT = N_("Talk with the pupil and the guardians")
_MEETINGS = {
    "conversation": N_("Hold the step's talk"),
    "meeting": N_("Hold the step's meeting with home"),
    "pupil_health_team": N_("Take up the pupil at the pupil health team's meeting"),
}
NO_STEP = Message.of("The attendance plan has no such step. Choose one of the steps of the plan.")


def plan_for(by: Actor, row: Case) -> Plan:
    return plan_of_version(by, row.plan_version_id, row.unit_id)


def step_of(plan: Plan, number: int) -> Step:
    step = plan.step(number)
    if step is None:
        raise Refused(NO_STEP)
    return step


def next_step(plan: Plan, number: int) -> Step | None:
    """The one after, by number."""
    return min((each for each in plan.steps if each.number > number), key=lambda each: each.number, default=None)


def begin_step(by: Actor, row: Case, step: Step, day: date, *, owner_id: int | None = None) -> None:
    """The stay, its tasks, and when to follow up. The owner changes where the step's is another role's."""
    row.step = step.number
    people = people_around(row.pupil_id, row.unit_id)
    if owner_id is not None or row.owner_role != step.work.owner or row.owner_id is None:
        row.owner_role = step.work.owner
        row.owner_id = owner_id if owner_id is not None else one_in_role(people, step.work.owner)
    days = school_days_of(by, row.unit_id)
    row.follow_up_on = days.after(day, step.work.follow_up_after)
    row.save(update_fields=["step", "owner", "owner_role", "follow_up_on"])
    CaseStep.of(case=row, step=step.number, began=day).save()
    put_tasks(by, row, tasks_of_step(step, day, days, people, row.owner_id))


def leave_step(row: Case, event: CaseEvent) -> None:
    CaseStep.objects.filter(case=row, ended=None).update(ended=today(), ended_by=event.value)


def tasks_of_step(
    step: Step, day: date, days: SchoolDays, people: tuple[Near, ...], owner_id: int | None
) -> Iterator[NewTask]:
    """First contact where the rest has longer, the must-do list, and the required meeting."""
    work = step.work
    if _within(step) > work.contact_within:
        yield _task(_both(_CONTACT), work.owner, owner_id, days.after(day, work.contact_within), CONTACT_TASK)
    for each in work.must_do:
        role = each.role or work.owner
        owner = owner_id if role == work.owner else one_in_role(people, role)
        yield _task(each.text, role, owner, days.after(day, _within(step)), each.id)
    if work.meeting is not None:
        what = _both(_MEETINGS[work.meeting.kind])
        yield _task(what, work.owner, owner_id, days.after(day, work.meeting.within), MEETING_TASK)


def move_deadlines(by: Actor, row: Case, since: date) -> None:
    """While a case was parked or waited for another school its deadlines stood still."""
    days = school_days_of(by, row.unit_id)
    rested = days.between(since, today())
    for task in Task.objects.filter(case=row, done_on=None) if rested else ():
        task.due = days.after(task.due, rested)
        task.save(update_fields=["due"])


def _within(step: Step) -> int:
    """School days for the must-do list, where the plan says none of its own: until the meeting, else the contact."""
    work = step.work
    if work.finish_within is not None:
        return work.finish_within
    return work.meeting.within if work.meeting is not None else work.contact_within


def _task(what: Words, role: str, owner_id: int | None, due: date, source_id: str) -> NewTask:
    return NewTask(what=what, owner_role=role, owner_id=owner_id, due=due, source=STEP, source_id=source_id)


def _both(text: str) -> Words:
    return Words(Message(text).say("sv"), text)
