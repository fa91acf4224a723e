"""When a case came to each step: what duties that hang on a step are counted from."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from narvaro.contexts.cases.cards import CaseCard, cards
from narvaro.contexts.cases.models import CaseStep
from narvaro.contexts.cases.permissions import visible_cases
from narvaro.core.actor import Actor
from narvaro.core.scope import asked_once
from narvaro.domain.case_states import OPEN


def open_cases(actor: Actor, action: str) -> tuple[CaseCard, ...]:
    """Every open case that the actor may do the action on, the oldest first. Raises Forbidden."""
    found = visible_cases(actor, action).filter(state__in=sorted(OPEN))
    return cards(found.order_by("opened_at", "pk"))


def came_to(actor: Actor, cases: Iterable[int]) -> dict[int, dict[int, date]]:
    """By case, the first day at each step it has been at. The cases are within reach. One query."""
    return _came_to(tuple(sorted(set(cases))))


@asked_once
def _came_to(cases: tuple[int, ...]) -> dict[int, dict[int, date]]:
    found: defaultdict[int, dict[int, date]] = defaultdict(dict)
    rows = CaseStep.objects.filter(case_id__in=cases).order_by("began", "pk")
    for case, step, began in rows.values_list("case_id", "step", "began"):
        found[case].setdefault(step, began)
    return dict(found)
