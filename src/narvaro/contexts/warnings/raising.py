"""From what a run found to warnings that stand: raised, carried on, fired again, or lapsed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from narvaro.contexts.warnings.models import DecidedWarning, Evidence, Warning
from narvaro.core.actor import Actor
from narvaro.core.scope import acting
from narvaro.domain import warnings as found
from narvaro.domain.plan import Plan
from narvaro.domain.school_calendar import date_of
from narvaro.domain.warning_states import State, is_worse
from narvaro.domain.warnings import EvidenceLesson

Found = Sequence[found.Warning]
_EVERY_RUN = (
    *("plan", "plan_version", "step", "severity", "measure", "window", "numerator", "denominator"),
    *("limit_numerator", "limit_denominator", "window_start", "window_end", "coverage_numerator"),
    *("coverage_denominator", "lessons", "state", "fired_again", "follow_up_on"),
)


def raise_warnings(*, by: Actor, plan: Plan, as_of: date, raised: Mapping[int, Found]) -> None:
    """``raised``: by pupil's database id, all that hold on ``as_of``; open ones that are not there have lapsed."""
    with acting(by):
        open_now = {(each.pupil_id, each.rule_id): each for each in _open(raised)}
        decided = _decided_values(open_now.values())
        _keep_evidence(raised, as_of)
        new, carried = [], []
        for pupil, warnings in raised.items():
            places = _places(warnings)
            for warning in warnings:
                row = open_now.pop((pupil, warning.rule_id), None)
                if row is None:
                    new.append(_filled(_new(pupil, warning, as_of), plan, warning, places))
                else:
                    carried.append(_filled(_again(row, warning, decided.get(row.pk), as_of), plan, warning, places))
        Warning.objects.bulk_create(new)
        # Not bulk_update: its CASE for each column and row costs twenty times as much.
        Warning.objects.bulk_create(carried, update_conflicts=True, unique_fields=["id"], update_fields=_EVERY_RUN)
        Warning.objects.filter(pk__in=[each.pk for each in open_now.values()]).update(lapsed_on=as_of)


def close_others(*, by: Actor, as_of: date, pupils: Iterable[int]) -> None:
    """Warnings of pupils who are no longer in the facts."""
    with acting(by):
        kept = set(pupils)
        open_for = Warning.objects.filter(lapsed_on=None).values_list("pupil_id", flat=True).distinct()
        gone = [pupil for pupil in open_for if pupil not in kept]
        Warning.objects.filter(lapsed_on=None, pupil_id__in=gone).update(lapsed_on=as_of)


def _open(raised: Mapping[int, Found]) -> list[Warning]:
    return list(Warning.objects.filter(lapsed_on=None, pupil_id__in=list(raised)))


def _decided_values(rows: Iterable[Warning]) -> dict[int, Fraction]:
    """The value at the latest decision, by warning."""
    ids = [row.pk for row in rows if row.state != State.NEW]
    values = DecidedWarning.objects.filter(warning_id__in=ids).order_by("pk")
    return {
        warning: Fraction(numerator, denominator)
        for warning, numerator, denominator in values.values_list("warning_id", "numerator", "denominator")
    }


def _new(pupil: int, warning: found.Warning, as_of: date) -> Warning:
    return Warning.of(
        pupil_id=pupil,
        rule_id=warning.rule_id,
        first_raised=as_of,
        first_numerator=warning.value.numerator,
        first_denominator=warning.value.denominator,
    )


def _again(row: Warning, warning: found.Warning, decided: Fraction | None, as_of: date) -> Warning:
    if decided is not None and is_worse(warning.measure, decided=decided, now=warning.value):
        row.state, row.fired_again, row.follow_up_on = State.NEW, as_of, None
    return row


def _filled(row: Warning, plan: Plan, warning: found.Warning, places: Mapping[EvidenceLesson, int]) -> Warning:
    rule = next(each for each in plan.rules if each.id == warning.rule_id)
    row.plan, row.plan_version, row.step, row.severity = plan.name, plan.version, rule.step, rule.severity
    row.measure, row.window = warning.measure, warning.window
    row.numerator, row.denominator = warning.value.numerator, warning.value.denominator
    row.limit_numerator, row.limit_denominator = warning.limit.numerator, warning.limit.denominator
    row.window_start, row.window_end = date_of(warning.window_start), date_of(warning.window_end)
    row.coverage_numerator, row.coverage_denominator = warning.coverage.numerator, warning.coverage.denominator
    row.lessons = [places[lesson] for lesson in warning.evidence]
    return row


def _lessons(warnings: Found) -> list[EvidenceLesson]:
    """Each once, oldest first."""
    together = {lesson for warning in warnings for lesson in warning.evidence}
    return sorted(together, key=lambda lesson: (lesson.day_no, lesson.start_min or 0, lesson.subject or ""))


def _places(warnings: Found) -> dict[EvidenceLesson, int]:
    return {lesson: place for place, lesson in enumerate(_lessons(warnings))}


def _keep_evidence(raised: Mapping[int, Found], as_of: date) -> None:
    rows = [
        Evidence.of(pupil_id=pupil, as_of=as_of, lessons=[_told(lesson) for lesson in _lessons(warnings)])
        for pupil, warnings in raised.items()
        if warnings
    ]
    Evidence.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["pupil"], update_fields=["as_of", "lessons"]
    )


def _told(lesson: EvidenceLesson) -> list[object]:
    return [lesson.day_no, lesson.start_min, lesson.subject, lesson.valid_min, lesson.invalid_min]
