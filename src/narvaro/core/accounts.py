"""Who can sign in and in which role; given and ended here only, each with its audit row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db.models import Q

from narvaro.core import audit, links, second_factor
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.errors import Refused
from narvaro.core.models import Membership, User
from narvaro.core.scope import acting
from narvaro.language import Message


def actors_of(user: Any) -> tuple[Actor, ...]:
    """One for each role and authority in force today; several units of one role are one actor. Oldest first."""
    day = today()
    rows = (
        Membership.objects.filter(Q(last_day=None) | Q(last_day__gte=day), user=user, first_day__lte=day)
        .select_related("authority", "unit")
        .order_by("first_day", "pk")
    )
    together: dict[tuple[int, str], list[Membership]] = {}
    for row in rows:
        together.setdefault((row.authority_id, row.role), []).append(row)
    return tuple(_actor(user, memberships) for memberships in together.values())


def _actor(user: Any, memberships: Sequence[Membership]) -> Actor:
    first = memberships[0]
    everywhere = any(each.unit_id is None for each in memberships)
    units = [each.unit for each in memberships if each.unit is not None]
    return Actor(
        user_id=user.pk,
        name=user.name,
        role=first.role,
        authority_id=first.authority_id,
        authority_name=first.authority.name,
        membership_id=first.pk,
        unit_ids=None if everywhere else frozenset(unit.pk for unit in units),
        unit_names=() if everywhere else tuple(sorted(unit.name for unit in units)),
    )


def create_user(*, by: Actor, email: str, name: str, password: str | None = None) -> User:
    """An account without a role. Without a password it can only be used through the authority's own sign-in."""
    with acting(by):
        user = User(email=email.strip().casefold(), name=name)
        if password is None:
            user.set_unusable_password()
        else:
            user.set_password(password)
        user.save()
        _told(by, "account.create", user.pk)
    return user


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    email: str
    name: str
    role: str
    unit_id: int | None
    first_day: date


def create_accounts(*, by: Actor, accounts: Sequence[NewAccount], password: str | None = None) -> None:
    """Many people with a role each, for a first load. The same password for all, or none; who has an account keeps it
    as it is and gets no further role."""
    with acting(by):
        fresh = {each.email: each for each in accounts}
        users = _new_users(accounts, password)
        Membership.objects.bulk_create([_first_role(user, fresh[user.email], by) for user in users])
        _told(by, "account.create", *[user.pk for user in users])


def _new_users(accounts: Sequence[NewAccount], password: str | None) -> list[User]:
    """For those that have none; the last of two with one address counts."""
    emails = [each.email for each in accounts]
    taken = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    fresh = {each.email: each for each in accounts if each.email not in taken}
    secret = make_password(password)
    return User.objects.bulk_create(
        [User(email=each.email, name=each.name, password=secret) for each in fresh.values()]
    )


