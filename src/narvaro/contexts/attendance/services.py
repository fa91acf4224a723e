"""Writing what a measure run computed."""

from collections.abc import Iterable, Sequence
from datetime import date

from narvaro.contexts.attendance.measured import Measured, RunFacts
from narvaro.contexts.attendance.models import MeasureRun, PupilMeasure
from narvaro.core.actor import Actor
from narvaro.core.clock import now
from narvaro.core.scope import acting
from narvaro.domain.absence import Minutes
from narvaro.domain.change import shown_change

PARTS = ("offered", "present", "valid", "invalid")
_COPIED = ("school_days", "late_count", "late_min", "current_spell", "longest_spell", "occasions")
_WRITTEN = (
    *("unit", "group_name", "grade", "as_of", "weeks", "last_20_rate", "trend"),
    *(f"{window}{part}" for window in ("", "last_20_", "previous_20_") for part in PARTS),
    *_COPIED,
)
_TEN_THOUSANDTHS = 10_000


def write_measures(*, by: Actor, as_of: date, measured: Sequence[Measured]) -> None:
    """A row a pupil, new or anew."""
    with acting(by):
        PupilMeasure.objects.bulk_create(
            [_row(each, as_of) for each in measured],
            update_conflicts=True,
            unique_fields=["pupil"],
            update_fields=[*_WRITTEN],
        )


def finish_run(*, by: Actor, facts: RunFacts, pupils: Iterable[int]) -> None:
    """Removes the rows of pupils who are no longer in the facts, and says that the run is whole."""
    with acting(by):
        kept = set(pupils)
        gone = [pk for pk in PupilMeasure.objects.values_list("pupil_id", flat=True) if pk not in kept]
        PupilMeasure.objects.filter(pupil_id__in=gone).delete()
        MeasureRun.of(
            snapshot=facts.snapshot,
            as_of=facts.as_of,
            first_day=facts.first_day,
            finished_at=now(),
            pupils=len(kept),
            unmatched_pupils=facts.unmatched_pupils,
            offered_min=facts.minutes.offered,
            reported_min=facts.minutes.reported,
        ).save()


def clear_measures(*, by: Actor) -> None:
    """When no facts are left, as after the undoing of the only import: no numbers either."""
    with acting(by):
        PupilMeasure.objects.all().delete()
        MeasureRun.objects.all().delete()


def _row(measured: Measured, as_of: date) -> PupilMeasure:
    summary = measured.summary
    rate = summary.last_20.total_rate
    trend = shown_change(summary.last_20, summary.previous_20, summary.school_days)
    return PupilMeasure.of(
        pupil_id=measured.pupil,
        unit_id=measured.unit,
        group_name=measured.group_name,
        grade=measured.grade,
        as_of=as_of,
        weeks=[[week, each.offered, each.present, each.valid, each.invalid] for week, each in measured.weeks],
        # Cut, not rounded: rounding would lift a value to a limit that it is below.
        last_20_rate=None if rate is None else int(rate * _TEN_THOUSANDTHS),
        trend=None if trend is None else int(trend * 100),
        **_parts("", summary.minutes),
        **_parts("last_20_", summary.last_20),
        **_parts("previous_20_", summary.previous_20),
        **{name: getattr(summary, name) for name in _COPIED},
    )


def _parts(window: str, minutes: Minutes) -> dict[str, int]:
    return {f"{window}{part}": getattr(minutes, part) for part in PARTS}
