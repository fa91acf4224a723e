"""A rule tried on the stored history, in the worker. The facts are read outside any transaction."""

from collections import defaultdict
from datetime import date
from typing import cast

from narvaro.contexts.plan.models import PlanTrial
from narvaro.contexts.plan.trial_results import Found, SchoolTried, stored
from narvaro.contexts.register.api import facts_folder
from narvaro.core import jobs
from narvaro.core.errors import Refused
from narvaro.core.scope import acting
from narvaro.domain.plan import Occasion
from narvaro.domain.rules import parse_rule
from narvaro.domain.school_calendar import date_of, monday_of
from narvaro.facts.measures import Snapshot
from narvaro.facts.store import Store
from narvaro.facts.trying import Trial, WeekTried, try_rule
from narvaro.language import Message

NOTHING_STORED = Message.of("No attendance has been read in yet, so there is nothing to try the rule on.")
TRIED = Message.of("The rule has been tried.")


def work(running: jobs.Running) -> Message:
    with acting(running.by):
        trial = PlanTrial.objects.get(job__key=running.key)
        store = facts_folder(running.by.authority_id)
    manifest = Store(store).current()
    if not manifest.of("facts"):
        raise Refused(NOTHING_STORED)
    with Snapshot(store, manifest) as snapshot:
        result = try_rule(snapshot, parse_rule(trial.rule), occasion=cast(Occasion, trial.occasion))
        found = _found(result, date_of(snapshot.first_day), date_of(snapshot.as_of))
    with acting(running.by):
        PlanTrial.objects.filter(pk=trial.pk).update(result=stored(found))
    return TRIED


def _found(trial: Trial, first_day: date, as_of: date) -> Found:
    return Found(
        first_day=first_day,
        as_of=as_of,
        pupils=trial.pupils,
        flagged=trial.flagged,
        deep=trial.deep,
        missed=trial.missed,
        never_notable=trial.never_notable,
        median_lead=trial.median_lead,
        leads=sum(pupils for _, pupils in trial.lead_weeks),
        schools=_schools(trial.weeks),
        weeks=_weeks(trial.weeks),
    )


def _schools(weeks: tuple[WeekTried, ...]) -> tuple[SchoolTried, ...]:
    by_school: dict[str, list[WeekTried]] = defaultdict(list)
    for week in weeks:
        by_school[week.school_unit_id].append(week)
    return tuple(_school(code, each) for code, each in sorted(by_school.items()))


def _school(code: str, weeks: list[WeekTried]) -> SchoolTried:
    most = max(weeks, key=lambda week: week.new)
    return SchoolTried(
        code,
        len(weeks),
        max(week.evaluated for week in weeks),
        sum(week.flagged for week in weeks),
        sum(week.new for week in weeks),
        most.new,
        monday_of(most.week_no),
    )


def _weeks(weeks: tuple[WeekTried, ...]) -> tuple[tuple[date, int, int], ...]:
    sums: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for week in weeks:
        flagged, new = sums[week.week_no]
        sums[week.week_no] = (flagged + week.flagged, new + week.new)
    return tuple((monday_of(number), *sums[number]) for number in sorted(sums))
