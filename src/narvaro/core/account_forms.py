"""Forms about one's own account: allauth's, in our words."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator, RegexValidator
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from narvaro.core import links

PASSWORD_HELP = _("At least 12 characters, and not one that many use. A few words in a row are easy to remember.")
CODE_HELP = _("Six digits from the app on your phone, or one of your recovery codes.")


def _said(field: forms.Field, label: Promise, help_text: Promise | str = "", limit: int = 200) -> None:
    field.label, field.help_text = str(label), str(help_text)
    field.widget.attrs.pop("placeholder", None)
    if isinstance(field, forms.CharField):
        field.max_length = limit
        field.widget.attrs["maxlength"] = str(limit)
        field.validators.append(forms.CharField(max_length=limit).validators[0])


class SignIn(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _said(self.fields["login"], _("E-mail"), limit=254)
        _said(self.fields["password"], _("Password"))
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class AskForLink(ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _said(self.fields["email"], _("E-mail"), limit=254)

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Known or not, the same is done here. Accounts that only come by an identity provider get no password."""
        known = next((each.pk for each in self.users if each.has_usable_password()), 0)
        links.send.enqueue(known, "forgotten", settings.ADDRESS or request.build_absolute_uri("/").rstrip("/"))
        return ""


class ChoosePassword(ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _said(self.fields["password1"], _("New password"), PASSWORD_HELP)
        _said(self.fields["password2"], _("The new password again"))


class ChangePassword(ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _said(self.fields["oldpassword"], _("The password you have now"))
        _said(self.fields["password1"], _("New password"), PASSWORD_HELP)
        _said(self.fields["password2"], _("The new password again"))


class PasswordAgain(ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _said(self.fields["password"], _("Password"))


def _code_field(field: forms.Field, help_text: Promise) -> None:
    _said(field, _("Code"), help_text, limit=20)
    field.widget.attrs["inputmode"] = "numeric"


class Code(AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self.fields["code"], CODE_HELP)
        self.fields["code"].widget.attrs["autofocus"] = True


class CodeAgain(ReauthenticateByCodeForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self.fields["code"], CODE_HELP)
        self.fields["code"].widget.attrs["autofocus"] = True


class FirstCode(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code_field(self.fields["code"], _("The six digits that the app shows now."))


class AboutMe(forms.Form):
    """Name and language of one's own account."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("As colleagues see it."),
        max_length=120,
        validators=[
            ProhibitNullCharactersValidator(),
            RegexValidator(r"^[^\x00-\x1f\x7f<>]+$", _("Write the name with letters, in one line.")),
        ],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
