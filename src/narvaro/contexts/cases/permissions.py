"""Which cases somebody may reach: by the school that keeps the case, or by standing near the pupil."""

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, QuerySet
from django.http import Http404

from narvaro.contexts.cases.models import Case
from narvaro.contexts.register.api import kept_where
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.domain.case_states import CaseState

LIST, READ, OPEN, WRITE, STEP, TASK = "case.list", "case.read", "case.open", "case.write", "case.step", "case.task"
CIRCLE, RECEIVE, WORRY = "case.circle", "case.receive", "worry.report"


def visible_cases(actor: Actor, action: str) -> "QuerySet[Any]":
    """Raises Forbidden when the role lacks the right altogether."""
    found: QuerySet[Any] = Case.objects.filter(kept_where(actor, action))
    return found


def visible_case_ids(actor: Actor, action: str) -> "QuerySet[Any]":
    """A subquery for ``case__in=``: nothing is asked until it is used."""
    return visible_cases(actor, action).values("pk")


def rights_on(actor: Actor, case: int, actions: Iterable[str]) -> frozenset[str]:
    """Which of the actions the actor may do with this very case; a role in general may do them with some. One query."""
    allowed = [each for each in actions if access().decide(actor, each).allowed]
    asked = {f"may_{place}": _holds(actor, each) for place, each in enumerate(allowed)}
    answers = Case.objects.filter(pk=case).annotate(**asked).values_list(*asked).first() if asked else None
    return frozenset(each for each, answer in zip(allowed, answers or (), strict=False) if answer)


def _holds(actor: Actor, action: str) -> "ExpressionWrapper[Any]":
    return ExpressionWrapper(kept_where(actor, action), output_field=BooleanField())


def handovers_to(actor: Actor) -> "QuerySet[Any]":
    """Cases that another school asks the actor's school to take over. Until it has, the case itself is not theirs."""
    waiting = Case.objects.filter(state=CaseState.HANDING_OVER)
    found: QuerySet[Any] = waiting.filter(kept_where(actor, RECEIVE, unit="handed_to"))
    return found


def held(found: "QuerySet[Any]", case: int) -> Case:
    """The row, locked for writing. Raises Http404."""
    row: Case | None = found.select_for_update(of=("self",)).filter(pk=case).first()
    if row is None:
        raise Http404
    return row
