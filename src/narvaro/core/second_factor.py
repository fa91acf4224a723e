"""A second factor: who must have one, and how its secret is kept."""

import base64
from functools import cache
from typing import Any, ClassVar

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from narvaro.core.access import access
from narvaro.core.crypto import decrypt, encrypt

PROVEN = "second_factor"
USE = "second-factor"


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not right, or it has been used. Wait for the next one and try again."),
        "cannot_delete_authenticator": _("Your assignment needs a second factor, so it cannot be removed."),
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(encrypt(text, use=USE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(base64.b64decode(encrypted_text), use=USE)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return settings.SECOND_FACTOR != "required"


@cache
def reaches_others(role: str) -> bool:
    """Whether the role may do anything beyond one's own matters."""
    actions = access().actions.values()
    return any(set(each.allow.get(role, each.allow.get("everyone", ()))) - {"self"} for each in actions)


def missing(request: HttpRequest) -> bool:
    """Asks the database only until the session knows."""
    actor = getattr(request, "actor", None)
    if settings.SECOND_FACTOR != "required" or actor is None or not reaches_others(actor.role):
        return False
    if request.session.get(PROVEN):
        return False
    used = any(each["method"] == "mfa" for each in get_authentication_records(request, request.user))
    if used or Authenticator.objects.filter(user_id=actor.user_id, type=Authenticator.Type.TOTP).exists():
        remember(request)
        return False
    return True


def forget(user_id: int) -> bool:
    """Takes away the app and the recovery codes; whether there were any."""
    removed, _kinds = Authenticator.objects.filter(user_id=user_id).delete()
    return bool(removed)


def remember(request: HttpRequest) -> None:
    request.session[PROVEN] = True
