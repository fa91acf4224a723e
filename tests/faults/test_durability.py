"""Whatever dies, the last good snapshot stays (DR1, DR2, DR3, DR5 in the list of durability drills)."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from narvaro.facts.errors import ImportRefused, StoreDamaged
from narvaro.facts.importing import Whole
from narvaro.facts.manifest import Manifest
from narvaro.facts.measures import Snapshot
from narvaro.facts.store import Store
from tests.lesson_files import import_files, row, write

IMPORT = (
    "import sys; from pathlib import Path; from tests.faults.test_durability import WHOLE;"
    "from tests.lesson_files import import_files; import_files(Path(sys.argv[1]), Path(sys.argv[2]), whole=WHOLE)"
)
WHOLE = [Whole("10000001", date(2026, 3, 2), date(2026, 3, 3))]
KILLS = 50
REPOSITORY = Path(__file__).parents[2]


def _lessons(folder: Path, *days: str, pupils: int = 400, name: str = "lessons.csv") -> Path:
    rows = [
        row(
            elev_id=f"e{pupil}",
            datum=day,
            start=f"{8 + lesson:02d}:00",
            slut=f"{9 + lesson:02d}:00",
            lektion_id=f"{day}-{lesson}",
        )
        for day in days
        for pupil in range(pupils)
        for lesson in range(6)
    ]
    return write(folder, *rows, name=name)


def _contents(root: Path, manifest: Manifest) -> dict[str, str]:
    """Facts by checksum: equal contents mean equal bytes."""
    assert not manifest.damaged(root)
    return {
        file.path: file.sha256 for file in manifest.files if file.kind in ("facts", "pupil_day", "pupils", "history")
    }


def _start(root: Path, path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", IMPORT, str(root), str(path)], cwd=REPOSITORY)


@pytest.fixture(scope="module")
def seconds_of_an_import(tmp_path_factory: pytest.TempPathFactory) -> float:
    folder = tmp_path_factory.mktemp("timing")
    path = _lessons(folder, "2026-03-03")
    started = time.monotonic()
    assert _start(folder / "store", path).wait() == 0
    return time.monotonic() - started


def test_killed_at_random_points_the_last_snapshot_stays_and_a_rerun_is_byte_equal(
    tmp_path: Path, seconds_of_an_import: float
) -> None:
    """The second import adds a day and takes lessons of the first away."""
    first = _lessons(tmp_path, "2026-03-02", name="1.csv")
    second = _lessons(tmp_path, "2026-03-02", "2026-03-03", pupils=300, name="2.csv")
    clean, before_it, root = tmp_path / "clean", tmp_path / "before", tmp_path / "store"
    import_files(before_it, first)
    before = Store(before_it).current()
    shutil.copytree(before_it, clean)
    assert import_files(clean, second, whole=WHOLE).removed == 600
    wanted = _contents(clean, Store(clean).current())
    shutil.copytree(before_it, root)
    random_points, span = random.Random(20261122), seconds_of_an_import
    killed = 0
    while killed < KILLS:
        process = _start(root, second)
        time.sleep(random_points.uniform(0.2, 0.95) * span)
        process.send_signal(signal.SIGKILL)
        in_time = process.wait() == -signal.SIGKILL
        killed += in_time
        # A machine that was busy when the import was timed would else let every later one finish.
        span *= 1 if in_time else 0.9
        now = Store(root).current()
        assert now == before or _contents(root, now) == wanted
        if now != before:
            shutil.rmtree(root)
            shutil.copytree(before_it, root)
    import_files(root, second, whole=WHOLE)
    assert _contents(root, Store(root).current()) == wanted
    assert not (root / "work").exists()


def test_files_of_a_dead_import_are_removed_by_the_next(tmp_path: Path) -> None:
    root = tmp_path / "store"
    import_files(root, _lessons(tmp_path, "2026-03-02", pupils=2))
    orphan = root / "facts" / "school_year=2025" / "month=03" / "orphan.parquet"
    orphan.write_bytes(b"half")
    (root / "work").mkdir()
    import_files(root, _lessons(tmp_path, "2026-03-03", pupils=2))
    assert not orphan.exists()
    assert len(Store(root).current().of("facts")) == 2


def test_a_writer_that_dies_before_the_pointer_moves_has_changed_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "store"
    import_files(root, _lessons(tmp_path, "2026-03-02", pupils=2))
    before = Store(root).current()

    def dies(self: Store, manifest: Manifest) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Store, "publish", dies)
        with pytest.raises(KeyboardInterrupt):
            import_files(root, _lessons(tmp_path, "2026-03-03", pupils=2))
    assert Store(root).current() == before


def _full_disk(folder: Path, size: str) -> None:
    if (
        os.geteuid() != 0
        or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]).returncode
    ):
        pytest.skip("a small disk can only be mounted by root")


def test_a_full_disk_is_told_and_leaves_the_last_snapshot(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    _full_disk(disk, "600k")
    try:
        root = disk / "store"
        import_files(root, _lessons(tmp_path, "2026-03-02", pupils=2))
        before = Store(root).current()
        with pytest.raises(ImportRefused, match="disk is full"):
            import_files(root, _lessons(tmp_path, "2026-03-03", pupils=4000))
        assert Store(root).current() == before
        with Snapshot(root, before) as snapshot:
            assert len(snapshot.summaries()) == 2
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_file_size_limit_is_told_like_a_full_disk(tmp_path: Path) -> None:
    """Runs for every user, where no small disk can be mounted."""
    root, path = tmp_path / "store", _lessons(tmp_path, "2026-03-02", pupils=4000)
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));" + IMPORT
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(root), str(path)], cwd=REPOSITORY, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "disk is full" in done.stderr
    assert Store(root).current().number == 0


@pytest.mark.parametrize("harm", ["truncated", "flipped", "gone"])
def test_a_damaged_file_is_found_and_the_last_whole_snapshot_is_used(tmp_path: Path, harm: str) -> None:
    root = tmp_path / "store"
    import_files(root, _lessons(tmp_path, "2026-03-02", pupils=2))
    good = Store(root).current()
    import_files(root, _lessons(tmp_path, "2026-04-01", pupils=2))
    newest = Store(root).current()
    (fresh,) = {file.path for file in newest.of("facts")} - {file.path for file in good.of("facts")}
    _harm(root / fresh, harm)
    store = Store(root)
    assert store.current() == good
    assert store.alarm is not None
    assert "damaged" in store.alarm.say("en")
    import_files(root, _lessons(tmp_path, "2026-04-01", pupils=2))
    assert not Store(root).current().damaged(root)


def test_a_store_without_a_whole_snapshot_says_so(tmp_path: Path) -> None:
    root = tmp_path / "store"
    import_files(root, _lessons(tmp_path, "2026-03-02", pupils=2))
    (fact,) = Store(root).current().of("facts")
    _harm(root / fact.path, "flipped")
    with pytest.raises(StoreDamaged, match="Restore it from a backup"):
        Store(root).current()


def test_a_damaged_manifest_is_no_manifest(tmp_path: Path) -> None:
    root = tmp_path / "store"
    import_files(root, _lessons(tmp_path, "2026-03-02", pupils=2))
    good = Store(root).current()
    import_files(root, _lessons(tmp_path, "2026-03-03", pupils=2))
    (root / "manifests" / "00000002.json").write_text('{"manifest": {"number": 2}')
    store = Store(root)
    assert store.current() == good
    assert store.alarm is not None


def _harm(path: Path, how: str) -> None:
    content = bytearray(path.read_bytes())
    if how == "gone":
        path.unlink()
        return
    if how == "truncated":
        del content[len(content) // 2 :]
    else:
        content[len(content) // 2] ^= 1
    path.write_bytes(content)
