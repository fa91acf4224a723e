"""Long work that can be left and returned to."""

import uuid

from django.db import models

from narvaro.core.guarded import Guarded


class Job(Guarded):
    """What a page polls. ``message`` is a text of the catalogue and its values, said in the reader's language."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    user = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    message = models.JSONField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
