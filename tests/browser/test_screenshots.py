"""The pictures of docs/screenshots, made by `bin/screenshots`: the demo as each role sees it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.browser.test_administration import MINUTE, lessons, send
from tests.browser.visiting import DESKTOP, PHONE, Size, Visitor

FOLDER = Path(__file__).resolve().parents[2] / "docs/screenshots"
MOST_BYTES = 400_000
# Whose page is a click further: the link, and what is there then.
OPENS = {
    "pupil": ("Alva Lindqvist", "#answer"),
    "case": ("Alva Lindqvist", "#chronology"),
    "process": ("Vem gör vad när", "main svg"),
    "source": ("Skolsystemet", "#history"),
}


def sent(visitor: Visitor) -> None:
    """A file that waits for a yes."""
    send(visitor, lessons("2026-06-09", "2026-06-10"))
    expect(visitor.page.locator("#decide")).to_be_visible(timeout=MINUTE)


def compared(visitor: Visitor) -> None:
    """The plan of another municipality, as a draft beside the one in force."""
    page = visitor.page
    visitor.go("/plan/presets/bollnas_like/")
    page.get_by_role("button", name="Gör ett utkast av den här planen").click()
    page.get_by_role("link", name="Jämför med en annan version").click()
    expect(page.locator(".plan-compare").first).to_be_visible()


MADE: dict[str, Callable[[Visitor], None]] = {"import": sent, "plan-compare": compared}


@pytest.fixture(autouse=True)
def asked_for(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--screenshots", default=False):
        pytest.skip("made by bin/screenshots")


@pytest.mark.parametrize(
    ("name", "role", "path", "size"),
    [
        ("today", "mentor", "/", DESKTOP),
        ("to-act-on", "principal", "/to-act-on/?grade=7", DESKTOP),
        ("to-act-on-phone", "mentor", "/to-act-on/", PHONE),
        ("pupil", "mentor", "/to-act-on/?q=Alva", DESKTOP),
        ("pupil-phone", "legal_guardian", "/", PHONE),
        ("meeting", "pupil_health", "/meeting/", DESKTOP),
        ("cases", "attendance_coordinator", "/cases/", DESKTOP),
        ("case", "principal", "/cases/?q=Alva", DESKTOP),
        ("process-map", "principal", "/plan/", DESKTOP),
        ("duties", "principal", "/duties/", DESKTOP),
        ("settings", "system_administrator", "/settings/", DESKTOP),
        ("staff", "system_administrator", "/settings/staff/", DESKTOP),
        ("import", "attendance_coordinator", "", DESKTOP),
        ("received", "organiser_officer", "/duties/received/", DESKTOP),
        ("national", "attendance_coordinator", "/settings/national/", DESKTOP),
        ("source", "system_administrator", "/settings/sources/", DESKTOP),
        ("plan-compare", "organiser_officer", "", DESKTOP),
    ],
)
def test_picture(visit: Visits, name: str, role: str, path: str, size: Size) -> None:
    visitor = visit(role, size)
    page = visitor.page
    if name in MADE:
        MADE[name](visitor)
    else:
        visitor.go(path)
    if name.partition("-")[0] in OPENS:
        link, there = OPENS[name.partition("-")[0]]
        page.get_by_role("link", name=link, exact=True).click()
        expect(page.locator(there)).to_be_visible()
    page.evaluate("document.fonts.ready")
    picture = FOLDER / f"{name}.png"
    page.screenshot(path=picture)
    assert picture.stat().st_size < MOST_BYTES
