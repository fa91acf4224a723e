"""Everything a snapshot says about every pupil, asked in one go: what an analysis tells and the budgets measure."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from narvaro.domain.absence import Minutes, Profile, PupilSummary
from narvaro.domain.plan import Plan
from narvaro.domain.school_calendar import date_of, day_no, monday_of, week_no
from narvaro.domain.warnings import Warning
from narvaro.facts.judging import Belonging, warnings
from narvaro.facts.measures import Snapshot

WEEKS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Overview:
    """By pupil number, and minutes by school unit. Weeks are those of pupils with warnings; profiles the flagged."""

    summaries: Mapping[int, PupilSummary]
    warnings: Mapping[int, list[Warning]]
    weeks: Mapping[int, list[tuple[int, Minutes]]]
    weekdays: Mapping[int, list[Profile]]
    subjects: Mapping[int, list[Profile]]
    unit_minutes: Mapping[str, Minutes]


def first_day_shown(snapshot: Snapshot) -> int:
    """The Monday of the first of the weeks that are shown, or the first day of the data."""
    monday = monday_of(week_no(date_of(snapshot.as_of)) - WEEKS_SHOWN + 1)
    return max(day_no(monday), snapshot.first_day)


def overview(snapshot: Snapshot, plan: Plan, belonging: Mapping[str, Belonging]) -> Overview:
    """Warnings are told in Python for as long as all the rest takes the engine, so they go side by side."""
    with ThreadPoolExecutor(1) as beside:
        summaries = beside.submit(snapshot.summaries, occasion=plan.occasion)
        weekdays = beside.submit(snapshot.weekday_profiles, flagged_only=True)
        subjects = beside.submit(snapshot.subject_profiles, flagged_only=True)
        unit_minutes = beside.submit(snapshot.unit_minutes)
        raised = warnings(snapshot, plan, belonging)
        weeks = snapshot.weeks(first_day=first_day_shown(snapshot), pupils=raised)
        return Overview(
            summaries=summaries.result(),
            warnings=raised,
            weeks=weeks,
            weekdays=weekdays.result(),
            subjects=subjects.result(),
            unit_minutes=unit_minutes.result(),
        )
