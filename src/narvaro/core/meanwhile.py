"""What is done again and again beside the worker's own work, while it runs."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

from narvaro.core.logs import place_of

log = logging.getLogger("narvaro.meanwhile")


@contextmanager
def repeated(work: Callable[[], object], *, name: str, every_seconds: float) -> Iterator[None]:
    """Now and at each interval, in a thread. A database that cannot be reached now is tried again at the next."""
    stop = threading.Event()
    thread = threading.Thread(target=_repeat, args=(work, name, every_seconds, stop), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _repeat(work: Callable[[], object], name: str, every_seconds: float, stop: threading.Event) -> None:
    while True:
        try:
            work()
        except DatabaseError as error:
            log.error("%s at %s in %s", type(error).__name__, place_of(error), name)
        finally:
            connection.close()
        if stop.wait(every_seconds):
            return
