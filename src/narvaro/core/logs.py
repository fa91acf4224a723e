"""What reaches a log: when, how serious, from where, which exception, which request. Never a value of a record.

Texts of exceptions and arguments of messages may hold what a person wrote, so they are left out whoever logs them. A
message of ours is a constant text with numbers; a message of a library is not written at all, only its place.
"""

import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_number: ContextVar[str] = ContextVar("request_number", default="-")
OURS = "narvaro"
LEFT_OUT = "…"
_PLACEHOLDER = re.compile(r"%(\((?P<name>\w+)\))?[-#0 +]*\d*(\.\d+)?(?P<kind>[a-zA-Z%])")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def set_up(stream: Any = None) -> logging.Handler:
    """All logging of the process goes through one handler, also that of the web server."""
    logging.raiseExceptions = False  # Python would print the arguments of a message that cannot be formatted
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(BlindFormatter())
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each.formatter, BlindFormatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(logging.INFO)
    for name in ("django", "django.server", "gunicorn.error", "gunicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    return handler


class BlindFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        parts = [at, record.levelname, record.name, f"{record.module}:{record.lineno}"]
        if record.name == OURS or record.name.startswith(f"{OURS}."):
            parts.append(_constant_text(record))
        status = getattr(record, "status_code", None)
        if isinstance(status, int):
            parts.append(f"status {status}")
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if error is not None:
            parts.append(f"{type(error).__name__} at {place_of(error)}")
        parts.append(f"request {request_number.get()}")
        return _CONTROLS.sub(LEFT_OUT, " ".join(parts))


def place_of(error: BaseException) -> str:
    """The innermost line of ours; of a library when none is."""
    trace, ours, last = error.__traceback__, "", "?"
    while trace:
        name = trace.tb_frame.f_code.co_filename
        last = f"{name.rpartition('/')[2]}:{trace.tb_lineno}"
        if "/narvaro/" in name:
            ours = f"{name.rpartition('/narvaro/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return ours or last


def _constant_text(record: logging.LogRecord) -> str:
    """The message with its numbers; every other argument is left out."""
    arguments = record.args or ()
    values = iter(arguments) if isinstance(arguments, tuple) else None

    def shown(found: re.Match[str]) -> str:
        if found["kind"] == "%":
            return "%"
        named = arguments.get(found["name"]) if isinstance(arguments, dict) else None
        value = named if values is None else next(values, None)
        return str(value) if isinstance(value, int | float) else LEFT_OUT

    return _PLACEHOLDER.sub(shown, str(record.msg)) if arguments else str(record.msg)
