"""A snapshot's numbers: SQL texts in, frozen dataclasses out. Every pupil is recomputed each time; that is fast
enough."""

from collections import defaultdict
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from narvaro.domain.absence import Minutes, Profile, PupilSummary
from narvaro.domain.school_calendar import date_of, month_no, school_year_of, term_no
from narvaro.domain.warnings import Occasion
from narvaro.facts.engine import DuckDBEngine, Engine, Row
from narvaro.facts.manifest import Manifest
from narvaro.facts.schema import FACTS, PUPIL_DAY, PUPILS
from narvaro.facts.sql_text import SqlText

_OCCASIONS = {"spell": "spells", "day": "days_with_absence", "lesson": "absent_lessons"}
Named = dict[str, Any]


class Snapshot(AbstractContextManager["Snapshot"]):
    """One engine over one manifest's files. ``as_of`` and ``first_day`` are day numbers; None takes all the data."""

    def __init__(
        self,
        root: Path,
        manifest: Manifest,
        *,
        as_of: int | None = None,
        first_day: int | None = None,
        memory: str = "1GB",
    ) -> None:
        self.engine: Engine = DuckDBEngine(folders=[root], memory=memory)
        self.engine.register("facts", manifest.paths("facts", root), FACTS)
        self.engine.register("pupil_day", manifest.paths("pupil_day", root), PUPIL_DAY)
        self.engine.register("pupil", manifest.paths("pupils", root), PUPILS)
        days = [file for file in manifest.of("pupil_day") if file.first_day is not None]
        last_stored = max((file.last_day or 0 for file in days), default=0)
        first_stored = min((file.first_day or 0 for file in days), default=0)
        self.as_of = last_stored if as_of is None else as_of
        self.first_day = first_stored if first_day is None else first_day
        self.pupil_ids: dict[int, str] = dict(self.engine.query("select pupil_no, pupil_id from pupil"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.engine.close()

    def rows(self, name: str, **numbers: int) -> list[Row]:
        """The measure's rows, columns in the order of its text."""
        return self.engine.query(SqlText.load(name).filled(**{**self.numbers, **numbers}))

    @property
    def numbers(self) -> dict[str, int]:
        """What the texts are filled with: the period, and the calendar parts that ``as_of`` lies in."""
        day = date_of(self.as_of)
        return {
            "as_of": self.as_of,
            "first_day": self.first_day,
            "as_of_term": term_no(day),
            "as_of_year": school_year_of(day),
            "as_of_month": month_no(day),
        }

    def summaries(self, *, occasion: Occasion = "spell") -> dict[int, PupilSummary]:
        """By pupil number: everybody with a school day in the period."""
        found = (dict(zip(_SUMMARY, row, strict=True)) for row in self.rows("pupil_summary"))
        return {row["pupil_no"]: self._summary(row, occasion) for row in found}

    def weeks(self, *, first_day: int) -> dict[int, list[tuple[int, Minutes]]]:
        """By pupil number: (week number, minutes) in order, from the week of ``first_day``."""
        series: dict[int, list[tuple[int, Minutes]]] = defaultdict(list)
        for pupil_no, week_no, offered, present, valid, invalid in sorted(self.rows("pupil_week", first_day=first_day)):
            series[pupil_no].append((week_no, Minutes(offered, present, valid, invalid)))
        return series

    def weekday_profiles(self, *, flagged_only: bool = False) -> dict[int, list[Profile]]:
        """By pupil number, Monday first."""
        profiles: dict[int, list[Profile]] = defaultdict(list)
        for pupil_no, dow, days, *minutes, flagged in self._profile_rows("weekday_profile", flagged_only):
            profiles[pupil_no].append(Profile(str(dow), days, Minutes(*minutes), bool(flagged)))
        return profiles

    def subject_profiles(self, *, flagged_only: bool = False) -> dict[int, list[Profile]]:
        """By pupil number, in the order of the subjects' names; lessons are the reported ones."""
        profiles: dict[int, list[Profile]] = defaultdict(list)
        for pupil_no, subject, _, reported, *minutes, flagged in self._profile_rows("subject_profile", flagged_only):
            profiles[pupil_no].append(Profile(subject, reported, Minutes(*minutes), bool(flagged)))
        return profiles

    def pupil_year(self, pupil_no: int) -> list[Row]:
        """One pupil's lessons in the period, oldest first, in the columns of ``pupil_lessons``."""
        return self.rows("pupil_lessons", pupil_no=pupil_no)

    def unit_minutes(self) -> dict[str, Minutes]:
        """By school unit: the minutes of every pupil's day at the unit of that day."""
        return {unit: Minutes(*minutes) for unit, _days, *minutes in self.rows("unit_summary")}

    def _profile_rows(self, name: str, flagged_only: bool) -> list[Row]:
        """Few are flagged, and bringing rows over costs as much as computing them."""
        text = SqlText.load(name).filled(**self.numbers)
        where = "where flagged = 1" if flagged_only else ""
        return sorted(self.engine.query(f"select * from ({text}) profile {where}"))

    def _summary(self, row: Named, occasion: Occasion) -> PupilSummary:
        return PupilSummary(
            pupil_id=self.pupil_ids[row["pupil_no"]],
            school_unit_id=row["school_unit_id"],
            group_id=row["group_id"],
            school_days=row["school_days"],
            minutes=_minutes(row),
            last_20=_minutes(row, "last_20_"),
            previous_20=_minutes(row, "previous_20_"),
            occasions=row[_OCCASIONS[occasion]],
            **{name: row[name] for name in _COUNTS},
        )


_COUNTS = (
    "scattered_days",
    "scattered_lessons",
    "late_count",
    "late_min",
    "first_reported",
    "first_missed",
    "last_reported",
    "last_missed",
    "longest_spell",
    "current_spell",
)
_PARTS = ("offered_min", "present_min", "valid_min", "invalid_min")
_SUMMARY = (
    *("pupil_no", "school_unit_id", "group_id", "school_days"),
    *_PARTS,
    *(f"last_20_{part}" for part in _PARTS),
    *(f"previous_20_{part}" for part in _PARTS),
    *("days_with_absence", "absent_lessons"),
    *_COUNTS,
    "spells",
)


def _minutes(row: Named, prefix: str = "") -> Minutes:
    return Minutes(*(row[f"{prefix}{part}"] for part in _PARTS))
