"""The source's promise to say when something has changed: asked for, and asked for again before it ends."""

from datetime import timedelta
from typing import Any

from narvaro.contexts.sources.models import Source
from narvaro.ss12000.source import Source as Client

RENEWED_BEFORE = timedelta(days=14)


def keep_subscribed(client: Client, source: Source) -> dict[str, Any]:
    """The values of the source that changed by it; none where the source has no such thing."""
    return {}
