"""What other contexts may ask of cases. ``case`` and ``pupil`` are database ids, ``key`` what stands in addresses."""

from narvaro.contexts.cases.cards import CaseCard, cards, case_of, cases_of, find_case, find_case_and_rights, plan_of
from narvaro.contexts.cases.chronology import (
    EntryTold,
    NewEntry,
    add_entry,
    entries_of,
    entry_text,
)
from narvaro.contexts.cases.daily import run_day
from narvaro.contexts.cases.days import due_day, school_days_by_unit, school_days_of
from narvaro.contexts.cases.handed_in import Answered, hand_in
from narvaro.contexts.cases.listing import Choice, Listed
from narvaro.contexts.cases.moving import NEEDS, OUTCOMES, Move, move
from narvaro.contexts.cases.opening import ORIGIN_WORDS, Opening, open_case, report_worry
from narvaro.contexts.cases.permissions import handovers_to, visible_case_ids
from narvaro.contexts.cases.presenters import Trend, state_words, trend
from narvaro.contexts.cases.queueing import queued_meanwhile
from narvaro.contexts.cases.stays import came_to, open_cases
from narvaro.contexts.cases.titles import role_words, stored, told
from narvaro.contexts.cases.todo import NewTask, TaskTold, add_tasks, doable, end_tasks, my_tasks, tasks_of
from narvaro.contexts.cases.work_words import near_words
from narvaro.contexts.register.api import Near
from narvaro.core.actor import Actor


def handovers(actor: Actor) -> tuple[CaseCard, ...]:
    """Cases that another school asks the actor's to take over."""
    return cards(handovers_to(actor))


__all__ = [
    "NEEDS",
    "ORIGIN_WORDS",
    "OUTCOMES",
    "Answered",
    "CaseCard",
    "Choice",
    "EntryTold",
    "Listed",
    "Move",
    "Near",
    "NewEntry",
    "NewTask",
    "Opening",
    "TaskTold",
    "Trend",
    "add_entry",
    "add_tasks",
    "came_to",
    "case_of",
    "cases_of",
    "doable",
    "due_day",
    "end_tasks",
    "entries_of",
    "entry_text",
    "find_case",
    "find_case_and_rights",
    "hand_in",
    "handovers",
    "move",
    "my_tasks",
    "near_words",
    "open_case",
    "open_cases",
    "plan_of",
    "queued_meanwhile",
    "report_worry",
    "role_words",
    "run_day",
    "school_days_by_unit",
    "school_days_of",
    "state_words",
    "stored",
    "tasks_of",
    "told",
    "trend",
    "visible_case_ids",
]
