"""Django's own SQLite backend over the library that the package chose, with writers who are let in between others."""

import time
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from narvaro.config.sqlite import WAIT_SECONDS

BETWEEN_TRIES = 0.001


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite waits for another writer with longer and longer naps, up to a tenth of a second. A measure run that writes
    pupil by pupil is ready again long before that, so that a page could wait for minutes. Here a transaction tries a
    thousand times a second: it needs a gap of a millisecond, and there is one between any two."""

    def _start_transaction_under_autocommit(self) -> None:
        until = time.monotonic() + WAIT_SECONDS
        self._nap(0)
        try:
            while not self._begun(last_try=time.monotonic() >= until):
                time.sleep(BETWEEN_TRIES)
        finally:
            self._nap(WAIT_SECONDS)

    def _begun(self, *, last_try: bool) -> bool:
        begin: Any = super()
        try:
            begin._start_transaction_under_autocommit()
        except OperationalError as error:
            if last_try or "locked" not in str(error):
                raise
            return False
        return True

    def _nap(self, seconds: int) -> None:
        """How long SQLite itself waits; for statements outside transactions as before."""
        self.connection.execute(f"PRAGMA busy_timeout={seconds * 1000}")


__all__ = ["DatabaseWrapper"]
