"""What each role does in a day, as they do it: by what the page says, in Swedish, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visits
from tests.browser.hostile import PAYLOADS
from tests.browser.served import Served
from tests.browser.visiting import DESKTOP, PHONE, Size, Visitor


def decide_about(visitor: Visitor, name: str) -> None:
    """From the list to the decision's page."""
    visitor.page.get_by_role("row").filter(has=visitor.page.get_by_text(name, exact=True)).get_by_role(
        "link", name="Besluta"
    ).click()


@pytest.mark.parametrize(("size", "name"), [(DESKTOP, "Alva Lindqvist"), (PHONE, "Elias Berg")])
def test_a_mentor_sees_why_and_decides(served: Served, visit: Visits, size: Size, name: str) -> None:
    visitor = visit(size=size)
    page = visitor.sign_in(served.people["mentor"])
    expect(page.locator("h1")).to_have_text(re.compile(r"\d+ elever har något nytt, \d+ att följa upp"))
    visitor.go("/to-act-on/")
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.locator("h1")).to_contain_text(name)
    expect(page.locator("main")).to_contain_text("% av lektionstiden rapporterad")
    page.get_by_role("link", name="Lektionerna bakom").first.click()
    expect(page.locator("h1")).to_have_text(f"Därför är {name} med på listan")
    page.get_by_role("link", name="Besluta").click()
    page.get_by_role("radio", name="Samtal med eleven").check()
    page.get_by_role("button", name="Spara beslutet").click()
    expect(page.get_by_text("Skriv skälet").first).to_be_visible()
    page.get_by_label("Varför, och vad ni kom överens om").fill("Vi börjar med måndagarna.")
    page.get_by_label("Följ upp den").fill("2026-06-24")
    page.get_by_role("button", name="Spara beslutet").click()
    expect(page.get_by_text("Beslutet är sparat.")).to_be_visible()
    row = page.get_by_role("row", name=name)
    expect(row).to_contain_text("Följ upp ons 24 juni")
    visitor.go("/to-act-on/?situation=new")
    expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name="Love Claesson", exact=True)).to_have_count(1)


def test_what_was_written_outlives_the_session(served: Served, visit: Visits) -> None:
    visitor = visit("mentor")
    visitor.go("/to-act-on/")
    decide_about(visitor, "Matteo Lindgren")
    reason = visitor.page.get_by_label("Varför, och vad ni kom överens om")
    with visitor.page.expect_response(lambda answer: answer.url.endswith("/draft")):
        reason.press_sequentially("Talade med hemmet i går")
    expect(visitor.page.locator("#saved")).to_have_text(re.compile(r"Utkast sparat \d\d\.\d\d"))
    visitor.context.clear_cookies(name="session")
    visitor.page.get_by_role("button", name="Spara beslutet").click()
    expect(visitor.page.locator("h1")).to_have_text("Logga in")
    visitor.fill_in(served.people["mentor"])
    expect(visitor.page.locator("h1")).to_have_text("Vad händer nu för Matteo Lindgren?")
    expect(reason).to_have_value("Talade med hemmet i går")


def test_a_coordinator_finds_their_way_in_the_list(visit: Visits) -> None:
    visitor = visit("attendance_coordinator")
    page = visitor.page
    visitor.go("/")
    page.get_by_role("link", name="Att agera på").click()
    expect(page.locator("h1")).to_have_text(re.compile(r"\d+ elever väntar på dig"))
    expect(page.locator("nav.pages")).to_contain_text(re.compile("1–50 av 1"))
    page.get_by_role("link", name="Nästa", exact=True).click()
    expect(page.locator("nav.pages")).to_contain_text("51–100 av 1")
    page.get_by_role("link", name="12 veckor").click()
    expect(page.get_by_role("columnheader", name="12 veckor")).to_have_attribute("aria-sort", re.compile("cending"))
    expect(page).to_have_url(re.compile("sort="))
    page.get_by_label("Årskurs").select_option("7")
    expect(page.locator("#rows tbody tr").filter(has_text=re.compile("8A|9B"))).to_have_count(0)
    page.get_by_label("Sök elev").press_sequentially("Alva Lind")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    expect(page.locator("#rows tbody tr")).to_contain_text("Alva Lindqvist")
    page.get_by_label("Sök elev").fill("Finns Inte")
    expect(page.locator("#rows")).to_contain_text("Ingen här")


