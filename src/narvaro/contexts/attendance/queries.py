"""Rows of the measure run, as dataclasses."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, QuerySet

from narvaro.contexts.attendance.measured import LatestRun, ListedMeasure, Overview, Week
from narvaro.contexts.attendance.models import MeasureRun, PupilMeasure
from narvaro.core.actor import Actor
from narvaro.core.scope import asked_once, put_once
from narvaro.domain.absence import Minutes

_LISTED = (
    *("pupil_id", "school_days", "weeks"),
    *("last_20_offered", "last_20_present", "last_20_valid", "last_20_invalid"),
    *("previous_20_offered", "previous_20_present", "previous_20_valid", "previous_20_invalid"),
)


_TIME = ("last_20_offered", "last_20_present", "last_20_valid", "last_20_invalid")


@asked_once
def latest_run(actor: Actor) -> LatestRun | None:
    """None before the first import."""
    found = _runs().first()
    return LatestRun(*found) if found else None


@put_once
def _runs() -> "QuerySet[Any]":
    found: QuerySet[Any] = MeasureRun.objects.order_by("-pk")
    return found.values_list("snapshot", "as_of", "first_day", "authority__key")


@put_once
def _columns(*names: str) -> "QuerySet[Any]":
    found: QuerySet[Any] = PupilMeasure.objects.values_list(*names)
    return found


def overview(actor: Actor, pupils: Iterable[int] | QuerySet[Any]) -> dict[int, Overview]:
    """By pupil, of all the given who have numbers: what a list counts and sorts by. One query."""
    rows = _columns("pupil_id", "as_of", "grade", "last_20_rate", "trend", "current_spell", *_TIME)
    return {row[0]: _overview(*row[1:]) for row in rows.filter(pupil_id__in=pupils)}


def listed_measures(actor: Actor, pupils: Iterable[int]) -> dict[int, ListedMeasure]:
    """By the pupil's database id, for those who have numbers. One query."""
    return _listed_of(tuple(pupils))


@asked_once
def _listed_of(pupils: tuple[int, ...]) -> dict[int, ListedMeasure]:
    return {row[0]: _listed(row) for row in _columns(*_LISTED).filter(pupil_id__in=pupils)}


def invalid_at_least(actor: Actor, percent: int, pupils: "QuerySet[Any]") -> frozenset[int]:
    """Those of the pupils with so large a share of the reported minutes of the latest 20 school days. One query."""
    reported = F("last_20_present") + F("last_20_valid") + F("last_20_invalid")
    rows = PupilMeasure.objects.filter(pupil_id__in=pupils, last_20_invalid__gt=0)
    rows = rows.annotate(hundredfold=100 * F("last_20_invalid")).filter(hundredfold__gte=percent * reported)
    return frozenset(rows.values_list("pupil_id", flat=True))


def _overview(*row: Any) -> Overview:
    as_of, grade, rate, trend, spell, offered, *reported = row
    return Overview(as_of, grade, rate, trend, spell, offered, sum(reported))


def _listed(row: tuple[Any, ...]) -> ListedMeasure:
    _pupil, days, weeks, *minutes = row
    return ListedMeasure(
        school_days=days,
        weeks=tuple(_week(*week) for week in weeks),
        last_20=Minutes(*minutes[:4]),
        previous_20=Minutes(*minutes[4:]),
    )


def _week(week_no: int, *minutes: int) -> Week:
    return week_no, Minutes(*minutes)
