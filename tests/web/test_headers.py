"""What a browser is told, exactly, on every status."""

import os
import subprocess
import sys
from collections.abc import Callable
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path as route

from narvaro.config import urls as ours
from narvaro.core import audit
from narvaro.core.errors import NotAudited
from narvaro.language import Message
from tests.web.conftest import As
from tests.web.test_sign_in import sign_in
from tests.web.world import World

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
    "payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
DYNAMIC = {**ALWAYS, "Cache-Control": "no-store"}
PAGE = {**DYNAMIC, "Content-Type": "text/html; charset=utf-8"}
# What may differ between two answers of one kind.
VARIABLE = {"Content-Length", "Vary", "Content-Language", "Location", "Last-Modified", "ETag"}
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("KANARIE")


def not_audited(request: HttpRequest) -> HttpResponse:
    raise NotAudited(
        Message.of("The log of who reads what could not be written, so nothing is shown. Try again in a while.")
    )


class BrokenUrls:
    """Ours, where two public pages fail."""

    handler400, handler403, handler404, handler429, handler500 = (
        ours.handler400,
        ours.handler403,
        ours.handler404,
        ours.handler429,
        ours.handler500,
    )
    urlpatterns = (
        route("health", broken, name="health"),
        route("account/inactive", not_audited, name="account_inactive"),
        *ours.urlpatterns,
    )


def page_200(client: Client, signed_in: As) -> Any:
    return client.get("/account/sign-in")


def page_429(client: Client, signed_in: As) -> Any:
    for _ in range(5):
        sign_in(client, "mentor@example.se", "wrong")
    return sign_in(client, "mentor@example.se", "wrong")


def page_500(client: Client, signed_in: As) -> Any:
    with override_settings(ROOT_URLCONF=BrokenUrls):
        return Client(raise_request_exception=False).get("/health")


def page_503(client: Client, signed_in: As) -> Any:
    with override_settings(ROOT_URLCONF=BrokenUrls):
        return Client(raise_request_exception=False).get("/account/inactive")


def static(client: Client, **more: str) -> Any:
    return client.get("/static/ui/narvaro.css", headers=more)


ANSWERS: dict[str, tuple[int, Callable[[Client, As], Any], dict[str, str]]] = {
    "page": (200, page_200, PAGE),
    "signed in": (200, lambda client, signed_in: signed_in("mentor").get("/account"), PAGE),
    "text": (200, lambda client, _: client.get("/health"), DYNAMIC | {"Content-Type": "text/plain; charset=utf-8"}),
    "redirect": (302, lambda client, _: client.get("/"), PAGE),
    "sign out": (
        302,
        lambda client, signed_in: signed_in("mentor").post("/account/sign-out"),
        PAGE | {"Clear-Site-Data": '"cache", "cookies", "storage"'},
    ),
    "forged host": (400, lambda client, _: client.get("/", headers={"host": "evil.example"}), PAGE),
    "part of a page, signed out": (401, lambda client, _: client.get("/", headers={"hx-request": "true"}), PAGE),
    "without CSRF token": (403, lambda *_: Client(enforce_csrf_checks=True).post("/account/sign-in"), PAGE),
    "no role": (403, lambda client, signed_in: signed_in("former_mentor").get("/"), PAGE),
    "not found": (404, lambda client, _: client.get("/nothing-here"), PAGE),
    "not found, signed in": (404, lambda client, signed_in: signed_in("mentor").get("/nothing-here"), PAGE),
    "method": (405, lambda client, signed_in: signed_in("mentor").get("/role"), PAGE | {"Allow": "POST"}),
    "too large": (
        413,
        lambda client, _: client.post("/account/sign-in", {"login": "x" * (2 * 1024 * 1024 + 1)}),
        PAGE,
    ),
    "too many fields": (
        413,
        lambda client, _: client.post("/account/sign-in", dict.fromkeys(map(str, range(501)), "")),
        PAGE,
    ),
    "too many tries": (429, page_429, PAGE | {"Retry-After": "60"}),
    "fault": (500, page_500, PAGE),
    "not audited": (503, page_503, PAGE),
    "static": (200, static, ALWAYS),
    "static, not found": (404, lambda client, _: client.get("/static/nothing.css"), PAGE),
}
ADDED = {"HX-Redirect"}


