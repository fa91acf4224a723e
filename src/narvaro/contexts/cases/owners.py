"""Who holds work around a pupil: a person where the role has exactly one, else the function."""

from narvaro.contexts.cases.cards import CaseCard
from narvaro.contexts.register.api import Near, people_around
from narvaro.core.actor import Actor


def people_of(actor: Actor, card: CaseCard) -> tuple[Near, ...]:
    """Everybody who can hold a task in the case: mentors, principal, coordinators, the circle."""
    return people_around(card.pupil, card.unit_pk)


def one_in_role(people: tuple[Near, ...], role: str) -> int | None:
    """By why they are there, then by their role in the circle."""
    for found in ([each for each in people if each.why == role], [each for each in people if each.role == role]):
        if len(found) == 1:
            return found[0].user_id
    return None
