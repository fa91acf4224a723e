"""What nobody has finished with holds personal data, so it does not stay."""

from narvaro.contexts.intake import places
from narvaro.contexts.intake.models import ImportRun
from narvaro.contexts.intake.reading import remove
from narvaro.core.actor import Actor
from narvaro.core.clock import now
from narvaro.core.scope import acting

DAYS = 7
OPEN = (ImportRun.State.LOOKING, ImportRun.State.ASKING, ImportRun.State.READY)


def sweep(*, by: Actor) -> int:
    """Removes the authority's files that have waited for days, those that no run knows, and what a dead trial left.
    Returns how many files went."""
    limit = now().timestamp() - DAYS * 86_400
    with acting(by):
        reading = set(ImportRun.objects.filter(state=ImportRun.State.READING).values_list("stored_name", flat=True))
        found = places.uploads_folder(by.authority_id).iterdir()
        old = [path for path in found if path.name not in reading and path.stat().st_mtime < limit]
        left = ImportRun.objects.filter(stored_name__in=[path.name for path in old], state__in=OPEN)
        keys = list(left.values_list("key", flat=True))
        ImportRun.objects.filter(key__in=keys).update(state=ImportRun.State.DISCARDED, finished_at=now())
    for path in old:
        path.unlink(missing_ok=True)
    for key in keys:
        remove(places.workshop(key))
    return len(old)
