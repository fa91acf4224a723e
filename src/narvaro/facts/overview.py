"""Everything a snapshot says about every pupil, asked in one go: what an analysis tells and the budgets measure."""

from collections.abc import Mapping
from dataclasses import dataclass

from narvaro.domain.absence import Minutes, Profile, PupilSummary
from narvaro.domain.school_calendar import date_of, week_no
from narvaro.domain.warnings import Plan, Warning
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


def overview(snapshot: Snapshot, plan: Plan, belonging: Mapping[str, Belonging]) -> Overview:
    raised = warnings(snapshot, plan, belonging)
    first_week_day = (week_no(date_of(snapshot.as_of)) - WEEKS_SHOWN + 1) * 7 - 3
    return Overview(
        summaries=snapshot.summaries(occasion=plan.occasion),
        warnings=raised,
        weeks=snapshot.weeks(first_day=max(first_week_day, snapshot.first_day), pupils=raised),
        weekdays=snapshot.weekday_profiles(flagged_only=True),
        subjects=snapshot.subject_profiles(flagged_only=True),
        unit_minutes=snapshot.unit_minutes(),
    )
