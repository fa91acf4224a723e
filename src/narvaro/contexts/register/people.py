"""The people around a pupil: guardians, the pupil's own account, and who may see a pupil with protected identity."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from narvaro.contexts.register.models import Custody, Guardian, ProtectedAccess, ProtectedIdentity, Pupil
from narvaro.contexts.register.permissions import between
from narvaro.core import audit
from narvaro.core.actor import Actor
from narvaro.core.clock import today
from narvaro.core.errors import Refused
from narvaro.core.models import User
from narvaro.core.scope import acting
from narvaro.language import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGuardian:
    """``user_id``: the account, when the guardian has one. ``pupil_ids`` are the facts' keys of the children."""

    name: str
    email: str = ""
    user_id: int | None = None
    pupil_ids: tuple[str, ...] = ()


def add_guardians(*, by: Actor, guardians: Iterable[NewGuardian]) -> None:
    """A guardian with an account is known by it, so that the same call again adds nobody."""
    day = today()
    with acting(by):
        for each in guardians:
            guardian, _ = Guardian.objects.get_or_create(
                authority_id=by.authority_id, user_id=each.user_id, name=each.name, defaults={"email": each.email}
            )
            pupils = Pupil.objects.filter(pupil_id__in=each.pupil_ids)
            for pupil in pupils.exclude(custodies__guardian=guardian):
                Custody.of(pupil=pupil, guardian=guardian, first_day=day).save()
            _told(by, "guardian.add", [pupil.pk for pupil in pupils])


def give_account(*, by: Actor, pupil_id: str, user_id: int) -> None:
    """The pupil's own sign-in."""
    with acting(by):
        pupil = Pupil.objects.get(pupil_id=pupil_id)
        pupil.user_id = user_id
        pupil.save(update_fields=["user"])
        _told(by, "pupil.account", [pupil.pk])


def list_for_protected(*, by: Actor, pupil: int, user_id: int, last_day: date | None = None) -> None:
    """Puts a person on the list of those who may see the pupil. Raises Refused when the identity is not protected."""
    with acting(by):
        protection = ProtectedIdentity.objects.filter(pupil_id=pupil).first()
        if protection is None:
            raise Refused(Message.of("The pupil's identity is not protected, so there is no list."))
        on_it = ProtectedAccess.objects.filter(between(today()), protection=protection, user_id=user_id)
        if not on_it.exists():
            ProtectedAccess.of(protection=protection, user_id=user_id, first_day=today(), last_day=last_day).save()
            _told(by, "protected.list", [pupil], user=user_id)


def unlist_for_protected(*, by: Actor, pupil: int, user_id: int) -> None:
    """From the next request the person does not see the pupil. Raises Refused when nobody else would be left."""
    day = today()
    with acting(by):
        on_list = ProtectedAccess.objects.filter(between(day), protection__pupil_id=pupil)
        if not on_list.exclude(user_id=user_id).exists():
            raise Refused(Message.of("Somebody must be able to see the pupil. Add another person first."))
        for row in on_list.filter(user_id=user_id):
            if row.first_day == day:  # put there and taken off on one day: it never was
                row.delete()
            else:
                row.last_day = day - timedelta(days=1)
                row.save(update_fields=["last_day"])
        _told(by, "protected.unlist", [pupil], user=user_id)


def _told(by: Actor, action: str, pupils: list[int], **details: object) -> None:
    touched = audit.Touched()
    touched.saw("register.Pupil", pupils, **details)
    audit.append(by=by, action=action, touched=touched)


def user_id_of(key: UUID) -> int:
    return User.objects.values_list("pk", flat=True).get(key=key)
