"""Where a second factor is required and missing, every page but the setting up of it leads there."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from narvaro.core import second_factor
from narvaro.core.access import access

SET_UP = "mfa_activate_totp"
AFTERWARDS = "after_second_factor"
OPEN = {SET_UP, "account_reauthenticate", "mfa_reauthenticate"}


class SecondFactor:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, arguments: Any, named: Any) -> HttpResponse | None:
        route = request.resolver_match.view_name
        if route in OPEN or route in access().public or not second_factor.missing(request):
            return None
        if request.htmx:
            return HttpResponse(status=401, headers={"HX-Redirect": reverse(SET_UP)})
        if request.method == "GET":
            request.session[AFTERWARDS] = request.get_full_path()
        return HttpResponseRedirect(reverse(SET_UP))
