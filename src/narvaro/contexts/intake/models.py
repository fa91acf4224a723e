"""Files that were sent in, and what became of them."""

import uuid

from django.db import models

from narvaro.core.guarded import Guarded


class SavedMapping(Guarded):
    """How this authority's export is read: the YAML of docs/reference/mapping.md under a name."""

    name = models.CharField(max_length=80)
    text = models.TextField()
    saved_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["authority", "name"], name="mapping_name_once")]


class ImportRun(Guarded):
    """One file on its way. ``stored_name`` is a random name in the data directory; ``file_name`` is the sender's own
    and hostile. ``snapshot_before`` and ``snapshot_after`` are the numbers of the facts' manifests."""

    class State(models.TextChoices):
        UPLOADED = "uploaded"
        PREVIEWED = "previewed"
        RUNNING = "running"
        DONE = "done"
        REFUSED = "refused"
        UNDONE = "undone"
        DISCARDED = "discarded"

    class Kind(models.TextChoices):
        ATTENDANCE = "attendance"
        PUPILS = "pupils"
        UNITS = "units"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.ATTENDANCE)
    file_name = models.CharField(max_length=200)
    stored_name = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    mapping = models.TextField(blank=True)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State, default=State.UPLOADED)
    read = models.PositiveBigIntegerField(default=0)
    accepted = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    duplicates = models.PositiveBigIntegerField(default=0)
    corrected = models.PositiveBigIntegerField(default=0)
    message = models.JSONField(null=True)
    job = models.ForeignKey("core.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    snapshot_before = models.PositiveBigIntegerField(null=True)
    snapshot_after = models.PositiveBigIntegerField(null=True)
    sent_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class RejectedRow(Guarded):
    """A row that was left out: where and why, never what it held. The first 1 000 of a run; the count has them all."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rejected_rows")
    line = models.PositiveBigIntegerField()
    column = models.CharField(max_length=80, blank=True)
    code = models.CharField(max_length=40)
    reason = models.JSONField()
