"""Every page that each role can reach by its links: no accessibility fault, no request that leaves the server, nothing
in the console, no sideways scrolling, little weight, no English; and names that are attacks are text everywhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page

from narvaro.core.access import access
from tests.browser.hostile import AUTHORITY, PAYLOADS, ROLES
from tests.browser.served import Served
from tests.browser.visiting import DESKTOP, NARROW, PHONE, Visitor

MOST_BYTES = 150_000
OPEN_ALL = "document.querySelectorAll('details').forEach(fold => fold.open = true)"
# What a page is made of; a page made of what has been looked at already needs no second look.
PARTS = """() => [...document.querySelectorAll('body *')].map(each => {
    const name = one => one ? one.localName + '.' + [...one.classList].sort().join('.') : ''
    const said = [...each.attributes].map(one => one.name === 'role' ? one.name + one.value : one.name).sort().join()
    return name(each) + '[' + said + ']<' + name(each.parentElement) })"""
LINKS = "() => [...document.querySelectorAll('a[href]')].map(each => each.getAttribute('href'))"
TEXTS = """() => { const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walk.nextNode()) { const text = walk.currentNode.data.trim(); if (text) found.push(text) } return found }"""
MARKUP = """() => [...document.querySelectorAll('body *')].filter(each =>
    (each.localName === 'script' && !each.src) || each.matches('iframe, style, math, meta, [hx-get="/health"]') ||
    [...each.attributes].some(one => one.name.startsWith('on') || /^javascript:/i.test(one.value)
        && !['value', 'aria-label', 'data-title'].includes(one.name))).map(each => each.outerHTML.slice(0, 200))"""
SIGNED_OUT = (
    *("/account/sign-in", "/account/sign-in?signed-out", "/account/password/forgotten", "/account/password/sent"),
    *("/account/password/1-abc/set", "/account/password/chosen", "/account/inactive", "/account/with/cancelled"),
    "/finns-inte",
)
SIGNED_IN = (
    *("/", "/to-act-on/", "/meeting/", "/settings/", "/settings/import", "/settings/sources/"),
    *("/account", "/account/password"),
    *("/account/sign-out", "/account/second-factor/set-up", "/account/second-factor/recovery-codes", "/gallery/"),
    "/finns-inte",
)
DOWNLOADS = ("intake_rejected_csv", "plan_pdf", "meeting_calendar")


@dataclass
class Walk:
    """From page to page by links, each kind of page once. No page leads to one that the role may not open."""

    visitor: Visitor
    seen: dict[str, str] = field(default_factory=lambda: dict.fromkeys(DOWNLOADS, "a download"))
    faults: list[str] = field(default_factory=list)

    def pages(self, first: tuple[str, ...]) -> Iterator[str]:
        waiting = list(first)
        while waiting:
            path = waiting.pop(0)
            kind = kind_of(path)
            if kind in self.seen:
                continue
            self.seen[kind] = path
            answer = self.visitor.go(path)
            if answer.status >= 500 or (answer.status == 403 and path not in first):
                self.faults.append(f"{path}: {answer.status}")
            if answer.status == 200 or path == "/finns-inte":
                yield path
                waiting += [each for each in self.visitor.page.evaluate(LINKS) if each.startswith("/")]

    def found(self, path: str, faults: list[str]) -> None:
        self.faults += [f"{path}: {fault}" for fault in faults]


def kind_of(path: str) -> str:
    parts = urlsplit(path)
    try:
        return str(resolve(parts.path).view_name) + ("?" if "signed-out" in parts.query else "")
    except Resolver404:
        return parts.path


class Looker:
    """Looks at a page as everybody must be able to, once for each new thing that it is made of."""

    def __init__(self, english: set[str]) -> None:
        self.known: set[str] = set()
        self.looked = 0
        self.english = english

    def faults(self, page: Page) -> list[str]:
        page.evaluate(OPEN_ALL)
        found = [f"English: {text}" for text in page.evaluate(TEXTS) if text in self.english]
        if (weight := len(page.content().encode())) > MOST_BYTES:
            found.append(f"{weight} bytes")
        parts = set(page.evaluate(PARTS))
        for size in (DESKTOP, PHONE):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            if parts - self.known:
                self.looked += 1
                report = Axe().run(page)
                found += [f"{size[0]} px: {report.generate_report()}"] if report.violations_count else []
        page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > NARROW[0]:
            found.append(f"{wide} px wide at {NARROW[0]}")
        page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        self.known |= parts
        return found


@pytest.fixture(scope="module")
def looker() -> Looker:
    return Looker(english_texts())


def english_texts() -> set[str]:
    """The sources of all texts but those that are the same in Swedish."""
    from babel.messages.pofile import read_po

    import narvaro

    source = re.sub("__init__.py$", "locale/sv/LC_MESSAGES/django.po", narvaro.__file__)
    with open(source, "rb") as file:
        catalogue = read_po(file)
    sources: set[str] = set()
    swedish: set[str] = set()
    for each in catalogue:
        ids, words = (each.id, each.string) if isinstance(each.id, tuple) else ((each.id,), (each.string,))
        sources |= set(ids)
        swedish |= set(words)
    return {text for text in sources - swedish if len(text) > 3 and "%(" not in text}


def test_the_lookers_look_closely(browser: Browser, served: Served) -> None:
    """A page with a fault of each kind; what cannot be found here would not be found elsewhere."""
    visitor = Visitor(browser, served)
    visitor.go("/account/sign-in")
    visitor.page.evaluate(
        """() => { const main = document.querySelector('main'), add = (name, told) => {
            const made = document.createElement(name); Object.assign(made, told); main.append(made); return made }
            add('img', {src: '/static/none.png'}); add('p', {textContent: 'To act on'})
            add('pre', {textContent: 'x'.repeat(200)}); add('p', {textContent: 'y'.repeat(160000)})
            add('a', {href: 'javascript:0', textContent: 'z'}); fetch('http://127.0.0.2:9/').catch(() => 0) }"""
    )
    visitor.page.wait_for_timeout(0)
    told = " ".join(Looker(english_texts()).faults(visitor.page))
    for fault in ("image-alt", "English: To act on", "px wide at 320", "bytes"):
        assert fault in told
    assert visitor.page.evaluate(MARKUP)
    assert any("Content Security Policy" in text for text in visitor.said)
    visitor.close()


@pytest.mark.parametrize("role", ["", *access().roles])
def test_every_page_of_a_role(browser: Browser, served: Served, looker: Looker, role: str) -> None:
    visitor = Visitor(browser, served)
    walk = Walk(visitor.with_session(role) if role else visitor)
    for path in walk.pages(SIGNED_IN if role else SIGNED_OUT):
        walk.found(path, looker.faults(visitor.page))
    visitor.close()
    assert not (found := walk.faults + visitor.said + visitor.abroad), "\n".join(found)
    assert len(walk.seen) >= len(SIGNED_OUT)


@pytest.mark.parametrize("role", ROLES)
def test_names_that_are_attacks_are_text(browser: Browser, served: Served, role: str) -> None:
    visitor = Visitor(browser, served).with_session(f"hostile {role}")
    if role == "attendance_coordinator":
        send_files(visitor)
    walk, shown = Walk(visitor), set()
    for path in walk.pages(SIGNED_IN):
        texts = visitor.page.locator("body").inner_text()
        shown |= {each for each in (*PAYLOADS, AUTHORITY) if each in texts}
        walk.found(path, visitor.page.evaluate(MARKUP))
        if visitor.page.locator("main").count() != 1:
            walk.found(path, ["the page is broken"])
    visitor.close()
    assert not (found := walk.faults + visitor.said + visitor.abroad), "\n".join(found)
    assert len(shown) >= (len(PAYLOADS) - 1 if role in ("principal", "attendance_coordinator", "pupil_health") else 1)


def send_files(visitor: Visitor) -> None:
    """File names and headings too."""
    for name in PAYLOADS[:3]:
        visitor.go("/settings/import")
        heading = ";".join(f'"{each.replace(chr(34), chr(34) * 2)}"' for each in PAYLOADS)
        file = {"name": f"{name}.csv".replace("/", "∕"), "mimeType": "text/csv", "buffer": f"{heading}\n1\n".encode()}
        visitor.page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
        visitor.page.locator("main form[enctype] button").click()


def test_a_pupils_page_on_paper(browser: Browser, served: Served) -> None:
    """For a meeting: without menus and buttons, on A4, with the word that it holds personal data."""
    visitor = Visitor(browser, served).with_session("mentor")
    visitor.go("/to-act-on/")
    visitor.page.get_by_role("link", name="Alva Lindqvist", exact=True).click()
    page = visitor.page
    hidden = "element => getComputedStyle(element).display === 'none'"
    assert not page.locator("header.topbar").evaluate(hidden)
    assert page.locator(".on-paper").evaluate(hidden)
    page.emulate_media(media="print")
    assert page.locator("header.topbar").evaluate(hidden)
    assert not page.locator(".on-paper").evaluate(hidden)
    assert page.get_by_role("link", name="Besluta").count() == 0
    assert set(sheets(page)) == {(595, 842)}
    visitor.close()


def test_the_plan_on_one_page_is_one_sheet(browser: Browser, served: Served) -> None:
    visitor = Visitor(browser, served).with_session("mentor")
    visitor.go("/plan/")
    assert len(sheets(visitor.page)) > 1
    visitor.page.get_by_role("link", name="På en sida").click()
    visitor.page.locator(".staircase").wait_for()
    assert sheets(visitor.page) == [(842, 595)]
    visitor.close()


def sheets(page: Page) -> list[tuple[int, int]]:
    """The size in points of each sheet that the page takes on paper."""
    paper = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    return [(round(float(wide)), round(float(high))) for wide, high in boxes]
