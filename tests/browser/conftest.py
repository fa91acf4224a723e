"""One browser for all of these tests, and one server for those that need it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.served import Served, demo_loaded, serving
from tests.browser.visiting import CHROMIUM, DESKTOP, NO_CHROMIUM, Size, Visitor

Visits = Callable[..., Visitor]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", action="store_true", help="write the pictures of docs/screenshots anew")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        # Debian's own Chromium; tests may run as root, where its sandbox can not start.
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Served]:
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    with serving(demo_loaded(shared), tmp_path_factory.mktemp("served") / "data") as found:
        yield found


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Visits]:
    """``visit("mentor", PHONE)``: somebody with an open session. What a visitor's console said is a fault."""
    visitors: list[Visitor] = []

    def visits(who: str = "", size: Size = DESKTOP, scripts: bool = True) -> Visitor:
        visitor = Visitor(browser, served, size, scripts)
        visitors.append(visitor)
        return visitor.with_session(who) if who else visitor

    yield visits
    for visitor in visitors:
        visitor.close()
    assert [text for visitor in visitors for text in visitor.said] == []
    assert [url for visitor in visitors for url in visitor.abroad] == []
