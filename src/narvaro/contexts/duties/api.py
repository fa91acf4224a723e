"""What other contexts may ask of duties. A ``CaseCard`` was found within reach by whoever asks."""

from narvaro.contexts.cases.api import CaseCard
from narvaro.contexts.duties import told as words_of
from narvaro.contexts.duties.announced import forget_announced, load_announced
from narvaro.contexts.duties.known import known_of
from narvaro.contexts.duties.notices import Marked, Prepared, mark_notice, prepare_notice
from narvaro.contexts.duties.permissions import READ
from narvaro.contexts.duties.queries import InvestigationTold, NoticeTold, investigations_of, notices_of_case
from narvaro.contexts.duties.received import (
    Arrived,
    Assessed,
    assess_received,
    find_received,
    received_notices,
    standing_of,
    write_received,
)
from narvaro.contexts.duties.services import (
    Asked,
    Decided,
    Written,
    consult,
    decide_investigation,
    finish_investigation,
    write_investigation,
)
from narvaro.contexts.duties.told import DutyTold
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.domain.duties import closing_answers as answers_of
from narvaro.domain.plan import ClosingNeed

__all__ = [
    "Arrived",
    "Asked",
    "Assessed",
    "Decided",
    "DutyTold",
    "InvestigationTold",
    "Marked",
    "NoticeTold",
    "Prepared",
    "Written",
    "assess_received",
    "closing_answers",
    "consult",
    "decide_investigation",
    "duties_of",
    "find_received",
    "finish_investigation",
    "forget_announced",
    "investigations_of",
    "load_announced",
    "mark_notice",
    "notices_of_case",
    "prepare_notice",
    "received_notices",
    "standing_of",
    "write_investigation",
    "write_received",
]


def duties_of(actor: Actor, case: CaseCard) -> tuple[DutyTold, ...]:
    """Every duty around the case; empty for who may not know of them. A fixed number of queries."""
    if not access().decide(actor, READ).allowed:
        return ()
    known = known_of(actor, [case]).get(case.pk)
    return () if known is None else words_of.told(actor, known)


def closing_answers(actor: Actor, case: CaseCard) -> frozenset[ClosingNeed]:
    """What the plan may ask for before the case is closed, and the investigation answers."""
    known = known_of(actor, [case]).get(case.pk)
    return frozenset() if known is None else answers_of(known.asked, known.pupil, known.investigation)
