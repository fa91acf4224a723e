"""Drafting, commenting on and approving a version of the plan. What was approved is never changed."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db.models import Max
from django.http import Http404

from narvaro.contexts.plan.carrying import affected, carry_over
from narvaro.contexts.plan.models import PlanComment, PlanVersion
from narvaro.contexts.plan.queries import DeviationTold, plan_of_version, presets, shipped
from narvaro.contexts.plan.versions import VersionRow
from narvaro.core import audit
from narvaro.core.actor import Actor
from narvaro.core.clock import now, today
from narvaro.core.errors import Conflict, Refused
from narvaro.core.locking import CHANGED, save_if_unchanged
from narvaro.core.scope import acting
from narvaro.domain.plan import Plan
from narvaro.domain.plan_diff import Part, parts_of
from narvaro.language import Message
from narvaro.plans import PlanError, plan_of_text, write_plan
from narvaro.plans.diff_words import part_text

State = PlanVersion.State
NOT_A_DRAFT = Message.of("This version is no longer a draft, so it is not changed. Make a new draft from it.")
OWN_DRAFT = Message.of("Whoever wrote a version cannot approve it. Ask somebody else to read and decide.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """``carries_over``: what schools do otherwise goes on where the version lets it."""

    decided_on: date
    reference: str
    in_force_from: date
    carries_over: bool = False


def find_preset(name: str) -> Plan:
    """Raises Http404."""
    plan = presets().get(name)
    if plan is None:
        raise Http404
    return plan


def draft_from_preset(*, by: Actor, preset: str, reason: str) -> UUID:
    return _draft(by, find_preset(preset), preset=preset, reason=reason, based_on=None)


def draft_from_version(*, by: Actor, version: VersionRow, reason: str) -> UUID:
    plan = plan_of_version(by, version.pk)
    return _draft(by, plan, preset=version.preset, reason=reason, based_on=version.pk)


def _draft(by: Actor, plan: Plan, *, preset: str, reason: str, based_on: int | None) -> UUID:
    with acting(by):
        # The shipped plan is number 1, whatever comes after; who holds its row gives the next number.
        PlanVersion.objects.select_for_update().get(pk=shipped(by).pk)
        number, moment = PlanVersion.objects.aggregate(latest=Max("number"))["latest"] + 1, now()
        made = PlanVersion.of(
            number=number,
            name=plan.name,
            title=plan.title,
            document=write_plan(replace(plan, version=str(number))),
            preset=preset,
            based_on_id=based_on,
            reason=reason,
            author_id=by.user_id,
            created_at=moment,
            changed_at=moment,
        )
        made.save()
        _told(by, "plan.edit", made.pk, began=number)
    return made.key


@dataclass(frozen=True, slots=True, kw_only=True)
class PartChanged:
    """A part in words, for the other person when two write at once. ``seen`` is what ``part_seen`` gave for the part
    when the page was shown."""

    part: Part
    seen: str
    plan: Plan


def part_seen(plan: Plan, part: Part) -> str:
    """Changes when the part does. Two people may change different parts of a draft at the same time."""
    values = parts_of(plan).get(part)
    return "" if values is None else hashlib.sha256(repr(values).encode()).hexdigest()


def change_draft(*, by: Actor, version: VersionRow, change: PartChanged, language: str) -> None:
    """``version`` and ``change.plan`` are from the same reading. Raises Refused, and Conflict when the part is not as
    the person saw it."""
    if not version.is_draft:
        raise Refused(NOT_A_DRAFT)
    document, before = _checked(change.plan), plan_of_version(by, version.pk)
    if part_seen(before, change.part) != change.seen:
        theirs, mine = (part_text(plan, change.part, language) for plan in (before, change.plan))
        raise Conflict(CHANGED, theirs=theirs, mine=mine)
    with acting(by):
        row = PlanVersion.objects.get(pk=version.pk, state=State.DRAFT)
        values = {"title": change.plan.title, "document": document, "changed_at": now()}
        save_if_unchanged(row, version.version, values)
        _told(by, "plan.edit", row.pk)


def _checked(plan: Plan) -> str:
    document = write_plan(plan)
    try:
        plan_of_text(document, plan.title)
    except PlanError as error:
        raise Refused(error.message) from None
    return document


def withdraw_draft(*, by: Actor, version: VersionRow) -> None:
    with acting(by):
        if not PlanVersion.objects.filter(pk=version.pk, state=State.DRAFT).update(state=State.WITHDRAWN):
            raise Refused(NOT_A_DRAFT)
        _told(by, "plan.edit", version.pk, withdrawn=True)


def approve(*, by: Actor, version: VersionRow, seen: int, approval: Approval) -> None:
    """By somebody else than the author, of the text that was read (``seen``), from today or a day ahead: what was
    decided by the plan of an earlier day must stay understandable. Running cases keep the version they have."""
    if not version.is_draft:
        raise Refused(NOT_A_DRAFT)
    if by.user_id is None or by.user_id == version.author_pk:
        raise Refused(OWN_DRAFT)
    if approval.in_force_from < today():
        raise Refused(Message.of("A plan cannot begin on a day that has been. Choose today or later."))
    with acting(by):
        row = PlanVersion.objects.get(pk=version.pk, state=State.DRAFT)
        values = {
            "state": State.APPROVED,
            "approved_by_id": by.user_id,
            "approved_at": now(),
            "decided_on": approval.decided_on,
            "decision_reference": approval.reference,
            "in_force_from": approval.in_force_from,
        }
        goes_on = _going_on(by, version, approval)
        save_if_unchanged(row, seen, values)
        if goes_on:
            carry_over(by=by, version=row.pk, deviations=goes_on, first_day=approval.in_force_from)
        _told(by, "plan.approve", row.pk, in_force_from=approval.in_force_from.isoformat())


def _going_on(by: Actor, version: VersionRow, approval: Approval) -> list[DeviationTold]:
    if not approval.carries_over:
        return []
    found = affected(by, plan_of_version(by, version.pk), approval.in_force_from)
    return [each.deviation for each in found if each.fits]


def comment(*, by: Actor, version: VersionRow, place: str, text: str) -> None:
    if not version.is_draft:
        raise Refused(NOT_A_DRAFT)
    with acting(by):
        made = PlanComment.of(plan_version_id=version.pk, place=place, text=text, by_id=by.user_id, at=now())
        made.save()
        _told(by, "plan.comment", version.pk, comment=made.pk)


def settle_comment(*, by: Actor, version: VersionRow, key: UUID) -> None:
    with acting(by):
        found = PlanComment.objects.filter(plan_version_id=version.pk, key=key)
        if not found.exists():
            raise Http404
        found.filter(settled_at=None).update(settled_at=now())
        _told(by, "plan.comment", version.pk, settled=True)


def _told(by: Actor, action: str, pk: int, **details: object) -> None:
    touched = audit.Touched()
    touched.saw("plan.PlanVersion", [pk], **details)
    audit.append(by=by, action=action, touched=touched)
