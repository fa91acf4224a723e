"""From what went wrong to the page that says so. An unexpected fault says an id and nothing else."""

import logging
import sys
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from narvaro.core.errors import Conflict, Forbidden, PeopleError
from narvaro.core.full_disk import is_full
from narvaro.language import Message

log = logging.getLogger("narvaro.errors")

NOT_FOUND = Message.of(
    "There is nothing here, or it is not within your assignment. Go back, or search for the pupil by name."
)
FAULT = Message.of("Something went wrong on our side. Nothing was saved. Try again, or report the number below.")
FULL = Message.of(
    "There is no room left on the server, so nothing was saved. Go back and keep a copy of what you wrote. Tell "
    "whoever runs Närvaro that the disk is full; what is stored is still there."
)
TOO_BIG = Message.of("What was sent is larger than the program takes. Shorten it and try again.")
NOT_UNDERSTOOD = Message.of("What was sent could not be understood. Go back and try again.")
TOO_OFTEN = Message.of("That was many tries in a short time. Wait a minute and try again.")
NOT_ALLOWED = Message.of("This is not allowed.")
OLD_FORM = Message.of("The form was too old or came from elsewhere. Open the page again and resend.")

_KNOWN: tuple[tuple[tuple[type[Exception], ...], int, Message], ...] = (
    ((Http404,), 404, NOT_FOUND),
    ((PermissionDenied,), 403, NOT_ALLOWED),
    ((RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent), 413, TOO_BIG),
    ((SuspiciousOperation,), 400, NOT_UNDERSTOOD),
)


def error_page(request: HttpRequest, error: Exception) -> HttpResponse:
    if is_full(error):
        log.error("the disk is full: nothing can be saved before there is room")
        return _page(request, 503, FULL)
    if isinstance(error, PeopleError):
        return _page(request, error.status, error.message, error if isinstance(error, Conflict) else None)
    for kinds, status, message in _KNOWN:
        if isinstance(error, kinds):
            return _page(request, status, message)
    log.error("a page could not be shown", exc_info=error)
    return _page(request, 500, FAULT)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, Http404())


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, PermissionDenied())


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, exception if isinstance(exception, SuspiciousOperation) else SuspiciousOperation())


def too_many(request: HttpRequest) -> HttpResponse:
    response = _page(request, 429, TOO_OFTEN)
    response["Retry-After"] = "60"
    return response


def fault(request: HttpRequest) -> HttpResponse:
    """Django calls this while it handles what was raised outside ``acting``: at rendering, or in allauth's pages."""
    error = sys.exc_info()[1]
    return error_page(request, error) if isinstance(error, Exception) else _page(request, 500, FAULT)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(request, Forbidden(OLD_FORM))


def _number(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", ""))


def _page(request: Any, status: int, message: Message, conflict: Conflict | None = None) -> HttpResponse:
    said = message.say(get_language() or "sv")
    told = {"status": status, "happened": said, "error_id": _number(request), "conflict": conflict}
    return render(request, "ui/error.html", told, status=status)
