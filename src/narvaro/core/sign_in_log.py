"""Signing in and out in the audit chain: of the person's authority, or ``outside`` when nobody is proven to be anybody.
What was typed is never kept."""

from typing import Any

from django.http import HttpRequest

from narvaro.core import accounts, audit


def granted(request: HttpRequest, action: str, user: Any, **details: object) -> None:
    touched = audit.Touched()
    touched.saw("core.User", [user.pk], **details)
    by = getattr(request, "actor", None) or next(iter(accounts.actors_of(user)), None)
    audit.append(by=by, action=action, touched=touched, request_id=_number(request))


def refused(request: HttpRequest, *, why: str, about: Any = None) -> None:
    """``about``: the account that somebody tried to come into."""
    touched = audit.Touched()
    touched.saw("core.User", [about.pk] if about else [], why=why)
    audit.append(by=None, action="sign_in", touched=touched, decision="refused", request_id=_number(request))


def _number(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", ""))
