"""Text on its way: saved while it is written, given back when the form is opened again, removed when it was sent."""

import re
from collections.abc import Mapping

from narvaro.core.actor import Actor
from narvaro.core.clock import now
from narvaro.core.errors import Refused, TooMuch
from narvaro.core.models import Draft
from narvaro.core.scope import acting
from narvaro.language import Message

LONGEST = 20_000
# What a form is about: the name of its page and a key.
_PLACE = re.compile(r"[a-z_]{1,40}:[0-9a-f-]{36}", re.ASCII)


def place_of(route: str, key: object) -> str:
    return f"{route}:{key}"


def save_draft(*, by: Actor, place: str, fields: Mapping[str, str]) -> None:
    """The person's only draft there, in this role's authority. Raises TooMuch and Refused."""
    if not _PLACE.fullmatch(place):
        raise Refused(Message.of("The draft could not be saved: it is not known where it belongs."))
    if sum(map(len, fields.values())) > LONGEST:
        raise TooMuch(Message.of("The text is longer than {most} characters. Shorten it.", most=LONGEST))
    with acting(by):
        Draft.objects.update_or_create(
            user_id=by.user_id,
            place=place,
            authority_id=by.authority_id,
            defaults={"fields": dict(fields), "saved_at": now()},
        )


def draft_of(actor: Actor, place: str) -> dict[str, str]:
    """What the person had written; empty when nothing waits."""
    draft = Draft.objects.filter(user_id=actor.user_id, place=place).first()
    return dict(draft.fields) if draft else {}


def drop_draft(*, by: Actor, place: str) -> None:
    Draft.objects.filter(user_id=by.user_id, place=place).delete()
