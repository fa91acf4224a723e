"""Versions of the plan as the pages about them need them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404

from narvaro.contexts.plan.models import PlanComment, PlanVersion
from narvaro.contexts.plan.queries import plan_of_version, version_in_force
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.domain.plan import Plan

State = PlanVersion.State


@dataclass(frozen=True, slots=True)
class VersionRow:
    """``based_on`` is the number of the version it began as; ``version`` counts the changes of a draft."""

    pk: int
    key: UUID
    number: int
    title: str
    state: str
    preset: str
    based_on: int | None
    reason: str
    author_pk: int | None
    author: str
    changed_at: datetime
    version: int
    approved_by: str
    decided_on: date | None
    decision_reference: str
    in_force_from: date | None
    is_in_force: bool

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT


@dataclass(frozen=True, slots=True)
class CommentTold:
    key: UUID
    place: str
    text: str
    by: str
    at: datetime
    settled: bool


def versions(actor: Actor) -> tuple[VersionRow, ...]:
    """The latest first."""
    in_force = version_in_force(actor, today()).pk
    return tuple(_row(row, in_force) for row in _rows(actor).order_by("-number"))


def find_version(actor: Actor, key: UUID) -> VersionRow:
    """Raises Http404."""
    row = _rows(actor).filter(key=key).first()
    if row is None:
        raise Http404
    return _row(row, version_in_force(actor, today()).pk)


def plan_in(actor: Actor, version: VersionRow) -> Plan:
    return plan_of_version(actor, version.pk)


def comments_of(actor: Actor, version: VersionRow) -> tuple[CommentTold, ...]:
    rows = PlanComment.objects.filter(authority_id=actor.authority_id, plan_version_id=version.pk)
    found = rows.select_related("by").order_by("at", "pk")
    return tuple(
        CommentTold(row.key, row.place, row.text, row.by.name, row.at, row.settled_at is not None) for row in found
    )


def _rows(actor: Actor) -> Any:
    rows = PlanVersion.objects.filter(authority_id=actor.authority_id)
    return rows.defer("document").select_related("author", "approved_by", "based_on")


def _row(row: Any, in_force: int) -> VersionRow:
    return VersionRow(
        pk=row.pk,
        key=row.key,
        number=row.number,
        title=row.title,
        state=row.state,
        preset=row.preset,
        based_on=row.based_on.number if row.based_on else None,
        reason=row.reason,
        author_pk=row.author_id,
        author=row.author.name if row.author else "",
        changed_at=row.changed_at,
        version=row.version,
        approved_by=row.approved_by.name if row.approved_by else "",
        decided_on=row.decided_on,
        decision_reference=row.decision_reference,
        in_force_from=row.in_force_from,
        is_in_force=row.pk == in_force,
    )
