"""The one place where the reference meets the product: the same lessons through the real import, and its answers."""

import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, fields
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeVar

from narvaro.domain.absence import Band, Minutes
from narvaro.domain.absence import PupilSummary as Summary
from narvaro.domain.plan import Plan, Rule, Step
from narvaro.domain.rules import parse_rule
from narvaro.domain.warnings import Warning
from narvaro.facts.importing import import_lessons
from narvaro.facts.judging import warnings
from narvaro.facts.measures import Snapshot
from narvaro.facts.period_measures import PeriodPupil, answerable, period_pupils, period_warnings
from narvaro.facts.periods import import_periods
from narvaro.facts.readers import open_source
from narvaro.facts.schema import PUPIL_DAY
from narvaro.facts.store import Store
from narvaro.facts.terms import term_sums
from narvaro.facts.trying import judge_history
from narvaro.language import Words
from tests.reference.day import PupilDay
from tests.reference.lessons import Lesson
from tests.reference.numbers import Numbers, Question
from tests.reference.periods import Period, PeriodNumbers, PeriodSummary
from tests.reference.periods import to_csv as periods_csv
from tests.reference.profiles import SubjectProfile, WeekdayProfile
from tests.reference.rules import EvidenceLesson, TryResult, TryWeek, Verdict
from tests.reference.school_calendar import day_no
from tests.reference.summary import PupilSummary, TermSums, UnitSummary, WeekSums
from tests.reference.sums import Sums
from tests.reference.worlds import to_csv

Row = TypeVar("Row", bound=Any)
TODAY = dt.date(2030, 1, 1)


def engine_numbers(lessons: Sequence[Lesson], question: Question) -> Numbers:
    """The product's numbers for these lessons, in the reference's shapes. ``lessons`` come in any order."""
    with tempfile.TemporaryDirectory() as folder:
        store = imported(Path(folder), lessons)
        with asked(store, question) as snapshot:
            return numbers_of(snapshot, question)


def imported(folder: Path, lessons: Sequence[Lesson]) -> Store:
    """A store with the lessons, every one of them accepted."""
    store = Store(folder / "store")
    if lessons:
        (folder / "lessons.csv").write_text(to_csv(lessons), encoding="utf-8")
        (record,) = import_lessons(store, [open_source(folder / "lessons.csv")], today=TODAY).records
        assert record.accepted == len(lessons), record
    return store


@contextmanager
def asked(store: Store, question: Question) -> Iterator[Snapshot]:
    as_of, first = (None if day is None else day_no(day) for day in (question.as_of, question.first_day))
    with Snapshot(store.root, store.current(), as_of=as_of, first_day=first) as snapshot:
        yield snapshot


def numbers_of(snapshot: Snapshot, question: Question) -> Numbers:
    summaries = snapshot.summaries(occasion=question.occasion)  # type: ignore[arg-type]
    return Numbers(
        days=_days(snapshot),
        pupils=_by_pupil(_pupil(summary) for summary in summaries.values()),
        weeks=_by_pupil(
            WeekSums(snapshot.pupil_ids[pupil], week, _sums(minutes))
            for pupil, weeks in snapshot.weeks(first_day=snapshot.first_day).items()
            for week, minutes in weeks
        ),
        weekdays=_by_pupil(
            WeekdayProfile(
                snapshot.pupil_ids[pupil], int(row.key), row.lessons_or_days, _sums(row.minutes), row.flagged
            )
            for pupil, rows in snapshot.weekday_profiles().items()
            for row in rows
        ),
        subjects=_subjects(snapshot),
        units=_units(snapshot, list(summaries.values())),
        terms=tuple(
            TermSums(each.pupil_id, each.school_unit_id, each.term, each.school_days, _sums(each.minutes))
            for each in sorted(term_sums(snapshot), key=lambda each: (each.pupil_id, each.school_unit_id, each.term))
        ),
        warnings=warnings_of(snapshot, question),
        tries={text: _tried(snapshot, text, question) for text in question.tries},
    )


