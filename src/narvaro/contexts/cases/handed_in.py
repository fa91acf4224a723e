"""What the contexts above know and a case asks for, handed in once when the program starts (an app's ``ready``).

Meetings and duties stand above cases, so they are never asked; they say here how they can be."""

from collections.abc import Callable
from dataclasses import dataclass

from narvaro.contexts.cases.cards import CaseCard
from narvaro.core.actor import Actor
from narvaro.domain.plan import ClosingNeed

Answered = Callable[[Actor, CaseCard], frozenset[ClosingNeed]]
# Of cases by id: in how many the pupil's own words are, and in how many a guardian's.
Voices = Callable[[Actor, frozenset[int]], tuple[int, int]]


def _nothing_answered(actor: Actor, card: CaseCard) -> frozenset[ClosingNeed]:
    return frozenset()


@dataclass(slots=True)
class _Handed:
    answered: Answered = _nothing_answered
    voices: Voices | None = None


_handed = _Handed()


def hand_in(*, answered: Answered | None = None, voices: Voices | None = None) -> None:
    """``answered``: what of a step's closing needs is there already. ``voices``: see ``Voices``."""
    _handed.answered = answered or _handed.answered
    _handed.voices = voices or _handed.voices


def answered_of(actor: Actor, card: CaseCard) -> frozenset[ClosingNeed]:
    return _handed.answered(actor, card)


def voices_of(actor: Actor, cases: frozenset[int]) -> tuple[int, int] | None:
    return None if _handed.voices is None else _handed.voices(actor, cases)
