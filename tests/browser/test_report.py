"""`report.html` in a real Chromium: no script, no request, no accessibility fault, from 360 px to paper."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from narvaro.report.files import write_all
from narvaro.report.model import Analysis
from tests.unit.report_world import import_report, world

DESKTOP, PHONE, NARROW = (1280, 900), (390, 844), (360, 740)
OPEN_ALL = "document.querySelectorAll('details').forEach(fold => fold.open = true)"
CLOSE_ALL = "document.querySelectorAll('details').forEach(fold => fold.open = false)"


def written(folder: Path, analysis: Analysis, language: str = "en") -> str:
    write_all(analysis, import_report(), folder, language)
    return (folder / "report.html").as_uri()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("lesson"), world())


@pytest.fixture(scope="module")
def period(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("period"), world(grain="period"))


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Nobody to act on."""
    return written(tmp_path_factory.mktemp("quiet"), world(cast=[]))


@pytest.fixture
def opened(browser: Browser) -> Iterator["Opener"]:
    opener = Opener(browser)
    yield opener
    opener.close()


class Opener:
    """Opens pages and keeps what they asked for and said."""

    def __init__(self, browser: Browser) -> None:
        self.context = browser.new_context()
        self.requests: list[str] = []
        self.said: list[str] = []

    def __call__(self, address: str, size: tuple[int, int] = DESKTOP) -> Page:
        page = self.context.new_page()
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("dialog", lambda dialog: self.said.append(dialog.message))
        page.goto(address)
        return page

    def close(self) -> None:
        self.context.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("name", ["report", "period", "quiet"])
def test_axe_finds_nothing(opened: Opener, request: pytest.FixtureRequest, name: str, size: tuple[int, int]) -> None:
    page = opened(request.getfixturevalue(name), size)
    page.evaluate(OPEN_ALL)
    found = Axe().run(page)
    assert len(found.response["passes"]) > 20  # the checker did look
    assert found.violations_count == 0, found.generate_report()


def test_axe_would_find_a_fault(opened: Opener, report: str) -> None:
    page = opened(report)
    page.evaluate("document.querySelector('svg.line').removeChild(document.querySelector('svg.line title'))")
    assert "svg-img-alt" in Axe().run(page).generate_report()


def test_it_asks_for_nothing_and_runs_nothing(opened: Opener, report: str) -> None:
    page = opened(report)
    page.evaluate(OPEN_ALL)
    page.wait_for_load_state("networkidle")
    assert [address for address in opened.requests if not address.startswith("data:")] == [report]
    assert opened.said == []  # no script ran, and the policy had nothing to refuse
    assert page.locator("script, img, iframe, object, form").count() == 0


def test_the_policy_refuses_scripts(opened: Opener, report: str, tmp_path: Path) -> None:
    source = Path(report.removeprefix("file://")).read_text("utf-8")
    tampered = tmp_path / "report.html"
    tampered.write_text(source.replace("</main>", "<script>console.log('ran')</script></main>"), "utf-8")
    opened(tampered.as_uri())
    assert any("Content Security Policy" in text for text in opened.said)
    assert "ran" not in opened.said


@pytest.mark.parametrize("size", [DESKTOP, PHONE, NARROW])
@pytest.mark.parametrize("name", ["report", "period"])
def test_no_sideways_scrolling(
    opened: Opener, request: pytest.FixtureRequest, name: str, size: tuple[int, int]
) -> None:
    page = opened(request.getfixturevalue(name), size)
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_four_hundred_per_cent(opened: Opener, report: str) -> None:
    """1280 px at 400 % is a window of 320 px (WCAG 1.4.10)."""
    page = opened(report, (320, 256))
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_rows_become_cards_on_a_phone(opened: Opener, report: str) -> None:
    page = opened(report, PHONE)
    cell = page.locator(".pupils td:nth-child(2)").first
    assert cell.evaluate("cell => getComputedStyle(cell).display") == "block"
    assert "Absence" in cell.evaluate("cell => getComputedStyle(cell, '::before').content")
    wide = opened(report, DESKTOP).locator(".pupils td:nth-child(2)").first
    assert wide.evaluate("cell => getComputedStyle(cell).display") == "table-cell"


def test_a_school_link_opens_its_fold(opened: Opener, report: str) -> None:
    page = opened(report)
    page.evaluate(CLOSE_ALL)
    pupil = page.locator(".pupils th", has_text="Alva Bergqvist").first
    assert not pupil.is_visible()
    page.get_by_role("link", name="Björkskolan").click()
    assert pupil.is_visible()


def test_everything_by_keyboard(opened: Opener, report: str) -> None:
    page = opened(report)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "innehall"
    fold = page.locator("td details").first
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    assert fold.get_attribute("open") is not None


def test_hostile_names_are_text(opened: Opener, report: str) -> None:
    page = opened(report)
    page.evaluate(OPEN_ALL)
    text = page.locator("main").inner_text()
    assert '<script>alert("x")</script>' in text
    assert "⟨U+202E⟩" in text
    assert "⟨U+001B⟩" in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e]", text)


def test_protected_pupils_have_no_name_class_or_school(opened: Opener, report: str) -> None:
    page = opened(report)
    page.evaluate(OPEN_ALL)
    fold = page.locator("details.school", has_text="Protected identity").first
    text = fold.inner_text()
    assert fold.locator("tbody th").all_inner_texts() == ["Protected identity"] * 2
    for canary in ("Vera", "Skydd ", "7C", "Ali", "2B", "Björk", "Strand", "Idrott", "p000"):
        assert canary not in text
    assert "Vera Skydd" not in page.content()


def test_print_repeats_heads_and_cuts_no_row(opened: Opener, report: str) -> None:
    page = opened(report)
    page.emulate_media(media="print")
    styles = "element => [getComputedStyle(element).display, getComputedStyle(element).breakInside]"
    assert page.locator(".pupils thead").first.evaluate(styles)[0] == "table-header-group"
    assert page.locator(".pupils tbody tr").first.evaluate(styles)[1] == "avoid"
    assert page.locator("nav").evaluate(styles)[0] == "none"
    paper = page.pdf(prefer_css_page_size=True)
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert sizes
    assert {(round(float(width)), round(float(height))) for width, height in sizes} == {(595, 842)}  # A4


def test_print_takes_the_open_schools_only(opened: Opener, report: str) -> None:
    page = opened(report)
    page.emulate_media(media="print")
    pupil = page.locator(".pupils th", has_text="Alva Bergqvist").first
    assert pupil.is_visible()
    page.evaluate(CLOSE_ALL)
    assert not pupil.is_visible()
