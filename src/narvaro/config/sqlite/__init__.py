"""SQLite for Django from a package that carries its own, newer library (ADR 0016).

SQLite before 3.51.3 can corrupt a database in WAL mode when several processes write. Debian 12 has 3.40. The package
``pysqlite3`` brings 3.53; with an older library the journal is TRUNCATE, slower and safe.
"""

import sqlite3 as _system
import sys

try:
    import pysqlite3
except ImportError:  # no wheel for this platform
    LIBRARY = _system
else:
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
    LIBRARY = pysqlite3

SAFE_WAL = (3, 51, 3)
LIBRARY_VERSION: tuple[int, int, int] = LIBRARY.sqlite_version_info


def journal_mode(version: tuple[int, int, int]) -> str:
    return "WAL" if version >= SAFE_WAL else "TRUNCATE"


SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        f"PRAGMA journal_mode={journal_mode(LIBRARY_VERSION)};PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
        "PRAGMA cache_size=-32000;PRAGMA mmap_size=134217728;"
    ),
}
