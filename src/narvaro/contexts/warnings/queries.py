"""Open warnings and what was decided, as dataclasses."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import QuerySet

from narvaro.contexts.register.api import visible_pupil_ids
from narvaro.contexts.warnings.models import DecidedWarning, Decision, Evidence, Warning
from narvaro.core.actor import Actor
from narvaro.core.scope import put_once
from narvaro.domain.school_calendar import date_of
from narvaro.domain.warning_states import Standing, State

ACTION = "warning.read"


class OpenWarning(NamedTuple):
    """A warning that holds, as lists need it. A tuple as the database gives it, in the order of _COLUMNS: a list counts
    hundreds and shows few, so exact values are made when they are asked for."""

    pk: int
    pupil: int
    rule_id: str
    step: int
    severity: int
    measure: str
    window: str
    numerator: int
    denominator: int
    limit_numerator: int
    limit_denominator: int
    state: str
    fired_again: date | None
    follow_up_on: date | None

    @property
    def value(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)

    @property
    def limit(self) -> Fraction:
        return Fraction(self.limit_numerator, self.limit_denominator)

    @property
    def standing(self) -> Standing:
        return Standing(State(self.state), self.fired_again is not None, self.follow_up_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A lesson that counted. Minutes."""

    day: date
    start_min: int | None
    subject: str | None
    valid: int
    invalid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedWarning:
    """A warning with everything behind it: the window, how much of it is known, and the lessons."""

    warning: OpenWarning
    window_start: date
    window_end: date
    coverage: Fraction
    first_raised: date
    first_value: Fraction
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTold:
    """What somebody decided, in which role, about which rules."""

    key: str
    kind: str
    reason: str
    follow_up_on: date | None
    by: str
    role: str
    at: datetime
    rules: tuple[str, ...]


_COLUMNS = (
    *("pk", "pupil_id", "rule_id", "step", "severity", "measure", "window", "numerator", "denominator"),
    *("limit_numerator", "limit_denominator", "state", "fired_again", "follow_up_on"),
)


def open_warnings(actor: Actor, pupils: "QuerySet[Any]") -> dict[int, list[OpenWarning]]:
    """By pupil. The pupils are a query that kept to whom the actor may read about. One query."""
    return _by_pupil(_open().filter(pupil_id__in=pupils))


def warnings_of(actor: Actor, pupil: int) -> tuple[OpenWarning, ...]:
    """Of one pupil whom the actor may read about; none for another's."""
    visible = visible_pupil_ids(actor, ACTION).filter(pk=pupil)
    return tuple(_by_pupil(_open().filter(pupil_id__in=visible)).get(pupil, ()))


def explained(actor: Actor, pupil: int) -> tuple[ExplainedWarning, ...]:
    """The open warnings of a pupil with their lessons; two queries. The caller has found the pupil within reach."""
    evidence = Evidence.objects.filter(pupil_id=pupil).first()
    lessons = [_lesson(*each) for each in evidence.lessons] if evidence else []
    rows = Warning.objects.filter(lapsed_on=None, pupil_id=pupil).order_by("-step", "-severity", "rule_id")
    return tuple(
        ExplainedWarning(
            warning=OpenWarning(*(getattr(row, column) for column in _COLUMNS)),
            window_start=row.window_start,
            window_end=row.window_end,
            coverage=row.coverage,
            first_raised=row.first_raised,
            first_value=Fraction(row.first_numerator, row.first_denominator),
            lessons=tuple(lessons[place] for place in row.lessons),
        )
        for row in rows
    )


def decisions_of(actor: Actor, pupil: int, *, with_rules: bool = True) -> tuple[DecisionTold, ...]:
    """The latest first; two queries, or one without the rules. The caller has found the pupil within reach."""
    rows = Decision.objects.filter(pupil_id=pupil).select_related("decided_by").order_by("-decided_at", "-pk")
    rules = _rules_by_decision(pupil) if with_rules else {}
    return tuple(
        DecisionTold(
            key=str(row.key),
            kind=row.kind,
            reason=row.reason,
            follow_up_on=row.follow_up_on,
            by=row.decided_by.name,
            role=row.decided_as,
            at=row.decided_at,
            rules=tuple(rules.get(row.pk, ())),
        )
        for row in rows
    )


def _rules_by_decision(pupil: int) -> Mapping[int, list[str]]:
    rules: defaultdict[int, list[str]] = defaultdict(list)
    rows = DecidedWarning.objects.filter(decision__pupil_id=pupil).order_by("pk")
    for decision, rule in rows.values_list("decision_id", "warning__rule_id"):
        rules[decision].append(rule)
    return rules


@put_once
def _open() -> "QuerySet[Any]":
    found: QuerySet[Any] = Warning.objects.filter(lapsed_on=None).order_by("pk").values_list(*_COLUMNS)
    return found


def _by_pupil(rows: Any) -> dict[int, list[OpenWarning]]:
    grouped: defaultdict[int, list[OpenWarning]] = defaultdict(list)
    for row in rows:
        warning = OpenWarning(*row)
        grouped[warning.pupil].append(warning)
    return dict(grouped)


def _lesson(day: int, start_min: int | None, subject: str | None, valid: int, invalid: int) -> Lesson:
    return Lesson(day=date_of(day), start_min=start_min, subject=subject, valid=valid, invalid=invalid)
