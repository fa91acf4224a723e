"""So that what a person writes is neither lost nor saved twice."""

from django.db import models

from narvaro.core.guarded import Guarded


class Draft(Guarded):
    """Text on its way. One for each person and place; removed when the form is saved."""

    user = models.ForeignKey("core.User", on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=120)
    fields = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["user", "place"], name="one_draft_a_place")]


class SpentToken(models.Model):
    """A form that was sent. The same form again leads to where the first one led."""

    token = models.UUIDField(primary_key=True)
    user = models.ForeignKey("core.User", on_delete=models.CASCADE, related_name="+")
    led_to = models.CharField(max_length=300)
    spent_at = models.DateTimeField()
