"""Cases as others read them: frozen cards, in a fixed number of queries however many they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from narvaro.contexts.cases.models import Case, CaseStep, Task
from narvaro.contexts.cases.permissions import LIST, READ, handovers_to, right, visible_cases
from narvaro.contexts.plan.api import plan_of_version
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.clock import STOCKHOLM, today
from narvaro.core.scope import put_once
from narvaro.domain.case_states import OPEN, CaseState
from narvaro.domain.plan import Plan
from narvaro.domain.school_calendar import school_year_of

# Where the clock of deadlines runs: a parked case rests, one that is handed over waits for the other school.
RUNNING = frozenset({CaseState.ACTIVE, CaseState.RETURNING})


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCard:
    """``pk`` is for other tables and for services, ``key`` for addresses; ``pupil`` is a database id. ``owner_name`` is
    empty where the case is a function's. ``version`` is what a form must send back."""

    pk: int
    key: UUID
    pupil: int
    unit_pk: int
    unit_name: str
    state: CaseState
    step: int
    step_since: date
    owner_name: str
    owner_role: str
    owner_id: int | None
    follow_up_on: date | None
    parked_until: date | None
    opened_on: date
    closed_on: date | None
    outcome: str
    origin: str
    plan_version: int
    school_year: int
    version: int
    continues: int | None
    handed_to: int | None
    next_due: date | None
    overdue: int

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


_COLUMNS = (
    *("pk", "key", "pupil_id", "unit_id", "unit__name", "state", "step", "owner_id", "owner__name", "owner_role"),
    *("follow_up_on", "parked_until", "opened_at", "closed_on", "outcome", "origin", "plan_version_id"),
    *("school_year", "version", "continues_id", "handed_to_id", "since", "next_due", "late"),
)


def find_case(actor: Actor, key: UUID | str, action: str = READ) -> CaseCard:
    """Raises Http404 when the case is not within the actor's reach, Forbidden when the role lacks the right."""
    try:
        found = _told(actor, action).filter(key=UUID(str(key)))
    except ValueError:
        raise Http404 from None
    for row in found:
        return _card(row)
    raise Http404


def find_case_and_rights(actor: Actor, key: UUID, actions: Iterable[str]) -> tuple[CaseCard, frozenset[str]]:
    """As ``find_case``, and which of the actions the actor may do with the case. One query."""
    asked = {f"may_{place}": each for place, each in enumerate(actions) if access().decide(actor, each).allowed}
    found = visible_cases(actor, READ).filter(key=key)
    for row in _rows(found.annotate(**{name: right(actor, each) for name, each in asked.items()}), asked):
        return _card(row), frozenset(each for name, each in asked.items() if row[name])
    raise Http404


def find_handover(actor: Actor, key: UUID) -> CaseCard:
    """A case that another school asks the actor's to take over. Raises Http404."""
    for card in cards(handovers_to(actor).filter(key=key)):
        return card
    raise Http404


def case_of(actor: Actor, pupil: int, action: str = LIST) -> CaseCard | None:
    """The open one, else the latest of this school year; None also where the role may not know of cases."""
    if not access().decide(actor, action).allowed:
        return None
    this_year = Q(state__in=sorted(OPEN)) | Q(school_year=school_year_of(today()))
    found = map(_card, _told(actor, action).filter(this_year, pupil_id=pupil))
    return max(found, key=lambda each: (each.is_open, each.opened_on, each.pk), default=None)


def cases_of(actor: Actor, pupils: Iterable[int]) -> dict[int, CaseCard]:
    """The open case of each pupil that has one, for lists: a fixed number of queries."""
    if not access().decide(actor, LIST).allowed:
        return {}
    found = _told(actor, LIST).filter(state__in=sorted(OPEN), pupil_id__in=list(pupils)).order_by("opened_at", "pk")
    return {row["pupil_id"]: _card(row) for row in found}


def plan_of(actor: Actor, card: CaseCard) -> Plan:
    """The version that the case follows, with the unit's deviations."""
    return plan_of_version(actor, card.plan_version, card.unit_pk)


def card_of(pk: int) -> CaseCard:
    """Of a case that was just found or written."""
    return cards(Case.objects.filter(pk=pk))[0]


def cards(found: "QuerySet[Any]") -> tuple[CaseCard, ...]:
    """One query."""
    return tuple(_card(row) for row in _rows(found))


@put_once
def _told(actor: Actor, action: str) -> "QuerySet[Any]":
    return _rows(visible_cases(actor, action))


def _rows(found: "QuerySet[Any]", besides: Iterable[str] = ()) -> "QuerySet[Any]":
    since = CaseStep.objects.filter(case=OuterRef("pk")).order_by("-pk").values("began")[:1]
    to_do = Task.objects.filter(case=OuterRef("pk"), done_on=None)
    due = to_do.order_by("due").values("due")[:1]
    late = to_do.filter(due__lt=today()).values("case").annotate(count=Count("pk")).values("count")
    told: QuerySet[Any] = found.annotate(since=Subquery(since), next_due=Subquery(due), late=Subquery(late))
    return told.values(*_COLUMNS, *besides)


def _card(row: dict[str, Any]) -> CaseCard:
    state = CaseState(row["state"])
    opened_on = row["opened_at"].astimezone(STOCKHOLM).date()
    return CaseCard(
        pk=row["pk"],
        key=row["key"],
        pupil=row["pupil_id"],
        unit_pk=row["unit_id"],
        unit_name=row["unit__name"],
        state=state,
        step=row["step"],
        step_since=row["since"] or opened_on,
        owner_name=row["owner__name"] or "",
        owner_role=row["owner_role"],
        owner_id=row["owner_id"],
        follow_up_on=row["follow_up_on"],
        parked_until=row["parked_until"],
        opened_on=opened_on,
        closed_on=row["closed_on"],
        outcome=row["outcome"],
        origin=row["origin"],
        plan_version=row["plan_version_id"],
        school_year=row["school_year"],
        version=row["version"],
        continues=row["continues_id"],
        handed_to=row["handed_to_id"],
        next_due=row["next_due"] if state in OPEN else None,
        overdue=(row["late"] or 0) if state in RUNNING else 0,
    )
