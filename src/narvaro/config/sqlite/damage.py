"""Whether an SQLite file is whole, asked before anything may write to it: a start on a damaged file, or on one beside
which another file's ``-wal`` lies, would make good pages bad."""

import secrets
import sqlite3 as _system
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from narvaro.config.sqlite import LIBRARY
from narvaro.core.errors import Refused
from narvaro.language import Message

_MAGIC = b"SQLite format 3\0"
DAMAGED = Message.of(
    "The database {file} is damaged, so nothing was started and nothing was changed in it. Move it and the files"
    " {file}-wal and {file}-shm beside it away, put the latest backup of {file} in their place alone, and start again."
)


def refuse_damaged(path: Path) -> None:
    """Raise Refused. A file that is not there, or empty, is a new one. Reads only, so that nothing is written back."""
    if path.exists() and path.stat().st_size and not _is_whole(path):
        raise Refused(Message.of(DAMAGED.text, file=path.name))


def mark_as_own(path: Path) -> None:
    """Gives a new file a number of its own, by which another file's ``-wal`` is told from its own."""
    with closing(LIBRARY.connect(path)) as connection:
        if connection.execute("PRAGMA application_id").fetchone() == (0,):
            connection.execute(f"PRAGMA application_id = {secrets.randbelow(2**31 - 1) + 1}")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _is_whole(path: Path) -> bool:
    head = _head(path)
    if head[:16] != _MAGIC or path.stat().st_size < _stated_size(head):
        return False
    own = int.from_bytes(head[68:72], "big")
    waiting = path.with_name(path.name + "-wal")
    # What waits to be written back may be of another file, or of this one at another time: its number differs, or the
    # indexes contradict the rows.
    thorough = waiting.exists() and waiting.stat().st_size > 0
    try:
        with closing(LIBRARY.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection:
            found = connection.execute(f"PRAGMA {'integrity_check' if thorough else 'quick_check'}(1)").fetchall()
            (told,) = connection.execute("PRAGMA application_id").fetchone()
            # The file itself has none while its number is still waiting to be written back.
            return found == [("ok",)] and own in (0, told)
    except (LIBRARY.DatabaseError, _system.DatabaseError):
        return False


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(100)


def _stated_size(head: bytes) -> int:
    """Pages times bytes of a page, where the header's count is valid; else 0 (SQLite's file format, 1.3)."""
    page = int.from_bytes(head[16:18], "big")
    if head[24:28] != head[92:96]:
        return 0
    return int.from_bytes(head[28:32], "big") * (65536 if page == 1 else page)
