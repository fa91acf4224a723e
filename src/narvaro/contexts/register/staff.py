"""Staff and their assignments: who works where in which role, and giving and ending it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import get_language

from narvaro.contexts.register.models import Authority, Unit
from narvaro.contexts.register.names import search_form
from narvaro.core import accounts
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.errors import Refused
from narvaro.core.links import invite as send_link
from narvaro.core.models import Membership, User
from narvaro.core.scope import acting
from narvaro.language import Message

LONGEST_SEARCH = 80
NOT_STAFF = ("legal_guardian", "pupil")
AT_A_UNIT = ("teacher", "mentor", "pupil_health", "school_nurse", "attendance_coordinator")
# What an authority of each kind has; a principal gives out those of AT_A_UNIT only.
ROLES_OF: dict[str, tuple[str, ...]] = {
    "social_services": ("social_worker", "system_administrator"),
    "region": ("clinician", "system_administrator"),
}
ROLES_OF_ORGANISER = (
    *(*AT_A_UNIT, "principal", "organiser_officer", "collaboration_team", "process_leader", "evaluator"),
    *("kaa_coordinator", "system_administrator"),
)


@dataclass(frozen=True, slots=True)
class Assignment:
    """``given_by`` and ``ended_by`` are names, empty where nobody is recorded. ``is_over``: no longer in force."""

    key: UUID
    role: str
    unit: str
    first_day: date
    last_day: date | None
    given_by: str
    ended_by: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class Colleague:
    key: UUID
    name: str
    email: str
    has_account: bool
    assignments: tuple[Assignment, ...]

    @property
    def current(self) -> tuple[Assignment, ...]:
        return tuple(each for each in self.assignments if not each.is_over)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """``unit``: its key; None is the whole authority."""

    email: str
    name: str
    role: str
    unit: UUID | None
    first_day: date
    last_day: date | None


def within_reach(actor: Actor, action: str) -> "QuerySet[Membership]":
    """Assignments of staff, of the actor's units or of the whole authority. Raises Forbidden."""
    found = Membership.objects.filter(authority_id=actor.authority_id).exclude(role__in=NOT_STAFF)
    if "own_authority" in access().relations_for(actor, action) or actor.unit_ids is None:
        return found
    return found.filter(unit_id__in=actor.unit_ids)


def colleagues(actor: Actor, *, text: str = "", role: str = "", unit: str = "") -> list[tuple[int, str]]:
    """Ids and names of those with an assignment that is not over, by name."""
    found = within_reach(actor, "staff.read").filter(Q(last_day=None) | Q(last_day__gte=today()), user__is_active=True)
    if role:
        found = found.filter(role=role)
    if unit:
        found = found.filter(unit__code=unit)
    words = search_form(text[:LONGEST_SEARCH]).split()
    people = {pk: (name, email) for pk, name, email in found.values_list("user_id", "user__name", "user__email")}
    fits = [(pk, name) for pk, (name, email) in people.items() if _holds(f"{name} {email}", words)]
    return sorted(fits, key=lambda each: (search_form(each[1]), each[0]))


def _holds(text: str, words: Sequence[str]) -> bool:
    folded = search_form(text)
    return all(word in folded for word in words)


def described(actor: Actor, ids: Sequence[int]) -> list[Colleague]:
    """In the order of the ids, with the assignments within reach, the latest first."""
    rows = within_reach(actor, "staff.read").filter(user_id__in=ids).order_by("-first_day", "-pk")
    of_user: defaultdict[int, list[Assignment]] = defaultdict(list)
    for row in rows.select_related("unit", "given_by", "ended_by"):
        of_user[row.user_id].append(_assignment(row))
    users = User.objects.in_bulk(list(of_user))
    return [_colleague(users[pk], tuple(of_user[pk])) for pk in ids if pk in users]


def _assignment(row: Membership) -> Assignment:
    return Assignment(
        key=row.key,
        role=access().roles[row.role].say(get_language() or "sv"),
        unit=row.unit.name if row.unit else "",
        first_day=row.first_day,
        last_day=row.last_day,
        given_by=row.given_by.name if row.given_by else "",
        ended_by=row.ended_by.name if row.ended_by else "",
        is_over=row.last_day is not None and row.last_day < today(),
    )


def _colleague(user: User, assignments: tuple[Assignment, ...]) -> Colleague:
    return Colleague(user.key, user.name, user.email, user.is_active, assignments)


