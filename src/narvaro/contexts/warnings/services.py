"""Deciding on a pupil's warnings. A decision is never changed; a later one follows it (M04, M05)."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from narvaro.contexts.warnings.models import DecidedWarning, Decision, Warning
from narvaro.core.actor import Actor
from narvaro.core.clock import now, today
from narvaro.core.errors import Conflict, Forbidden, Refused
from narvaro.core.scope import acting
from narvaro.domain.warning_states import State
from narvaro.language import Message

LONGEST_REASON = 4_000
KINDS = {
    Decision.Kind.ACKNOWLEDGE: _("I have seen it"),
    Decision.Kind.TALK: _("Talk with the pupil and the guardians"),
    Decision.Kind.PUPIL_HEALTH: _("Hand over to pupil health"),
    Decision.Kind.INVESTIGATE: _("Investigate the absence"),
    Decision.Kind.AWAIT: _("Wait and follow"),
    Decision.Kind.UNNECESSARY: _("No measure is needed"),
}
# These begin work around the pupil, which a case holds together.
WORK = (Decision.Kind.TALK, Decision.Kind.PUPIL_HEALTH, Decision.Kind.INVESTIGATE)
# Whether to investigate is decided in the case too, as the law wants it: with a reason and by whom.
JUDGED = (Decision.Kind.INVESTIGATE, Decision.Kind.UNNECESSARY)
# To investigate or not is the principal's decision (skollagen 7 kap. 19 a §).
_PRINCIPALS = {Decision.Kind.INVESTIGATE}
_STATES = {Decision.Kind.ACKNOWLEDGE: State.ACKNOWLEDGED, Decision.Kind.AWAIT: State.AWAITING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was chosen. ``seen`` is the key of the latest decision the person had before them, empty for none."""

    kind: str
    reason: str = ""
    follow_up_on: date | None = None
    seen: str = ""


def kinds_for(actor: Actor) -> list[str]:
    return [kind.value for kind in KINDS if kind not in _PRINCIPALS or actor.role == "principal"]


def decide(*, by: Actor, pupil: int, decided: Decided) -> int:
    """On all the pupil's open warnings; the caller has found the pupil within reach. Returns the decision's id.

    Raises Forbidden for what the principal decides, Conflict when somebody decided since the page was opened, and
    Refused when no warning is open any more.
    """
    with acting(by):
        warnings = list(Warning.objects.select_for_update().filter(pupil_id=pupil, lapsed_on=None))
        _check(by, pupil, decided, warnings)
        decision = Decision.of(
            pupil_id=pupil,
            kind=decided.kind,
            reason=decided.reason,
            follow_up_on=decided.follow_up_on,
            decided_by_id=by.user_id,
            decided_as=by.role,
            decided_at=now(),
        )
        decision.save()
        DecidedWarning.objects.bulk_create(
            DecidedWarning.of(decision=decision, warning=each, numerator=each.numerator, denominator=each.denominator)
            for each in warnings
        )
        state = _STATES.get(Decision.Kind(decided.kind), State.DECIDED)
        Warning.objects.filter(pk__in=[each.pk for each in warnings]).update(
            state=state, follow_up_on=decided.follow_up_on, fired_again=None
        )
    return decision.pk


def _check(by: Actor, pupil: int, decided: Decided, warnings: list[Warning]) -> None:
    if decided.kind not in kinds_for(by):
        raise Forbidden(Message.of("Whether to investigate is the principal's decision. Hand over to pupil health."))
    if not warnings:
        raise Refused(Message.of("There is no open warning for the pupil any more, so there is nothing to decide on."))
    if decided.kind != Decision.Kind.ACKNOWLEDGE and not (decided.reason.strip() and decided.follow_up_on):
        raise Refused(Message.of("A decision needs a reason and a day to follow it up."))
    if decided.follow_up_on is not None and decided.follow_up_on <= today():
        raise Refused(Message.of("The day of the follow-up must lie ahead."))
    latest = Decision.objects.filter(pupil_id=pupil).order_by("-decided_at", "-pk").first()
    if latest is not None and str(latest.key) != decided.seen:
        raise Conflict(
            Message.of("Somebody decided on this while you were writing. Read both and decide again if it is needed."),
            theirs=latest.reason,
            mine=decided.reason,
        )
