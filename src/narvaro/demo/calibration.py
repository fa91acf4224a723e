"""What the generated absence aims at (data/calibration.yaml), and the distribution of pupils' absence."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import accumulate
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

_FILE = Path(__file__).parent / "data" / "calibration.yaml"
_STEPS = 4000


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StageModel(_Frozen):
    """One stage's mixture; ``invalid_share`` of absent time is invalid, ``late_share`` of that is late arrivals."""

    grades: tuple[str, ...]
    heavy: float
    a: float
    b: float
    invalid_share: float
    late_share: float


class SeasonWeeks(_Frozen):
    first: int
    last: int
    factor: float


class SpellModel(_Frozen):
    one_day: float
    mean: float


class Unreported(_Frozen):
    overall: float
    careless_teachers: float
    careless_rate: float
    paper_school: float

    @property
    def careful_rate(self) -> float:
        """The rate of the other teachers, so that the whole is ``overall``."""
        careless = self.careless_teachers
        return (self.overall - careless * self.careless_rate) / (1 - careless)


class England(_Frozen):
    weekly_2024: dict[str, dict[int, float]]
    weekday_2025: dict[str, tuple[float, ...]]
    bands_2022_23: dict[str, dict[int, float]]


class Calibration(_Frozen):
    heavy_beta: tuple[float, float]
    level: float
    stages: dict[str, StageModel]
    targets: dict[str, dict[int, float]]
    season: tuple[SeasonWeeks, ...]
    week_before_break: float
    weekday: tuple[float, ...]
    last_lesson: float
    spell: SpellModel
    trajectories: dict[str, float]
    week_noise: float
    recoveries: dict[float, float]
    unreported: Unreported
    england: England

    def season_factor(self, iso_week: int) -> float:
        return next(each.factor for each in self.season if each.first <= iso_week <= each.last)

    def weekday_factor(self, day: date) -> float:
        return self.weekday[day.weekday()] if day.weekday() < len(self.weekday) else 1.0

    def stage_of(self, grade: str) -> str:
        return next(name for name, stage in self.stages.items() if grade in stage.grades)


@cache
def calibration() -> Calibration:
    return Calibration.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Quantiles:
    """The inverse of a cumulative distribution on 0..1, from its values at even steps."""

    cumulative: tuple[float, ...]

    def at(self, share: float) -> float:
        right = max(1, bisect_left(self.cumulative, share))
        below, above = self.cumulative[right - 1], self.cumulative[right]
        inside = (share - below) / (above - below) if above > below else 0.0
        return (right - 1 + inside) / (len(self.cumulative) - 1)


def quantiles() -> Mapping[str, Quantiles]:
    """Per stage: which absence a pupil has who stands at a given share of the stage's pupils."""
    model = calibration()
    heavy = _cumulative_beta(*model.heavy_beta)
    return {name: _mixture(stage, heavy) for name, stage in model.stages.items()}


def _mixture(stage: StageModel, heavy: list[float]) -> Quantiles:
    usual = _cumulative_beta(stage.a, stage.b)
    return Quantiles(
        tuple((1 - stage.heavy) * each + stage.heavy * high for each, high in zip(usual, heavy, strict=True))
    )


def _cumulative_beta(a: float, b: float) -> list[float]:
    """The regularised incomplete beta function at even steps, by the midpoint rule (a and b are above 1)."""
    middles = ((step + 0.5) / _STEPS for step in range(_STEPS))
    sums = list(accumulate(x ** (a - 1) * (1 - x) ** (b - 1) for x in middles))
    return [0.0, *(each / sums[-1] for each in sums)]
