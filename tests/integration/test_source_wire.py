"""Signing in, patience and safety of what is asked of a source (bad input 26 to 28 and 30)."""

import logging
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from narvaro.ss12000.addresses import is_public
from narvaro.ss12000.errors import AddressRefused, Interrupted, NotAllowed, SignInRefused, SourceRefused
from narvaro.ss12000.wire import Limits
from tests.scripted_source import NOW, Told, page, scripted

EMPTY = {"data": []}


def ask(source, limits=None, **connection):
    with source.asker(limits, **connection) as asker:
        return asker.get("/persons", {"civicNo": "201302240000"})


def failing(*first):
    """The answers given before it goes well."""
    waiting = list(first)
    return lambda asked: waiting.pop(0) if waiting else page([])


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_source_is_asked_again_more_and_more_seldom(status):
    with scripted(failing(*[Told(status)] * 4)) as source:
        assert ask(source)["data"] == []
        assert len(source.asked) == 5
        assert source.naps == [0.75, 1.5, 3.0, 6.0]


def test_a_source_that_stays_busy_is_left_after_five_tries():
    with scripted(lambda asked: Told(500, {"civicNo": "201302240000"})) as source:
        with pytest.raises(Interrupted, match="status 500") as refused:
            ask(source)
        assert len(source.asked) == 5
    assert "20130224" not in str(refused.value)


@pytest.mark.parametrize(
    ("header", "least"), [("7", 7), ((NOW + timedelta(seconds=40)).strftime("%a, %d %b %Y %H:%M:%S GMT"), 40)]
)
def test_it_waits_as_long_as_it_is_asked_to(header, least):
    with scripted(failing(Told(429, headers={"Retry-After": header}))) as source:
        ask(source)
        assert least <= source.naps[0] < least + 1


def test_a_wait_of_hours_is_told_instead():
    with scripted(failing(Told(429, headers={"Retry-After": "7200"}))) as source:
        with pytest.raises(SourceRefused, match="120 minutes"):
            ask(source)
        assert source.naps == []


def half(asked):
    return Told(headers={"Content-Length": "500"}, raw=iter([b'{"data": [']))


def test_half_an_answer_is_thrown_away_and_asked_for_again():
    def answer(asked, first=[half]):  # noqa: B006
        return first.pop()(asked) if first else page([])

    with scripted(answer) as source:
        assert ask(source)["data"] == []
        assert len(source.asked) == 2


def trickle(asked):
    def bytes_one_by_one():
        while True:
            yield b" "

    return Told(headers={"Content-Length": "900000000"}, raw=bytes_one_by_one())


def test_an_answer_that_never_ends_meets_the_end_of_its_time():
    with scripted(trickle) as source:
        with pytest.raises(Interrupted, match="in time"):
            ask(source, Limits(seconds=0.2, tries=2))
        assert len(source.asked) == 2


def test_a_header_that_trickles_meets_it_too():
    def stuck(asked):
        return Told(headers={"X": "a" * 10, "Content-Length": "10"}, raw=iter([]))

    with scripted(stuck) as source, pytest.raises(Interrupted):
        ask(source, Limits(seconds=0.2, tries=1))


def test_nothing_there_is_told_as_that():
    with scripted(lambda asked: page([])) as source:
        gone = source
    with pytest.raises(Interrupted, match="Nothing answers"):
        ask(gone)
    assert len(gone.naps) == 4


def test_the_secret_goes_where_it_belongs():
    with scripted(lambda asked: page([])) as source:
        ask(source, auth="bearer", token="s3cret")
        ask(source, auth="header", token="s3cret", header="X-Api-Key")
        ask(source)
        sent = [(asked.headers.get("Authorization"), asked.headers.get("X-Api-Key")) for asked in source.asked]
    assert sent == [("Bearer s3cret", None), (None, "s3cret"), (None, None)]


class Office:
    """Gives out tokens; those given are good for ``uses`` questions each."""

    def __init__(self, uses, expires_in=3600):
        self.uses, self.expires_in, self.given, self.forms = uses, expires_in, 0, []

    def __call__(self, asked):
        if asked.path == "/token":
            self.given += 1
            self.left = self.uses
            self.forms.append((asked.body.decode(), asked.headers.get("Authorization")))
            return Told(body={"access_token": f"t{self.given}", "expires_in": self.expires_in})
        self.left -= 1
        good = asked.headers.get("Authorization") == f"Bearer t{self.given}" and self.left >= 0
        return page([]) if good else Told(401, {"detail": "expired"})


