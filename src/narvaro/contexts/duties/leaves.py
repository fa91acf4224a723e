"""Leave and exemption (A4, A5): applied for, counted in school days, decided by whoever may."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from narvaro.contexts.cases.api import school_days_of
from narvaro.contexts.duties.models import Leave
from narvaro.contexts.duties.queries import LeaveTold
from narvaro.contexts.duties.services import tell
from narvaro.contexts.register.api import PupilCard
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.errors import Forbidden, Refused
from narvaro.core.locking import save_if_unchanged
from narvaro.core.scope import acting
from narvaro.language import Message
from narvaro.plans.law import law_table

ABOUT = "duties.Leave"
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    kind: str
    first_day: date
    last_day: date
    applicant: str
    applied_on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveDecided:
    version: int
    decision: str
    reason: str


def apply_for_leave(*, by: Actor, card: PupilCard, applied: Applied) -> UUID:
    """Of a pupil within reach. Raises Refused for days without school."""
    with acting(by):
        if card.unit_pk is None:
            raise Refused(Message.of("The pupil goes to no school here today."))
        days = counted(by, card.unit_pk, applied.first_day, applied.last_day)
        if not days:
            raise Refused(Message.of("There is no school day between these days, so no leave is needed."))
        row = Leave.of(
            pupil_id=card.pk,
            kind=applied.kind,
            first_day=applied.first_day,
            last_day=applied.last_day,
            school_days=days,
            applicant=applied.applicant.strip(),
            applied_on=applied.applied_on,
            reason=applied.reason.strip(),
            entered_by_id=by.user_id,
        )
        row.save()
        tell(by, "duty.leave.apply", ABOUT, row.pk, school_days=days)
    return row.key


def counted(actor: Actor, unit: int, first: date, last: date) -> int:
    """School days of the school from first to last, both with."""
    if last - first > LONGEST:
        raise Refused(Message.of("Leave is applied for one year at most."))
    return school_days_of(actor, unit).between(first - timedelta(days=1), last)


def only_principal(leave: LeaveTold) -> bool:
    """Over ten days, and every exemption: it may not be handed to somebody else (skollagen 7 kap. 18 §)."""
    rule = law_table().rule("A4", leave.applied_on)
    return leave.kind == Leave.Kind.EXEMPTION or (
        rule is not None and leave.school_days > rule.number("delegable_days")
    )


def decide_leave(*, by: Actor, leave: LeaveTold, decided: LeaveDecided) -> None:
    """Of a pupil within reach. Raises Forbidden for what only the principal decides, Refused when it is decided,
    Conflict when somebody decided meanwhile."""
    with acting(by):
        if only_principal(leave) and by.role != "principal":
            raise Forbidden(Message.of("More than ten days, and exemptions, are decided by the principal alone."))
        if not decided.reason.strip():
            raise Refused(Message.of("A decision needs a reason."))
        row = Leave.objects.get(pk=leave.pk)
        if row.decision and row.version == decided.version:
            raise Refused(Message.of("The application is decided already."))
        save_if_unchanged(row, decided.version, {"decision_reason": decided.reason.strip()})
        Leave.objects.filter(pk=row.pk).update(
            decision=decided.decision, decided_by_id=by.user_id, decided_as=by.role, decided_on=today()
        )
        tell(by, "duty.leave.decide", ABOUT, row.pk, decision=decided.decision)
