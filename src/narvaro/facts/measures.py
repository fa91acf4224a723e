"""A snapshot's numbers: SQL texts in, frozen dataclasses out. Every pupil is recomputed each time; that is fast
enough."""

from collections import defaultdict
from collections.abc import Container
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from narvaro.domain.absence import Minutes, Profile, PupilSummary
from narvaro.domain.plan import Occasion
from narvaro.domain.school_calendar import date_of, month_no, school_year_of, term_no
from narvaro.facts.engine import DuckDBEngine, Engine, Row
from narvaro.facts.manifest import MONTHLY, Kind, Manifest
from narvaro.facts.schema import FACTS, PUPIL_DAY, PUPIL_MONTH, PUPILS, SUBJECT_MONTH
from narvaro.facts.sql_text import SqlText

_TABLES: dict[Kind, dict[str, str]] = {
    "facts": FACTS,
    "pupil_day": PUPIL_DAY,
    "pupil_month": PUPIL_MONTH,
    "subject_month": SUBJECT_MONTH,
}
_NO_MONTHS = (1, 0)


class Snapshot(AbstractContextManager["Snapshot"]):
    """One engine over one manifest's files. ``as_of`` and ``first_day`` are day numbers; None takes all the data."""

    def __init__(
        self,
        root: Path,
        manifest: Manifest,
        *,
        as_of: int | None = None,
        first_day: int | None = None,
        memory: str | None = None,
    ) -> None:
        self.engine: Engine = DuckDBEngine(folders=[root], memory=memory or room(manifest))
        for name, columns in _TABLES.items():
            self.engine.register(name, manifest.paths(name, root), columns)
        self.engine.register("pupil", manifest.paths("pupils", root), PUPILS)
        files = manifest.of("facts")
        self.as_of = max((file.last_day or 0 for file in files), default=0) if as_of is None else as_of
        first_stored = min((file.first_day or 0 for file in files), default=0)
        self.first_day = first_stored if first_day is None else first_day
        self.whole_months = _whole_months(manifest, self.first_day, self.as_of)

    @cached_property
    def pupil_ids(self) -> dict[int, str]:
        return dict(self.engine.query("select pupil_no, pupil_id from pupil"))

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
            "first_whole_month": self.whole_months[0],
            "last_whole_month": self.whole_months[1],
        }

    def summaries(self, *, occasion: Occasion = "spell") -> dict[int, PupilSummary]:
        """By pupil number: everybody with a school day in the period."""
        return {row[0]: self._summary(row, occasion) for row in self.rows("pupil_summary")}

    def weeks(self, *, first_day: int, pupils: Container[int] | None = None) -> dict[int, list[tuple[int, Minutes]]]:
        """By pupil number: (week number, minutes) in order, from the week of ``first_day``. ``pupils``: only theirs."""
        series: dict[int, list[tuple[int, Minutes]]] = defaultdict(list)
        for pupil_no, week_no, offered, present, valid, invalid in self.rows("pupil_week", first_day=first_day):
            if pupils is None or pupil_no in pupils:
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

    def unit_minutes(self) -> dict[str, Minutes]:
        """By school unit: the minutes of every pupil's day at the unit of that day."""
        return {unit: Minutes(*minutes) for unit, _days, *minutes in self.rows("unit_summary")}

    def _profile_rows(self, name: str, flagged_only: bool) -> list[Row]:
        """Few are flagged, and bringing rows over costs as much as computing them."""
        text = SqlText.load(name).filled(**self.numbers)
        where = "where flagged = 1" if flagged_only else ""
        return sorted(self.engine.query(f"select * from ({text}) profile {where}"))

    def _summary(self, row: Row, occasion: Occasion) -> PupilSummary:
        return PupilSummary(
            pupil_id=self.pupil_ids[row[0]],
            school_unit_id=row[1],
            group_id=row[2],
            school_days=row[3],
            minutes=Minutes(*row[4:8]),
            last_20=Minutes(*row[8:12]),
            previous_20=Minutes(*row[12:16]),
            occasions=row[_OCCASIONS[occasion]],
            **dict(zip(_COUNTS, row[18:28], strict=True)),
        )


_OCCASIONS = {"day": 16, "lesson": 17, "spell": 28}
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


def room(manifest: Manifest) -> str:
    """The engine's limit of memory, which it need not use: twice the twenty bytes a lesson that were measured."""
    lessons = sum(file.rows for file in manifest.of("facts"))
    return f"{max(1000, lessons * 40 // 1_000_000)}MB"


def _whole_months(manifest: Manifest, first_day: int, as_of: int) -> tuple[int, int]:
    """First and last of the months whose every stored day lies in the period, and which lie together; none when a facts
    file has no sums of its own, as in stores from before there were any."""
    files = manifest.of("facts")
    if any({file.span for file in files} != {file.span for file in manifest.of(kind)} for kind in MONTHLY):
        return _NO_MONTHS
    cut = {file.month_no for file in files if not first_day <= (file.first_day or 0) <= (file.last_day or 0) <= as_of}
    whole = [file.month_no for file in files if file.month_no is not None and file.month_no not in cut]
    return (min(whole), max(whole)) if whole else _NO_MONTHS
