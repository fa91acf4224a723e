"""Who is asked to a planned meeting, and what other organisers tell: as a principal and the organiser do it."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visits


def book(page: Page) -> None:
    page.get_by_label("Vad för slags möte").select_option(label="Möte med hemmet")
    page.get_by_label("Dag", exact=True).fill("2026-06-16")
    page.get_by_label("Tid", exact=True).fill("14:30")
    page.get_by_label("Alva Lindqvist, elev").check()
    page.get_by_label("Vad mötet handlar om").fill("Hur hösten kan börja lugnt.")
    page.get_by_label("Vem man ringer").fill("Eva Lindgren, 08-123 45 67")
    page.get_by_role("button", name="Boka mötet").click()


def test_a_principal_changes_who_is_asked_to_a_planned_meeting(visit: Visits) -> None:
    visitor = visit("principal")
    page = visitor.page
    visitor.go("/cases/?q=Alva")
    page.get_by_role("link", name="Alva Lindqvist", exact=True).click()
    page.get_by_role("link", name="Boka möte").click()
    book(page)
    asked = page.locator(".asked > li")
    expect(asked.filter(has_text="Maria Sandberg, mentor")).to_contain_text("fick länk per mejl")
    page.get_by_role("link", name="Ändra vilka som bjuds in").click()
    page.get_by_label("Maria Sandberg, mentor").uncheck()
    page.get_by_label("Anna Forsberg, närvarosamordnare").check()
    page.get_by_label("Andra som bjuds in").fill("tolk, Kim")
    page.get_by_role("button", name="Spara vilka som bjuds in").click()
    expect(page.get_by_text("Det är ändrat vilka som bjuds in.")).to_be_visible()
    expect(asked.filter(has_text="Anna Forsberg, närvarosamordnare")).to_contain_text("fick länk per mejl")
    expect(asked.filter(has_text="Kim")).to_contain_text("inte inbjuden än")
    expect(asked.filter(has_text="Maria Sandberg")).to_have_count(0)
    page.get_by_text("Bjudna tidigare").click()
    expect(page.locator("main")).to_contain_text("Maria Sandberg, mentor")
    coordinator = visit("attendance_coordinator")
    coordinator.go("/")
    expect(coordinator.page.locator("main")).to_contain_text("tis 16 juni")


def test_the_organiser_assesses_what_another_organiser_told(visit: Visits) -> None:
    visitor = visit("organiser_officer")
    page = visitor.page
    visitor.go("/")
    page.locator("main").get_by_role("link", name="Plikter").click()
    expect(page.locator("h1")).to_contain_text("plikter väntar på någon")
    page.get_by_role("link", name="Se upplysningarna").click()
    expect(page.locator("h1")).to_have_text("2 upplysningar från andra huvudmän väntar på bedömning")
    expect(page.get_by_role("row").filter(has_text="Nova Håkansson")).to_contain_text("Insatser ska samordnas")
    page.get_by_role("link", name="Love Hjalmarsson", exact=True).click()
    expect(page.locator("main")).to_contain_text("Grannby kommun, utbildningsförvaltningen")
    page.get_by_role("radio", name="Samordning behövs inte").check()
    page.get_by_label("Varför").fill("Skolbytet är känt och eleven går i skolan.")
    page.get_by_role("button", name="Spara bedömningen").click()
    expect(page.get_by_text("Bedömningen är sparad.")).to_be_visible()
    page.get_by_role("link", name="Tillbaka").click()
    expect(page.locator("h1")).to_have_text("1 upplysning från en annan huvudman väntar på bedömning")
    assert visit("principal").go("/duties/received/").status == 403
