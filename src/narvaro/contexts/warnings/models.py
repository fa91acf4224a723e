"""A warning stays open until its rule no longer holds; a decision stays for ever."""

import uuid
from fractions import Fraction

from django.db import models
from django.db.models import Q

from narvaro.core.guarded import Guarded
from narvaro.domain.warning_states import State


class Evidence(Guarded):
    """The lessons behind a pupil's warnings of one day, each [day_no, start_min, subject, valid_min, invalid_min].
    Warnings share them: most rest on the same lessons."""

    pupil = models.OneToOneField("register.Pupil", on_delete=models.CASCADE, related_name="+")
    as_of = models.DateField()
    lessons = models.JSONField()


class Warning(Guarded):
    """A rule that holds for a pupil. ``numerator/denominator`` is the exact value of the latest run, ``first_*`` when
    it was raised; ``lessons`` are places in the pupil's Evidence. ``lapsed_on``: the rule no longer holds."""

    pupil = models.ForeignKey("register.Pupil", on_delete=models.CASCADE, related_name="+")
    plan = models.CharField(max_length=60)
    plan_version = models.CharField(max_length=40)
    rule_id = models.CharField(max_length=60)
    step = models.PositiveSmallIntegerField()
    severity = models.PositiveSmallIntegerField()
    measure = models.CharField(max_length=60)
    window = models.CharField(max_length=40)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    limit_numerator = models.BigIntegerField()
    limit_denominator = models.BigIntegerField()
    window_start = models.DateField()
    window_end = models.DateField()
    coverage_numerator = models.PositiveIntegerField()
    coverage_denominator = models.PositiveIntegerField()
    lessons = models.JSONField(default=list)
    first_raised = models.DateField()
    first_numerator = models.BigIntegerField()
    first_denominator = models.BigIntegerField()
    state = models.CharField(max_length=14, choices=[(each.value, each.value) for each in State], default=State.NEW)
    fired_again = models.DateField(null=True, blank=True)
    follow_up_on = models.DateField(null=True, blank=True)
    lapsed_on = models.DateField(null=True, blank=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "rule_id"], condition=Q(lapsed_on=None), name="one_open_warning_a_rule"
            )
        ]
        indexes = [models.Index(fields=["authority", "pupil"], condition=Q(lapsed_on=None), name="open_warnings")]

    @property
    def value(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)

    @property
    def limit(self) -> Fraction:
        return Fraction(self.limit_numerator, self.limit_denominator)

    @property
    def coverage(self) -> Fraction:
        return Fraction(self.coverage_numerator, self.coverage_denominator)


class Decision(Guarded):
    """What a person decided about a pupil's warnings, why, and when to look again. Never changed; a new one follows."""

    class Kind(models.TextChoices):
        ACKNOWLEDGE = "acknowledge"
        AWAIT = "await"
        TALK = "talk"
        PUPIL_HEALTH = "pupil_health"
        INVESTIGATE = "investigate"
        UNNECESSARY = "unnecessary"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pupil = models.ForeignKey("register.Pupil", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=14, choices=Kind)
    reason = models.TextField(blank=True)
    follow_up_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    decided_as = models.CharField(max_length=40)
    decided_at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="acknowledge") | (~Q(reason="") & Q(follow_up_on__isnull=False)),
                name="a_decision_has_reason_and_follow_up",
            )
        ]
        indexes = [models.Index(fields=["pupil", "-decided_at"])]


class DecidedWarning(Guarded):
    """A warning as it stood when it was decided on: what was known then, and what "worse" is measured from."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="warnings")
    warning = models.ForeignKey(Warning, on_delete=models.CASCADE, related_name="decided")
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["decision", "warning"], name="a_warning_once_a_decision")]