def test_the_protected_pupil_is_seen_by_the_listed_alone(served: Served, visit: Visits) -> None:
    listed, address = visit("principal"), f"/pupils/{served.pupils['Ida Sundberg']}/"
    assert listed.go(address).status == 200
    expect(listed.page.locator("main")).to_contain_text("Skyddade uppgifter")
    for role in ("attendance_coordinator", "pupil_health", "mentor", "school_nurse", "system_administrator"):
        other = visit(role)
        assert other.go(address).status == (403 if role == "system_administrator" else 404), role
        assert "Ida" not in other.main()
        other.go("/")
        assert "Ida Sundberg" not in other.main(), role


def test_a_list_counts_the_protected_for_the_listed_alone(visit: Visits) -> None:
    """Every pupil of the hostile authority is to be acted on, and one of them is protected."""
    for role, count in (("hostile principal", len(PAYLOADS)), ("hostile attendance_coordinator", len(PAYLOADS) - 1)):
        visitor = visit(role)
        visitor.go("/to-act-on/")
        assert visitor.heading() == f"{count} elever väntar på dig"
        expect(visitor.page.locator("#rows tbody tr")).to_have_count(count)


@pytest.mark.parametrize("role", ["principal", "pupil_health"])
def test_a_meeting_is_led_with_the_keyboard(visit: Visits, role: str) -> None:
    visitor = visit(role)
    page = visitor.page
    visitor.go("/to-act-on/")
    page.get_by_role("link", name="Mötesvy").click()
    expect(page.locator("h1")).to_have_text(re.compile(r"\d+ elever att prata om"))
    names = [text.split("\n")[0] for text in page.locator(".agenda-name").all_inner_texts()]
    shown = page.locator("#meeting-pupil h2").first
    expect(shown).to_contain_text(names[0].removesuffix(" Ny"))
    page.keyboard.press("j")
    expect(shown).to_contain_text(names[1].removesuffix(" Ny"))
    expect(shown).to_be_focused()
    expect(page.locator(".agenda a[aria-current]")).to_contain_text(names[1].removesuffix(" Ny"))
    page.keyboard.press("ArrowRight")
    expect(shown).to_contain_text(names[2].removesuffix(" Ny"))
    page.keyboard.press("k")
    expect(shown).to_contain_text(names[1].removesuffix(" Ny"))
    page.go_back()
    expect(shown).to_contain_text(names[2].removesuffix(" Ny"))
    expect(page.get_by_role("link", name="Besluta")).to_have_count(1 if role == "principal" else 0)


def test_the_principal_decides_to_investigate_and_the_mentor_cannot(visit: Visits) -> None:
    principal, mentor = visit("principal"), visit("mentor")
    for visitor in (principal, mentor):
        visitor.go("/to-act-on/?q=Hannes+Ros%C3%A9n")
        decide_about(visitor, "Hannes Rosén")
    expect(mentor.page.get_by_role("radio", name="Avvakta och följ")).to_have_count(1)
    expect(mentor.page.get_by_role("radio", name="Utred frånvaron")).to_have_count(0)
    principal.page.get_by_role("radio", name="Utred frånvaron").check()
    principal.page.get_by_label("Varför, och vad ni kom överens om").fill("Elevhälsan utreder till terminsslutet.")
    principal.page.get_by_role("button", name="Spara beslutet").click()
    expect(principal.page.get_by_text("Beslutet är sparat.")).to_be_visible()
    mentor.page.get_by_role("radio", name="Avvakta och följ").check()
    mentor.page.get_by_label("Varför, och vad ni kom överens om").fill("Jag avvaktar.")
    mentor.page.get_by_role("button", name="Spara beslutet").click()
    expect(mentor.page.locator("main")).to_contain_text("Elevhälsan utreder till terminsslutet.")
    expect(mentor.page.locator("main")).to_contain_text("Jag avvaktar.")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_guardian_sees_their_own_child_and_no_other(served: Served, visit: Visits, size: Size) -> None:
    visitor = visit("legal_guardian", size)
    visitor.go("/")
    expect(visitor.page.locator("h1")).to_have_text("Så går det med närvaron")
    visitor.page.get_by_role("link", name="Alva Lindqvist").click()
    expect(visitor.page.locator("main")).to_contain_text("av 105 tim rapporterad tid")
    assert "steg" not in visitor.main().casefold()  # the plan's words are the school's
    visitor.page.get_by_role("link", name="Vem kan se det här, och varför?").click()
    expect(visitor.page.locator("main")).to_contain_text("Maria Sandberg")
    assert visitor.go(f"/pupils/{served.pupils['Love Claesson']}/").status == 404
    assert "Love" not in visitor.main()
    assert visitor.go("/to-act-on/").status == 403


