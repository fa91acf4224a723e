"""The source's promise to say when something has changed: asked for, and asked for again before it ends."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from narvaro.contexts.sources.models import Source
from narvaro.contexts.sources.noticing import notice_secret
from narvaro.core.clock import now
from narvaro.ss12000.errors import SourceRefused
from narvaro.ss12000.source import Source as Client

RENEWED_BEFORE = timedelta(days=7)


def keep_subscribed(client: Client, source: Source) -> dict[str, Any]:
    """The values of the source that changed by it. None where nothing is to be done, where the source has no such
    thing, and where nobody has said by which address we are reached; a source that fails at it has been read anyhow."""
    if not settings.ADDRESS or (source.subscription_ends and source.subscription_ends - now() > RENEWED_BEFORE):
        return {}
    secret = notice_secret(source.authority_id, source.key)
    path = reverse("source_notice", args=[source.authority_id, source.key, secret])
    try:
        found = client.subscribe(f"{settings.ADDRESS}{path}", known=source.subscription_id)
    except SourceRefused:
        return {}
    return {"subscription_id": found.id[:80], "subscription_ends": found.ends} if found else {}
