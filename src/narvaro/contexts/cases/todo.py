"""What is to be done around a pupil: by whom, by when, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from narvaro.contexts.cases.cards import RUNNING
from narvaro.contexts.cases.chronology import NewEntry, check_writable, put, tell
from narvaro.contexts.cases.models import Case, Task
from narvaro.contexts.cases.permissions import TASK, WRITE, held, visible_cases
from narvaro.contexts.cases.standing_in import away_for, let_substitutes_in
from narvaro.contexts.register.api import people_around
from narvaro.core.actor import Actor
from narvaro.core.clock import now, today
from narvaro.core.errors import Forbidden, Refused
from narvaro.core.scope import acting
from narvaro.domain.case_states import OPEN, CaseState
from narvaro.language import Message, Words
from narvaro.ui.formats import words

LONGEST_TASK = 500
OWN, STEP, MEETING, DUTY, HANDOVER = "own", "step", "meeting", "duty", "handover"
_ONCE = (STEP, DUTY, HANDOVER)  # asked for again while it is open, the same task stands
# These do what is theirs, but do not write in the case otherwise.
_OWN_ONLY = {"teacher", "collaboration_team"}
GONE = Message.of("The task is already done or taken away. Somebody else may have been first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """``owner_role``: a role of the access file; ``owner_id``: a person, who must be around the pupil. ``source``: one
    of "own", "step", "meeting", "duty", "handover", and ``source_id`` what it comes from there. ``step`` None: the
    case's. A step's or duty's task that is open already is not made again."""

    what: str | Words
    owner_role: str
    due: date
    owner_id: int | None = None
    source: str = OWN
    source_id: str = ""
    step: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTold:
    """In the reader's language. ``owner_name`` is empty where it is a function's. ``late_days`` is in ordinary days."""

    pk: int
    key: UUID
    case_pk: int
    case: UUID
    pupil: int
    unit_pk: int
    step: int
    what: str
    owner_name: str
    owner_role: str
    owner_id: int | None
    due: date
    source: str
    source_id: str
    done_on: date | None
    done_by_name: str
    outcome: str
    not_needed: bool
    escalated_to: str
    reminded_on: date | None
    rests: bool

    @property
    def is_open(self) -> bool:
        return self.done_on is None

    @property
    def is_late(self) -> bool:
        return self.done_on is None and not self.rests and self.due < today()


def add_tasks(*, by: Actor, case: int, tasks: Iterable[NewTask]) -> tuple[UUID, ...]:
    """Raises Http404, and Refused for a case that is closed or a person who is not around the pupil."""
    with acting(by):
        row = held(visible_cases(by, WRITE), case)
        check_writable(row)
        return put_tasks(by, row, tasks)


def put_tasks(by: Actor, row: Case, tasks: Iterable[NewTask]) -> tuple[UUID, ...]:
    wanted = list(tasks)
    around = {each.user_id for each in people_around(row.pupil_id, row.unit_id)}
    made = [_put(by, row, each, around) for each in wanted]
    let_substitutes_in(by, row, {each.owner_id for each in made if each.owner_id})
    tell(by, "case.task.add", row, tasks=[each.pk for each in made])
    return tuple(each.key for each in made)


def end_tasks(*, by: Actor, case: int, source: str, source_id: str, outcome: str = "", not_needed: bool = False) -> int:
    """The open tasks from there, done by the actor; how many there were. For what was done at another place."""
    with acting(by):
        row = held(visible_cases(by, WRITE), case)
        found = Task.objects.filter(case=row, source=source, source_id=source_id, done_on=None)
        return ended(by, row, found, outcome, not_needed=not_needed)


def ended(by: Actor, row: Case, found: "QuerySet[Any]", outcome: str, *, not_needed: bool) -> int:
    ids = list(found.values_list("pk", flat=True))
    if ids:
        Task.objects.filter(pk__in=ids).update(
            done_on=today(), done_by_id=by.user_id, outcome=outcome, not_needed=not_needed
        )
        tell(by, "case.task.end", row, tasks=ids, not_needed=not_needed)
    return len(ids)


def tasks_of(actor: Actor, case: int) -> tuple[TaskTold, ...]:
    """Open ones first, by deadline; then what was done, the latest first. The caller has found the case."""
    found = _told(Task.objects.filter(case_id=case))
    still = sorted((each for each in found if each.is_open), key=lambda each: (each.due, each.pk))
    done = sorted((each for each in found if not each.is_open), key=lambda each: (each.done_on, each.pk), reverse=True)
    return (*still, *done)


def my_tasks(actor: Actor) -> tuple[TaskTold, ...]:
    """Everything open that waits for the actor: theirs, their function's, what came to their role by being late, and
    those of whom they stand in for; by deadline. One query, and one for whom they stand in."""
    found = visible_cases(actor, TASK).filter(state__in=sorted(RUNNING))
    mine = Q(owner_id__in=_hands(actor)) | Q(owner=None, owner_role=actor.role) | Q(escalated_to=actor.role)
    rows = Task.objects.filter(mine, case__in=found, done_on=None)
    return tuple(sorted(_told(rows), key=lambda each: (each.due, each.pk)))


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskChoice:
    """``whose``: empty is the actor's own, "late" everybody's that are late, "all" everybody's. ``role``: of who holds
    them, or to whom they went by being late."""

    whose: str = ""
    role: str = ""

    @classmethod
    def of(cls, asked: Any) -> "TaskChoice":
        return cls(whose=asked.get("whose", "")[:10], role=asked.get("role", "")[:40])