def test_a_pupil_sees_what_the_school_sees(visit: Visits) -> None:
    visitor = visit("pupil", PHONE)
    visitor.go("/")
    visitor.page.get_by_role("link", name="Alva Lindqvist").click()
    expect(visitor.page.locator("main")).to_contain_text("Det som fungerar")
    expect(visitor.page.get_by_role("link", name="Besluta")).to_have_count(0)


def test_a_school_nurse_sees_attendance_but_decides_nothing(visit: Visits) -> None:
    visitor = visit("school_nurse")
    visitor.go("/")
    assert "Alva" not in visitor.main()
    visitor.page.get_by_label("Sök elev").fill("alva lind")
    visitor.page.get_by_label("Sök elev").press("Enter")
    visitor.page.get_by_role("link", name="Alva Lindqvist").click()
    expect(visitor.page.locator("main")).to_contain_text("Dag för dag")
    assert visitor.go("/meeting/").status == 403


@pytest.mark.parametrize(
    "role",
    [
        *("teacher", "organiser_officer", "social_worker", "clinician", "evaluator", "process_leader"),
        *("collaboration_team", "kaa_coordinator", "system_administrator"),
    ],
)
def test_who_works_with_no_pupil_is_told_so(served: Served, visit: Visits, role: str) -> None:
    address = f"/pupils/{served.pupils['Love Claesson']}/"
    visitor = visit(role)
    visitor.go("/")
    expect(visitor.page.locator("h1")).to_contain_text("Välkommen, ")
    expect(visitor.page.locator("main")).to_contain_text("Din roll visar inte enskilda elever.")
    for path in (address, "/to-act-on/", "/meeting/"):
        assert visitor.go(path).status == 403, path
        expect(visitor.page.locator("h1")).to_have_text("Du får inte se det här")


def test_the_language_is_one_click_away_and_stays(served: Served, visit: Visits) -> None:
    visitor = visit("mentor", PHONE)
    page = visitor.page
    visitor.go("/to-act-on/")
    page.locator("details.who summary").click()
    page.get_by_role("button", name="In English").click()
    expect(page.locator("h1")).to_have_text(re.compile(r"\d+ pupils wait for you"))
    assert page.locator("html").get_attribute("lang") == "en"
    visitor.go("/")
    expect(page.locator("h1")).to_contain_text("have something new")
    page.locator("details.who summary").click()
    page.get_by_role("button", name="På svenska").click()
    expect(page.locator("h1")).to_contain_text("har något nytt")


def test_signed_out_is_signed_out(served: Served, visit: Visits) -> None:
    visitor = visit()
    page = visitor.sign_in(served.people["pupil_health"])
    visitor.go("/to-act-on/")
    kept = visitor.context.cookies()
    page.locator("details.who summary").click()
    page.get_by_role("button", name="Logga ut").click()
    expect(page.get_by_text("Du är utloggad.")).to_be_visible()
    visitor.go("/to-act-on/")
    expect(page.locator("h1")).to_have_text("Logga in")
    visitor.context.add_cookies(kept)  # the session itself is gone, not only its cookie
    visitor.go("/to-act-on/")
    expect(page.locator("h1")).to_have_text("Logga in")


def test_a_wrong_password_tells_nothing(served: Served, visit: Visits) -> None:
    told = []
    for email in (served.people["clinician"].email, "nobody@exempelkommun.example"):
        visitor = visit()
        visitor.go("/account/sign-in")
        visitor.page.get_by_label("E-post").fill(email)
        visitor.page.get_by_label("Lösenord").fill("fel fras att gissa på")
        visitor.page.get_by_role("button", name="Logga in").click()
        told.append(visitor.page.get_by_role("alert").inner_text())
    assert told[0] == told[1] == "E-postadressen eller lösenordet stämmer inte."


def test_all_of_it_works_without_scripts(served: Served, visit: Visits) -> None:
    visitor = visit(size=PHONE, scripts=False)
    page = visitor.sign_in(served.people["mentor"])
    page.get_by_role("link", name="Att agera på").click()
    page.get_by_label("Sök elev").fill("Amina")
    page.get_by_role("button", name="Visa").click()
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    decide_about(visitor, "Amina Johansson")
    page.get_by_role("radio", name="Avvakta och följ").check()
    page.get_by_label("Varför, och vad ni kom överens om").fill("Frånvaron minskar.")
    page.get_by_role("button", name="Spara beslutet").click()
    expect(page.get_by_text("Beslutet är sparat.")).to_be_visible()
    visitor.go("/to-act-on/?situation=awaiting")
    expect(page.locator("#rows tbody tr")).to_contain_text("Amina Johansson")
