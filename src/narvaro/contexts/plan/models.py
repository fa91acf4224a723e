"""Versions of the municipality's attendance plan: drafted, approved by somebody else, in force (M13, M16)."""

import uuid

from django.db import models
from django.db.models import F, Q

from narvaro.core.guarded import Guarded


class PlanVersion(Guarded):
    """One whole plan. ``document`` is the text of a plan's file (docs/how-to/write-a-plan.md); approved, it is never
    changed. ``preset`` is what it began as. ``author`` is empty for one that came with the program."""

    class State(models.TextChoices):
        DRAFT = "draft"
        APPROVED = "approved"
        WITHDRAWN = "withdrawn"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    document = models.TextField()
    preset = models.CharField(max_length=60, blank=True)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    reason = models.TextField(blank=True)
    author = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)
    approved_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decision_reference = models.CharField(max_length=120, blank=True)
    in_force_from = models.DateField(null=True, blank=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["authority", "number"], name="plan_number_once_an_authority"),
            models.CheckConstraint(
                condition=Q(author=None) | Q(approved_by=None) | ~Q(approved_by=F("author")),
                name="a_plan_is_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(in_force_from__isnull=False), name="an_approved_plan_has_a_day"
            ),
        ]


class PlanComment(Guarded):
    """What somebody says about a part of a draft. ``place`` as in the file: "steps.2", "rules.total_15"."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan_version = models.ForeignKey(PlanVersion, on_delete=models.CASCADE, related_name="comments")
    place = models.CharField(max_length=80, blank=True)
    text = models.TextField()
    by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)


class SchoolDeviation(Guarded):
    """Where one school does otherwise, as the plan lets it: a place in the file, the value there, and why."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="deviations")
    unit = models.ForeignKey("register.Unit", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=80)
    value = models.JSONField()
    reason = models.TextField()
    by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["plan_version", "unit", "place"], condition=Q(last_day=None), name="one_deviation_a_place"
            )
        ]


class PlanTrial(Guarded):
    """A rule tried on the stored history before it is decided on. ``result``: counts by school and week, no pupil."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    rule = models.TextField()
    occasion = models.CharField(max_length=10)
    plan_version = models.ForeignKey(PlanVersion, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    job = models.ForeignKey("core.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    result = models.JSONField(null=True, blank=True)
