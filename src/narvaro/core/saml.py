"""SAML 2.0 by allauth and python3-saml (the extra ``saml``): signed assertions only, each once."""

import hashlib
import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.saml import views
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from narvaro.core.clock import true_now
from narvaro.core.turned_away import NOT_PROVEN, turned_away

log = logging.getLogger("narvaro.sign_in")
CLOCKS_DIFFER_SECONDS = 300  # python3-saml's own figure
POSTED = "saml-acs-session"


class Saml(SAMLProvider):  # type: ignore[misc]
    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **_: Any
    ) -> HttpResponse:
        answer: HttpResponse = super().redirect(request, AuthProcess.LOGIN, next_url)
        return answer

    def sociallogin_from_response(self, request: HttpRequest, auth: Any) -> Any:
        if not first_time(auth):
            raise ImmediateHttpResponse(turned_away(request, NOT_PROVEN, status=401))
        login = super().sociallogin_from_response(request, auth)
        login.account.extra_data = {"level": next(iter(auth.get_last_authn_contexts()), "")}
        return login


def first_time(auth: Any) -> bool:
    """An assertion is remembered until it would no longer be taken anyway."""
    name, until = auth.get_last_assertion_id(), auth.get_last_assertion_not_on_or_after()
    if not name or until is None:
        return False
    key = hashlib.sha256(f"{auth.get_settings().get_idp_data()['entityId']} {name}".encode()).hexdigest()
    seconds = until - true_now().timestamp() + 2 * CLOCKS_DIFFER_SECONDS
    return bool(cache.add(f"saml-assertion-{key}", True, timeout=seconds))


def posted(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """The assertion waits in a session of its own: browsers do not send ours with what another site posts."""
    answer: HttpResponse = views.acs(request, organization_slug=organization_slug)
    if POSTED in answer.cookies:
        answer.cookies[POSTED]["httponly"] = True
    return answer


posted.csrf_exempt = True  # type: ignore[attr-defined]  # another site's form by design; the assertion's signature speaks


def come_back(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """PermissionDenied: nobody in this browser asked for it. The others: it is not what SAML is written in."""
    try:
        answer: HttpResponse = views.finish_acs(request, organization_slug=organization_slug)
    except (PermissionDenied, SyntaxError, ValueError) as error:
        log.warning("a SAML answer could not be taken", exc_info=error)
        return turned_away(request, NOT_PROVEN, status=401)
    return answer