def _first_role(user: User, account: NewAccount, by: Actor) -> Membership:
    return Membership(
        user=user,
        authority_id=by.authority_id,
        unit_id=account.unit_id,
        role=account.role,
        first_day=account.first_day,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Of what a source gives: accounts that are new, assignments that began and that ended."""

    accounts: int
    begun: int
    ended: int


def keep_memberships(*, by: Actor, source: UUID, role: str, people: Sequence[NewAccount]) -> Kept:
    """Makes the assignments that a source gave be those of ``people``, from today. What a person gave stays, and a
    closed account gets none."""
    day = today()
    with acting(by):
        made = _new_users(people, None)
        users = people_by_email([each.email for each in people])
        wanted = {(users[each.email].pk, each.unit_id) for each in people if users[each.email].is_active}
        rows = Membership.objects.filter(Q(last_day=None) | Q(last_day__gte=day), authority_id=by.authority_id)
        held = list(rows.filter(role=role).order_by("pk"))
        fresh = [
            Membership(
                user_id=user, authority_id=by.authority_id, unit_id=unit, role=role, first_day=day, source=source
            )
            for user, unit in sorted(wanted - {(row.user_id, row.unit_id) for row in held})
        ]
        over = [row for row in held if row.source == source and (row.user_id, row.unit_id) not in wanted]
        Membership.objects.bulk_create(fresh)
        _end_all(over, day)
        _told(by, "account.create", *[user.pk for user in made])
        _told(by, "account.keep", *[each.user_id for each in (*fresh, *over)], role=role, begun=len(fresh))
    return Kept(accounts=len(made), begun=len(fresh), ended=len(over))


def _end_all(rows: Sequence[Membership], day: date) -> None:
    """The day before; what began on the day never was."""
    yesterday = day - timedelta(days=1)
    begun = [row.pk for row in rows if row.first_day <= yesterday]
    Membership.objects.filter(pk__in=begun).update(last_day=yesterday)
    Membership.objects.filter(pk__in=[row.pk for row in rows if row.first_day > yesterday]).delete()


def people_by_email(emails: Sequence[str]) -> dict[str, User]:
    return {user.email: user for user in User.objects.filter(email__in=emails)}


def user_ids(emails: Sequence[str]) -> dict[str, int]:
    """By e-mail address."""
    return dict(User.objects.filter(email__in=emails).values_list("email", "pk"))


def grant_membership(
    *, by: Actor, user: User, role: str, unit_id: int | None, first_day: date, last_day: date | None = None
) -> Membership:
    """Raises Refused for a role to oneself: rights always come from somebody else."""
    if user.pk == by.user_id:
        raise Refused(Message.of("You cannot give yourself a role. Ask somebody else who gives out roles."))
    with acting(by):
        membership = Membership.objects.create(
            user=user,
            authority_id=by.authority_id,
            unit_id=unit_id,
            role=role,
            first_day=first_day,
            last_day=last_day,
            given_by_id=by.user_id,
        )
        _told(by, "account.grant", user.pk, membership=membership.pk, role=role)
    return membership


def end_membership(*, by: Actor, membership: Membership) -> None:
    """From now on: the next request has it no more. Raises Refused when it is another authority's, has ended, or is the
    actor's own, so that nobody locks themselves out."""
    if membership.user_id == by.user_id:
        raise Refused(Message.of("You cannot end your own assignment. Ask somebody else who gives out roles."))
    with acting(by):
        row = Membership.objects.select_for_update().get(pk=membership.pk)
        yesterday = today() - timedelta(days=1)
        if row.authority_id != by.authority_id or (row.last_day is not None and row.last_day <= yesterday):
            raise Refused(Message.of("This assignment has already ended."))
        if row.first_day > yesterday:  # given and taken back on one day, or before it began: it never was
            row.delete()
        else:
            row.last_day, row.ended_by_id = yesterday, by.user_id
            row.save(update_fields=["last_day", "ended_by"])
        _told(by, "account.end", row.user_id, membership=membership.pk)


def close_account(*, by: Actor, user: User) -> None:
    """Nobody signs in with it any more, and open sessions end. Raises Refused for one's own, and for an account that
    another authority needs."""
    if user.pk == by.user_id:
        raise Refused(Message.of("You cannot close your own account."))
    if any(actor.authority_id != by.authority_id for actor in actors_of(user)):
        raise Refused(
            Message.of(
                "The account is in use at another authority and cannot be closed. End the assignments here instead."
            )
        )
    with acting(by):
        User.objects.filter(pk=user.pk).update(is_active=False)
        _end_sessions(user)
        _told(by, "account.close", user.pk)


def reset_second_factor(*, by: Actor, user: User, reason: str, address: str = "") -> None:
    """The person sets up a new one at the next sign-in; open sessions end, and the person is told by mail. ``reason``
    is a code. Raises Refused for one's own, for an account that another authority needs, and where there is none."""
    if user.pk == by.user_id:
        raise Refused(Message.of("You cannot reset your own second factor. Ask another system administrator."))
    if any(actor.authority_id != by.authority_id for actor in actors_of(user)):
        raise Refused(
            Message.of("The account is in use at another authority too. Ask whoever runs Närvaro to reset it.")
        )
    with acting(by):
        if not second_factor.forget(user.pk):
            raise Refused(Message.of("The person has no second factor to reset."))
        _end_sessions(user)
        _told(by, "account.second_factor.reset", user.pk, reason=reason)
    links.send.enqueue(user.pk, "second_factor", settings.ADDRESS or address)


def _end_sessions(user: User) -> None:
    for session in Session.objects.all().iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


def _told(by: Actor, action: str, *user_ids: int, **details: object) -> None:
    touched = audit.Touched()
    touched.saw("core.User", user_ids, **details)
    audit.append(by=by, action=action, touched=touched)
