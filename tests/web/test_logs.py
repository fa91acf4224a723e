"""Logs are blind: nothing that a person wrote or that is kept about anybody reaches them."""

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.test import Client, override_settings
from django.urls import path as route

from narvaro.config import urls as ours
from narvaro.core import logs
from tests.web.conftest import As
from tests.web.world import World

CANARY = "KANARIE-7f3a"
INSIDE = "HEMLIG-91c2"  # what only the program knows
ESCAPES = "\r\nFORGED 2026 ERROR \x1b[31mred\x07\u2028\u202e\x9b"
OUR_LOG = logging.getLogger("narvaro.test")


def raises(request: HttpRequest) -> HttpResponse:
    secret = request.POST.get("note", "") + request.GET.get("q", "")
    raise ValueError(f"{INSIDE} {secret} {ESCAPES}")


def raises_in_the_database(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(f"select '{INSIDE}' from no_such_table")
    return HttpResponse()


class Failing:
    def __str__(self) -> str:
        raise KeyError(INSIDE)


def raises_at_rendering(request: HttpRequest) -> HttpResponse:
    template = engines["django"].from_string("before {{ part }} after")
    return TemplateResponse(request, template, {"part": Failing()})


class Urls:
    handler400, handler403, handler404, handler500 = ours.handler400, ours.handler403, ours.handler404, ours.handler500
    urlpatterns = (
        route("health", raises, name="health"),
        route("account/inactive", raises_in_the_database, name="account_inactive"),
        route("account/sign-in", raises_at_rendering, name="account_login"),
        route("", raises, name="today"),
        *ours.urlpatterns,
    )


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.set_up(stream)
    yield stream
    logs.set_up()


PAGES = {
    "a view": ("/health", "ValueError at"),
    "the database": ("/account/inactive", "Error at"),
    "rendering": ("/account/sign-in", "KeyError at"),
}


@pytest.mark.parametrize("where", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
@override_settings(ROOT_URLCONF=Urls)
def test_a_fault_is_logged_by_class_place_and_number(db: None, written: io.StringIO, where: str, method: str) -> None:
    address, expected = PAGES[where]
    client = Client(raise_request_exception=False)
    answer = getattr(client, method)(f"{address}?q={CANARY}", {"note": CANARY}, headers={"user-agent": CANARY})
    text = written.getvalue()
    number = re.search(r"<code>([\w-]{36})</code>", answer.content.decode())
    assert answer.status_code == 500
    assert number
    assert f"request {number[1]}" in text
    assert expected in text
    assert "KANARIE" not in text
    for told in (text, answer.content.decode()):
        assert "HEMLIG" not in told
        assert "Traceback" not in told
    assert "FORGED" not in text
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (ERROR|WARNING) ", line) for line in text.splitlines())


@override_settings(ROOT_URLCONF=Urls)
def test_a_fault_within_acting_is_told_the_same_way(signed_in: As, written: io.StringIO) -> None:
    client = signed_in("mentor")
    client.raise_request_exception = False
    answer = client.get(f"/?q={CANARY}")
    assert answer.status_code == 500
    assert "ValueError at" in written.getvalue()
    assert "KANARIE" not in written.getvalue()
    assert "HEMLIG" not in written.getvalue() + answer.content.decode()


@pytest.mark.parametrize(
    "forged", [f"/{CANARY}%0d%0aFORGED%1b[31m", f"/account/with/{CANARY}", f"/?q={CANARY}%0aFORGED"]
)
def test_addresses_are_not_logged(db: None, client: Client, written: io.StringIO, forged: str) -> None:
    client.get(forged)
    client.get("/nothing-here")
    text = written.getvalue()
    assert "status 404" in text
    assert "KANARIE" not in text
    assert "FORGED" not in text


def test_a_forged_host_is_not_logged(db: None, client: Client, written: io.StringIO) -> None:
    client.get("/", headers={"host": f"{CANARY}.example"})
    assert "DisallowedHost" in written.getvalue()
    assert "KANARIE" not in written.getvalue()


def test_signing_in_is_not_logged_with_what_was_typed(world: World, client: Client, written: io.StringIO) -> None:
    for _ in range(6):
        client.post("/account/sign-in", {"login": f"{CANARY}@example.se", "password": CANARY})
    assert "status 429" in written.getvalue()
    assert "KANARIE" not in written.getvalue()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("%d rows of %s", 12, CANARY), "12 rows of …"),
        (("took %.2f s for %r", 0.25, {CANARY: 1}), "took 0.25 s for …"),
        (("%(rows)d rows of %(name)s", {"rows": 12, "name": CANARY}), "12 rows of …"),
        (("too few %s %s", CANARY), "too few … …"),
    ],
)
def test_of_our_messages_the_text_and_its_numbers(
    written: io.StringIO, capsys: pytest.CaptureFixture[str], arguments: tuple[object, ...], expected: str
) -> None:
    OUR_LOG.warning(*arguments)
    assert expected in written.getvalue()
    assert "KANARIE" not in written.getvalue() + capsys.readouterr().err


def test_of_a_librarys_messages_the_place_alone(written: io.StringIO) -> None:
    library = logging.getLogger("some.library")
    library.error(f"already put together {CANARY}")
    library.error("%s", CANARY, extra={"data": CANARY}, stack_info=True)
    try:
        raise OSError(CANARY)
    except OSError:
        library.exception("failed with %s", CANARY)
    text = written.getvalue()
    assert text.count("some.library test_logs:") == 3
    assert "OSError at test_logs.py:" in text
    assert "KANARIE" not in text


def test_control_characters_cannot_make_a_line_or_colour_it(written: io.StringIO) -> None:
    OUR_LOG.warning("constant" + ESCAPES)
    text = written.getvalue()
    assert text.count("\n") == 1
    assert not set(text) & set("\r\x1b\x07\u2028\u202e\x9b")


def test_the_web_servers_logs_go_the_same_way(written: io.StringIO) -> None:
    for name in (
        "gunicorn.access",
        "gunicorn.error",
        "django.server",
        "django.request",
        "django.security.DisallowedHost",
    ):
        logging.getLogger(name).error(f"GET /?q={CANARY}")
        assert name in written.getvalue()
    assert "KANARIE" not in written.getvalue()


SOURCES = sorted(Path(logs.__file__).parent.parent.rglob("*.py"))


def test_our_messages_are_constant_texts() -> None:
    """What the blind formatter trusts. ``print`` would go past it."""
    calls = re.compile(r"\blog(?:ger)?\.(?:debug|info|warning|error|exception|critical)\(\s*(.)(.)")
    web = [each for each in SOURCES if each.parent.name != "cli" and "/demo/" not in str(each)]
    texts = {each: each.read_text("utf-8") for each in web}
    found = [(each, call[0]) for each, text in texts.items() for call in calls.finditer(text)]
    assert found
    assert [(str(each), call) for each, call in found if not call.endswith('"') and '("' not in call] == []