@pytest.fixture
def answer_of(world: World, signed_in: As) -> Callable[[str], Any]:
    return lambda name: ANSWERS[name][1](Client(), signed_in)


@pytest.mark.parametrize("name", [name for name in ANSWERS if not name.startswith("static") or "not found" in name])
def test_exactly_these_headers(answer_of: Callable[[str], Any], name: str) -> None:
    status, _, expected = ANSWERS[name]
    answer = answer_of(name)
    told = {header: value for header, value in answer.headers.items() if header not in VARIABLE | ADDED}
    assert (answer.status_code, told) == (status, expected)


@pytest.mark.parametrize("name", [name for name, (status, _, _) in ANSWERS.items() if status >= 400])
def test_an_error_says_its_number_and_nothing_else(answer_of: Callable[[str], Any], name: str) -> None:
    text = answer_of(name).content.decode()
    assert "Traceback" not in text
    assert "KANARIE" not in text
    assert settings.SECRET_KEY not in text
    if ANSWERS[name][0] in (500, 503, 429, 413, 400):
        assert 'class="error-id"' in text


def test_static_files_are_kept_by_the_browser_and_carry_the_same_rules(tmp_path: Path) -> None:
    """With files collected, as they are served; a subprocess, as WhiteNoise reads them at its start."""
    told = _in_process(
        tmp_path,
        """
from django.core.management import call_command
call_command("collectstatic", verbosity=0, interactive=False)
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client
address = staticfiles_storage.url("ui/narvaro.css")
first = Client().get(address)
again = Client().get(address, headers={"if-modified-since": first["Last-Modified"]})
out = [[each.status_code, dict(each.headers)] for each in (first, again)]
""",
    )
    for (status, headers), expected in zip(told, (200, 304), strict=True):
        assert status == expected
        assert {name: headers.get(name) for name in ALWAYS} == ALWAYS
        assert set(headers) - set(ALWAYS) <= {
            *("Cache-Control", "Content-Type", "Content-Length", "Last-Modified", "ETag", "Vary", "Content-Encoding"),
            "Access-Control-Allow-Origin",
        }
        assert "Access-Control-Allow-Origin" not in headers
        assert "immutable" in headers["Cache-Control"]


def test_another_sites_scripts_may_not_read_us(client: Client, db: None) -> None:
    answer = client.get("/account/sign-in", headers={"origin": "https://evil.example"})
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_pages_break_none_of_their_own_rules(client: Client, signed_in: As) -> None:
    for answer in (client.get("/account/sign-in"), signed_in("mentor").get("/account")):
        text = answer.content.decode()
        assert "<script" in text
        assert " style=" not in text
        assert "<style" not in text
        assert not [part for part in text.split("<script")[1:] if "src=" not in part.partition(">")[0]]


def test_forged_proxy_headers_change_nothing(client: Client, world: World) -> None:
    plain = client.get("/")
    forged = client.get(
        "/",
        headers={
            "x-forwarded-host": "evil.example",
            "x-forwarded-for": "203.0.113.7",
            "x-forwarded-proto": "https",
            "x-forwarded-port": "443",
            "forwarded": "host=evil.example;proto=https",
        },
    )
    assert (plain["Location"], plain.status_code) == (forged["Location"], forged.status_code)
    assert not any(morsel["secure"] for morsel in forged.cookies.values())


def test_a_forged_client_address_does_not_give_more_tries(client: Client, world: World) -> None:
    with override_settings(ACCOUNT_RATE_LIMITS={"login_failed": "3/m/ip"}):
        statuses = [
            client.post(
                "/account/sign-in",
                {"login": f"{n}@example.se", "password": "wrong"},
                headers={"x-forwarded-for": f"203.0.113.{n}"},
            ).status_code
            for n in range(5)
        ]
    assert statuses == [200, 200, 200, 429, 429]