def find_colleague(actor: Actor, key: UUID) -> tuple[int, Colleague]:
    """Raises Http404 when nobody within reach has the key."""
    row = within_reach(actor, "staff.read").filter(user__key=key).first()
    if row is None:
        raise Http404
    return row.user_id, described(actor, [row.user_id])[0]


def roles_to_give(actor: Actor) -> tuple[str, ...]:
    """Raises Forbidden when the actor gives out none."""
    if "own_authority" not in access().relations_for(actor, "staff.edit"):
        return AT_A_UNIT
    kind = Authority.objects.values_list("kind", flat=True).get(pk=actor.authority_id)
    return ROLES_OF.get(kind, ROLES_OF_ORGANISER)


def units_to_give(actor: Actor) -> tuple[tuple[UUID, str], ...]:
    found = Unit.objects.filter(authority_id=actor.authority_id)
    if "own_authority" not in access().relations_for(actor, "staff.edit") and actor.unit_ids is not None:
        found = found.filter(pk__in=actor.unit_ids)
    return tuple(found.values_list("key", "name"))


def may_give_everywhere(actor: Actor) -> bool:
    return "own_authority" in access().relations_for(actor, "staff.edit") or actor.unit_ids is None


def invite(*, by: Actor, invitation: Invitation, address: str) -> UUID:
    """An account where there is none, the assignment, and a link by mail to choose a password. The person's key.

    Who has an account already, here or at another authority, keeps it with its name and password.
    """
    with acting(by):
        unit_id = _checked(by, invitation)
        email = invitation.email.strip().casefold()
        user = User.objects.filter(email=email).first()
        if user is None:
            user = accounts.create_user(by=by, email=email, name=invitation.name)
        _refuse_twice(by, user, invitation.role, unit_id)
        accounts.grant_membership(
            by=by,
            user=user,
            role=invitation.role,
            unit_id=unit_id,
            first_day=invitation.first_day,
            last_day=invitation.last_day,
        )
        if not user.has_usable_password():
            send_link(by=by, user=user, address=address)
    return user.key


def _checked(by: Actor, invitation: Invitation) -> int | None:
    """Again what the form shows, as a form can be made by hand."""
    units = {key for key, _ in units_to_give(by)}
    is_known = invitation.unit in units if invitation.unit else may_give_everywhere(by)
    if invitation.role not in roles_to_give(by) or not is_known:
        raise Refused(Message.of("You cannot give out this role. Ask the system administrator."))
    if invitation.unit is None:
        if invitation.role in AT_A_UNIT[:2]:
            raise Refused(Message.of("A teacher or mentor works at a school. Choose the school."))
        return None
    return Unit.objects.values_list("pk", flat=True).get(key=invitation.unit)


def _refuse_twice(by: Actor, user: User, role: str, unit_id: int | None) -> None:
    held = Membership.objects.filter(user=user, authority_id=by.authority_id, role=role)
    same = held.filter(unit=None) if unit_id is None else held.filter(unit_id=unit_id)
    if same.filter(Q(last_day=None) | Q(last_day__gte=today())).exists():
        raise Refused(Message.of("The person already has this assignment."))


def end_assignment(*, by: Actor, person: UUID, assignment: UUID) -> None:
    """Raises Http404 for what is not within reach, Refused for a role that the actor could not have given."""
    with acting(by):
        row = within_reach(by, "staff.edit").filter(key=assignment, user__key=person).select_related("user").first()
        if row is None:
            raise Http404
        if row.role not in roles_to_give(by):
            raise Refused(Message.of("You cannot end an assignment of this role. Ask the system administrator."))
        accounts.end_membership(by=by, membership=row)


def close_account(*, by: Actor, person: UUID) -> None:
    """Ends the person's assignments here and closes the account. Raises Http404, Refused."""
    with acting(by):
        user_id, _ = find_colleague(by, person)
        access().relations_for(by, "account.close")
        user = User.objects.get(pk=user_id)
        accounts.close_account(by=by, user=user)
        for row in within_reach(by, "staff.edit").filter(user_id=user_id):
            if row.last_day is None or row.last_day >= today():
                accounts.end_membership(by=by, membership=row)


def reset_second_factor(*, by: Actor, person: UUID, reason: str, address: str) -> None:
    """Raises Http404, Refused."""
    with acting(by):
        user_id, _ = find_colleague(by, person)
        access().relations_for(by, "account.close")
        accounts.reset_second_factor(by=by, user=User.objects.get(pk=user_id), reason=reason, address=address)
