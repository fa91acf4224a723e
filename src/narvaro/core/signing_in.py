"""Signing in by allauth, with our rules: nobody signs up by themselves, and every try leaves a trace."""

import time
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from narvaro.core import second_factor, sign_in_log
from narvaro.core.clock import true_now
from narvaro.core.error_pages import too_many
from narvaro.core.middleware.session_age import BORN, USED
from narvaro.core.models import User
from narvaro.core.turned_away import NOT_PROVEN, TOO_LOW, UNKNOWN, turned_away

TOO_OFTEN = ("too_many_login_attempts", "rate_limited")
FRESH_SECONDS = 5 * 60
# Of what allauth would say afterwards, that which the next page does not already show.
SAID = {
    "account/messages/password_changed.txt": _("Your password is changed."),
    "mfa/messages/totp_deactivated.txt": _("The second factor is removed."),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator or come with the authority's own sign-in."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "incorrect_password": _("The password is not right."),
        "enter_current_password": _("The password is not right."),
        "incorrect_code": _("The code is not right, or it has been used. Wait for the next one and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Pages only: allauth's JSON answers would be a second way in."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only addresses within this site, told without its name."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def validation_error(self, code: str, *args: Any) -> Exception:
        """Too many tries are told by status and page, not as something to mend in the form."""
        if code in TOO_OFTEN:
            refusal: Exception = ImmediateHttpResponse(too_many(self.request))
            return refusal
        error: Exception = super().validation_error(code, *args)
        return error

    def add_message(
        self, request: HttpRequest, level: int, message_template: str = "", *more: Any, **rest: Any
    ) -> None:
        if message_template in SAID:
            messages.add_message(request, level, str(SAID[message_template]))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """The account is looked for whether it exists or not, so that both take the same time."""
        about = User.objects.filter(email=credentials.get("email", "").casefold()).first()
        sign_in_log.refused(request, why="password", about=about)

    def login(self, request: HttpRequest, user: Any) -> None:
        """Without its trace, nobody comes in."""
        with transaction.atomic():
            ways = [each["method"] for each in get_authentication_records(request, user)]
            sign_in_log.granted(request, "sign_in", user, ways=ways)
            super().login(request, user)
        request.session[BORN] = request.session[USED] = true_now().timestamp()

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        login = (kwargs["signal_kwargs"] or {}).get("sociallogin")
        if login is not None and levels_of(login):
            second_factor.remember(request)
        remember_language(response, user.language)
        return response

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        logout(request)
        sign_in_log.granted(request, "sign_out", user)

    def send_notification_mail(self, template_prefix: str, user: Any, *more: Any, **rest: Any) -> None:
        """allauth tells of each change of password and second factor here; it goes into the audit, not by mail."""
        sign_in_log.granted(self.request, "account.security", user, change=template_prefix.rpartition("/")[2])

    def reauthenticate(self, user: Any, password: str) -> bool:
        right: bool = user.check_password(password)
        if not right:
            sign_in_log.refused(self.request, why="password_again", about=user)
        return right

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who signed in a moment ago need not do it again to set up a second factor."""
        records = get_authentication_records(self.request, self.request.user)
        return not any(time.time() - each["at"] < FRESH_SECONDS for each in records)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """An identity provider signs in people who have an account here; it does not make them."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def get_requests_session(self) -> Any:
        """Asks where it is told to and nowhere else."""
        session = super().get_requests_session()
        session.max_redirects = 0
        session.trust_env = False
        return session

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        levels = levels_of(sociallogin)
        if levels and sociallogin.account.extra_data.get("level") not in levels:
            raise ImmediateHttpResponse(turned_away(request, TOO_LOW))
        if not sociallogin.is_existing and not _recognised(sociallogin):
            raise ImmediateHttpResponse(turned_away(request, UNKNOWN))

    def on_authentication_error(self, request: HttpRequest, provider: Any, error: Any = None, **kwargs: Any) -> None:
        if error != "cancelled":
            raise ImmediateHttpResponse(turned_away(request, NOT_PROVEN, status=401))


def levels_of(sociallogin: Any) -> list[str]:
    levels: list[str] = sociallogin.provider.app.settings["levels"]
    return levels


def _recognised(sociallogin: Any) -> bool:
    """By verified e-mail, the first time. After that by the provider's subject alone, so that an address which is given
    to somebody else does not open the account."""
    addresses = [each.email.casefold() for each in sociallogin.email_addresses if each.verified]
    account, user = sociallogin.account, User.objects.filter(email__in=addresses, is_active=True).first()
    if user is None or SocialAccount.objects.filter(user_id=user.pk, provider=account.provider).exists():
        return False
    account.user = sociallogin.user = user
    account.save()
    return True


def remember_language(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
