"""Who does the work while somebody is away. The person away names the substitute; to read about a pupil the substitute
is put in that pupil's circle for the same days, where the principal sees it and can end it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import Http404

from narvaro.contexts.cases.models import Case, Substitute, Task
from narvaro.contexts.cases.permissions import TASK, visible_cases
from narvaro.contexts.cases.titles import role_words
from narvaro.contexts.register.api import add_to_circle, end_in_circle, people_around, staff_of
from narvaro.core import audit
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.clock import now, today
from narvaro.core.errors import Refused
from narvaro.core.scope import acting
from narvaro.domain.case_states import OPEN
from narvaro.language import Message
from narvaro.ui.formats import words


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """``name``: of the substitute."""

    key: UUID
    name: str
    first_day: date
    last_day: date


def away_for(actor: Actor) -> frozenset[int]:
    """The people whom the actor stands in for today."""
    day = today()
    rows = Substitute.objects.filter(substitute_id=actor.user_id, first_day__lte=day, last_day__gte=day)
    return frozenset(rows.values_list("user_id", flat=True))


def colleagues_of(actor: Actor) -> list[tuple[str, str]]:
    """Whoever can stand in: staff at the actor's schools whose role can do tasks; ids and names, by name."""
    roles = {role for role, relations in access().actions[TASK].allow.items() if relations}
    rows = staff_of(actor, roles)
    return [(str(each.user_id), f"{each.name}, {role_words(each.role).say(words().language)}") for each in rows]


def substitutes_of(actor: Actor) -> tuple[StandIn, ...]:
    """Of the actor, today and later."""
    rows = Substitute.objects.filter(user_id=actor.user_id, last_day__gte=today()).select_related("substitute")
    return tuple(
        StandIn(key=row.key, name=row.substitute.name, first_day=row.first_day, last_day=row.last_day)
        for row in rows.order_by("first_day", "pk")
    )


def name_substitute(*, by: Actor, substitute: int, first_day: date, last_day: date) -> int:
    """In how many of the actor's open cases the substitute was let in; a protected pupil's only who is on the list.
    Raises Refused for oneself, for days that have been, and where another is named for some of the days."""
    with acting(by):
        if substitute == by.user_id:
            raise Refused(Message.of("Choose somebody else than yourself."))
        if str(substitute) not in dict(colleagues_of(by)):
            raise Refused(Message.of("Choose a colleague at your school whose role works with pupils' attendance."))
        if last_day < max(first_day, today()):
            raise Refused(Message.of("Choose days that lie ahead, the first one first."))
        same = Substitute.objects.filter(user_id=by.user_id, first_day__lte=last_day, last_day__gte=first_day)
        if same.exists():
            raise Refused(Message.of("Somebody already stands in for you on some of these days. End that first."))
        row = Substitute.of(
            user_id=by.user_id, substitute_id=substitute, first_day=first_day, last_day=last_day, made_at=now()
        )
        row.save()
        _tell(by, "substitute.name", row)
        return sum(_let_in(by, case, row) for case in _cases_with(by))


def end_substitute(*, by: Actor, key: UUID) -> None:
    """From now on. Raises Http404 for another's."""
    with acting(by):
        row = Substitute.objects.filter(key=key, user_id=by.user_id).first()
        if row is None:
            raise Http404
        for case in _cases_with(by):
            if _in_circle_until(case, row.substitute_id):
                end_in_circle(by=by, pupil=case.pupil_id, unit=case.unit_id, users=[row.substitute_id])
        _tell(by, "substitute.end", row)
        row.delete()


def let_substitutes_in(by: Actor, case: Case, people: Iterable[int]) -> None:
    """Work was given to somebody who is away: whoever stands in may read the case for those days."""
    for row in Substitute.objects.filter(user_id__in=list(people), last_day__gte=today()):
        _let_in(by, case, row)


def _cases_with(by: Actor) -> tuple[Case, ...]:
    """Open cases that the actor works in: owns, has a task in, or is the mentor of."""
    found = visible_cases(by, TASK).filter(state__in=sorted(OPEN))
    tasks = set(
        Task.objects.filter(case__in=found, done_on=None, owner_id=by.user_id).values_list("case_id", flat=True)
    )
    return tuple(each for each in found if each.pk in tasks or each.owner_id == by.user_id or by.role == "mentor")


def _let_in(by: Actor, case: Case, row: Substitute) -> bool:
    try:
        add_to_circle(
            by=by,
            pupil=case.pupil_id,
            unit=case.unit_id,
            user_id=row.substitute_id,
            first_day=max(row.first_day, today()),
            last_day=row.last_day,
        )
    except Refused:
        return False
    return True


def _in_circle_until(case: Case, user_id: int) -> bool:
    found = (each for each in people_around(case.pupil_id, case.unit_id) if each.user_id == user_id)
    return any(each.last_day is not None for each in found)


def _tell(by: Actor, action: str, row: Substitute) -> None:
    touched = audit.Touched()
    touched.saw("cases.Substitute", [row.pk], user=row.substitute_id)
    audit.append(by=by, action=action, touched=touched)