def test_the_fail_closed_answer_is_not_made_by_the_test_alone(signed_in: As, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        from django.db import DatabaseError

        raise DatabaseError("KANARIE")

    monkeypatch.setattr(audit, "_append", fails)
    client = Client(raise_request_exception=False)
    answer = sign_in(client, "mentor@example.se")
    assert answer.status_code == 503
    assert client.get("/account").status_code == 302


def _in_process(folder: Path, code: str, **environment: str) -> Any:
    """Runs with settings of its own and gives what the code calls ``out``."""
    script = f"import json, django\ndjango.setup()\n{code}\nprint('RESULT' + json.dumps(out))"
    settings_here = {"NARVARO_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "narvaro.config.settings"}
    environ = {"PATH": os.environ["PATH"], "NARVARO_HOSTS": "testserver", **settings_here, **environment}
    done = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=False)
    assert "RESULT" in done.stdout, done.stderr
    import json

    return json.loads(done.stdout.rpartition("RESULT")[2])


HTTPS_CODE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createcachetable")
call_command("collectstatic", verbosity=0, interactive=False)
from django.test import Client
from narvaro.core.models import User
user = User(email="a@example.se", name="A")
user.set_password("en lång invented fras")
user.save()
through = {"x-forwarded-proto": "https"}
plain = Client().get("/account/sign-in")
client = Client(headers=through)
page = client.get("/account/sign-in")
sent = client.post("/account/sign-in", {"login": "a@example.se", "password": "en lång invented fras"})
saved = client.post("/account", {"name": "A", "language": "en"})
out = {
    "plain": [plain.status_code, plain["Location"]],
    "page": [page.status_code, dict(page.headers)],
    "sent": [sent.status_code, dict(sent.headers)],
    "cookies": [each.OutputString() for answer in (page, sent, saved) for each in answer.cookies.values()],
}
"""


def test_behind_https_cookies_and_transport_are_bound_to_it(tmp_path: Path) -> None:
    told = _in_process(tmp_path, HTTPS_CODE, NARVARO_HTTPS="1")
    assert told["plain"] == [301, "https://testserver/account/sign-in"]
    for name in ("page", "sent"):
        headers = told[name][1]
        assert {each: headers.get(each) for each in HTTPS_ONLY} == HTTPS_ONLY
        assert headers["Content-Security-Policy"] == POLICY
    assert (told["page"][0], told["sent"][0]) == (200, 302)
    names = set()
    for text in told["cookies"]:
        for name, morsel in SimpleCookie(text).items():
            names.add(name)
            assert morsel["secure"]
            assert morsel["httponly"]
            assert (morsel["samesite"], morsel["path"], morsel["domain"]) == ("Lax", "/", "")
    assert names == {"__Host-session", "__Host-csrf", "__Host-language"}


def test_deployed_behind_https_the_check_is_clean(tmp_path: Path) -> None:
    told = _in_process(
        tmp_path,
        """
from django.core.checks import run_checks
out = [str(each) for each in run_checks(include_deployment_checks=True) if not each.is_silenced()]
""",
        NARVARO_HTTPS="1",
    )
    assert told == []


def test_it_starts_without_the_saml_libraries(tmp_path: Path) -> None:
    told = _in_process(
        tmp_path,
        """
from django.conf import settings
from django.urls import NoReverseMatch, reverse
from importlib import import_module
import_module("narvaro.config.urls")
try:
    found = reverse("saml_login", args=["x"])
except NoReverseMatch:
    found = ""
out = [settings.SAML, found, reverse("account_login")]
""",
        PYTHONPATH=str(_without("onelogin", tmp_path)),
    )
    assert told == [False, "", "/account/sign-in"]


def _without(package: str, folder: Path) -> Path:
    """A folder that makes a package look as if it were not installed."""
    place = folder / "hidden"
    place.mkdir()
    (place / "sitecustomize.py").write_text(
        "import importlib.util\nreal = importlib.util.find_spec\n"
        f"importlib.util.find_spec = lambda name, package=None: None if name == {package!r} else real(name, package)\n"
        f"import sys\nsys.modules[{package!r}] = None\n"
    )
    return place
