"""What the case's page asks of the other contexts, each question once."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from narvaro.contexts.attendance.api import ListedMeasure, listed_measures
from narvaro.contexts.cases.api import (
    CaseCard,
    EntryTold,
    Near,
    TaskTold,
    came_to,
    doable,
    entries_of,
    find_case_and_rights,
    plan_of,
    tasks_of,
)
from narvaro.contexts.duties.api import DutyTold, duties_of
from narvaro.contexts.meetings.api import VoiceOf, voices_of
from narvaro.contexts.pupil_page.api import Attendance, attendance_of
from narvaro.contexts.register.api import PupilCard, people_around, pupil_cards
from narvaro.core.actor import Actor
from narvaro.domain.plan import Plan

WEEKS_SHOWN = 20
_LESSONS = "attendance.read"
_ACTS = (_LESSONS, "case.write", "case.step", "case.circle", "case.task", "conversation.write")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Everything there is about a case. ``attendance`` is None for those in the circle who may not read the lessons;
    the summary in ``measure`` is for all, so that what is done never stands alone.
    ``stays``: the first day at each step. ``doable``: the tasks that the reader may end."""

    actor: Actor
    case: CaseCard
    pupil: PupilCard
    plan: Plan
    measure: ListedMeasure | None
    attendance: Attendance | None
    stays: dict[int, date]
    tasks: tuple[TaskTold, ...]
    entries: tuple[EntryTold, ...]
    voices: tuple[VoiceOf, ...]
    duties: tuple[DutyTold, ...]
    people: tuple[Near, ...]
    may: frozenset[str]
    doable: frozenset[UUID]


def known_of(actor: Actor, key: UUID) -> Known:
    """Raises Http404 for a case out of reach."""
    case, may = find_case_and_rights(actor, key, _ACTS)
    pupil, plan = pupil_cards(actor, [case.pupil])[case.pupil], plan_of(actor, case)
    tasks = tasks_of(actor, case.pk)
    return Known(
        actor=actor,
        case=case,
        pupil=pupil,
        plan=plan,
        measure=listed_measures(actor, [case.pupil]).get(case.pupil),
        attendance=attendance_of(actor, pupil, plan=plan, weeks=WEEKS_SHOWN) if _LESSONS in may else None,
        stays=came_to(actor, [case.pk]).get(case.pk, {}),
        tasks=tasks,
        entries=entries_of(actor, case.pk),
        voices=voices_of(actor, case),
        duties=duties_of(actor, case),
        people=people_around(case.pupil, case.unit_pk),
        may=may,
        doable=doable(actor, tasks) if "case.task" in may else frozenset(),
    )
