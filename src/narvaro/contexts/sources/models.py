"""The school systems that are read, and each reading of one."""

import uuid

from django.db import models

from narvaro.core.guarded import Guarded


class Source(Guarded):
    """One school system. ``base_url`` and how one signs in there are as in ``ss12000.connection.Connection``; secrets
    are written and never shown, and can be opened for the same hosts only (``connecting``). Certificates are files
    beside (``places``). ``organisations``, ``capabilities`` and ``standard`` are what the latest check found.

    ``units``: ids of the organisations that are read; empty means all. ``hour``: of the night when it is read, in
    Swedish time; None is never by itself. ``noticed_at``: when the source said that something has changed, until it
    is read.
    """

    class State(models.TextChoices):
        SETTING_UP = "setting_up"  # nothing is read before a person has chosen what
        ACTIVE = "active"
        PAUSED = "paused"

    class Auth(models.TextChoices):
        NONE = "none"
        BEARER = "bearer"
        HEADER = "header"
        CLIENT_FORM = "client_form"
        CLIENT_BASIC = "client_basic"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    base_url = models.CharField(max_length=300)
    auth = models.CharField(max_length=12, choices=Auth, default=Auth.BEARER)
    header = models.CharField(max_length=60, blank=True)
    token_url = models.CharField(max_length=300, blank=True)
    client_id = models.CharField(max_length=200, blank=True)
    scope = models.CharField(max_length=400, blank=True)
    token_encrypted = models.BinaryField(null=True)
    secret_encrypted = models.BinaryField(null=True)
    organisations = models.JSONField(default=list)
    capabilities = models.JSONField(default=list)
    standard = models.CharField(max_length=10, blank=True)
    units = models.JSONField(default=list)
    guardians = models.BooleanField(default=True)
    identity_numbers = models.BooleanField(default=True)
    give_assignments = models.BooleanField(default=False)
    only_deviations = models.BooleanField(default=False)
    always_marked = models.BooleanField(default=True)
    weeks_again = models.PositiveSmallIntegerField(default=1)
    hour = models.PositiveSmallIntegerField(null=True, default=3)
    state = models.CharField(max_length=10, choices=State, default=State.SETTING_UP)
    noticed_at = models.DateTimeField(null=True)
    subscription_id = models.CharField(max_length=80, blank=True)
    subscription_ends = models.DateTimeField(null=True)
    made_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["authority", "name"], name="source_name_once")]


class SourceRun(Guarded):
    """A check or a reading. ``counts``, ``differences``, ``findings``, ``capabilities`` and ``route`` are as in
    ``ss12000.told.Reading``; ``register`` counts what changed here. ``message``: why it failed or waits for a yes."""

    class Kind(models.TextChoices):
        CHECK = "check"
        READING = "reading"

    class Why(models.TextChoices):
        PERSON = "person"
        NIGHT = "night"
        NOTICE = "notice"

    class State(models.TextChoices):
        RUNNING = "running"  # or its worker died: the job knows
        DONE = "done"
        HELD = "held"
        FAILED = "failed"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.READING)
    why = models.CharField(max_length=8, choices=Why, default=Why.PERSON)
    full = models.BooleanField(default=False)
    confirmed = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    job = models.ForeignKey("core.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    started_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    register = models.JSONField(default=dict)
    differences = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    capabilities = models.JSONField(default=list)
    route = models.CharField(max_length=12, blank=True)
    message = models.JSONField(null=True)

    class Meta(Guarded.Meta):
        indexes = [models.Index(fields=["source", "-started_at"])]


class LeftOut(Guarded):
    """A pupil's line that could not be used. ``name_key`` is a keyed hash of the name, so that whoever asks for the
    pupil by name is answered and a list of the names is nowhere."""

    run = models.ForeignKey(SourceRun, on_delete=models.CASCADE, related_name="left_out")
    name_key = models.CharField(max_length=64)
    reason = models.JSONField()

    class Meta(Guarded.Meta):
        indexes = [models.Index(fields=["run", "name_key"])]