def listed_tasks(actor: Actor, choice: TaskChoice) -> tuple[TaskTold, ...]:
    """Open tasks by deadline; two queries."""
    if choice.whose not in ("late", "all"):
        return my_tasks(actor)
    found = visible_cases(actor, TASK).filter(state__in=sorted(RUNNING))
    rows = Task.objects.filter(case__in=found, done_on=None)
    if choice.role:
        rows = rows.filter(Q(escalated_to=choice.role) | Q(escalated_to="", owner_role=choice.role))
    if choice.whose == "late":
        rows = rows.filter(due__lt=today())
    return tuple(_told(rows))


def find_task(actor: Actor, key: UUID) -> TaskTold:
    """Raises Http404 for a task out of reach."""
    for task in _told(Task.objects.filter(key=key, case__in=visible_cases(actor, TASK))):
        return task
    raise Http404


def _hands(actor: Actor) -> set[int | None]:
    """The actor, and those for whom the actor stands in."""
    return {actor.user_id, *away_for(actor)}


def doable(actor: Actor, tasks: Iterable[TaskTold]) -> frozenset[UUID]:
    """Keys of the open ones that the actor may end or hand on; some roles only what is theirs. At most one query."""
    still = [each for each in tasks if each.is_open]
    if actor.role not in _OWN_ONLY:
        return frozenset(each.key for each in still)
    hands = _hands(actor)
    return frozenset(each.key for each in still if each.owner_id in hands)


def end_task(*, by: Actor, key: UUID, outcome: str, not_needed: bool = False) -> UUID:
    """Done, or not needed for a reason; the key of its case. Raises Http404, Forbidden for another's task, Refused when
    somebody was first or the reason is missing."""
    with acting(by):
        row, task = _open_task(by, key)
        if not_needed and not outcome.strip():
            raise Refused(Message.of("Write why it is not needed, so that it can be understood later."))
        ended(by, row, Task.objects.filter(pk=task.pk), outcome.strip(), not_needed=not_needed)
        what = _words(task)
        title = Message.of("Not needed: {task}", task=what) if not_needed else Message.of("Done: {task}", task=what)
        _entry(by, row, title, outcome, task.key)
    return row.key


def give_task(*, by: Actor, key: UUID, owner_id: int, reason: str = "") -> UUID:
    """To another who is around the pupil. Raises as ``end_task``."""
    with acting(by):
        row, task = _open_task(by, key)
        near = next((each for each in people_around(row.pupil_id, row.unit_id) if each.user_id == owner_id), None)
        if near is None:
            raise Refused(_NOT_AROUND)
        Task.objects.filter(pk=task.pk).update(
            owner_id=owner_id,
            owner_role=near.role or task.owner_role,
            escalated_to="",
            escalated_on=None,
            reminded_on=None,
        )
        let_substitutes_in(by, row, {owner_id})
        tell(by, "case.task.give", row, tasks=[task.pk], user=owner_id)
        _entry(by, row, Message.of("Handed to another: {task}", task=_words(task)), reason, task.key)
    return row.key


_NOT_AROUND = Message.of("Choose somebody who works around the pupil, or add the person to the circle first.")


def _open_task(by: Actor, key: UUID) -> tuple[Case, Task]:
    task = Task.objects.filter(key=key, case__in=visible_cases(by, TASK)).first()
    if task is None:
        raise Http404
    row = held(visible_cases(by, TASK), task.case_id)
    check_writable(row)
    if by.role in _OWN_ONLY and task.owner_id not in _hands(by):
        raise Forbidden(Message.of("The task is somebody else's. Talk with whoever holds the case."))
    if not Task.objects.filter(pk=task.pk, done_on=None).exists():
        raise Refused(GONE)
    return row, task


def _entry(by: Actor, row: Case, title: Message, text: str, about: UUID) -> None:
    put(by, row, NewEntry(kind="task", title=title, text=text, about_type="cases.Task", about_key=about))


def _put(by: Actor, row: Case, new: NewTask, around: set[int]) -> Task:
    step = row.step if new.step is None else new.step
    if new.source in _ONCE:
        there = Task.objects.filter(case=row, step=step, source=new.source, source_id=new.source_id, done_on=None)
        if (known := there.first()) is not None:
            return known  # type: ignore[no-any-return] # managers of guarded models are untyped
    if new.owner_id is not None and new.owner_id not in around:
        raise Refused(_NOT_AROUND)
    what = new.what if isinstance(new.what, Words) else Words(new.what)
    made: Task = Task.of(
        case=row,
        step=step,
        source=new.source,
        source_id=new.source_id,
        what=what.sv[:LONGEST_TASK],
        what_en=what.en[:LONGEST_TASK],
        owner_role=new.owner_role,
        owner_id=new.owner_id,
        due=new.due,
        created_by_id=by.user_id,
        created_at=now(),
    )
    made.save()
    return made


def _words(task: Task) -> Words:
    return Words(task.what, task.what_en)


def _told(found: "QuerySet[Any]") -> list[TaskTold]:
    language = words().language
    return [
        TaskTold(
            pk=row.pk,
            key=row.key,
            case_pk=row.case_id,
            case=row.case.key,
            pupil=row.case.pupil_id,
            unit_pk=row.case.unit_id,
            step=row.step,
            what=_words(row).say(language),
            owner_name=row.owner.name if row.owner else "",
            owner_role=row.owner_role,
            owner_id=row.owner_id,
            due=row.due,
            source=row.source,
            source_id=row.source_id,
            done_on=row.done_on,
            done_by_name=row.done_by.name if row.done_by else "",
            outcome=row.outcome,
            not_needed=row.not_needed,
            escalated_to=row.escalated_to,
            reminded_on=row.reminded_on,
            rests=CaseState(row.case.state) not in RUNNING and CaseState(row.case.state) in OPEN,
        )
        for row in found.select_related("case", "owner", "done_by").order_by("due", "pk")
    ]
