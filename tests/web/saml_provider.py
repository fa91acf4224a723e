"""A SAML identity provider: it makes and signs responses, and forges what a test asks it to."""

import base64
import time
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

ENTITY = "https://idp.example.se/saml"
SIGN_IN = "https://idp.example.se/sign-in"
SAML = "urn:oasis:names:tc:SAML:2.0"
MAIL = "urn:oid:0.9.2342.19200300.100.1.3"
LEVEL3 = "http://id.elegnamnden.se/loa/1.0/loa3"


def _identity() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "invented")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(start).not_valid_after(start + timedelta(days=9999))
    certificate = made.sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()


KEY, CERTIFICATE = _identity()
OTHER_KEY, OTHER_CERTIFICATE = _identity()


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Response:
    """What an identity provider says. ``key`` None: unsigned."""

    answers: str
    recipient: str
    audience: str
    subject: str = "p-1"
    email: str = "mentor@example.se"
    level: str = LEVEL3
    issuer: str = ENTITY
    age_seconds: int = 0
    key: str | None = KEY
    certificate: str = CERTIFICATE
    assertion_id: str = "_a1"

    def but(self, **changes: Any) -> "Response":
        return replace(self, **changes)

    def assertion(self) -> str:
        now = time.time() - self.age_seconds
        answers = f'InResponseTo="{self.answers}"' if self.answers else ""
        window = f'NotBefore="{_at(now - 60)}" NotOnOrAfter="{_at(now + 300)}"'
        return f"""
<saml:Assertion xmlns:saml="{SAML}:assertion" ID="{self.assertion_id}" Version="2.0" IssueInstant="{_at(now)}">
  <saml:Issuer>{self.issuer}</saml:Issuer>
  <saml:Subject>
    <saml:NameID Format="{SAML}:nameid-format:persistent">{self.subject}</saml:NameID>
    <saml:SubjectConfirmation Method="{SAML}:cm:bearer">
      <saml:SubjectConfirmationData
        {answers} NotOnOrAfter="{_at(now + 300)}" Recipient="{self.recipient}"/>
    </saml:SubjectConfirmation>
  </saml:Subject>
  <saml:Conditions {window}>
    <saml:AudienceRestriction><saml:Audience>{self.audience}</saml:Audience></saml:AudienceRestriction>
  </saml:Conditions>
  <saml:AuthnStatement AuthnInstant="{_at(now)}" SessionIndex="_s1"><saml:AuthnContext>
    <saml:AuthnContextClassRef>{self.level}</saml:AuthnContextClassRef>
  </saml:AuthnContext></saml:AuthnStatement>
  <saml:AttributeStatement>
    <saml:Attribute Name="{MAIL}"><saml:AttributeValue>{self.email}</saml:AttributeValue></saml:Attribute>
  </saml:AttributeStatement>
</saml:Assertion>""".strip()

    def made(self, answers: str = "") -> str:
        """Signed where a key is given, in a response. ``answers``: what the outer, unsigned part claims to answer."""
        assertion = self.assertion()
        if self.key:
            signed = OneLogin_Saml2_Utils.add_sign(assertion, self.key, self.certificate)
            assertion = etree.tostring(etree.fromstring(signed)).decode()
        return self.around(assertion, answers)

    def around(self, assertion: str, answers: str = "") -> str:
        answered = answers or self.answers
        claims = f'InResponseTo="{answered}"' if answered else ""
        return f"""
<samlp:Response xmlns:samlp="{SAML}:protocol" xmlns:saml="{SAML}:assertion" ID="_r1" Version="2.0"
  IssueInstant="{_at(time.time())}" Destination="{self.recipient}" {claims}>
  <saml:Issuer>{self.issuer}</saml:Issuer>
  <samlp:Status><samlp:StatusCode Value="{SAML}:status:Success"/></samlp:Status>
  {assertion}
</samlp:Response>""".strip()


def posted(response: str) -> str:
    return base64.b64encode(response.encode()).decode()


def request_of(address: str) -> etree._Element:
    """The request that our redirect carries."""
    packed = parse_qs(urlsplit(address).query)["SAMLRequest"][0]
    return etree.fromstring(zlib.decompress(base64.b64decode(packed), -15))
