"""A page as a tagged PDF (PDF/UA-1), where the extra ``pdf`` and the system's Pango are there."""

import importlib.util
from ctypes.util import find_library
from functools import cache, lru_cache
from typing import Any

from narvaro.core.errors import Refused
from narvaro.language import Message

VARIANT = "pdf/ua-1"
KEPT = 16


@cache
def missing() -> tuple[str, ...]:
    """What has to be installed before a PDF can be made; nothing where one can."""
    package = () if importlib.util.find_spec("weasyprint") else ("WeasyPrint",)
    return (*package, *(() if find_library("pango-1.0") else ("Pango",)))


@lru_cache(maxsize=KEPT)
def pdf_of(html: str) -> bytes:
    """Half a second of work, so what was made is kept. ``html`` needs nothing from anywhere: whatever it asks for is
    refused. Raises Refused where something is missing."""
    if missing():
        what = ", ".join(missing())
        raise Refused(Message.of("The server cannot make a PDF: it lacks {what}. Use the browser's print.", what=what))
    import weasyprint

    made: bytes = weasyprint.HTML(string=html, url_fetcher=_nothing).write_pdf(pdf_variant=VARIANT)
    return made


def _nothing(url: str, *_: Any, **__: Any) -> Any:
    raise ValueError("a PDF is made of its own page alone")
