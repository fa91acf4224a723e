"""What a person says about a source. Secrets are taken and never shown again."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificates
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from narvaro.contexts.sources import words
from narvaro.contexts.sources.connecting import bound_to
from narvaro.contexts.sources.models import Source
from narvaro.contexts.sources.places import Pem
from narvaro.contexts.sources.services import Address, Choices
from narvaro.core.forms import SentOnce
from narvaro.ss12000.told import Organisation

PEM_BYTES = 100_000
ALL, CHOSEN = "all", "chosen"
_BY_TOKEN = (Source.Auth.BEARER, Source.Auth.HEADER)
_BY_CLIENT = (Source.Auth.CLIENT_FORM, Source.Auth.CLIENT_BASIC)


def _longest(name: str) -> int:
    return int(vars(Source._meta.get_field(name))["max_length"])


class HttpsField(forms.CharField):
    """An address of a source: https, without a name or a query in it, and not of a network of ours unless whoever runs
    the program allows it. What the name leads to is looked at again when it is asked."""

    def clean(self, value: Any) -> str:
        text = str(super().clean(value) or "").strip().rstrip("/")
        if not text:
            return ""
        try:
            parts = urlsplit(text)
            host, _port = parts.hostname or "", parts.port
        except ValueError:
            host, parts = "", urlsplit("")
        if not host or parts.username or parts.password or parts.query or parts.fragment:
            raise ValidationError(_("Write the whole address, as https://skolsystem.example.se/ss12000/v2.0"))
        if host in settings.SOURCE_HOSTS and parts.scheme in ("http", "https"):
            return text
        if parts.scheme != "https":
            raise ValidationError(_("The address must begin with https://, so that nobody can listen on the way."))
        if _is_within(host):
            raise ValidationError(
                _(
                    "The address leads into the own network. If the school system is there, whoever runs Närvaro can "
                    "allow it with NARVARO_SOURCE_HOSTS."
                )
            )
        return text


def _is_within(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False


class PemField(forms.FileField):
    """A small file of text with a certificate or a key in it, which must be what it says."""

    def __init__(self, *args: Any, is_key: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, required=False, **kwargs)
        self.is_key = is_key

    def clean(self, data: Any, initial: Any = None) -> bytes | None:
        file = super().clean(data, initial)
        if not file:
            return None
        content: bytes = file.read(PEM_BYTES + 1)
        try:
            if len(content) > PEM_BYTES:
                raise ValueError("too long")
            load_pem_private_key(content, None) if self.is_key else load_pem_x509_certificates(content)
        except (ValueError, TypeError):
            raise ValidationError(
                _("The file is no key without a password in PEM format.")
                if self.is_key
                else _("The file is no certificate in PEM format.")
            ) from None
        return content


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSecrets:
    """What is stored already, and for which hosts."""

    hosts: str = ""
    token: bool = False
    secret: bool = False


def _password(**options: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "off"})
    field = forms.CharField(widget=widget, required=False, strip=True, max_length=4000, **options)
    field.needed_at_times = True  # type: ignore[attr-defined]
    return field


class AddressForm(SentOnce):
    name = forms.CharField(
        label=_("Name"), max_length=_longest("name"), help_text=_("What the school system is called among you.")
    )
    base_url = HttpsField(
        label=_("Address"),
        max_length=_longest("base_url"),
        help_text=_("From the supplier: where SS 12000 is answered, as https://skolsystem.example.se/ss12000/v2.0"),
    )
    auth = forms.ChoiceField(
        label=_("How does one sign in there?"),
        choices=list(words.AUTHS.items()),
        widget=forms.RadioSelect,
        initial=Source.Auth.BEARER,
    )
    secret = _password(
        label=_("Key or client secret"), help_text=_("From the supplier. It is stored encrypted and never shown.")
    )
    header = forms.CharField(
        label=_("Name of the header"),
        required=False,
        max_length=_longest("header"),
        help_text=_("Only for a key in a header of its own, as X-API-Key."),
    )
    token_url = HttpsField(
        label=_("Where keys are given out"),
        required=False,
        max_length=_longest("token_url"),
        help_text=_("For client id and secret: the supplier's token address."),
    )
    client_id = forms.CharField(label=_("Client id"), required=False, max_length=_longest("client_id"))
    scope = forms.CharField(
        label=_("Scopes"), required=False, max_length=_longest("scope"), help_text=_("With spaces between, if any.")
    )
    certificate = PemField(label=_("Our certificate"), help_text=_("PEM. Only if the supplier demands one."))
    key = PemField(label=_("Key of our certificate"), is_key=True, help_text=_("PEM, without a password."))
    ca = PemField(label=_("Their issuer's certificate"), help_text=_("PEM. Only if it is not publicly known."))

    where = ("name", "base_url", "auth")
    how = ("secret", "header", "token_url", "client_id", "scope")
    pem_files = ("certificate", "key", "ca")

    def __init__(self, *args: Any, known: KnownSecrets, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known

    def groups(self) -> tuple[list[forms.BoundField], ...]:
        """In the order of the page: where it is, what one signs in with, files."""
        return tuple([self[name] for name in names] for names in (self.where, self.how, self.pem_files))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        auth, same = data.get("auth"), self._same_hosts(data)
        if auth in _BY_TOKEN and not (data.get("secret") or (self.known.token and same)):
            self.add_error("secret", self._write_it(self.known.token))
        if auth == Source.Auth.HEADER and not data.get("header"):
            self.add_error("header", _("Write the name of the header."))
        if auth in _BY_CLIENT:
            for name in ("token_url", "client_id"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("This is needed for the way of signing in that is chosen."))
            if not (data.get("secret") or (self.known.secret and same)):
                self.add_error("secret", self._write_it(self.known.secret))
        return data

    def _same_hosts(self, data: dict[str, Any]) -> bool:
        return self.known.hosts == bound_to(data.get("base_url", ""), data.get("token_url", ""))

    def _write_it(self, was_known: bool) -> Any:
        if was_known:
            return _(
                "The address is another, so the secret must be written anew: it is not sent to a new host by itself."
            )
        return _("This is needed for the way of signing in that is chosen.")

    @property
    def address(self) -> Address:
        """Only after ``is_valid``."""
        given = self.cleaned_data
        named = ("name", "base_url", "auth", "header", "token_url", "client_id", "scope")
        kind = "secret" if given["auth"] in _BY_CLIENT else "token"
        pem = {cast(Pem, name): given[name] for name in self.pem_files if given.get(name)}
        return Address(**{name: given[name] for name in named}, **{kind: given["secret"]}, pem=pem)


class UnitsForm(SentOnce):
    which = forms.ChoiceField(
        label=_("Which schools are read?"),
        choices=[(ALL, _("All, also those that come later")), (CHOSEN, _("Only those that are ticked below"))],
        widget=forms.RadioSelect,
        initial=ALL,
    )

    def __init__(self, *args: Any, units: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"] = forms.MultipleChoiceField(
            label=_("Schools"),
            choices=[(each.id, f"{each.name} ({each.unit_code})" if each.unit_code else each.name) for each in units],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("which") == CHOSEN and not data.get("units"):
            self.add_error("units", _("Tick at least one school."))
        return data

    @property
    def chosen(self) -> list[str]:
        return list(self.cleaned_data["units"]) if self.cleaned_data["which"] == CHOSEN else []


class ChoicesForm(SentOnce):
    guardians = forms.BooleanField(
        label=_("Guardians with contact details"),
        help_text=_("So that the school can reach the home. Only guardians of pupils under 18."),
        required=False,
    )
    identity_numbers = forms.BooleanField(
        label=_("Personal identity numbers"),
        help_text=_("Kept encrypted. Needed to know the age by, for duties in law."),
        required=False,
    )
    give_assignments = forms.BooleanField(
        label=_("The school system gives and ends the assignment as mentor"),
        help_text=_("An account is made by the e-mail address of work. What a person has given stays."),
        required=False,
    )
    always_marked = forms.BooleanField(
        label=_("The school system marks everybody, also those who are not protected"),
        help_text=_("If not, it is told how many lack a marking. Somebody who is marked is always protected at once."),
        required=False,
    )
    only_deviations = forms.BooleanField(
        label=_("Only deviations are reported: a lesson without a mark was attended"),
        help_text=_("Only if the supplier says so. Else a lesson without a mark is unknown."),
        required=False,
    )
    hour = forms.TypedChoiceField(
        label=_("When is it read by itself?"),
        choices=[
            ("", _("Never, only when somebody asks")),
            *((str(hour), _("Every night from %(hour)s.00") % {"hour": f"{hour:02d}"}) for hour in range(7)),
        ],
        coerce=int,
        empty_value=None,
        required=False,
    )

    @property
    def choices(self) -> Choices:
        given = dict(self.cleaned_data)
        del given["token"]
        return Choices(**given)


class MissingForm(SentOnce):
    name = forms.CharField(
        label=_("The pupil's name"),
        max_length=120,
        help_text=_("First name and surname, as in the school system. What you write is not kept."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_name(self) -> str:
        text: str = self.cleaned_data["name"]
        if len(text.split()) < 2:
            raise ValidationError(_("Write both first name and surname."))
        return text
