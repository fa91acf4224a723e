"""Every request: who acts, by which right, in one transaction with its audit row.

The view runs inside ``acting``; its template is rendered after the transaction, from dataclasses only. So what a person
reads has left its trace before a byte of it is sent, and the database is held only while it is asked.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import resolve_url

from narvaro.core import accounts, audit
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.error_pages import error_page
from narvaro.core.errors import Forbidden, NotAudited, PeopleError
from narvaro.core.scope import acting, reading
from narvaro.language import Message

ROLE = "membership"
SAFE = ("GET", "HEAD")
View = Callable[..., HttpResponse]
NO_ROLE = Message.of("You have no assignment that is in force today. Ask your principal or administrator.")


class ActorOfRequest:
    """Asked anew at each request, so that an assignment that ended is gone at once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actors = request.actor = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            actors = accounts.actors_of(request.user)
            chosen = request.session.get(ROLE)
            request.actors = actors  # type: ignore[attr-defined]
            request.actor = next(  # type: ignore[attr-defined]
                (each for each in actors if each.membership_id == chosen), actors[0] if actors else None
            )
        return self.get_response(request)


class AccessAndAudit:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: Any, view: View, arguments: tuple[Any, ...], named: dict[str, Any]
    ) -> HttpResponse | None:
        route = request.resolver_match.view_name
        if route in access().public:
            return None
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if route in access().own_account:
            return None
        action = access().action_of(route, request.method)
        if action is None:
            return HttpResponseNotAllowed(access().routes.get(route, {}))
        try:
            if request.actor is None:
                _tell_of_nobody(request, action)
                raise Forbidden(NO_ROLE)
            return _answer(request, request.actor, action, lambda: view(request, *arguments, **named))
        except Exception as error:
            return error_page(request, error)


def _tell_of_nobody(request: Any, action: str) -> None:
    """Whose assignment has ended asks within no authority, so the refusal stands in the chain outside them."""
    touched = audit.Touched()
    touched.saw("core.User", [request.user.pk])
    audit.append(by=None, action=action, touched=touched, decision="refused", request_id=request.request_id)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """htmx would put the sign-in page into a corner of the page; it is told to go there instead."""
    address = f"{resolve_url(settings.LOGIN_URL)}?next={quote(_where_one_was(request))}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _where_one_was(request: HttpRequest) -> str:
    """The page, also when what was asked for is a part of it or the sending of its form."""
    page = request.headers.get("HX-Current-URL") or ("" if request.method in SAFE else request.headers.get("Referer"))
    if page:
        parts = urlsplit(page)
        return urlunsplit(("", "", parts.path, parts.query, "")) if parts.netloc == request.get_host() else "/"
    return request.get_full_path() if request.method in SAFE else "/"


def _answer(request: Any, actor: Actor, action: str, view: Callable[[], HttpResponse]) -> HttpResponse:
    request.audit = audit.Touched()
    try:
        with reading(actor) if request.method in SAFE else acting(actor):
            access().relations_for(actor, action)
            response = view()
            if access().actions[action].personal:
                if not request.audit.told:
                    raise AssertionError(f"{action}: the view did not say what it touched")
                audit.append(by=actor, action=action, touched=request.audit, request_id=request.request_id)
        return response
    except NotAudited:
        raise
    except (Http404, PermissionDenied, PeopleError) as error:
        # A conflict shows what another wrote, so it is no refusal.
        refused = isinstance(error, (Http404, PermissionDenied, Forbidden))
        decision = "refused" if refused else "granted"
        audit.append(by=actor, action=action, touched=request.audit, decision=decision, request_id=request.request_id)
        raise
