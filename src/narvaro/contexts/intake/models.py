"""Files that were sent in, and what became of them."""

import uuid

from django.db import models

from narvaro.core.guarded import Guarded


class SavedMapping(Guarded):
    """How this authority's export is read: the YAML of docs/reference/mapping.md under a name."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    text = models.TextField()
    saved_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["authority", "name"], name="mapping_name_once")]


class ImportRun(Guarded):
    """One file on its way. ``stored_name`` is a random name in the data directory; ``file_name`` is the sender's own
    and hostile. The file is removed when it has been read in or turned away; its checksum stays, so that it is known
    again.

    ``answers``: what the person has said about the file (``preview.Answers``). ``preview``: what was seen and tried
    (``preview.Preview``); no row and no whole value of the file is in it. ``snapshot_before`` and ``snapshot_after``
    are numbers of the facts' manifests. ``sent_for``: the units that the sender's assignment covered; None is all.
    """

    class State(models.TextChoices):
        LOOKING = "looking"  # waits for, or is in, the first look and the dry run
        ASKING = "asking"  # a person must say how the file is to be read
        READY = "ready"
        READING = "reading"
        DONE = "done"
        REFUSED = "refused"
        UNDOING = "undoing"
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
    answers = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State, default=State.LOOKING)
    read = models.PositiveBigIntegerField(default=0)
    accepted = models.PositiveBigIntegerField(default=0)
    rejected = models.PositiveBigIntegerField(default=0)
    duplicates = models.PositiveBigIntegerField(default=0)
    corrected = models.PositiveBigIntegerField(default=0)
    grain = models.CharField(max_length=8, default="lesson")
    message = models.JSONField(null=True)
    job = models.ForeignKey("core.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    snapshot_before = models.PositiveBigIntegerField(null=True)
    snapshot_after = models.PositiveBigIntegerField(null=True)
    sent_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    sent_for = models.JSONField(null=True)
    sent_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(read=models.F("accepted") + models.F("rejected") + models.F("duplicates")),
                name="import_counts_add_up",
            )
        ]
        indexes = [models.Index(fields=["authority", "-sent_at"])]
