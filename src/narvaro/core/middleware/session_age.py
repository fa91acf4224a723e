"""A session ends after 30 minutes without use and after 10 hours in any case."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from narvaro.core.clock import true_now

BORN, USED = "session_born", "session_used"
# Writing at every request would cost a database write a page; a minute's slack does not.
WRITE_EVERY_SECONDS = 60


class SessionAge:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._grow_older(request)
        return self.get_response(request)

    def _grow_older(self, request: HttpRequest) -> None:
        session, second = request.session, true_now().timestamp()
        born, used = session.get(BORN), session.get(USED)
        if born is None or used is None:
            session[BORN] = session[USED] = second
        elif second - born >= settings.SESSION_COOKIE_AGE or second - used >= settings.SESSION_IDLE_SECONDS:
            logout(request)
        elif second - used >= WRITE_EVERY_SECONDS:
            session[USED] = second