@pytest.mark.parametrize(
    ("auth", "form", "basic"),
    [
        ("client_form", "grant_type=client_credentials&scope=all&client_id=me&client_secret=s%26cret", None),
        ("client_basic", "grant_type=client_credentials&scope=all", "Basic bWU6cyUyNmNyZXQ="),
    ],
)
def test_a_token_is_fetched_and_fetched_again_once_when_it_ends(auth, form, basic):
    office = Office(uses=1)
    with scripted(office) as source:
        given = {"auth": auth, "token_url": f"{source.root}/token", "client_id": "me", "client_secret": "s&cret"}
        with source.asker(**given, scope="all") as asker:
            assert [asker.get("/persons", {})["data"] for _ in range(3)] == [[], [], []]
        assert office.forms == [(form, basic)] * 3
        office.uses = 0
        with pytest.raises(SignInRefused):
            ask(source, **given)
        assert office.given == 5


def test_a_token_about_to_end_is_changed_before_it_is_used():
    office = Office(uses=9, expires_in=30)
    with scripted(office) as source:
        given = {"auth": "client_form", "token_url": f"{source.root}/token", "client_id": "me"}
        with source.asker(**given, client_secret="s") as asker:
            asker.get("/persons", {})
            asker.get("/persons", {})
        assert office.given == 2


@pytest.mark.parametrize("status", [400, 401, 200])
def test_no_token_is_told_without_what_was_answered(status):
    with scripted(lambda asked: Told(status, {"error": "s3cret"})) as source, pytest.raises(SignInRefused) as refused:
        ask(source, auth="client_form", token_url=f"{source.root}/token", client_id="me", client_secret="s3cret")
    assert "s3cret" not in str(refused.value)


def test_a_fixed_token_is_not_tried_again():
    with scripted(lambda asked: Told(401)) as source:
        with pytest.raises(SignInRefused):
            ask(source, auth="bearer", token="old")
        assert len(source.asked) == 1


def test_what_may_not_be_read_is_told_by_its_path():
    with scripted(lambda asked: Told(403)) as source, pytest.raises(NotAllowed, match="/persons"):
        ask(source)


def test_another_address_is_not_followed():
    with scripted(lambda asked: Told(302, headers={"Location": "http://127.0.0.1:1/"})) as source:
        with pytest.raises(SourceRefused, match="another address"):
            ask(source)
        assert len(source.asked) == 1


def test_neither_question_nor_secret_is_logged(caplog):
    with caplog.at_level(logging.DEBUG), scripted(lambda asked: page([])) as source:
        logging.getLogger("shown").debug("a line")
        ask(source, auth="bearer", token="s3cret")
    assert "a line" in caplog.text
    assert not any(word in caplog.text for word in ("201302240000", "s3cret", "civicNo"))


def test_proxies_of_the_surroundings_are_not_used(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with scripted(lambda asked: page([])) as source:
        assert ask(source)["data"] == []


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "not a web address"),
        ("ftp://sis.example/v2", "not a web address"),
        ("https://", "not a web address"),
        ("https://sis.example:port/", "not a web address"),
        ("https://sis.example/a b", "not a web address"),
        ("http://sis.example/v2.0", "not encrypted"),
        ("https://me:s3cret@sis.example/v2.0", "more than a host"),
        ("https://sis.example/v2.0?key=s3cret", "more than a host"),
        ("https://sis.example/v2.0#here", "more than a host"),
    ],
)
def test_an_address_that_may_not_be_asked_is_refused_before_anything_is_sent(address, why):
    with scripted(lambda asked: page([])) as source:
        with pytest.raises(AddressRefused, match=why) as refused:
            ask(source, base_url=address)
        with pytest.raises(AddressRefused):
            ask(source, token_url=address or "x")
        assert source.asked == []
    assert "s3cret" not in str(refused.value)


def test_a_host_of_this_machine_is_asked_only_when_it_is_trusted():
    with scripted(lambda asked: page([])) as source:
        secure = source.address.replace("http:", "https:")
        with pytest.raises(AddressRefused, match="private network"):
            ask(source, base_url=secure, trusted_hosts=frozenset())
        with pytest.raises(AddressRefused, match="private network"):
            ask(source, base_url=secure.replace("127.0.0.1", "localhost"), trusted_hosts=frozenset())
        assert source.asked == []


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"])
def test_the_world_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "224.0.0.1",
            "100.64.0.1",
        ),
        *("::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
    ],
)
def test_neighbours_are_not_public_however_they_are_written(address):
    assert not is_public(address)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A server's own, which nobody else has signed."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sis")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "cert.pem").write_bytes(made.public_bytes(pem[0]))
    (folder / "key.pem").write_bytes(key.private_bytes(*pem))
    return folder / "cert.pem", folder / "key.pem"


def test_a_certificate_that_nobody_vouches_for_is_refused_and_a_known_issuer_is_not(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with scripted(lambda asked: page([]), tls=context) as source:
        with pytest.raises(SourceRefused, match="certificate") as refused:
            ask(source)
        assert not isinstance(refused.value, Interrupted)
        assert source.asked == []
        assert ask(source, ca_bundle=certificate[0])["data"] == []
        with pytest.raises(SourceRefused, match="PEM files"):
            ask(source, ca_bundle=certificate[1])