def engine_period_numbers(files: Sequence[Sequence[Period]], rules: Sequence[str]) -> PeriodNumbers:
    """The product's numbers of these period sums, one import a file."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store")
        for number, rows in enumerate(files):
            path = Path(folder) / f"sums-{number}.csv"
            path.write_text(periods_csv(rows), encoding="utf-8")
            import_periods(store, [open_source(path)], today=TODAY)
        pupils = period_pupils(store.root, store.current())
    return PeriodNumbers(tuple(map(_period_summary, pupils)), _period_warnings(pupils, rules))


def differences(one: Numbers, other: Numbers) -> list[str]:
    """What a failing comparison says: the first row that is not equal of each table, and of each rule."""
    found = []
    for name in ("days", "pupils", "weeks", "weekdays", "subjects", "units", "terms"):
        rows = zip_longest(getattr(one, name), getattr(other, name))
        found += [f"{name}: {_unlike(mine, yours)}" for mine, yours in rows if mine != yours][:1]
    for name in ("warnings", "tries"):
        mine, yours = getattr(one, name), getattr(other, name)
        found += [f"{name} of {rule}: {mine[rule]}\n  not {yours[rule]}" for rule in mine if mine[rule] != yours[rule]]
    return found


def _unlike(mine: Any, yours: Any) -> str:
    if mine is None or yours is None:
        return f"{mine} not {yours}"
    names = [field.name for field in fields(mine) if getattr(mine, field.name) != getattr(yours, field.name)]
    return "; ".join(f"{name} {getattr(mine, name)} not {getattr(yours, name)}" for name in names) + f" in {mine}"


# The product's shapes to the reference's


def _by_pupil(rows: Iterable[Row]) -> tuple[Row, ...]:
    """In the order of pupils; each pupil's rows stay in the product's order."""
    return tuple(sorted(rows, key=lambda row: row.pupil_id))


def _sums(minutes: Minutes) -> Sums:
    return Sums(minutes.offered, minutes.present, minutes.valid, minutes.invalid)


def _days(snapshot: Snapshot) -> tuple[PupilDay, ...]:
    rows = snapshot.engine.query(f"select {', '.join(PUPIL_DAY)} from pupil_day order by pupil_no, day_no")
    named = [dict(zip(PUPIL_DAY, row, strict=True)) for row in rows]
    return _by_pupil(PupilDay(pupil_id=snapshot.pupil_ids[row.pop("pupil_no")], **row) for row in named)


def _pupil(summary: Summary) -> PupilSummary:
    shared = {field.name: getattr(summary, field.name) for field in fields(PupilSummary)}
    return PupilSummary(**shared | {name: _sums(shared[name]) for name in ("minutes", "last_20", "previous_20")})


def _subjects(snapshot: Snapshot) -> tuple[SubjectProfile, ...]:
    lessons = {(row[0], row[1]): row[2] for row in snapshot.rows("subject_profile")}
    return _by_pupil(
        SubjectProfile(
            snapshot.pupil_ids[pupil],
            row.key,
            lessons[pupil, row.key],
            row.lessons_or_days,
            _sums(row.minutes),
            row.flagged,
        )
        for pupil, rows in snapshot.subject_profiles().items()
        for row in rows
    )


def _units(snapshot: Snapshot, summaries: list[Summary]) -> tuple[UnitSummary, ...]:
    found = []
    for unit, minutes in sorted(snapshot.unit_minutes().items()):
        bands = [summary.minutes.band for summary in summaries if summary.school_unit_id == unit]
        counted = tuple((band.label, bands.count(band)) for band in Band)
        found.append(UnitSummary(unit, _sums(minutes), len(bands), counted, bands.count(None)))
    return tuple(found)


def plan_of(texts: Sequence[str], occasion: str) -> Plan:
    rules = [
        Rule(text, step=1, severity=1, when=parse_rule(text), text=Words(""), source="")
        for text in dict.fromkeys(texts)
    ]
    return Plan("p", "1", "", "", dt.date(2025, 7, 1), occasion, (Step(1, Words("")),), tuple(rules))  # type: ignore[arg-type]


def warnings_of(snapshot: Snapshot, question: Question) -> dict[str, dict[str, Verdict]]:
    found: dict[str, dict[str, Verdict]] = {text: {} for text in question.rules}
    for raised in warnings(snapshot, plan_of(question.rules, question.occasion), {}).values():
        for warning in raised:
            found[warning.rule_id][warning.pupil_id] = _verdict(warning)
    return found


def _verdict(warning: Warning) -> Verdict:
    return Verdict(
        holds=True,
        measure=warning.measure,
        window=warning.window,
        limit=warning.limit,
        value=warning.value,
        first_day=warning.window_start,
        last_day=warning.window_end,
        coverage=warning.coverage,
        evidence=tuple(EvidenceLesson(*astuple(lesson)) for lesson in warning.evidence),
    )


def _period_summary(pupil: PeriodPupil) -> PeriodSummary:
    summary = pupil.summary
    return PeriodSummary(
        summary.pupil_id,
        summary.school_unit_id,
        summary.group_id,
        pupil.grade,
        _sums(summary.minutes),
        pupil.late_count,
        pupil.first_day,
        pupil.last_day,
    )


def _period_warnings(pupils: list[PeriodPupil], rules: Sequence[str]) -> dict[str, dict[str, Verdict]]:
    plan = plan_of(rules, "spell")
    found: dict[str, dict[str, Verdict]] = {rule.id: {} for rule in plan.rules if answerable(rule)}
    for raised in period_warnings(pupils, plan, {}).values():
        for warning in raised:
            found[warning.rule_id][warning.pupil_id] = _verdict(warning)
    return found


def _tried(snapshot: Snapshot, text: str, question: Question) -> TryResult:
    tried = judge_history(snapshot, parse_rule(text), occasion=question.occasion)  # type: ignore[arg-type]
    pupils = sorted((snapshot.pupil_ids[pupil.pupil_no], pupil) for pupil in tried.pupils)
    return TryResult(
        weeks=tuple(TryWeek(*astuple(week)) for week in tried.weeks),
        lead_times=tuple((name, pupil.lead) for name, pupil in pupils if pupil.lead is not None),
        never_15=tuple(name for name, pupil in pupils if pupil.first_flag is not None and not pupil.notable),
    )
