"""A warning stays until it no longer holds or is decided; a decision stays for ever."""

import uuid

from django.db import models
from django.db.models import Q

from narvaro.core.guarded import Guarded


class Warning(Guarded):
    """A rule that holds for a pupil. ``numerator/denominator`` is the exact value, ``evidence`` the lessons behind it as
    [day_no, start_min, subject, valid_min, invalid_min]. ``lapsed_on``: the rule no longer holds, or cannot be tried."""

    class State(models.TextChoices):
        NEW = "new"
        ACKNOWLEDGED = "acknowledged"
        AWAITING = "awaiting"
        DECIDED = "decided"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pupil = models.ForeignKey("register.Pupil", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey("register.Unit", on_delete=models.PROTECT, related_name="+", null=True)
    plan = models.CharField(max_length=60)
    plan_version = models.CharField(max_length=40)
    rule_id = models.CharField(max_length=60)
    step = models.PositiveSmallIntegerField()
    severity = models.PositiveSmallIntegerField(default=1)
    measure = models.CharField(max_length=60)
    window = models.CharField(max_length=40)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField(default=1)
    limit_numerator = models.BigIntegerField()
    limit_denominator = models.BigIntegerField(default=1)
    window_start = models.DateField()
    window_end = models.DateField()
    reported_min = models.PositiveIntegerField()
    offered_min = models.PositiveIntegerField()
    evidence = models.JSONField(default=list)
    state = models.CharField(max_length=14, choices=State, default=State.NEW)
    first_raised = models.DateField()
    last_raised = models.DateField()
    fired_again = models.DateField(null=True, blank=True)
    lapsed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "rule_id"], condition=Q(lapsed_on=None), name="one_open_warning_a_rule"
            )
        ]
        indexes = [models.Index(fields=["authority", "state", "unit"], condition=Q(lapsed_on=None), name="open_warnings")]


class Decision(Guarded):
    """What a person decided about a pupil's warnings, why, and when to look again. Never changed; a new one follows."""

    class Kind(models.TextChoices):
        ACKNOWLEDGE = "acknowledge"
        AWAIT = "await"
        DECIDE = "decide"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    warning = models.ForeignKey(Warning, on_delete=models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=12, choices=Kind)
    reason = models.TextField(blank=True)
    follow_up_on = models.DateField(null=True, blank=True)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    decided_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="acknowledge") | (~Q(reason="") & Q(follow_up_on__isnull=False)),
                name="a_decision_has_reason_and_follow_up",
            )
        ]
        ordering = ["-decided_at"]
