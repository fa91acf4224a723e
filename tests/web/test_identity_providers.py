"""Signing in by an identity provider: a known person with what was demanded comes in; nothing forged does."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives import serialization
from django.test import Client, override_settings
from pydantic import ValidationError

from narvaro.core.identity_providers import allauth_providers, read_providers
from narvaro.core.models import AuditEntry, User
from narvaro.core.saml import first_time
from tests.web import saml_provider
from tests.web.openid_provider import CLIENT, KEY, OTHER_KEY, SECRET, Claims, OpenIdProvider, running
from tests.web.saml_provider import LEVEL3, Response
from tests.web.world import World

Clock = time_machine.Traveller
WITH, BACK = "/account/with/kommun", "/account/with/kommun/back"
MENTOR: Claims = {"sub": "s-1", "email": "mentor@example.se", "email_verified": True, "acr": LEVEL3}


def configured(folder: Path, text: str) -> override_settings:
    file = folder / "identity-providers.yaml"
    file.write_text(text, "utf-8")
    told = read_providers(file)
    return override_settings(IDENTITY_PROVIDERS=told, SOCIALACCOUNT_PROVIDERS=allauth_providers(told))


def oidc_yaml(folder: Path, server: str, more: str = "") -> str:
    (folder / "secret").write_text(SECRET)
    return f"""
providers:
  - {{kind: oidc, id: kommun, name: Exempelkommun, server: "{server}", client_id: {CLIENT},
      secret_file: "{folder}/secret"{more}}}
