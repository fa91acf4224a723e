"""Which cases somebody may reach: by the school that keeps the case, or by standing near the pupil."""

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import Http404

from narvaro.contexts.cases.models import Case
from narvaro.contexts.register.api import kept_where, visible_pupil_ids
from narvaro.core.actor import Actor
from narvaro.core.scope import put_once
from narvaro.domain.case_states import CaseState

LIST, READ, OPEN, WRITE, STEP, TASK = "case.list", "case.read", "case.open", "case.write", "case.step", "case.task"
CIRCLE, RECEIVE, WORRY = "case.circle", "case.receive", "worry.report"
_OF_THE_PUPIL = ("attendance.",)


@put_once
def visible_cases(actor: Actor, action: str) -> "QuerySet[Any]":
    """Raises Forbidden when the role lacks the right altogether."""
    found: QuerySet[Any] = Case.objects.filter(kept_where(actor, action))
    return found


def visible_case_ids(actor: Actor, action: str) -> "QuerySet[Any]":
    """A subquery for ``case__in=``: nothing is asked until it is used."""
    return visible_cases(actor, action).values("pk")


def right(actor: Actor, action: str) -> "ExpressionWrapper[Any]":
    """Whether the actor may do the action with this very case; the role, in general, with some. Acts that are about a
    pupil and not about what a school keeps are asked about the case's pupil."""
    if action.startswith(_OF_THE_PUPIL):
        condition = Q(pupil__in=visible_pupil_ids(actor, action))
    else:
        condition = kept_where(actor, action)
    return ExpressionWrapper(condition, output_field=BooleanField())


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
