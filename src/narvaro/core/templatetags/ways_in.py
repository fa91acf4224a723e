"""The identity providers on the sign-in page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

register = template.Library()
ROUTES = {"oidc": ("openid_connect_login", "provider_id"), "saml": ("saml_login", "organization_slug")}


@dataclass(frozen=True, slots=True)
class WayIn:
    name: str
    url: str


@register.simple_tag(takes_context=True)
def ways_in(context: Any) -> Sequence[WayIn]:
    """Each leads back to the page that was asked for."""
    wanted = context.get("redirect_field_value") or ""
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    found = []
    for each in settings.IDENTITY_PROVIDERS.providers:
        if each.kind == "oidc" or settings.SAML:
            route, argument = ROUTES[each.kind]
            found.append(WayIn(each.name, reverse(route, kwargs={argument: each.id}) + query))
    return found
