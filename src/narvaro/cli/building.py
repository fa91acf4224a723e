"""From a snapshot's numbers to the report's ``Analysis``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from narvaro.cli.pupil_list import ListedPupil, PupilList
from narvaro.domain.absence import Minutes, Profile, PupilSummary
from narvaro.domain.plan import Plan
from narvaro.domain.school_calendar import date_of
from narvaro.domain.warnings import Warning
from narvaro.facts.judging import Belonging
from narvaro.facts.measures import Snapshot
from narvaro.facts.overview import overview
from narvaro.facts.period_measures import PeriodPupil, answerable, period_warnings
from narvaro.report.model import (
    Analysis,
    Grain,
    PupilRow,
    SchoolRow,
    SourceInfo,
    WeekPoint,
    school_rows,
)

_UNKNOWN = ListedPupil(name=None, form=None, grade=None, protected=False, enrolments=())


@dataclass(frozen=True, slots=True)
class Context:
    """What the numbers are told together with."""

    plan: Plan
    pupils: PupilList | None
    sources: tuple[SourceInfo, ...]

    def listed(self, pupil_id: str) -> ListedPupil:
        return self.pupils.pupils.get(pupil_id, _UNKNOWN) if self.pupils else _UNKNOWN

    @property
    def belonging(self) -> dict[str, Belonging]:
        known = self.pupils.pupils if self.pupils else {}
        return {pupil_id: Belonging(pupil.form, pupil.grade) for pupil_id, pupil in known.items()}

    @property
    def unit_names(self) -> Mapping[str, str]:
        return self.pupils.unit_names if self.pupils else {}


def lesson_analysis(snapshot: Snapshot, context: Context) -> Analysis:
    """Everything the outputs need from facts at lesson grain."""
    found = overview(snapshot, context.plan, context.belonging)
    rows = tuple(
        _pupil_row(
            context,
            summary,
            found.warnings.get(number, ()),
            weeks=tuple(WeekPoint(week_no=week, minutes=minutes) for week, minutes in found.weeks.get(number, ())),
            weekday_flags=tuple(found.weekdays.get(number, ())),
            subject_flags=tuple(found.subjects.get(number, ())),
        )
        for number, summary in found.summaries.items()
    )
    schools = _schools(rows, context, found.unit_minutes)
    return _analysis(context, rows, schools, "lesson", date_of(snapshot.first_day), date_of(snapshot.as_of), ())


def period_analysis(pupils: Iterable[PeriodPupil], context: Context) -> Analysis:
    """The same from period sums, which have rates but no windows."""
    found = list(pupils)
    raised = period_warnings(found, context.plan, context.belonging)
    rows = []
    for pupil in found:
        row = _pupil_row(context, pupil.summary, raised.get(pupil.summary.pupil_id, ()))
        rows.append(replace(row, name=row.name or pupil.name, grade=row.grade or pupil.grade))
    first, last = min(pupil.first_day for pupil in found), max(pupil.last_day for pupil in found)
    not_tried = tuple(rule.id for rule in context.plan.rules if not answerable(rule))
    schools = school_rows(rows, context.unit_names)
    return _analysis(context, tuple(rows), schools, "period", date_of(first), date_of(last), not_tried)


def _pupil_row(
    context: Context,
    summary: PupilSummary,
    raised: Iterable[Warning],
    *,
    weeks: tuple[WeekPoint, ...] = (),
    weekday_flags: tuple[Profile, ...] = (),
    subject_flags: tuple[Profile, ...] = (),
) -> PupilRow:
    listed = context.listed(summary.pupil_id)
    return PupilRow(
        summary=summary,
        name=listed.name,
        grade=listed.grade,
        protected=listed.protected,
        weeks=weeks,
        weekday_flags=weekday_flags,
        subject_flags=subject_flags,
        warnings=tuple(raised),
    )


def _schools(rows: tuple[PupilRow, ...], context: Context, minutes: Mapping[str, Minutes]) -> tuple[SchoolRow, ...]:
    """Pupils by the school they go to now, minutes by the school that gave the lesson: it takes the register."""
    schools = school_rows(rows, context.unit_names)
    return tuple(replace(school, minutes=minutes.get(school.school_unit_id, school.minutes)) for school in schools)


def _analysis(
    context: Context,
    rows: tuple[PupilRow, ...],
    schools: tuple[SchoolRow, ...],
    grain: Grain,
    first_day: date,
    as_of: date,
    not_tried: tuple[str, ...],
) -> Analysis:
    return Analysis(
        as_of=as_of,
        first_day=first_day,
        plan=context.plan,
        sources=context.sources,
        schools=schools,
        pupils=rows,
        grain=grain,
        rules_not_tried=not_tried,
    )
