"""Headers on every answer, whoever made it, and the number by which a request is found again."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_NOTHING_ELSE = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()"


class SecurityHeaders:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = str(uuid.uuid4())  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["Permissions-Policy"] = _NOTHING_ELSE
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["X-Frame-Options"] = "DENY"
        response["X-Robots-Tag"] = "noindex, nofollow"
        if not request.path.startswith("/static/"):
            response["Cache-Control"] = "no-store"
        return response
