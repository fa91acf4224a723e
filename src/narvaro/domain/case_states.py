"""What a case goes through, from opened to closed (M11). The step is beside the state: a case is parked at a step.

The table is the whole truth: every state and event is in it, and docs/reference/case-states.md is drawn from it.
"""

from collections.abc import Mapping
from enum import StrEnum


class CaseState(StrEnum):
    ACTIVE = "active"
    PARKED = "parked"
    RETURNING = "returning"  # goals reached; watched for a term before it is closed
    HANDING_OVER = "handing_over"  # frozen until the receiving unit has answered (skollagen 3 kap. 12 j §)
    CLOSED = "closed"
    HANDED_OVER = "handed_over"


class CaseEvent(StrEnum):
    NEXT_STEP = "next_step"
    JUMP = "jump"
    GO_BACK = "go_back"
    PARK = "park"
    RESUME = "resume"
    BEGIN_RETURN = "begin_return"
    CLOSE = "close"
    REOPEN = "reopen"
    HAND_OVER = "hand_over"
    ACCEPTED = "accepted"
    DECLINED = "declined"


_S, _E = CaseState, CaseEvent
# What is not here is refused.
TRANSITIONS: Mapping[tuple[CaseState, CaseEvent], CaseState] = {
    (_S.ACTIVE, _E.NEXT_STEP): _S.ACTIVE,
    (_S.ACTIVE, _E.JUMP): _S.ACTIVE,
    (_S.ACTIVE, _E.GO_BACK): _S.ACTIVE,
    (_S.ACTIVE, _E.PARK): _S.PARKED,
    (_S.ACTIVE, _E.BEGIN_RETURN): _S.RETURNING,
    (_S.ACTIVE, _E.CLOSE): _S.CLOSED,
    (_S.ACTIVE, _E.HAND_OVER): _S.HANDING_OVER,
    (_S.PARKED, _E.RESUME): _S.ACTIVE,
    (_S.PARKED, _E.CLOSE): _S.CLOSED,
    (_S.PARKED, _E.HAND_OVER): _S.HANDING_OVER,
    (_S.RETURNING, _E.GO_BACK): _S.ACTIVE,
    (_S.RETURNING, _E.RESUME): _S.ACTIVE,
    (_S.RETURNING, _E.CLOSE): _S.CLOSED,
    (_S.RETURNING, _E.HAND_OVER): _S.HANDING_OVER,
    (_S.HANDING_OVER, _E.ACCEPTED): _S.HANDED_OVER,
    (_S.HANDING_OVER, _E.DECLINED): _S.ACTIVE,
    (_S.CLOSED, _E.REOPEN): _S.ACTIVE,
}
OPEN = frozenset({CaseState.ACTIVE, CaseState.PARKED, CaseState.RETURNING, CaseState.HANDING_OVER})


class NotNow(ValueError):
    """The event does not happen in the state."""


def after(state: CaseState, event: CaseEvent) -> CaseState:
    """Raise NotNow for what the table does not hold."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise NotNow(f"{event} in {state}") from None


def possible(state: CaseState) -> tuple[CaseEvent, ...]:
    return tuple(event for event in CaseEvent if (state, event) in TRANSITIONS)
