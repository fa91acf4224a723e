"""A person at a screen: goes to pages, and keeps what they asked for and said."""

import shutil
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Response

from tests.browser.hostile import CANARY
from tests.browser.served import Person, Served

# The browser's own remarks on an answer that a person is meant to read; the tests look at the answer.
REMARKS = ("Failed to load resource: the server responded with a status of", "Clear-Site-Data header")
CHROMIUM = shutil.which("chromium")
NO_CHROMIUM = "no chromium: apt-get install -y chromium libatomic1"
DESKTOP, PHONE, NARROW = (1280, 900), (390, 844), (320, 640)
Size = tuple[int, int]


class Visitor:
    """``said``: what the console, the policy and dialogs said; ``abroad``: requests that left the server."""

    def __init__(self, browser: Browser, served: Served, size: Size = DESKTOP, scripts: bool = True) -> None:
        self.served = served
        self.context = browser.new_context(
            locale="sv-SE",
            timezone_id="Europe/Stockholm",
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=scripts,
            base_url=served.address,
        )
        self.context.set_default_timeout(20_000)
        self.said: list[str] = []
        self.abroad: list[str] = []
        self.context.on("request", lambda request: self._left(request.url))
        self.context.on("response", lambda answer: self._failed(answer))
        self.context.on("console", lambda message: self._hear(message.type, message.text))
        self.context.on("dialog", lambda dialog: (self.said.append(dialog.message), dialog.dismiss()))
        self.context.on("weberror", lambda error: self.said.append(str(error.error)))
        self.context.expose_function(CANARY, lambda *told: self.said.append(f"ran {told}"))
        self.page: Page = self.context.new_page()

    def _left(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != self.served.address:
            self.abroad.append(url)

    def _failed(self, answer: Response) -> None:
        if answer.status >= 400 and answer.request.resource_type not in ("document", "fetch", "xhr"):
            self.said.append(f"{answer.status} {answer.url}")

    def _hear(self, kind: str, text: str) -> None:
        if kind != "debug" and not text.startswith(REMARKS):
            self.said.append(text)

    def with_session(self, who: str) -> "Visitor":
        session = {"name": "session", "value": self.served.session_of(who), "url": self.served.address}
        self.context.add_cookies([session])  # type: ignore[list-item]
        return self

    def sign_in(self, person: Person) -> Page:
        self.page.goto("/account/sign-in")
        self.fill_in(person)
        return self.page

    def fill_in(self, person: Person) -> None:
        self.page.get_by_label("E-post").fill(person.email)
        self.page.get_by_label("Lösenord").fill(person.password)
        self.page.get_by_role("button", name="Logga in").click()

    def go(self, path: str) -> Response:
        answer = self.page.goto(path)
        assert answer is not None
        return answer

    def main(self) -> str:
        return self.page.locator("main").inner_text()

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def close(self) -> None:
        self.context.close()
