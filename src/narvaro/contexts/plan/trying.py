"""Trying a rule before it is decided on: asking for it, and what came of it (M04)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404

from narvaro.contexts.plan import tasks
from narvaro.contexts.plan.models import PlanTrial
from narvaro.contexts.plan.trial_results import Found, restored
from narvaro.contexts.register.api import unit_names
from narvaro.core import audit, jobs
from narvaro.core.actor import Actor
from narvaro.core.clock import now
from narvaro.domain.plan import Occasion
from narvaro.domain.rules import Expression

_KEPT = 20  # earlier trials that are listed


@dataclass(frozen=True, slots=True)
class TrialTold:
    key: UUID
    rule: str
    by: str
    at: datetime
    job: jobs.JobState | None
    found: Found | None


def ask_trial(*, by: Actor, rule: Expression, occasion: Occasion, version: int | None) -> UUID:
    with jobs.queued(tasks.try_rule, by=by, kind="plan.try") as job:
        made = PlanTrial.of(
            rule=str(rule), occasion=occasion, plan_version_id=version, job_id=job.pk, by_id=by.user_id, at=now()
        )
        made.save()
        touched = audit.Touched()
        touched.saw("plan.PlanTrial", [made.pk])
        audit.append(by=by, action="plan.try", touched=touched)
    return made.key


def find_trial(actor: Actor, key: UUID) -> TrialTold:
    """Raises Http404."""
    row = _rows(actor).filter(key=key).first()
    if row is None:
        raise Http404
    return _told(row)


def trials(actor: Actor) -> tuple[TrialTold, ...]:
    return tuple(_told(row) for row in _rows(actor).order_by("-pk")[:_KEPT])


def school_names(actor: Actor) -> dict[str, str]:
    return {unit.code: unit.name for unit in unit_names(actor.authority_id)}


def _rows(actor: Actor) -> Any:
    return PlanTrial.objects.filter(authority_id=actor.authority_id).select_related("by", "job")


def _told(row: Any) -> TrialTold:
    job = jobs.state_of(row.job) if row.job else None
    return TrialTold(row.key, row.rule, row.by.name, row.at, job, restored(row.result) if row.result else None)
