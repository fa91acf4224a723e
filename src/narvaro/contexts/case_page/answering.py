"""What meetings and duties know of a case, in the shape in which cases ask for it."""

from narvaro.contexts.cases.api import CaseCard
from narvaro.contexts.duties.api import closing_answers
from narvaro.contexts.meetings.api import heard, voice_coverage
from narvaro.core.actor import Actor
from narvaro.domain.plan import ClosingNeed


def answered(actor: Actor, case: CaseCard) -> frozenset[ClosingNeed]:
    return heard(actor, case) | closing_answers(actor, case)


def voices(actor: Actor, cases: frozenset[int]) -> tuple[int, int]:
    """In how many the pupil's own words are, and in how many a guardian's."""
    found = voice_coverage(actor, cases)
    return found.pupil_heard, found.guardian_heard
