"""Files that come in, and people who come and go, as those who see to it do it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Visits
from tests.browser.visiting import Visitor
from tests.lesson_files import row, table

MINUTE = 60_000


def lessons(*days: str) -> FilePayload:
    """Alva's first lessons of each day, away, and a row about nobody."""
    rows = [
        row(elev_id="e-alva", skolenhetskod="99000001", klass="7B", datum=day, start=start, slut=end, **AWAY)
        for day in days
        for start, end in (("08:05", "08:45"), ("08:55", "09:35"))
    ]
    unknown = row(elev_id="e-ingen", skolenhetskod="99000001", datum=days[0])
    return {"name": "frånvaro v 24.csv", "mimeType": "text/csv", "buffer": table(*rows, unknown).encode()}


AWAY = {"lektionsminuter": "40", "narvarominuter": "0", "ogiltig_min": "40"}


def send(visitor: Visitor, file: FilePayload) -> Page:
    visitor.go("/settings/import")
    visitor.page.get_by_label("Fil från ert system").set_input_files(file)
    visitor.page.get_by_role("button", name="Skicka och gå igenom").click()
    return visitor.page


def test_a_file_is_looked_at_read_in_and_undone(visit: Visits) -> None:
    visitor = visit("attendance_coordinator")
    page = send(visitor, lessons("2026-06-09", "2026-06-10"))
    expect(page.locator("h1")).to_have_text(re.compile(r"4 rader kan läsas in"), timeout=MINUTE)
    expect(page.locator("main")).to_contain_text("Inget sparas förrän du säger ja.")
    expect(page.locator("main")).to_contain_text("Avvisade rader, efter orsak")
    assert "alva" not in visitor.main().casefold()  # headings and counts, never rows
    page.get_by_role("button", name="Läs in").click()
    expect(page.locator("h1")).to_have_text(re.compile(r"4 rader lästes in"), timeout=MINUTE)
    page.get_by_role("link", name="Alla avvisade rader, rad för rad").click()
    expect(page.locator("h1")).to_have_text("1 rad avvisades")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Spara som CSV").click()
    assert Path(saved.value.path()).read_text("utf-8-sig").count("\n") == 2
    page.go_back()
    page.get_by_role("link", name="Ångra importen").click()
    expect(page.locator("h1")).to_have_text("Ångra importen?")
    page.get_by_role("button", name="Ångra importen").click()
    expect(page.locator("h1")).to_have_text("Importen är ångrad", timeout=MINUTE)
    visitor.go("/settings/import")
    expect(page.get_by_role("row", name="frånvaro v 24.csv")).to_contain_text("ångrad")


def test_a_file_of_the_wrong_kind_is_refused_in_words(visit: Visits) -> None:
    visitor = visit("attendance_coordinator")
    page = send(visitor, {"name": "bild.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n"})
    expect(page.get_by_role("alert")).to_contain_text("bild.png är av ett slag som inte tas emot")


def test_somebody_is_invited(visit: Visits) -> None:
    visitor = visit("system_administrator")
    page = visitor.page
    visitor.go("/settings/")
    page.get_by_role("link", name="Personal och roller").click()
    page.get_by_role("link", name="Bjud in eller ge en roll").click()
    page.get_by_label("E-post").fill("ny.kurator@exempelkommun.example")
    page.get_by_label("Namn").fill("Ny Kurator")
    page.get_by_label("Roll").select_option("pupil_health")
    page.get_by_label("Skola eller arbetsplats").select_option(label="Strandskolan")
    page.get_by_role("button", name="Ge uppdraget").click()
    expect(page.get_by_text("Uppdraget är givet.")).to_be_visible()
    expect(page.locator("h1")).to_contain_text("Ny Kurator")
    visitor.go("/settings/staff/?q=Ny+Kurator")
    expect(page.locator("#rows tbody tr")).to_have_count(1)


def test_an_ended_assignment_ends_the_open_session(visit: Visits) -> None:
    mentor = visit("lena.falk@exempelkommun.example")
    mentor.go("/to-act-on/")
    pupil = mentor.page.locator("#rows tbody a").first
    expect(pupil).to_be_visible()
    visitor = visit("system_administrator")
    page = visitor.page
    visitor.go("/settings/staff/?q=Lena+Falk")
    page.get_by_role("link", name="Lena Falk").click()
    page.get_by_role("button", name="Avsluta").click()
    expect(page.get_by_text("Uppdraget är avslutat")).to_be_visible()
    pupil.click()
    expect(mentor.page.locator("h1")).to_have_text("Du får inte se det här")
    expect(mentor.page.locator("main")).to_contain_text("Du har inget uppdrag som gäller i dag.")


@pytest.mark.parametrize("path", ["/to-act-on/", "/meeting/", "/settings/protected/"])
def test_an_administrator_sees_no_pupil(visit: Visits, path: str) -> None:
    visitor = visit("system_administrator")
    assert visitor.go("/settings/").status == 200
    assert visitor.go(path).status == 403
    for link in ("Personal och roller", "Skolenheter"):
        visitor.go("/settings/")
        visitor.page.get_by_role("link", name=link).click()
        assert "Alva" not in visitor.main()
