"""Django's own SQLite backend over the library that the package chose, with writers who are let in between others."""

import time
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

BETWEEN_TRIES = 0.001


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite waits for another writer with longer and longer naps, up to a tenth of a second, so that somebody who
    writes in many small transactions is back before a nap ends. Here a transaction tries a thousand times a second
    (ADR 0016); statements outside transactions wait as before."""

    def _start_transaction_under_autocommit(self) -> None:
        patience = self.settings_dict["OPTIONS"]["timeout"]
        until = time.monotonic() + patience
        self._nap(0)
        try:
            while not self._begun(last_try=time.monotonic() >= until):
                time.sleep(BETWEEN_TRIES)
        finally:
            self._nap(patience)

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
        """How long SQLite itself waits."""
        self.connection.execute(f"PRAGMA busy_timeout={seconds * 1000}")
