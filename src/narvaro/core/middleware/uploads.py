"""Large bodies are read only where files are taken, and only from those who may send them; all others are turned away
before a byte of the body is read. Last of the middleware, as it must know who asks."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve
from django.utils.module_loading import import_string

from narvaro.core.access import access
from narvaro.core.error_pages import error_page
from narvaro.core.errors import TooMuch
from narvaro.language import Message

# Fields and boundaries around the files.
AROUND = 1 << 20


class Nowhere(FileUploadHandler):
    """Files sent to a route that takes none are read past."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


class Uploads:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if request.method == "POST" and request.content_type == "multipart/form-data":
            limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
            handler = _handler(request)
            if handler:
                limit = settings.UPLOAD_LARGEST
                request.upload_handlers = [handler]
            if _length(request) > limit + AROUND:
                return error_page(request, too_large(limit))
        return self.get_response(request)


def too_large(limit: int) -> TooMuch:
    return TooMuch(
        Message.of(
            "What was sent is larger than {limit} MB, which is the most that is taken at once. Nothing was stored.",
            limit=limit >> 20,
        )
    )


def _handler(request: Any) -> Any:
    """Where the route takes files and the actor's role may send them; None elsewhere."""
    try:
        route = resolve(request.path_info).view_name
    except Http404:
        return None
    path = settings.UPLOAD_HANDLERS.get(route)
    action = access().action_of(route, "POST")
    if path is None or action is None or request.actor is None or not access().decide(request.actor, action).allowed:
        return None
    return import_string(path)(request)


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdigit() else 0
