"""The web server's own log: what kind of page, how it went, how long it took. Who and about whom is in the audit."""

import re
import sys
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

_KEY = re.compile(
    r"(?<=/notices/).+|(?<=/account/password/).+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|(?<=/)\d+(?=/|$)",
    re.IGNORECASE,
)
_UNUSUAL = re.compile(r"[^A-Za-z0-9/._~*-]")
_LONGEST = 200


class RouteLog(Logger):  # type: ignore[misc]
    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Keys and query strings are left out: an address must not say which pupil was looked at."""
        milliseconds = request_time.total_seconds() * 1000
        status = str(resp.status).partition(" ")[0]
        # Not through logging: Django sets that up for the process, with texts left out.
        line = f"{self.now()} {req.method} {route(req.path)} {status} {milliseconds:.0f} ms"
        print(line, file=sys.stdout, flush=True)


def route(path: str) -> str:
    return _UNUSUAL.sub("?", _KEY.sub("*", path))[:_LONGEST]
