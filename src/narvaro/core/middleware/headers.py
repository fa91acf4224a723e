"""Headers on every answer, whoever made it, and the number by which a request is found again."""

import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from narvaro.core.logs import request_number

# No exceptions: scripts and styles are files of ours. Pictures may be in the page (a QR code is).
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
NO_DEVICES = (
    "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": NO_DEVICES,
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}


class SecurityHeaders:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = str(uuid.uuid4())
        request.request_id = number  # type: ignore[attr-defined]
        request_number.set(number)
        response = self.get_response(request)
        for name, value in ALWAYS.items():
            response[name] = value
        if not _is_file(request, response):
            response["Cache-Control"] = "no-store"
            response.headers.pop("Expires", None)
        return response


def _is_file(request: HttpRequest, response: HttpResponse) -> bool:
    return request.path.startswith(settings.STATIC_URL) and response.status_code in (200, 206, 304)
