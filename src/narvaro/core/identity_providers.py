"""Where people sign in outside Närvaro: OpenID Connect and SAML, told in ``identity-providers.yaml`` of the data
directory (docs/how-to/connect-sign-in.md). Without the file people sign in with e-mail and password."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _safe_address(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError(f"{address} must begin with https://")
    return address.rstrip("/")


Address = Annotated[str, AfterValidator(_safe_address)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,38}$")]


class _Provider(BaseModel):
    """``levels``: accepted levels of assurance (acr, AuthnContextClassRef). Told, a sign-in below them is refused and
    one at them counts as a second factor. ``email_is_verified``: all its e-mail addresses are its own to give out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier
    name: str = Field(min_length=1, max_length=40)
    levels: tuple[str, ...] = ()
    email_is_verified: bool = False

    def allauth_settings(self) -> dict[str, Any]:
        return {"levels": list(self.levels), "verified_email": self.email_is_verified}


class OpenIdProvider(_Provider):
    """``server``: the issuer; the rest is found at its /.well-known/openid-configuration."""

    kind: Literal["oidc"]
    server: Address
    client_id: str
    secret_env: str = ""
    secret_file: Path | None = None
    scopes: tuple[str, ...] = ("openid", "email")

    @model_validator(mode="after")
    def _one_secret(self) -> "OpenIdProvider":
        if bool(self.secret_env) == bool(self.secret_file):
            raise ValueError("say secret_env or secret_file, one of them")
        return self

    def app(self) -> dict[str, Any]:
        secret = self.secret_file.read_text("utf-8").strip() if self.secret_file else os.environ[self.secret_env]
        more: dict[str, Any] = {"server_url": self.server, "oauth_pkce_enabled": True, "scope": list(self.scopes)}
        if self.levels:
            more["auth_params"] = {"acr_values": " ".join(self.levels)}
        return {
            "provider_id": self.id,
            "name": self.name,
            "client_id": self.client_id,
            "secret": secret,
            "settings": self.allauth_settings() | more,
        }


class Attributes(BaseModel):
    """Names of SAML attributes. Without ``subject`` it is the NameID, which must then be persistent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str = ""
    email: str = "urn:oid:0.9.2342.19200300.100.1.3"


class SamlProvider(_Provider):
    """``certificate``: the file with the certificate that signs its assertions."""

    kind: Literal["saml"]
    entity_id: str
    sign_in_address: Address
    certificate: Path
    attributes: Attributes = Attributes()

    def app(self) -> dict[str, Any]:
        mapping = {"email": [self.attributes.email]}
        if self.attributes.subject:
            mapping["uid"] = [self.attributes.subject]
        more = {
            "idp": {
                "entity_id": self.entity_id,
                "sso_url": self.sign_in_address,
                "x509cert": self.certificate.read_text("utf-8"),
            },
            "attribute_mapping": mapping,
            "advanced": {
                "want_assertion_signed": True,
                "want_name_id": not self.attributes.subject,
                "reject_idp_initiated_sso": True,
                "reject_deprecated_algorithm": True,
                "allow_single_label_domains": urlsplit(self.sign_in_address).hostname in LOOPBACK,
            },
        }
        names = {"provider_id": self.id, "client_id": self.id, "name": self.name}
        return {**names, "settings": self.allauth_settings() | more}


Provider = Annotated[OpenIdProvider | SamlProvider, Field(discriminator="kind")]


class IdentityProviders(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    providers: tuple[Provider, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "IdentityProviders":
        if len({each.id for each in self.providers}) < len(self.providers):
            raise ValueError("two providers have the same id")
        return self


def read_providers(path: Path) -> IdentityProviders:
    """None at all when there is no file. A file that cannot be right stops the program at its start."""
    if not path.exists():
        return IdentityProviders()
    return IdentityProviders.model_validate(yaml.safe_load(path.read_text("utf-8")) or {})


def allauth_providers(told: IdentityProviders) -> dict[str, Any]:
    """The same as django-allauth has it. Only our own classes answer, which check what allauth leaves out."""
    apps: dict[str, list[dict[str, Any]]] = {"oidc": [], "saml": []}
    for each in told.providers:
        apps[each.kind].append(each.app())
    return {
        "openid_connect": {"provider_class": "narvaro.core.oidc.OpenIdConnect", "APPS": apps["oidc"]},
        "saml": {"provider_class": "narvaro.core.saml.Saml", "APPS": apps["saml"]},
    }
