"""Which plan is in force from which day."""

from django.db import models

from narvaro.core.guarded import Guarded


class PlanChoice(Guarded):
    """A preset from definitions/plans, in force from a day until the next choice. Choices are kept."""

    preset = models.CharField(max_length=60)
    in_force_from = models.DateField()
    reason = models.TextField(blank=True)
    chosen_by = models.ForeignKey("core.User", on_delete=models.PROTECT, related_name="+", null=True)
    chosen_at = models.DateTimeField()

    class Meta(Guarded.Meta):
        get_latest_by = "pk"
