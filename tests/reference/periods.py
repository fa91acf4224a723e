"""Sums by pupil and period, for exports without days: which rows count, a pupil's sums, and the rules they answer."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from fractions import Fraction

from .rules import HOURS, RATES, Both, Comparison, Either, Node, Verdict, comparisons, parse, satisfied
from .school_calendar import day_no
from .sums import Sums, total
from .windows import BASE_REPORTED_MIN

ANSWERED = (*RATES, *HOURS, "late_count")


@dataclass(frozen=True)
class Period:
    """A row as the source gave it, in the order of COLUMNS. What it does not say is None."""

    pupil_id: str
    school_unit_id: str
    first: dt.date
    last: dt.date
    offered_min: int
    reported_min: int | None
    present_min: int | None
    valid_min: int
    invalid_min: int
    other_min: int | None
    late_count: int | None
    grade: str | None
    group_id: str | None

    @property
    def key(self) -> tuple[str, str, dt.date, dt.date]:
        return self.pupil_id, self.school_unit_id, self.first, self.last

    @property
    def sums(self) -> Sums:
        absent = self.valid_min + self.invalid_min
        if self.present_min is not None:
            present = self.present_min + (self.other_min or 0)
        else:
            present = (self.offered_min if self.reported_min is None else self.reported_min) - absent
        return Sums(self.offered_min, present, self.valid_min, self.invalid_min)

    @property
    def content(self) -> tuple[object, ...]:
        """What two rows about the same period must agree on."""
        return astuple(self.sums), self.late_count, self.grade, self.group_id

    def overlaps(self, other: "Period") -> bool:
        """Another period of the pupil at the unit, with days of this one."""
        at_home = (self.pupil_id, self.school_unit_id) == (other.pupil_id, other.school_unit_id)
        return at_home and self.key != other.key and self.first <= other.last and other.first <= self.last


@dataclass(frozen=True)
class PeriodSummary:
    pupil_id: str
    school_unit_id: str
    group_id: str | None
    grade: str | None
    minutes: Sums
    late_count: int | None
    first_day: int
    last_day: int


@dataclass(frozen=True)
class PeriodNumbers:
    """``warnings`` holds, for each rule that sums can answer, the pupils for which it holds."""

    pupils: tuple[PeriodSummary, ...]
    warnings: dict[str, dict[str, Verdict]]


def period_numbers(rows: Iterable[Period], rules: Iterable[str]) -> PeriodNumbers:
    kept = list(rows)
    pupils = [_summary([row for row in kept if row.pupil_id == pupil]) for pupil in sorted({r.pupil_id for r in kept})]
    return PeriodNumbers(tuple(pupils), {rule: _warnings(rule, pupils) for rule in rules if answers(rule)})


# Which rows count


def kept_of(files: Iterable[Sequence[Period]]) -> list[Period]:
    """Files come one after the other. Contradictions within a file are out; of periods that share days the first one
    given stands; the same period again corrects the earlier row."""
    stored: dict[tuple[str, str, dt.date, dt.date], Period] = {}
    for rows in files:
        agreed = [row for row in rows if all(row.content == other.content for other in rows if other.key == row.key)]
        given = list(stored.values())
        for row in agreed:
            if not any(row.overlaps(earlier) for earlier in given):
                stored[row.key] = row
            given.append(row)
    return list(stored.values())


# One pupil


def _summary(rows: list[Period]) -> PeriodSummary:
    """``rows`` are one pupil's. Of equally late periods at two units, the one at the smaller unit is the latest."""
    _last, _first, latest = min(((-day_no(r.last), -day_no(r.first), r) for r in rows), key=_order)
    known = [row.late_count for row in rows if row.late_count is not None]
    return PeriodSummary(
        pupil_id=latest.pupil_id,
        school_unit_id=latest.school_unit_id,
        group_id=latest.group_id,
        grade=latest.grade,
        minutes=total(row.sums for row in rows),
        late_count=sum(known) if known else None,
        first_day=min(day_no(row.first) for row in rows),
        last_day=max(day_no(row.last) for row in rows),
    )


def _order(entry: tuple[int, int, Period]) -> tuple[int, int, str]:
    return entry[0], entry[1], entry[2].school_unit_id


# Rules


def answers(rule: str) -> bool:
    """Whether sums without days can say what each comparison asks."""
    return all(each.measure in ANSWERED and each.window == "period" for each in comparisons(parse(rule)))


def _warnings(rule: str, pupils: Iterable[PeriodSummary]) -> dict[str, Verdict]:
    node = parse(rule)
    return {pupil.pupil_id: _verdict(node, pupil) for pupil in pupils if _holds(node, pupil)}


def _verdict(node: Node, pupil: PeriodSummary) -> Verdict:
    first = next(each for each in comparisons(node) if _holds(each, pupil))
    return Verdict(
        holds=True,
        measure=first.measure,
        window=first.window,
        limit=first.limit,
        value=_value(first, pupil),
        first_day=pupil.first_day,
        last_day=pupil.last_day,
        coverage=pupil.minutes.coverage,
    )


def _holds(node: Node, pupil: PeriodSummary) -> bool:
    if isinstance(node, Both):
        return _holds(node.left, pupil) and _holds(node.right, pupil)
    if isinstance(node, Either):
        return _holds(node.left, pupil) or _holds(node.right, pupil)
    value = _value(node, pupil)
    return value is not None and satisfied(node, value)


def _value(comparison: Comparison, pupil: PeriodSummary) -> Fraction | None:
    """Without days, only reported hours can be enough for a percentage."""
    sums, measure = pupil.minutes, comparison.measure
    if measure in RATES:
        rate: Fraction | None = getattr(sums, measure)
        return rate if sums.reported >= BASE_REPORTED_MIN else None
    if measure in HOURS:
        return Fraction(getattr(sums, measure.removesuffix("_hours")), 60)
    return None if pupil.late_count is None else Fraction(pupil.late_count)


# The native import form

COLUMNS = (
    "elev_id",
    "skolenhetskod",
    "fran",
    "till",
    "erbjuden_min",
    "rapporterad_min",
    "narvaro_min",
    "giltig_min",
    "ogiltig_min",
    "annan_min",
    "sen_ankomst_antal",
    "arskurs",
    "klass",
)


def to_csv(rows: Iterable[Period]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(COLUMNS)
    assert len(fields(Period)) == len(COLUMNS)
    writer.writerows(["" if cell is None else cell for cell in astuple(row)] for row in rows)
    return text.getvalue()