"""


@pytest.fixture
def openid(world: World, tmp_path: Path) -> Iterator[OpenIdProvider]:
    with running() as provider, configured(tmp_path, oidc_yaml(tmp_path, provider.address, f', levels: ["{LEVEL3}"]')):
        provider.claims = dict(MENTOR)
        yield provider


def come_in(client: Client, provider: OpenIdProvider, wanted: str = "") -> Any:
    start = client.get(WITH, {"next": wanted} if wanted else {})
    assert start.status_code == 302
    code, state = provider.authorise(start["Location"])
    return client.get(BACK, {"code": code, "state": state})


def is_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def refusals() -> list[str]:
    return [each.details["why"] for each in AuditEntry.objects.filter(decision="refused").order_by("pk")]


def test_a_known_person_comes_in(openid: OpenIdProvider, client: Client, world: World) -> None:
    answer = come_in(client, openid, "/?q=1")
    assert (answer.status_code, answer["Location"]) == (302, "/?q=1")
    assert is_in(client)
    entry = AuditEntry.objects.get(action="sign_in")
    assert (entry.user_id, entry.decision) == (world.users["mentor"].pk, "granted")
    assert openid.asked[0]["acr_values"] == LEVEL3


def test_the_way_in_is_on_the_sign_in_page(openid: OpenIdProvider, client: Client) -> None:
    page = client.get("/account/sign-in?next=/account").content.decode()
    assert f'href="{WITH}?next=%2Faccount"' in page
    assert "Exempelkommun" in page


def test_what_the_provider_told_is_not_kept(openid: OpenIdProvider, client: Client) -> None:
    openid.claims |= {"name": "KANARIE", "personal_number": "KANARIE"}
    come_in(client, openid)
    assert is_in(client)
    account = SocialAccount.objects.get()
    assert (account.uid, account.extra_data) == ("s-1", {"level": LEVEL3})
    assert "KANARIE" not in str(dict(client.session))


def test_such_a_sign_in_is_a_second_factor(openid: OpenIdProvider, client: Client) -> None:
    with override_settings(SECOND_FACTOR="required"):
        come_in(client, openid)
        assert is_in(client)


def test_without_a_demanded_level_it_is_not(world: World, client: Client, tmp_path: Path) -> None:
    with (
        running() as provider,
        configured(tmp_path, oidc_yaml(tmp_path, provider.address)),
        override_settings(SECOND_FACTOR="required"),
    ):
        provider.claims = MENTOR | {"acr": "low"}
        come_in(client, provider)
        assert client.get("/account")["Location"] == "/account/second-factor/set-up"


def test_afterwards_the_subject_is_what_counts(openid: OpenIdProvider, client: Client) -> None:
    come_in(client, openid)
    assert is_in(client)
    renamed, heir = Client(), Client()
    openid.claims = MENTOR | {"email": "married@example.se"}
    come_in(renamed, openid)
    assert is_in(renamed)
    openid.claims = MENTOR | {"sub": "s-2"}  # the address was given to somebody else
    assert come_in(heir, openid).status_code == 403
    assert not is_in(heir)


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"email": "nobody@example.se"}, "unknown"),
        ({"email_verified": False}, "unknown"),
        ({"email_verified": "false"}, "unknown"),
        ({"email": None}, "unknown"),
        ({"email": "mentor@example.se.evil.example"}, "unknown"),
        ({"acr": "http://id.elegnamnden.se/loa/1.0/loa2"}, "too_low"),
        ({"acr": None}, "too_low"),
        ({"acr": [LEVEL3]}, "too_low"),
    ],
)
def test_who_is_turned_away_with_a_page_that_says_what_to_do(
    openid: OpenIdProvider, client: Client, claims: Claims, why: str
) -> None:
    users = User.objects.count()
    openid.claims = {name: value for name, value in (MENTOR | claims).items() if value is not None}
    page = come_in(client, openid)
    assert (page.status_code, refusals()) == (403, [why])
    assert not is_in(client)
    assert (User.objects.count(), SocialAccount.objects.count()) == (users, 0)
    assert "/account/sign-in" in page.content.decode()
    openid.claims = dict(MENTOR)
    come_in(client, openid)
    assert is_in(client)


def test_a_closed_account_stays_closed(openid: OpenIdProvider, client: Client, world: World) -> None:
    come_in(client, openid)
    assert is_in(client)
    User.objects.filter(pk=world.users["mentor"].pk).update(is_active=False)
    again = Client()
    assert come_in(again, openid)["Location"] == "/account/inactive"
    openid.claims = MENTOR | {"sub": "s-9"}
    SocialAccount.objects.all().delete()
    assert come_in(again, openid).status_code == 403
    assert not SocialAccount.objects.exists()
    assert not is_in(again)


def _public_as_secret(provider: OpenIdProvider, claims: Claims) -> str:
    """The old trick: signed with the public key as if it were a shared secret."""
    pem = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    import base64
    import hashlib
    import hmac
    import json

    def part(told: Any) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=")

    head = part({"alg": "HS256", "typ": "JWT", "kid": "1"}) + b"." + part(claims)
    return (head + b"." + base64.urlsafe_b64encode(hmac.new(pem, head, hashlib.sha256).digest()).rstrip(b"=")).decode()


def changed(**changes: Any) -> Callable[[OpenIdProvider, Claims], str]:
    def sign(provider: OpenIdProvider, claims: Claims) -> str:
        told = {**claims, **changes}
        return provider.signed({name: value for name, value in told.items() if value is not None})

    return sign


FORGED: dict[str, Callable[[OpenIdProvider, Claims], str]] = {
    "alg none": lambda provider, claims: jwt.encode(claims, None, algorithm="none", headers={"kid": "1"}),
    "another key": lambda provider, claims: provider.signed(claims, OTHER_KEY),
    "an unknown key": lambda provider, claims: provider.signed(claims, OTHER_KEY, kid="2"),
    "public key as secret": _public_as_secret,
    "signature cut off": lambda provider, claims: provider.signed(claims).rpartition(".")[0] + ".",
    "claims changed": lambda provider, claims: ".".join(
        [
            provider.signed(claims).split(".")[0],
            provider.signed(claims | {"email": "principal@example.se"}).split(".")[1],
            provider.signed(claims).split(".")[2],
        ]
    ),
    "for somebody else": changed(aud="another-client"),
    "for several, made for another": changed(aud=[CLIENT, "another"], azp="another"),
    "from somebody else": changed(iss="https://evil.example"),
    "another nonce": changed(nonce="guessed"),
    "no nonce": changed(nonce=None),
    "expired": changed(exp=1_000_000_000),
    "never expires": changed(exp=None),
    "without subject": changed(sub=None),
    "not a token": lambda provider, claims: "x.y.z",
    "no token": lambda provider, claims: "",
}


@pytest.mark.parametrize("forged", FORGED)
def test_forged_tokens_are_refused(openid: OpenIdProvider, client: Client, forged: str) -> None:
    good = openid.sign
    openid.sign = FORGED[forged]
    assert come_in(client, openid).status_code == 401
    assert not is_in(client)
    assert refusals() == ["not_proven"]
    openid.sign = good
    come_in(client, openid)
    assert is_in(client)


def test_an_old_token_is_refused_in_a_new_sign_in(openid: OpenIdProvider, client: Client) -> None:
    tokens: list[str] = []
    openid.sign = lambda provider, claims: tokens.append(provider.signed(claims)) or tokens[0]
    come_in(client, openid)
    assert is_in(client)
    thief = Client()
    assert come_in(thief, openid).status_code == 401
    assert not is_in(thief)


def test_state_belongs_to_the_browser_and_works_once(openid: OpenIdProvider, client: Client) -> None:
    victim, thief = Client(), Client()
    thief_start = thief.get(WITH)
    code, state = openid.authorise(thief_start["Location"])
    victim.get(WITH)
    assert (
        victim.get(BACK, {"code": code, "state": state}).status_code == 401
    )  # the thief's state in the victim's browser
    assert not is_in(victim)
    assert victim.get(BACK, {"code": code}).status_code == 401
    assert victim.get(BACK, {"code": code, "state": "guessed"}).status_code == 401
    assert thief.get(BACK, {"code": code, "state": state}).status_code == 302
    assert thief.get(BACK, {"code": code, "state": state}).status_code == 401


def test_a_code_of_another_request_is_refused(openid: OpenIdProvider, client: Client) -> None:
    """PKCE: a stolen code is worth nothing without the verifier in the other's session."""
    other = Client()
    stolen, _ = openid.authorise(other.get(WITH)["Location"])
    _, state = openid.authorise(client.get(WITH)["Location"])
    assert client.get(BACK, {"code": stolen, "state": state}).status_code == 401
    assert not is_in(client)


