"""A source says that something has changed. Whoever knows the address can say so, and nothing else: what is sent is not
read, and the most that comes of it is a reading a minute later."""

import hmac
from uuid import UUID

from narvaro.contexts.sources.models import Source
from narvaro.core.actor import Actor
from narvaro.core.clock import now
from narvaro.core.crypto import matching_key
from narvaro.core.scope import acting

USE = "source.notice"


def notice_secret(authority_id: int, source: UUID) -> str:
    """The part of the address that nobody can guess. Made from a key of ours, so that a wrong one is refused without a
    question to the database."""
    return matching_key(f"{authority_id} {source}", use=USE)


def take_notice(authority_id: int, source: UUID, secret: str) -> None:
    """Remembers the first notice since the latest reading. What is not right does nothing, and nobody is told."""
    if not hmac.compare_digest(secret.encode(), notice_secret(authority_id, source).encode()):
        return
    with acting(Actor.system(authority_id)):
        rows = Source.objects.filter(key=source, state=Source.State.ACTIVE, noticed_at=None)
        rows.update(noticed_at=now())
