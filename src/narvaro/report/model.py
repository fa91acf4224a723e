"""Everything the outputs need, and nothing else: filled in by the command, read by every writer.

Personal data: names and grades live only here and in the report a person asked for, never in measures or logs.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from narvaro.domain.absence import NO_MINUTES, Band, Minutes, Profile, PupilSummary
from narvaro.domain.plan import Plan
from narvaro.domain.warnings import Warning
from narvaro.language import Message

Grain = Literal["lesson", "period"]
BANDS = tuple(Band)
_LAST_LETTERS = str.maketrans({"å": "{", "ä": "|", "ö": "}"})
_EPOCH = date(1970, 1, 1)


def date_of(day_no: int) -> date:
    return _EPOCH + timedelta(days=day_no)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCounts:
    """What became of the rows that were read. ``corrected`` rows are among the accepted ones."""

    read: int
    accepted: int
    rejected: int
    duplicates: int
    corrected: int = 0

    def __post_init__(self) -> None:
        if min(self.read, self.accepted, self.rejected, self.duplicates, self.corrected) < 0:
            raise ValueError("a count of rows is negative")
        if self.read != self.accepted + self.rejected + self.duplicates:
            raise ValueError(
                f"rows do not add up: {self.read} read, {self.accepted} accepted, {self.rejected} rejected, "
                f"{self.duplicates} duplicates"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInfo(RowCounts):
    """One file that was read. ``name`` is the file's own name, which is hostile text."""

    name: str
    sha256: str
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A row that was not taken in. ``reason`` never quotes a value of the row; its values are hashable."""

    source: str
    line: int
    column: str | None
    reason: Message
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport(RowCounts):
    """``rejects`` is read once, in order, and may be a generator: there can be millions."""

    sources: tuple[SourceInfo, ...]
    rejects: Iterable[Reject] = ()
    notes: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        RowCounts.__post_init__(self)
        if any(getattr(self, part) != sum(getattr(s, part) for s in self.sources) for part in _PARTS):
            raise ValueError("the totals differ from the sum of the sources")

    @classmethod
    def of(
        cls, sources: Iterable[SourceInfo], *, rejects: Iterable[Reject] = (), notes: Iterable[Message] = ()
    ) -> "ImportReport":
        kept = tuple(sources)
        totals = {part: sum(getattr(source, part) for source in kept) for part in _PARTS}
        return cls(sources=kept, rejects=rejects, notes=tuple(notes), **totals)


_PARTS = ("read", "accepted", "rejected", "duplicates", "corrected")


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPoint:
    week_no: int
    minutes: Minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilRow:
    """One pupil. ``weeks`` are the latest (at most 12) in order; flags are the flagged profiles only."""

    summary: PupilSummary
    name: str | None = None
    grade: str | None = None
    protected: bool = False
    weeks: tuple[WeekPoint, ...] = ()
    weekday_flags: tuple[Profile, ...] = ()
    subject_flags: tuple[Profile, ...] = ()
    warnings: tuple[Warning, ...] = ()

    @property
    def step(self) -> int | None:
        """The highest step of the plan that a warning points at."""
        return max((warning.step for warning in self.warnings), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolRow:
    """One school unit. Pupils with protected identity are in no school's row: a count must not place them."""

    school_unit_id: str
    name: str | None
    pupils: int
    minutes: Minutes
    bands: tuple[int, ...]
    not_calculable: int
    flagged: int

    def __post_init__(self) -> None:
        if len(self.bands) != len(BANDS) or sum(self.bands) + self.not_calculable != self.pupils:
            raise ValueError("the bands do not add up to the school's pupils")

    @property
    def calculable(self) -> int:
        return self.pupils - self.not_calculable

    @property
    def mostly_calculable(self) -> bool:
        """Else the levels say more about the registers than about the pupils, and are not shown."""
        return 2 * self.calculable >= self.pupils

    def at_or_above(self, limit: Fraction) -> int:
        return sum(count for count, band in zip(self.bands, BANDS, strict=True) if band.lower >= limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """``pupils`` and ``schools`` come in any order; ``rules_not_tried``: ids of the plan's rules that need days the
    data lacks."""

    as_of: date
    first_day: date
    plan: Plan
    sources: tuple[SourceInfo, ...]
    schools: tuple[SchoolRow, ...]
    pupils: tuple[PupilRow, ...]
    grain: Grain
    rules_not_tried: tuple[str, ...] = ()

    @property
    def minutes(self) -> Minutes:
        return total_minutes(row.summary.minutes for row in self.pupils)

    def to_act_on(self) -> Iterator[PupilRow]:
        """Those with a warning: highest step first, then most absence, then id."""
        return iter(sorted((row for row in self.pupils if row.warnings), key=_urgency))


def shown_minutes(row: PupilRow, grain: Grain) -> Minutes:
    """The minutes behind the pupil's rate in lists: four weeks, or the whole period when there are no days."""
    return row.summary.last_20 if grain == "lesson" else row.summary.minutes


def total_minutes(parts: Iterable[Minutes]) -> Minutes:
    offered = present = valid = invalid = 0
    for part in parts:
        offered, present = offered + part.offered, present + part.present
        valid, invalid = valid + part.valid, invalid + part.invalid
    return Minutes(offered, present, valid, invalid)


def school_rows(pupils: Iterable[PupilRow], names: Mapping[str, str]) -> tuple[SchoolRow, ...]:
    """The schools' rows of these pupils, by name then id; protected pupils are left out."""
    by_unit: dict[str, list[PupilRow]] = {}
    for row in pupils:
        if not row.protected:
            by_unit.setdefault(row.summary.school_unit_id, []).append(row)
    rows = (_school_row(unit, names.get(unit), members) for unit, members in by_unit.items())
    return tuple(sorted(rows, key=school_order))


def school_order(school: SchoolRow) -> tuple[str, str]:
    """By name as Swedish sorts it (å, ä, ö after z), then id."""
    return (school.name or school.school_unit_id).casefold().translate(_LAST_LETTERS), school.school_unit_id


def _school_row(unit: str, name: str | None, members: list[PupilRow]) -> SchoolRow:
    counts = dict.fromkeys(BANDS, 0)
    for row in members:
        if (band := row.summary.minutes.band) is not None:
            counts[band] += 1
    return SchoolRow(
        school_unit_id=unit,
        name=name,
        pupils=len(members),
        minutes=total_minutes(row.summary.minutes for row in members),
        bands=tuple(counts.values()),
        not_calculable=len(members) - sum(counts.values()),
        flagged=sum(1 for row in members if row.warnings),
    )


def _urgency(row: PupilRow) -> tuple[int, float, str]:
    minutes = row.summary.last_20 if row.summary.last_20 != NO_MINUTES else row.summary.minutes
    rate = minutes.absent / minutes.reported if minutes.reported else 0.0  # order only, so a float will do
    return -(row.step or 0), -rate, row.summary.pupil_id