def test_the_address_cannot_change_what_is_asked_for(openid: OpenIdProvider, client: Client) -> None:
    start = client.get(WITH, {"auth_params": "acr_values=low&nonce=mine", "scope": "everything", "process": "connect"})
    openid.authorise(start["Location"])
    assert openid.asked[0]["acr_values"] == LEVEL3
    assert openid.asked[0]["nonce"] != "mine"
    assert set(openid.asked[0]["scope"].split()) == {"openid", "email"}


def test_a_discovery_of_another_issuer_is_refused(openid: OpenIdProvider, client: Client) -> None:
    openid.issuer = openid.claims["iss"] = "https://evil.example"
    assert come_in(client, openid).status_code == 401
    openid.issuer, openid.claims = "", dict(MENTOR)
    come_in(client, openid)
    assert is_in(client)


@pytest.mark.parametrize("fault", ["down", "redirect", "nonsense"])
def test_a_provider_that_does_not_answer_is_told(
    openid: OpenIdProvider, client: Client, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    good = openid.answer
    answers = {"down": (500, {}), "redirect": (302, {"to": f"{openid.address}/elsewhere"}), "nonsense": (200, [])}
    seen: list[str] = []
    monkeypatch.setattr(openid, "answer", lambda method, path, sent: (seen.append(path), answers[fault])[1])
    page = client.get(WITH)
    assert page.status_code == 503
    assert refusals() == ["no_answer"]
    assert seen == ["/.well-known/openid-configuration"]  # a redirect is not followed
    monkeypatch.setattr(openid, "answer", good)
    come_in(client, openid)
    assert is_in(client)


def test_one_may_change_ones_mind(openid: OpenIdProvider, client: Client) -> None:
    _, state = openid.authorise(client.get(WITH)["Location"])
    answer = client.get(BACK, {"error": "access_denied", "state": state})
    assert answer["Location"] == "/account/with/cancelled"
    assert client.get(answer["Location"]).status_code == 200


def test_an_unknown_provider_is_not_there(world: World, client: Client) -> None:
    for path in (
        "/account/with/other",
        "/account/with/other/back",
        "/account/saml/other",
        "/account/saml/other/metadata",
    ):
        assert client.get(path).status_code == 404


# --- SAML ---

SAML = "/account/saml/region"


@pytest.fixture
def saml(world: World, tmp_path: Path) -> Iterator[None]:
    (tmp_path / "idp.pem").write_text(saml_provider.CERTIFICATE)
    text = f"""
providers:
  - kind: saml
    id: region
    name: Regionen
    entity_id: {saml_provider.ENTITY}
    sign_in_address: {saml_provider.SIGN_IN}
    certificate: "{tmp_path}/idp.pem"
    email_is_verified: true
    levels: ["{LEVEL3}"]
"""
    with configured(tmp_path, text), override_settings(ALLOWED_HOSTS=["narvaro.example.se"]):
        yield


@pytest.fixture
def browser() -> Client:
    return Client(headers={"host": "narvaro.example.se"})


def asked(client: Client) -> Response:
    """The true answer to a new request of ours."""
    start = client.get(SAML)
    assert start.status_code == 302
    assert start["Location"].startswith(saml_provider.SIGN_IN)
    request = saml_provider.request_of(start["Location"])
    return Response(
        answers=request.get("ID"),
        recipient=request.get("AssertionConsumerServiceURL"),
        audience=request.find("{*}Issuer").text,
    )


def send(client: Client, response: str) -> Any:
    posted = client.post(f"{SAML}/posted", {"SAMLResponse": saml_provider.posted(response)})
    assert posted.status_code == 302
    waiting = posted.cookies["saml-acs-session"]
    assert (waiting["httponly"], waiting["samesite"]) == (True, "Lax")
    return client.get(posted["Location"])


def test_a_signed_assertion_lets_in(saml: None, browser: Client, world: World) -> None:
    answer = send(browser, asked(browser).made())
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_in(browser)
    assert SocialAccount.objects.get().uid == "p-1"


SAML_FORGED: dict[str, Callable[[Response], str]] = {
    "unsigned": lambda good: good.but(key=None).made(),
    "another key": lambda good: good.but(
        key=saml_provider.OTHER_KEY, certificate=saml_provider.OTHER_CERTIFICATE
    ).made(),
    "changed after signing": lambda good: good.made().replace("mentor@example.se", "principal@example.se"),
    "for somebody else": lambda good: good.but(audience="https://another.example.se").made(),
    "to somebody else": lambda good: good.but(recipient="https://another.example.se/acs").made(),
    "from somebody else": lambda good: good.but(issuer="https://evil.example").made(),
    "expired": lambda good: good.but(age_seconds=3600).made(),
    "from the future": lambda good: good.but(age_seconds=-3600).made(),
    "wrapped": lambda good: good.around(
        good.but(key=None, email="principal@example.se", assertion_id="_evil").assertion() + _assertion_of(good.made())
    ),
    "with a document type": lambda good: '<!DOCTYPE x [<!ENTITY a "b">]>' + good.made(),
    "not XML": lambda good: "hello",
}


def _assertion_of(response: str) -> str:
    return response[response.index("<saml:Assertion") : response.index("</samlp:Response>")]


@pytest.mark.parametrize("forged", SAML_FORGED)
def test_forged_assertions_are_refused(saml: None, browser: Client, forged: str) -> None:
    assert send(browser, SAML_FORGED[forged](asked(browser))).status_code == 401
    assert not is_in(browser)
    assert refusals() == ["not_proven"]
    send(browser, asked(browser).made())
    assert is_in(browser)


def test_an_assertion_is_used_once(saml: None, browser: Client) -> None:
    response = asked(browser).made()
    send(browser, response)
    assert is_in(browser)
    thief = Client(headers={"host": "narvaro.example.se"})
    asked(thief)
    assert send(thief, response).status_code == 401
    assert not is_in(thief)


class Assertion:
    """What python3-saml would tell of one that it has found to hold."""

    def __init__(self, name: str | None, until: float | None, issuer: str = "https://idp.example.se") -> None:
        self.get_last_assertion_id, self.get_last_assertion_not_on_or_after = lambda: name, lambda: until
        self.get_settings = lambda: self
        self.get_idp_data = lambda: {"entityId": issuer}


def test_assertions_are_remembered_as_long_as_they_would_be_taken(db: None, frozen_day: Clock) -> None:
    until = int(time.time()) + 300
    assert first_time(Assertion("_1", until))
    assert not first_time(Assertion("_1", until))
    assert first_time(Assertion("_2", until))
    assert first_time(Assertion("_1", until, issuer="https://other.example.se"))
    frozen_day.shift(300 + 300)  # as late as python3-saml takes it with clocks that differ
    assert not first_time(Assertion("_1", until))
    assert not first_time(Assertion(None, until))
    assert not first_time(Assertion("_3", None))


def test_an_assertion_cannot_be_put_into_an_answer_to_another_request(saml: None, browser: Client) -> None:
    stolen, thief = asked(browser), Client(headers={"host": "narvaro.example.se"})
    mine = asked(thief)
    assert send(thief, stolen.made(answers=mine.answers)).status_code == 401
    assert not is_in(thief)
    send(browser, stolen.made())
    assert is_in(browser)


def test_a_name_that_was_used_is_refused_though_all_else_holds(saml: None, browser: Client) -> None:
    send(browser, asked(browser).made())
    assert is_in(browser)
    again = Client(headers={"host": "narvaro.example.se"})
    assert send(again, asked(again).made()).status_code == 401
    assert send(again, asked(again).but(assertion_id="_a2").made()).status_code == 302


def test_an_answer_to_no_request_at_all_is_refused(saml: None, browser: Client) -> None:
    assert send(browser, asked(browser).but(answers="").made()).status_code == 401
    assert not is_in(browser)


def test_an_answer_that_nobody_asked_for_is_refused(saml: None, browser: Client) -> None:
    response = asked(browser)
    stranger = Client(headers={"host": "narvaro.example.se"})
    assert send(stranger, response.made()).status_code == 401
    assert not is_in(stranger)


def test_saml_people_meet_the_same_demands(saml: None, browser: Client) -> None:
    assert (
        send(browser, asked(browser).but(level="urn:oasis:names:tc:SAML:2.0:ac:classes:Password").made()).status_code
        == 403
    )
    unknown = asked(browser).but(email="nobody@example.se", assertion_id="_a2")
    assert send(browser, unknown.made()).status_code == 403
    assert refusals() == ["too_low", "unknown"]
    assert not is_in(browser)


def test_metadata_says_who_we_are_and_that_assertions_are_signed(saml: None, browser: Client) -> None:
    answer = browser.get(f"{SAML}/metadata")
    assert answer.status_code == 200
    assert b'WantAssertionsSigned="true"' in answer.content
    assert b"http://narvaro.example.se/account/saml/region/posted" in answer.content


def test_a_sign_out_asked_for_elsewhere_ends_nothing_by_itself(saml: None, browser: Client) -> None:
    send(browser, asked(browser).made())
    answer = browser.get(f"{SAML}/sign-out", {"SAMLRequest": "x"})
    assert answer["Location"] == "/account/sign-out"
    assert is_in(browser)


# --- the file ---


@pytest.mark.parametrize(
    "wrong",
    [
        "providers: [{kind: oidc, id: a1, name: A, server: 'http://idp.example.se', client_id: c, secret_env: X}]",
        "providers: [{kind: oidc, id: a1, name: A, server: 'https://idp.example.se', client_id: c}]",
        "providers: [{kind: oidc, id: 'a/b', name: A, server: 'https://idp.example.se', client_id: c, secret_env: X}]",
        "providers: [{kind: ldap, id: a1, name: A}]",
        "providers: [{kind: oidc, id: a1, name: A, server: 'https://i.se', client_id: c, secret_env: X, x: 1}]",
        "providers: [&a {kind: oidc, id: a1, name: A, server: 'https://i.se', client_id: c, secret_env: X}, *a]",
    ],
)
def test_a_file_that_cannot_be_right_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ValidationError):
        configured(tmp_path, wrong)


def test_the_secret_comes_from_the_environment_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "IDP_SECRET", "from-environment")
    file = tmp_path / "p.yaml"
    file.write_text(
        "providers: [{kind: oidc, id: a1, name: A, server: 'https://i.se', client_id: c, secret_env: IDP_SECRET}]"
    )
    assert allauth_providers(read_providers(file))["openid_connect"]["APPS"][0]["secret"] == "from-environment"
    assert read_providers(tmp_path / "none.yaml").providers == ()
