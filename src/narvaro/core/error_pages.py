"""From what went wrong to the page that says so. An unexpected fault says an id and nothing else."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from narvaro.core.errors import Conflict, Forbidden, PeopleError
from narvaro.language import Message

log = logging.getLogger("narvaro.errors")

NOT_FOUND = Message.of(
    "There is nothing here, or it is not within your assignment. Go back, or search for the pupil by name."
)
FAULT = Message.of("Something went wrong on our side. Nothing was saved. Try again, or report the number below.")
TOO_BIG = Message.of("What was sent is larger than the program takes. Shorten it and try again.")
NOT_UNDERSTOOD = Message.of("What was sent could not be understood. Go back and try again.")
NOT_ALLOWED = Message.of("This is not allowed.")
OLD_FORM = Message.of("The form was too old or came from elsewhere. Open the page again and resend.")

_KNOWN: tuple[tuple[tuple[type[Exception], ...], int, Message], ...] = (
    ((Http404,), 404, NOT_FOUND),
    ((PermissionDenied,), 403, NOT_ALLOWED),
    ((RequestDataTooBig, TooManyFieldsSent), 413, TOO_BIG),
    ((SuspiciousOperation,), 400, NOT_UNDERSTOOD),
)


def error_page(request: HttpRequest, error: Exception) -> HttpResponse:
    if isinstance(error, PeopleError):
        return _page(request, error.status, error.message, error if isinstance(error, Conflict) else None)
    for kinds, status, message in _KNOWN:
        if isinstance(error, kinds):
            return _page(request, status, message)
    # The class alone: an exception's text may hold what a person wrote.
    log.error("%s at %s, number %s", type(error).__name__, place_of(error), _number(request))
    return _page(request, 500, FAULT)


def place_of(error: BaseException) -> str:
    """The innermost line of ours."""
    trace, place = error.__traceback__, "?"
    while trace:
        code = trace.tb_frame.f_code
        if "narvaro" in code.co_filename:
            place = f"{code.co_filename.rpartition('narvaro/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, Http404())


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, PermissionDenied())


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, SuspiciousOperation())


def fault(request: HttpRequest) -> HttpResponse:
    return _page(request, 500, FAULT)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(request, Forbidden(OLD_FORM))


def _number(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", ""))


def _page(request: Any, status: int, message: Message, conflict: Conflict | None = None) -> HttpResponse:
    said = message.say(get_language() or "sv")
    told = {"status": status, "happened": said, "error_id": _number(request), "conflict": conflict}
    return render(request, "ui/error.html", told, status=status)
