"""A disk that fails or is full at any write: an import leaves the last snapshot, an output no part of a file (DR3,
DR4)."""

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer

from narvaro.cli.national import export_national
from narvaro.cli.telling import LanguageName
from narvaro.facts.errors import ImportRefused
from narvaro.facts.measures import Snapshot
from narvaro.facts.store import Store
from tests.integration.test_national import pupil_file, term_lessons
from tests.lesson_files import import_files, row, write

REPOSITORY = Path(__file__).parents[2]
# Everything by which the program itself makes something stay on disk; DuckDB's own writing is the test below.
CALLS = ("fsync", "replace", "mkdir")


@contextmanager
def failing_at(place: int, number: int) -> Iterator[list[int]]:
    """The ``place``-th of the calls fails, once; yields how many there were."""
    made = [0]

    def failing(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            made[0] += 1
            if made[0] == place:
                raise OSError(number, os.strerror(number))
            return real(*given, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, failing(getattr(os, name)))
        yield made


def test_an_import_that_fails_at_its_nth_write_changes_nothing(tmp_path: Path) -> None:
    first = tmp_path / "first"
    import_files(first, write(tmp_path, row(), row(start="10:00", slut="11:00")))
    before = Store(first).current()
    correction = write(tmp_path, row(narvarominuter=0, giltig_min=60), row(datum="2026-03-03"), name="2.csv")
    failed, place, made = 0, 0, [0]
    while made[0] >= place:
        place += 1
        root = Path(shutil.copytree(first, tmp_path / str(place)))
        number = errno.ENOSPC if place % 2 else errno.EIO
        with failing_at(place, number) as made:
            told = _refusal_of(root, correction)
        failed += told is not None
        assert told in (None, ImportRefused if number == errno.ENOSPC else OSError)
        now = Store(root).current()
        # The last write may fail when the pointer names the whole new snapshot already.
        assert now == before or (now.number == before.number + 1 and not now.damaged(root))
        assert not (root / "work").exists()
    assert place > failed > 10
    with Snapshot(root, Store(root).current()) as snapshot:
        (summary,) = snapshot.summaries().values()
    assert (summary.minutes.offered, summary.minutes.valid) == (180, 60)


def _refusal_of(root: Path, path: Path) -> type[Exception] | None:
    try:
        import_files(root, path)
    except (OSError, ImportRefused) as error:
        return type(error)
    return None


@pytest.mark.parametrize("room", [300, 6_000])
def test_an_import_that_runs_out_of_room_anywhere_leaves_the_last_snapshot(tmp_path: Path, room: int) -> None:
    """A limit on the size of files hits what DuckDB writes too, wherever the ``room``-th byte of a file is."""
    root = tmp_path / "store"
    import_files(root, write(tmp_path, row()))
    before = Store(root).current()
    more = [row(elev_id=f"e{n}", datum="2026-03-03", lektion_id=f"{n * 7919 % 10_007}-{n}") for n in range(3_000)]
    code = (
        "import resource, signal, sys; from pathlib import Path; from tests.lesson_files import import_files\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)\n"
        "import_files(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, str(root), str(write(tmp_path, *more, name="2.csv")), str(room)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode != 0
    assert "disk is full" in done.stderr
    assert Store(root).current() == before


def test_an_output_on_a_full_disk_is_no_file_at_all(tmp_path: Path) -> None:
    import_files(tmp_path / "store", term_lessons(tmp_path))
    pupils, out = pupil_file(tmp_path), tmp_path / "out"
    given = {"store": tmp_path / "store", "pupils": pupils, "out": out, "lang": LanguageName.EN}
    with _files_of_at_most(100), pytest.raises(typer.Exit) as stopped:
        export_national(**given)
    assert stopped.value.exit_code == 3
    assert list(out.iterdir()) == []
    export_national(**given)
    assert [path.name for path in out.iterdir()] == ["nationellt-2026-VT.csv"]


@contextmanager
def _files_of_at_most(size: int) -> Iterator[None]:
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
