"""What a measure run wrote. Pages read these rows; only one pupil's own page asks the facts."""

from django.db import models

from narvaro.core.guarded import Guarded


class MeasureRun(Guarded):
    """A finished run over one snapshot of the facts. Rows of the run and this row are written in one transaction."""

    snapshot = models.PositiveBigIntegerField()
    as_of = models.DateField()
    first_day = models.DateField()
    finished_at = models.DateTimeField()
    pupils = models.PositiveIntegerField()
    unmatched_pupils = models.PositiveIntegerField(default=0)
    offered_min = models.PositiveBigIntegerField()
    reported_min = models.PositiveBigIntegerField()

    class Meta(Guarded.Meta):
        get_latest_by = "pk"


class PupilMeasure(Guarded):
    """A pupil's numbers over the period and the latest 20 school days, in minutes (docs/explanation/numbers.md).

    ``weeks``: the latest twelve at most, each [week_no, offered, present, valid, invalid]. ``last_20_rate`` in
    ten-thousandths and ``trend`` in hundredths of points are cut, for counting and sorting a whole school. Null: it
    cannot be told.
    """

    pupil = models.OneToOneField("register.Pupil", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey("register.Unit", on_delete=models.PROTECT, related_name="+", null=True)
    group_name = models.CharField(max_length=40, blank=True)
    grade = models.CharField(max_length=4, blank=True)
    as_of = models.DateField()
    school_days = models.PositiveIntegerField()
    offered = models.PositiveIntegerField()
    present = models.PositiveIntegerField()
    valid = models.PositiveIntegerField()
    invalid = models.PositiveIntegerField()
    last_20_offered = models.PositiveIntegerField()
    last_20_present = models.PositiveIntegerField()
    last_20_valid = models.PositiveIntegerField()
    last_20_invalid = models.PositiveIntegerField()
    previous_20_offered = models.PositiveIntegerField()
    previous_20_present = models.PositiveIntegerField()
    previous_20_valid = models.PositiveIntegerField()
    previous_20_invalid = models.PositiveIntegerField()
    late_count = models.PositiveIntegerField()
    late_min = models.PositiveIntegerField()
    current_spell = models.PositiveIntegerField()
    longest_spell = models.PositiveIntegerField()
    occasions = models.PositiveIntegerField()
    weeks = models.JSONField(default=list)
    last_20_rate = models.IntegerField(null=True)
    trend = models.IntegerField(null=True)

    class Meta(Guarded.Meta):
        indexes = [models.Index(fields=["authority", "unit", "-last_20_rate"])]
