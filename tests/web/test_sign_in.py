"""Signing in and out, passwords and links: what lets in, what does not, and what is told about it."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.auth import hashers
from django.core import mail
from django.test import Client, override_settings

from narvaro.config import settings as real
from narvaro.core import links
from narvaro.core.models import AuditEntry, User
from tests.web.conftest import As
from tests.web.world import PASSWORD, World

SIGN_IN, SIGN_OUT = "/account/sign-in", "/account/sign-out"
NEW = "fyra helt nya ord"


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> object:
    return client.post(SIGN_IN, {"login": email, "password": password, **more})


def entries(action: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action=action).order_by("pk"))


def test_the_right_password_opens_the_first_page(world: World, client: Client) -> None:
    answer = sign_in(client, "mentor@example.se")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("email", ["MENTOR@example.se", " mentor@example.se "])
def test_the_address_is_taken_as_people_write_it(world: World, client: Client, email: str) -> None:
    assert sign_in(client, email).status_code == 302


def test_signing_in_and_out_is_in_the_chain_of_the_authority(world: World, client: Client) -> None:
    sign_in(client, "mentor@example.se")
    client.post(SIGN_OUT)
    for entry in (*entries("sign_in"), *entries("sign_out")):
        assert entry.chain == f"authority-{world.organiser.pk}"
        assert (entry.user_id, entry.role, entry.decision) == (world.users["mentor"].pk, "mentor", "granted")
    assert entries("sign_in")[0].details == {"ways": ["password"]}
    assert (len(entries("sign_in")), len(entries("sign_out"))) == (1, 1)


def test_a_wrong_password_is_in_the_chain_outside_without_what_was_typed(world: World, client: Client) -> None:
    sign_in(client, "mentor@example.se", "wrong-typed-password")
    sign_in(client, "nobody-typed@example.se", "wrong-typed-password")
    known, unknown = entries("sign_in")
    assert {known.chain, unknown.chain} == {"outside"}
    assert {known.decision, unknown.decision} == {"refused"}
    assert (known.objects_seen, unknown.objects_seen) == ([world.users["mentor"].pk], [])
    assert "typed" not in str(list(AuditEntry.objects.values()))


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(world: World, client: Client) -> None:
    def answer(email: str) -> tuple[int, str]:
        page = sign_in(client, email, "wrong")
        text = page.content.decode().replace(email, "")
        return page.status_code, re.sub(r'value="\w{64}"|"X-CSRFToken": "\w+"', "", text)

    known, unknown = answer("mentor@example.se"), answer("nobody@example.se")
    assert known == unknown
    assert "is not right" in known[1] or "stämmer inte" in known[1]


@pytest.mark.parametrize("email", ["mentor@example.se", "nobody@example.se", "organisation@example.se"])
def test_every_try_costs_one_hash(world: World, client: Client, email: str, monkeypatch: pytest.MonkeyPatch) -> None:
    organisation = User(email="organisation@example.se", name="Utan lösenord")
    organisation.set_unusable_password()
    organisation.save()
    costs: list[str] = []
    hasher = type(hashers.get_hasher())
    for name in ("encode", "verify"):
        real_method = getattr(hasher, name)
        monkeypatch.setattr(
            hasher, name, lambda self, *a, _name=name, _real=real_method: (costs.append(_name), _real(self, *a))[1]
        )
    monkeypatch.setattr(hasher, "verify", lambda self, *a: (costs.append("verify"), False)[1])
    assert sign_in(client, email, "wrong").status_code == 200
    assert len(costs) == 1


def test_passwords_are_kept_with_argon2id() -> None:
    with override_settings(PASSWORD_HASHERS=real.PASSWORD_HASHERS):
        kept = hashers.make_password(PASSWORD)
        assert kept.startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$")
        assert hashers.check_password(PASSWORD, kept)
        assert not hashers.check_password(PASSWORD + " ", kept)


def test_the_sixth_failed_try_in_a_minute_is_told_to_wait(world: World, client: Client) -> None:
    for email in ("mentor@example.se", "nobody@example.se"):
        statuses = [sign_in(client, email, "wrong").status_code for _ in range(6)]
        assert statuses == [200] * 5 + [429]
    last = sign_in(client, "mentor@example.se")  # the right password does not help now
    assert (last.status_code, last["Retry-After"]) == (429, "60")
    assert "error-page" in last.content.decode()


def test_after_a_minute_one_may_try_again(world: World, client: Client, frozen_day: object) -> None:
    for _ in range(6):
        sign_in(client, "mentor@example.se", "wrong")
    frozen_day.shift(61)
    assert sign_in(client, "mentor@example.se").status_code == 302


def test_nobody_signs_up(world: World, client: Client) -> None:
    before = User.objects.count()
    for path in ("/account/signup", "/account/sign-up", "/accounts/signup/"):
        assert client.post(path, {"email": "new@example.se", "password1": NEW, "password2": NEW}).status_code == 404
    assert User.objects.count() == before > 0


def test_a_new_installation_has_no_accounts_and_no_back_door(db: None, client: Client) -> None:
    assert not User.objects.exists()
    for path in ("/admin/", "/admin/login/", "/accounts/login/", "/account/login", "/api/"):
        assert client.get(path).status_code == 404


def test_signing_out_empties_the_browser_and_ends_the_session(signed_in: As) -> None:
    client = signed_in("mentor")
    cookie = client.cookies["session"].value
    assert client.get("/").status_code == 200
    assert client.get(SIGN_OUT).status_code == 200  # a page that asks; a link to it signs nobody out
    assert client.get("/").status_code == 200
    answer = client.post(SIGN_OUT)
    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert answer.cookies["session"]["max-age"] == 0
    assert "signed-out" in answer["Location"]
    again = Client()
    again.cookies["session"] = cookie
    assert again.get("/").status_code == 302


def link_in(message: mail.EmailMessage) -> str:
    found = re.search(r"http://testserver(/account/password/\S+)", message.body)
    assert found
    return found[1]


def choose(client: Client, link: str, password: str = NEW) -> int:
    """Follows the link as a browser does and chooses the password; 302 when it was taken."""
    page = client.get(link, follow=True)
    if not page.redirect_chain:
        return page.status_code
    return client.post(page.redirect_chain[-1][0], {"password1": password, "password2": password}).status_code


def ask(client: Client, email: str) -> int:
    return client.post("/account/password/forgotten", {"email": email}).status_code


@pytest.fixture
def mails(django_capture_on_commit_callbacks: object) -> object:
    return django_capture_on_commit_callbacks


def test_a_forgotten_password_is_chosen_anew_by_a_link_that_works_once(
    world: World, client: Client, mails: object
) -> None:
    with mails(execute=True):
        assert ask(client, "mentor@example.se") == 302
    link = link_in(mail.outbox[0])
    token = link.rpartition("-")[2]
    assert len(token) * 4 >= 128  # hexadecimal digits of an HMAC
    assert token not in client.get(link)["Location"]
    assert choose(Client(), link) == 302
    assert [entry.details for entry in entries("account.security")] == [{"change": "password_reset"}]
    assert sign_in(Client(), "mentor@example.se", NEW).status_code == 302
    assert sign_in(Client(), "mentor@example.se").status_code == 200
    assert choose(Client(), link) == 200


def test_a_link_is_too_old_after_three_days(world: World, frozen_day: object) -> None:
    link = links.link_for(world.users["mentor"])
    assert Client().get(link).status_code == 302
    frozen_day.shift(3 * 86400 + 1)
    assert Client().get(link).status_code == 200


def test_a_changed_link_opens_nothing(world: World) -> None:
    link, other = links.link_for(world.users["mentor"]), links.link_for(world.users["pupil"])
    forged = other.rpartition("/")[0] + "/" + link.rpartition("/")[2]
    assert Client().get(link).status_code == 302
    assert Client().get(forged).status_code == 200
    assert Client().get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 200


@pytest.mark.parametrize("email", ["nobody@example.se", "organisation@example.se", "closed@example.se"])
def test_who_has_no_password_here_gets_no_link_and_the_same_answer(
    world: World, client: Client, mails: object, email: str
) -> None:
    for name in ("organisation", "closed"):
        user = User(email=f"{name}@example.se", name=name, is_active=name != "closed")
        user.set_unusable_password()
        user.save()
    with mails(execute=True):
        assert ask(client, "mentor@example.se") == ask(client, email) == 302
    assert [message.to for message in mail.outbox] == [["mentor@example.se"]]


def test_a_closed_account_is_not_invited(world: World, mails: object) -> None:
    by, user = world.actor("system_administrator"), world.users["mentor"]
    for active in (True, False):
        User.objects.filter(pk=user.pk).update(is_active=active)
        with mails(execute=True):
            links.invite(by=by, user=user, address="http://testserver")
    assert len(mail.outbox) == 1


def test_a_new_person_is_invited_and_chooses_a_password(world: World, mails: object) -> None:
    new = User(email="new@example.se", name="Ny <b>")
    new.set_unusable_password()
    new.save()
    with mails(execute=True):
        links.invite(by=world.actor("system_administrator"), user=new, address="http://testserver")
    assert "Ny <b>" in mail.outbox[0].body
    assert entries("account.invite")[0].objects_seen == [new.pk]
    assert choose(Client(), link_in(mail.outbox[0])) == 302
    assert sign_in(Client(), "new@example.se", NEW).status_code == 302


@override_settings(ADDRESS="https://narvaro.example.se")
def test_links_begin_with_the_address_that_is_set(world: World, client: Client, mails: object) -> None:
    with mails(execute=True):
        ask(client, "mentor@example.se")
    assert "https://narvaro.example.se/account/password/" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("password", "taken"),
    [(NEW, True)]
    + [(each, False) for each in ("short", "1234567890123", "qwertyuiop123", "mentor@example.se", "person mentor")],
)
def test_which_passwords_are_taken(world: World, password: str, taken: bool) -> None:
    status = choose(Client(), links.link_for(world.users["mentor"]), password)
    assert (status == 302) == taken


def test_changing_the_password_ends_the_other_sessions(signed_in: As) -> None:
    here, elsewhere = signed_in("mentor"), signed_in("mentor")
    assert elsewhere.get("/").status_code == 200
    wrong = here.post("/account/password", {"oldpassword": "wrong", "password1": NEW, "password2": NEW})
    assert wrong.status_code == 200
    assert elsewhere.get("/").status_code == 200
    answer = here.post("/account/password", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert answer.status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    assert [entry.details for entry in entries("account.security")] == [{"change": "password_changed"}]


def test_ones_own_name_and_language(signed_in: As, world: World) -> None:
    client = signed_in("mentor")
    sent = {"name": "Maria Nilsson", "language": "en", "email": "other@example.se", "is_active": "", "password": NEW}
    answer = client.post("/account", sent)
    assert answer.status_code == 302
    assert answer.cookies["language"].value == "en"
    saved = User.objects.get(pk=world.users["mentor"].pk)
    assert (saved.name, saved.language, saved.email) == ("Maria Nilsson", "en", "mentor@example.se")
    assert entries("account.about_me")[0].details == {"changed": ["name", "language"]}
    assert 'lang="en"' in client.get("/account").content.decode()


@pytest.mark.parametrize("sent", [{"name": "A\r\nB"}, {"name": "x" * 121}, {"name": "A\x00"}, {"language": "de"}])
def test_what_cannot_be_a_name_or_language_is_said(signed_in: As, world: World, sent: dict[str, str]) -> None:
    client = signed_in("mentor")
    answer = client.post("/account", {"name": "Maria", "language": "en", "email": "x@example.se", **sent})
    assert answer.status_code == 200
    assert User.objects.get(pk=world.users["mentor"].pk).name == "Person mentor"


OPEN_REDIRECTS = [
    "https://evil.example", "http://evil.example", "//evil.example", "///evil.example", "////evil.example",
    "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example",
    "https:evil.example", "https:/evil.example", "https:///evil.example", "http:///evil.example",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://evil.example",
    " https://evil.example", "\thttps://evil.example", "\x00//evil.example", "http://testserver@evil.example",
    "http://testserver.evil.example", "//testserver@evil.example", "http://evil.example\\@testserver",
    "//evil.example/%2f..", "/%09/evil.example\r\nLocation: https://evil.example", "//[::1]", "http://localhost/",
    "..//evil.example",
]  # fmt: skip


@pytest.mark.parametrize("wanted", OPEN_REDIRECTS)
@pytest.mark.parametrize("way", ["post", "signed in already", "language"])
def test_one_is_never_led_to_another_site(signed_in: As, client: Client, wanted: str, way: str) -> None:
    if way == "post":
        answer = sign_in(client, "mentor@example.se", next=wanted)
    elif way == "language":
        answer = client.post("/language", {"language": "en", "next": wanted})
    else:
        answer = signed_in("mentor").get(SIGN_IN, {"next": wanted})
    assert answer.status_code == 302
    led_to = answer["Location"]
    # As a browser reads it: backslashes are slashes, and white space is left out.
    read = urlsplit(urljoin("http://testserver/account/sign-in", re.sub(r"[\t\r\n]", "", led_to).replace("\\", "/")))
    assert (read.scheme, read.netloc) == ("http", "testserver")
    assert "\n" not in led_to


def test_one_comes_to_the_page_that_was_asked_for(world: World, client: Client) -> None:
    assert len(OPEN_REDIRECTS) >= 30
    first = client.get("/?filter=a&b=%C3%A5")
    assert first["Location"] == "/account/sign-in?next=/%3Ffilter%3Da%26b%3D%25C3%25A5"
    page = client.get(first["Location"]).content.decode()
    assert 'name="next" value="/?filter=a&amp;b=%C3%A5"' in page
    assert sign_in(client, "mentor@example.se", next="/?filter=a&b=%C3%A5")["Location"] == "/?filter=a&b=%C3%A5"


def test_a_form_sent_too_late_leads_back_to_its_page(world: World, client: Client) -> None:
    sent = client.post("/role", {"assignment": "1"}, headers={"referer": "http://testserver/account?x=1"})
    assert sent["Location"] == "/account/sign-in?next=/account%3Fx%3D1"
    foreign = client.post("/role", headers={"referer": "https://evil.example/steal"})
    assert foreign["Location"] == "/account/sign-in?next=/"
    part = client.get("/", headers={"hx-request": "true", "hx-current-url": "http://testserver/account"})
    assert (part.status_code, part["HX-Redirect"]) == (401, "/account/sign-in?next=/account")
