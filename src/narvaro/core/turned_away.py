"""The page for somebody whom an identity provider sent but who cannot come in: why, and what to do."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from narvaro.core import sign_in_log


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    heading: Promise
    happened: Promise
    todo: Promise


UNKNOWN = Reason(
    "unknown",
    _("You have no account here yet"),
    _("You are signed in with your organisation, but nobody has given you an assignment in Närvaro."),
    _("Ask your principal or administrator to add you, with the e-mail address that your organisation knows you by."),
)
TOO_LOW = Reason(
    "too_low",
    _("A stronger way to sign in is needed"),
    _("How you signed in at your organisation is not enough for what is kept here."),
    _("Sign in there again with e-identification or a second factor, and then come back."),
)
NOT_PROVEN = Reason(
    "not_proven",
    _("The sign-in did not work"),
    _("What your organisation's sign-in sent could not be trusted. It may have been too old, or used already."),
    _("Try again from the beginning. If it happens again, tell your administrator."),
)
NO_ANSWER = Reason(
    "no_answer",
    _("Your organisation's sign-in does not answer"),
    _("We asked for its sign-in page and got no answer."),
    _("Wait some minutes and try again. If you have a password here you can use it meanwhile."),
)
CANCELLED = Reason(
    "cancelled",
    _("You did not finish signing in"),
    _("The sign-in at your organisation was cancelled, so nothing has happened here."),
    _("Go back to the sign-in page when you want to try again."),
)


def turned_away(request: HttpRequest, reason: Reason, *, status: int = 403) -> HttpResponse:
    sign_in_log.refused(request, why=reason.code)
    return render(request, "socialaccount/turned_away.html", {"reason": reason}, status=status)
