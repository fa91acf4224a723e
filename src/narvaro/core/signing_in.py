"""Signing in by allauth, with our rules: nobody signs up by themselves, and every try leaves a trace."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator or come with the authority's own sign-in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """An identity provider signs in people who have an account here; it does not make them."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
