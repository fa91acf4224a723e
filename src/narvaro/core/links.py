"""Links by mail to choose a password: asked for by oneself, or sent by an administrator to a new person; and word that
a second factor was reset.

A link is sent by the worker, so that asking takes the same time whether the address is known or not.
"""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.http import int_to_base36
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tasks import task

from narvaro.core import audit
from narvaro.core.actor import Actor
from narvaro.core.mail_trouble import deliver
from narvaro.core.models import User
from narvaro.core.scope import acting


def invite(*, by: Actor, user: User, address: str = "") -> None:
    """The first link, or a new one when the first was not used in time. ``address`` is how links begin."""
    touched = audit.Touched()
    touched.saw("core.User", [user.pk])
    with acting(by):
        audit.append(by=by, action="account.invite", touched=touched)
    send.enqueue(user.pk, "invitation", settings.ADDRESS or address)


@task()
def send(user_id: int, kind: str, address: str, tries: int = 0) -> None:
    """``kind``: invitation, forgotten, second_factor. Nothing when the account is closed."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return
    way = reverse("account_login") if kind == "second_factor" else link_for(user)
    told = {"name": user.name, "link": address + way}
    with override(user.language):
        subject, body = {"invitation": _invitation, "second_factor": _reset}.get(kind, _forgotten)(told)
    letter = EmailMessage(subject, body, to=[user.email])
    arguments = {"user_id": user_id, "kind": kind, "address": address}
    deliver(letter, by=None, task=send, tries=tries, arguments=arguments)


def _invitation(told: dict[str, str]) -> tuple[str, str]:
    body = _(
        "Hello %(name)s,\n\nyou have been given an account in Närvaro. Choose a password with this link:\n\n"
        "%(link)s\n\n"
        "It can be used once, within three days. If it is too late, ask whoever invited you for a new one.\n"
    )
    return _("Your account in Närvaro"), body % told


def _reset(told: dict[str, str]) -> tuple[str, str]:
    body = _(
        "Hello %(name)s,\n\na system administrator has reset your second factor in Närvaro, and you are signed out. "
        "You set up a new one when you sign in:\n\n%(link)s\n\n"
        "If you did not ask for it, tell your system administrator at once.\n"
    )
    return _("Your second factor in Närvaro was reset"), body % told


def _forgotten(told: dict[str, str]) -> tuple[str, str]:
    body = _(
        "Hello %(name)s,\n\nsomebody, probably you, asked to choose a new password in Närvaro. This is how:\n\n"
        "%(link)s\n\n"
        "The link can be used once, within three days. If you did not ask for it you need do nothing; "
        "your password is as it was.\n"
    )
    return _("Choose a new password in Närvaro"), body % told


def link_for(user: User) -> str:
    token = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": int_to_base36(user.pk), "key": token})
