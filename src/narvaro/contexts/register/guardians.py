"""The guardians whom the school talks with about a pupil; not one whom a decision keeps from the pupil's data."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from narvaro.contexts.register.models import Custody, Guardian
from narvaro.contexts.register.permissions import between
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.scope import asked_once


@dataclass(frozen=True, slots=True)
class GuardianCard:
    pk: int
    key: UUID
    name: str
    email: str
    phone: str


def guardian_by_source_id(actor: Actor) -> dict[str, int]:
    """Every guardian whom a source told of, by the person's id there: for the program's own jobs, never for a page."""
    return dict(Guardian.objects.exclude(source_id="").values_list("source_id", "pk"))


def guardians_of(actor: Actor, pupils: Iterable[int]) -> dict[int, tuple[GuardianCard, ...]]:
    """By pupil, each one's by name; the pupils are within the actor's reach. One query."""
    return _guardians_of(tuple(sorted(set(pupils))))


@asked_once
def _guardians_of(pupils: tuple[int, ...]) -> dict[int, tuple[GuardianCard, ...]]:
    found: defaultdict[int, list[GuardianCard]] = defaultdict(list)
    rows = Custody.objects.filter(between(today()), pupil_id__in=pupils, may_see=True)
    columns = ("guardian_id", "guardian__key", "guardian__name", "guardian__email", "guardian__phone")
    for pupil, *of_guardian in rows.order_by("guardian__name", "guardian_id").values_list("pupil_id", *columns):
        card = GuardianCard(*of_guardian)
        if card not in found[pupil]:
            found[pupil].append(card)
    return {pupil: tuple(cards) for pupil, cards in found.items()}
