"""Which sources a person may see and change: those of the person's own authority."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from narvaro.contexts.sources.models import Source, SourceRun
from narvaro.core.access import access
from narvaro.core.actor import Actor


def visible_sources(actor: Actor, action: str = "source.read") -> "QuerySet[Source]":
    """Raises Forbidden when the role lacks the right."""
    if actor.role != "system":
        access().relations_for(actor, action)
    found: QuerySet[Source] = Source.objects.select_related("made_by").order_by("name")
    return found


def find_source(actor: Actor, key: UUID, action: str = "source.read") -> Source:
    """Raises Http404 for a key that is unknown or another authority's."""
    source = visible_sources(actor, action).filter(key=key).first()
    if source is None:
        raise Http404
    return source


def find_run(actor: Actor, key: UUID, *, of: Source) -> SourceRun:
    """Raises Http404 when the source has no such run."""
    access().relations_for(actor, "source.read")
    runs = SourceRun.objects.filter(key=key, source=of).select_related("job", "started_by")
    run: SourceRun | None = runs.first()
    if run is None:
        raise Http404
    return run
