"""The fact: one pupil in one lesson, in whole minutes."""

import datetime as dt
from dataclasses import dataclass

from .school_calendar import day_no

MIDNIGHT = 24 * 60


@dataclass(frozen=True)
class Lesson:
    pupil_id: str
    school_unit_id: str
    group_id: str | None
    date: dt.date
    start_min: int | None
    end_min: int | None
    subject: str | None
    lesson_id: str | None
    offered_min: int
    reported: bool
    present_min: int
    valid_min: int
    invalid_min: int
    other_min: int
    late: bool

    def __post_init__(self) -> None:
        parts = (self.present_min, self.valid_min, self.invalid_min, self.other_min)
        if self.offered_min <= 0 or min(parts) < 0 or sum(parts) > self.offered_min:
            raise ValueError(f"not a lesson: {self}")
        if not self.reported and (sum(parts) > 0 or self.late):
            raise ValueError(f"an unreported lesson has no minutes: {self}")

    @property
    def day_no(self) -> int:
        return day_no(self.date)

    @property
    def attended_min(self) -> int:
        """Council, trip and the like (other) count as presence."""
        return self.present_min + self.other_min

    @property
    def absent_min(self) -> int:
        return self.valid_min + self.invalid_min

    @property
    def span(self) -> range | None:
        """The minutes of the day that the lesson fills; None without a start."""
        if self.start_min is None:
            return None
        if self.end_min is None:
            return range(self.start_min, min(self.start_min + self.offered_min, MIDNIGHT))
        return range(self.start_min, self.end_min)

    @property
    def unknown_min(self) -> int:
        """All of an unreported lesson; what is left over in a reported one. Never presence."""
        return self.offered_min - self.attended_min - self.absent_min

    @property
    def missed(self) -> bool:
        """Every accounted minute is absent."""
        return self.reported and self.absent_min > 0 and self.attended_min == 0

    @property
    def identity(self) -> tuple[object, ...]:
        if self.lesson_id is not None:
            return (self.pupil_id, self.day_no, self.lesson_id)
        return (self.pupil_id, self.day_no, self.start_min, self.subject)


def default_late(present_min: int, invalid_min: int) -> bool:
    """What ``late`` is where the source does not say."""
    return invalid_min > 0 and present_min > 0


def lesson_order(lesson: Lesson) -> tuple[object, ...]:
    """The order of lessons within a pupil's day; what is not known comes last."""
    return (
        *_known_first(lesson.start_min, 0),
        *_known_first(lesson.lesson_id, ""),
        *_known_first(lesson.subject, ""),
        lesson.school_unit_id,
    )


def _known_first(value: object, stand_in: object) -> tuple[object, ...]:
    return (value is None, stand_in if value is None else value)
