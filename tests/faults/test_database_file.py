"""A database file that is cut off, overwritten, or beside another one's log: nothing starts, nothing is written, and it
is said what to do (DR6)."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from narvaro.config.sqlite import LIBRARY
from narvaro.config.sqlite.damage import mark_as_own, refuse_damaged
from narvaro.core.errors import Refused
from tests.integration.test_command_line import narvaro

REPOSITORY = Path(__file__).parents[2]
WRITE = """
import os, signal, sys
from narvaro.config.sqlite import LIBRARY
connection = LIBRARY.connect(sys.argv[1])
connection.execute("PRAGMA journal_mode=WAL")
connection.execute("PRAGMA wal_autocheckpoint=0")
connection.executemany("insert into person (name) values (?)", [(sys.argv[2] * 20,)] * 400)
if sys.argv[3] == "True":
    connection.execute("update person set name = name || 'x' where id % 3 = 0")
connection.commit()
os.kill(os.getpid(), signal.SIGKILL)
"""


def _database(path: Path, rows: int, word: str = "a") -> Path:
    with closing(LIBRARY.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("create table person (id integer primary key, name text not null)")
        connection.execute("create index by_name on person (name)")
        connection.executemany("insert into person (name) values (?)", [(f"{word}{n}" * 9,) for n in range(rows)])
        connection.commit()
    return path


def _killed_while_writing(path: Path, word: str, *, everywhere: bool = True) -> None:
    """Leaves a ``-wal`` that nobody has written back."""
    done = subprocess.run([sys.executable, "-c", WRITE, str(path), word, str(everywhere)], cwd=REPOSITORY)
    assert done.returncode == -signal.SIGKILL
    assert path.with_name(path.name + "-wal").stat().st_size > 0


def test_what_is_whole_may_start(tmp_path: Path) -> None:
    refuse_damaged(tmp_path / "none.sqlite3")
    (tmp_path / "empty.sqlite3").touch()
    refuse_damaged(tmp_path / "empty.sqlite3")
    path = _database(tmp_path / "whole.sqlite3", 500)
    refuse_damaged(path)
    _killed_while_writing(path, "b")
    refuse_damaged(path)
    with closing(LIBRARY.connect(path)) as connection:
        assert connection.execute("select count(*) from person").fetchone() == (900,)


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _cut_a_little(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 100)


def _overwritten(path: Path) -> None:
    path.write_bytes(b"not a database" + path.read_bytes()[14:])


def _page_of_noughts(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 4] = bytes(4096)
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [_cut, _cut_a_little, _overwritten, _page_of_noughts])
def test_what_is_damaged_may_not(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    path = _database(tmp_path / "narvaro.sqlite3", 500)
    harm(path)
    before = path.read_bytes()
    with pytest.raises(Refused, match="is damaged"):
        refuse_damaged(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("marked", [True, False])
def test_another_files_log_beside_it_is_found_before_it_is_written_back(tmp_path: Path, marked: bool) -> None:
    """The first holds every page of the other file, so that only the number tells; the second only some."""
    other = _database(tmp_path / "other.sqlite3", 900, "c")
    path = _database(tmp_path / "narvaro.sqlite3", 300)
    if marked:
        mark_as_own(other)
        mark_as_own(path)
    _killed_while_writing(other, "d", everywhere=marked)
    shutil.copy(other.with_name(other.name + "-wal"), path.with_name(path.name + "-wal"))
    before = path.read_bytes()
    with pytest.raises(Refused):
        refuse_damaged(path)
    assert path.read_bytes() == before


def test_an_older_backup_beside_the_log_of_later_days(tmp_path: Path) -> None:
    path = _database(tmp_path / "narvaro.sqlite3", 300)
    mark_as_own(path)
    backup = Path(shutil.copy(path, tmp_path / "backup.sqlite3"))
    with closing(LIBRARY.connect(path)) as connection:
        connection.executemany("insert into person (name) values (?)", [("later" * 20,)] * 900)
        connection.commit()
    _killed_while_writing(path, "latest", everywhere=False)
    refuse_damaged(path)
    shutil.copy(backup, path)
    with pytest.raises(Refused):
        refuse_damaged(path)


def test_the_commands_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _database(tmp_path / "narvaro.sqlite3", 500)
    _cut(path)
    monkeypatch.setenv("NARVARO_DATA", str(tmp_path))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "narvaro.config.settings")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    done = narvaro("migrate", "--lang", "en")
    assert done.returncode == 3
    assert "narvaro.sqlite3 is damaged" in done.stderr
    assert "latest backup" in done.stderr


def test_a_new_file_whose_number_is_not_written_back_yet_may_start(tmp_path: Path) -> None:
    """As when web and worker start on a bare folder, while the process that made the tables is still there."""
    path = tmp_path / "new.sqlite3"
    with closing(LIBRARY.connect(path)) as held:
        held.execute("PRAGMA journal_mode=WAL")
        held.execute("create table person (id integer primary key)")
        held.commit()
        held.execute("begin")
        held.execute("select count(*) from person").fetchone()  # a reader keeps what is new in the -wal
        mark_as_own(path)
        assert path.read_bytes()[68:72] == bytes(4)
        refuse_damaged(path)
        held.rollback()
    refuse_damaged(path)
