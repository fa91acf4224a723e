"""Which imports a person may see and change. What all may see of them is counts and headings; whose data a file may
hold follows the assignment: rows about units outside it are turned away as unknown (``register_for``)."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from narvaro.contexts.intake.models import ImportRun, SavedMapping
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.errors import Forbidden
from narvaro.language import Message

NOT_YOURS = Message.of(
    "Somebody else sent this file, and your assignment covers some of the schools only. Ask the person who sent it."
)
NOT_LATEST = Message.of("Only the latest import can be undone. Undo the ones after it first.")
NOT_UNDOABLE = Message.of("This import is not in place, so there is nothing to undo.")
NOT_A_LIST = Message.of("A list says how things are, so it is not undone: send a list that says how they should be.")
NOT_ALL_UNITS = Message.of("Somebody else sent this file, and undoing it would change schools outside your assignment.")


def visible_runs(actor: Actor, action: str = "intake.read") -> "QuerySet[ImportRun]":
    """All of the actor's own authority. Raises Forbidden when the role lacks the right."""
    if actor.role != "system":
        access().relations_for(actor, action)
    found: QuerySet[ImportRun] = ImportRun.objects.select_related("job", "sent_by", "undone_by")
    return found


def find_run(actor: Actor, key: UUID | str, action: str = "intake.read") -> ImportRun:
    """Raises Http404 for a key that is unknown or another authority's."""
    run = visible_runs(actor, action).filter(key=key).first()
    if run is None:
        raise Http404
    return run


def may_change(actor: Actor, run: ImportRun) -> bool:
    """Somebody with part of the schools changes only what they sent themselves."""
    return actor.unit_ids is None or run.sent_by_id == actor.user_id


def run_to_change(actor: Actor, key: UUID | str) -> ImportRun:
    run = find_run(actor, key, "intake.write")
    if not may_change(actor, run):
        raise Forbidden(NOT_YOURS)
    return run


def mapping_to_change(actor: Actor, key: UUID | str) -> SavedMapping:
    """A description is about a system's export, so it is everybody's who may send files. Raises Http404 for another
    authority's."""
    access().relations_for(actor, "intake.write")
    mapping: SavedMapping | None = SavedMapping.objects.filter(key=key).first()
    if mapping is None:
        raise Http404
    return mapping


def why_not_undone(actor: Actor, run: ImportRun) -> Message | None:
    """None when it can be undone: it is the newest of those in place, and its schools are the actor's."""
    if run.kind != ImportRun.Kind.ATTENDANCE:
        return NOT_A_LIST
    if run.state not in (ImportRun.State.DONE, ImportRun.State.UNDOING) or run.snapshot_after is None:
        return NOT_UNDOABLE
    if run.pk != _newest_in_place():
        return NOT_LATEST
    return None if may_change(actor, run) else NOT_ALL_UNITS


def _newest_in_place() -> int | None:
    states = (ImportRun.State.DONE, ImportRun.State.UNDOING)
    in_place = ImportRun.objects.filter(state__in=states, snapshot_after__gt=0)
    pk: int | None = in_place.order_by("-snapshot_after", "-pk").values_list("pk", flat=True).first()
    return pk
