"""What other contexts may ask of cases. ``case`` and ``pupil`` are database ids, ``key`` what stands in addresses."""

from narvaro.contexts.cases.cards import CaseCard, cards, case_of, cases_of, find_case, plan_of
from narvaro.contexts.cases.chronology import (
    EntryText,
    EntryTold,
    NewEntry,
    add_entry,
    entries_of,
    entry_text,
)
from narvaro.contexts.cases.daily import run_day
from narvaro.contexts.cases.days import due_day, school_days_of
from narvaro.contexts.cases.following import follow_plan_in_force
from narvaro.contexts.cases.handed_in import Answered, Voices, hand_in
from narvaro.contexts.cases.listing import Choice, Listed, listed_cases
from narvaro.contexts.cases.moving import JUMP_REASONS, NEEDS, OUTCOMES, Move, missing_to_close, move
from narvaro.contexts.cases.opening import ORIGIN_WORDS, Opening, open_case, report_worry
from narvaro.contexts.cases.owners import one_in_role, people_of
from narvaro.contexts.cases.permissions import handovers_to, rights_on, visible_case_ids
from narvaro.contexts.cases.presenters import attendance_cell, state_words, step_words
from narvaro.contexts.cases.queueing import queued_meanwhile
from narvaro.contexts.cases.stays import came_to, open_cases
from narvaro.contexts.cases.titles import role_words, stored, told
from narvaro.contexts.cases.todo import NewTask, TaskTold, add_tasks, end_tasks, my_tasks, tasks_of
from narvaro.contexts.cases.work_words import near_words
from narvaro.contexts.register.api import Near
from narvaro.core.actor import Actor

people_around = people_of


def handovers(actor: Actor) -> tuple[CaseCard, ...]:
    """Cases that another school asks the actor's to take over."""
    return cards(handovers_to(actor))


__all__ = [
    "JUMP_REASONS",
    "NEEDS",
    "ORIGIN_WORDS",
    "OUTCOMES",
    "Answered",
    "CaseCard",
    "Choice",
    "EntryText",
    "EntryTold",
    "Listed",
    "Move",
    "Near",
    "NewEntry",
    "NewTask",
    "Opening",
    "TaskTold",
    "Voices",
    "add_entry",
    "add_tasks",
    "attendance_cell",
    "came_to",
    "case_of",
    "cases_of",
    "due_day",
    "end_tasks",
    "entries_of",
    "entry_text",
    "find_case",
    "follow_plan_in_force",
    "hand_in",
    "handovers",
    "listed_cases",
    "missing_to_close",
    "move",
    "my_tasks",
    "near_words",
    "one_in_role",
    "open_case",
    "open_cases",
    "people_around",
    "plan_of",
    "queued_meanwhile",
    "report_worry",
    "rights_on",
    "role_words",
    "run_day",
    "school_days_of",
    "state_words",
    "step_words",
    "stored",
    "tasks_of",
    "told",
    "visible_case_ids",
]
