"""OpenID Connect, stricter than allauth: the ID token's signature is always verified, and it answers our own nonce."""

import hmac
import logging
import secrets
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from requests import RequestException

from narvaro.core.turned_away import NO_ANSWER, turned_away

log = logging.getLogger("narvaro.sign_in")
ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512", "EdDSA")
REQUIRED = ("iss", "aud", "sub", "exp", "iat", "nonce")
CLOCKS_DIFFER_SECONDS = 60


class Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        try:
            return dict(super().openid_config)
        except AttributeError as error:
            raise ValueError("the provider's own description is not an object") from error

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        claims = self._proven(app, kwargs["response"].get("id_token", ""))
        if "email" not in claims and "userinfo_endpoint" in self.openid_config:
            told = self._fetch_user_info(token.token)
            if told.get("sub") != claims["sub"]:
                raise OAuth2Error("userinfo of somebody else")
            claims |= {name: told[name] for name in ("email", "email_verified") if name in told}
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def _proven(self, app: Any, raw: str) -> dict[str, Any]:
        config = self.openid_config
        if config["issuer"].rstrip("/") != app.settings["server_url"]:
            raise OAuth2Error("another issuer than the one configured")
        try:
            claims: dict[str, Any] = jwt.decode(
                raw,
                self._key(raw, config["jwks_uri"]),
                algorithms=list(ALGORITHMS),
                audience=app.client_id,
                issuer=config["issuer"],
                leeway=CLOCKS_DIFFER_SECONDS,
                options={"require": list(REQUIRED)},
            )
        except (jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
            raise OAuth2Error("the ID token does not hold") from error
        if not self.nonce or not hmac.compare_digest(str(claims["nonce"]), self.nonce):
            raise OAuth2Error("the ID token answers another request")
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != app.client_id:
            raise OAuth2Error("the ID token was made for somebody else")
        return claims

    def _key(self, raw: str, address: str) -> Any:
        kid = jwt.get_unverified_header(raw).get("kid")
        with get_adapter().get_requests_session() as session:
            answer = session.get(address)
            answer.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        chosen = [each for each in keys if each.key_id == kid] if kid else keys
        if len(chosen) != 1:
            raise OAuth2Error("no such key")
        return chosen[0]


class OpenIdConnect(OpenIDConnectProvider):  # type: ignore[misc]
    oauth2_adapter_class = Adapter

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **_: Any
    ) -> HttpResponse:
        """Nothing that the address asks for but where to go afterwards."""
        nonce = secrets.token_urlsafe(32)
        asked = {**self.get_auth_params(), "nonce": nonce}
        answer: HttpResponse = super().redirect(request, AuthProcess.LOGIN, next_url, auth_params=asked, nonce=nonce)
        return answer

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """All that is kept of what the provider told."""
        return {"level": data["id_token"].get("acr", "")}

    def extract_email_addresses(self, data: dict[str, Any]) -> Any:
        claims = data["id_token"]
        verified = claims.get("email_verified") in (True, "true")
        return super().extract_email_addresses({"id_token": {**claims, "email_verified": verified}})


class Callback(OAuth2CallbackView):  # type: ignore[misc]
    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, answer = super()._get_state(request, provider)
        if state:
            self.adapter.nonce = state.get("nonce", "")
        return state, answer


def sign_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _answer(request, provider_id, OAuth2LoginView)


def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _answer(request, provider_id, Callback)


def _answer(request: HttpRequest, provider_id: str, view: Any) -> HttpResponse:
    try:
        answer: HttpResponse = view.adapter_view(Adapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except (RequestException, ValueError, KeyError) as error:
        log.warning("an identity provider does not answer as it should", exc_info=error)
        return turned_away(request, NO_ANSWER, status=503)
    return answer
