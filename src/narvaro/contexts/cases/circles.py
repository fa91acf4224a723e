"""Who is let near a pupil's case person by person: by the principal or coordinator, who see who is there and why."""

from narvaro.contexts.cases.cards import CaseCard
from narvaro.contexts.cases.chronology import NewEntry, put
from narvaro.contexts.cases.permissions import CIRCLE, READ, held, visible_cases
from narvaro.contexts.register.api import Near, add_to_circle, end_in_circle, people_around, staff_to_add
from narvaro.core.actor import Actor
from narvaro.core.errors import Refused
from narvaro.core.scope import acting
from narvaro.domain.case_states import OPEN
from narvaro.language import Message


def to_add(actor: Actor, card: CaseCard, text: str | None) -> tuple[Near, ...]:
    """By name; None: everybody who could be added."""
    return staff_to_add(actor, action=READ, pupil=card.pupil, unit=card.unit_pk, text=text)


def change_circle(*, by: Actor, card: CaseCard, user_id: int, add: bool) -> None:
    """Raises Http404 for a case out of reach, Refused for a closed one, for whoever is near by their role, and for
    whoever may not be added."""
    with acting(by):
        row = held(visible_cases(by, CIRCLE), card.pk)
        if row.state not in OPEN:
            raise Refused(Message.of("The case is closed, so its circle is no longer changed."))
        person = _person(by, card, user_id, add=add)
        if add:
            add_to_circle(by=by, pupil=card.pupil, unit=card.unit_pk, user_id=user_id)
            title = Message.of("{name} came into the circle", name=person.name)
        else:
            end_in_circle(by=by, pupil=card.pupil, unit=card.unit_pk, users=[user_id])
            title = Message.of("{name} left the circle", name=person.name)
        put(by, row, NewEntry(kind="circle", title=title))


def _person(by: Actor, card: CaseCard, user_id: int, *, add: bool) -> Near:
    among = (
        to_add(by, card, None)
        if add
        else [each for each in people_around(card.pupil, card.unit_pk) if each.why == "circle"]
    )
    for each in among:
        if each.user_id == user_id:
            return each
    if add:
        raise Refused(Message.of("Choose somebody who works at the school, in a role that can be in a circle."))
    raise Refused(
        Message.of("The mentor, the principal and the coordinators are there by their role. Change that instead.")
    )
