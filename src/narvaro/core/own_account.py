"""What a person decides about their own account."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest

from narvaro.core import sign_in_log
from narvaro.core.models import User


def save_about_me(request: HttpRequest, *, name: str, language: str) -> None:
    user: Any = request.user
    changed = [field for field, new in (("name", name), ("language", language)) if getattr(user, field) != new]
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(name=name, language=language)
        sign_in_log.granted(request, "account.about_me", user, changed=changed)


def has_second_factor(user_id: int) -> bool:
    return bool(Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).exists())
