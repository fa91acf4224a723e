"""Numbers of one pupil over the period, of weeks, and of school units."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from .day import PupilDay, total_of
from .shapes import current_spell, longest_spell, occasions
from .sums import BANDS, Sums
from .windows import window_days


@dataclass(frozen=True)
class PupilSummary:
    pupil_id: str
    school_unit_id: str
    group_id: str | None
    school_days: int
    minutes: Sums
    last_20: Sums
    previous_20: Sums
    longest_spell: int
    current_spell: int
    occasions: int
    scattered_days: int
    scattered_lessons: int
    late_count: int
    late_min: int
    first_reported: int
    first_missed: int
    last_reported: int
    last_missed: int

    @property
    def trend_points(self) -> Fraction | None:
        return trend_points(self.last_20, self.previous_20)


@dataclass(frozen=True)
class WeekSums:
    pupil_id: str
    week_no: int
    sums: Sums


@dataclass(frozen=True)
class UnitSummary:
    """``minutes`` by the unit of the day; ``pupils``, bands and ``not_calculable`` by the pupils' latest unit."""

    school_unit_id: str
    minutes: Sums
    pupils: int
    bands: tuple[tuple[str, int], ...]
    not_calculable: int


@dataclass(frozen=True)
class TermSums:
    """One pupil's days of one term at one school unit."""

    pupil_id: str
    school_unit_id: str
    term_no: int
    school_days: int
    minutes: Sums


def trend_points(latest: Sums, earlier: Sums) -> Fraction | None:
    if latest.total_rate is None or earlier.total_rate is None:
        return None
    return 100 * (latest.total_rate - earlier.total_rate)


def by_pupil(days: Iterable[PupilDay]) -> dict[str, list[PupilDay]]:
    sorted_out: dict[str, list[PupilDay]] = defaultdict(list)
    for day in days:
        sorted_out[day.pupil_id].append(day)
    return {pupil_id: sorted_out[pupil_id] for pupil_id in sorted(sorted_out)}


def pupil_summary(days: list[PupilDay], as_of: int, first_day: int | None, occasion: str) -> PupilSummary | None:
    """``days`` are one pupil's, all of them. None when the pupil has no school day in the period."""
    period = window_days("period", days, as_of, first_day)
    if not period:
        return None
    latest = period[-1]
    return PupilSummary(
        pupil_id=latest.pupil_id,
        school_unit_id=latest.school_unit_id,
        group_id=latest.group_id,
        school_days=len(period),
        minutes=total_of(period),
        last_20=total_of(window_days("last_20", days, as_of)),
        previous_20=total_of(window_days("previous_20", days, as_of)),
        longest_spell=len(longest_spell(days, period, as_of)),
        current_spell=len(current_spell(days, period, as_of)),
        occasions=occasions(occasion, days, period, as_of),
        scattered_days=sum(day.part_day for day in period),
        scattered_lessons=sum(day.absent_lessons for day in period if day.part_day),
        late_count=sum(day.late_count for day in period),
        late_min=sum(day.late_min for day in period),
        first_reported=sum(day.first_reported for day in period),
        first_missed=sum(day.first_missed for day in period),
        last_reported=sum(day.last_reported for day in period),
        last_missed=sum(day.last_missed for day in period),
    )


def week_series(period: list[PupilDay]) -> list[WeekSums]:
    """One pupil's ISO weeks; a week without school is no row."""
    weeks = sorted({day.week_no for day in period})
    return [
        WeekSums(period[0].pupil_id, week, total_of(day for day in period if day.week_no == week)) for week in weeks
    ]


def term_sums(period: list[PupilDay]) -> list[TermSums]:
    """``period`` holds one pupil's days. By school unit, then term."""
    keys = sorted({(day.pupil_id, day.school_unit_id, day.term_no) for day in period})
    return [_term(key, [d for d in period if (d.pupil_id, d.school_unit_id, d.term_no) == key]) for key in keys]


def _term(key: tuple[str, str, int], days: list[PupilDay]) -> TermSums:
    return TermSums(*key, school_days=len(days), minutes=total_of(days))


def unit_summaries(summaries: Iterable[PupilSummary], period: list[PupilDay]) -> list[UnitSummary]:
    """``period`` holds the days of all pupils in the period."""
    pupils = list(summaries)
    units = sorted({day.school_unit_id for day in period})
    return [
        _unit(
            unit,
            [pupil for pupil in pupils if pupil.school_unit_id == unit],
            [day for day in period if day.school_unit_id == unit],
        )
        for unit in units
    ]


def _unit(unit: str, pupils: list[PupilSummary], days: list[PupilDay]) -> UnitSummary:
    bands = [pupil.minutes.band for pupil in pupils]
    return UnitSummary(
        school_unit_id=unit,
        minutes=total_of(days),
        pupils=len(pupils),
        bands=tuple((name, bands.count(name)) for name, _lower in BANDS),
        not_calculable=bands.count(None),
    )
