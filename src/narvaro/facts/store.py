"""The attendance store on disk: immutable Parquet files, one manifest per snapshot, one pointer swapped atomically.

A commit writes new files beside the old, makes them durable, and only then lets the pointer name the new manifest.
Whatever
dies before that leaves the last snapshot (ADR 0004; DR1, DR2, DR5 in tests/faults).
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import get_args

from narvaro.facts.errors import ImportRefused, StoreDamaged
from narvaro.facts.manifest import BY_PUPIL, EMPTY, Kind, Manifest
from narvaro.language import Message

KEPT_SNAPSHOTS = 3
_POINTER = "CURRENT"


class Store:
    """A folder that holds snapshots. One writer at a time; any number of readers, who keep the snapshot they opened."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.alarm: Message | None = None

    def current(self) -> Manifest:
        """The newest snapshot whose files are all whole; sets ``alarm`` when that is not the newest one.

        Raises StoreDamaged when no kept snapshot is whole.
        """
        number = self._pointed()
        if number == 0:
            return EMPTY
        for candidate in range(number, max(number - KEPT_SNAPSHOTS, 0), -1):
            manifest = self._whole(candidate)
            if manifest:
                self.alarm = None if candidate == number else _fell_back(number, candidate)
                return manifest
        raise StoreDamaged(
            Message.of(
                "The store in {folder} is damaged and none of its latest snapshots is whole. "
                "Restore it from a backup, or delete the folder and import the files again.",
                folder=self.root.name,
            )
        )

    def keeps(self, number: int) -> bool:
        """Whether the snapshot's manifest is still here; its files are as long as it is."""
        return self._file(number).exists()

    def at(self, number: int) -> Manifest | None:
        """A kept snapshot by its number; None when it is gone or not whole."""
        return self._whole(number)

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Holds the writer's lock and lends a work folder, empty at first and gone afterwards."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "LOCK").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._sweep()
            work = self.root / "work"
            work.mkdir()
            try:
                yield work
            finally:
                shutil.rmtree(work, ignore_errors=True)

    def publish(self, manifest: Manifest) -> None:
        """Makes the manifest the current snapshot. Its files must be in place and durable already."""
        self._file(manifest.number).parent.mkdir(exist_ok=True)
        _write_durably(self._file(manifest.number), manifest.to_json())
        _write_durably(self.root / _POINTER, str(manifest.number))

    def go_back(self, number: int, *, from_number: int) -> Manifest:
        """Makes the contents of an earlier snapshot the newest again; the one that is left stays readable beside it.

        Raises ImportRefused when ``from_number`` is no longer the newest, or the earlier one is no longer kept whole.
        """
        with self.writing():
            if self._pointed() != from_number:
                raise ImportRefused(
                    Message.of("Newer files have been read in since. Nothing was changed; undo those first.")
                )
            earlier = EMPTY if number == 0 else self._whole(number)
            if earlier is None:
                raise ImportRefused(
                    Message.of(
                        "The data from before are no longer kept, so this cannot be undone. Nothing was changed."
                    )
                )
            restored = replace(earlier, number=from_number + 1)
            self.publish(restored)
            return restored

    def fork(self, root: Path) -> "Store":
        """Another store with the same snapshot. It shares the files, as they never change: to try an import costs no
        copy, and what is done to the fork leaves this store as it was."""
        manifest, other = self.current(), Store(root)
        root.mkdir(parents=True)
        for name in (*(file.path for file in manifest.files), "identity.key"):
            if (self.root / name).exists():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                os.link(self.root / name, root / name)
        if manifest.number:
            other.publish(manifest)
        return other

    def adopt(self, written: Path, name: str) -> Path:
        """Moves a finished file from the work folder to its final place, durably."""
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        _sync(written)
        os.replace(written, target)
        _sync(target.parent)
        return target

    def secret(self) -> bytes:
        """The store's own key for turning identity numbers into pupil ids; made once, readable by its owner only."""
        path = self.root / "identity.key"
        if not path.exists():
            fresh = path.with_suffix(".new")
            with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
                file.write(secrets.token_bytes(32))
                os.fsync(file.fileno())
            os.replace(fresh, path)
            _sync(self.root)
        return path.read_bytes()

    def _pointed(self) -> int:
        pointer = self.root / _POINTER
        if not pointer.exists():
            return 0
        text = pointer.read_text(errors="replace").strip()
        return int(text) if text.isdigit() else max(self._numbers(), default=0)

    def _numbers(self) -> list[int]:
        return [int(path.stem) for path in (self.root / "manifests").glob("*.json")]

    def _file(self, number: int) -> Path:
        return self.root / "manifests" / f"{number:08d}.json"

    def _manifest(self, number: int) -> Manifest | None:
        try:
            return Manifest.from_json(self._file(number).read_text())
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _whole(self, number: int) -> Manifest | None:
        manifest = self._manifest(number)
        return manifest if manifest and not manifest.damaged(self.root) else None

    def _sweep(self) -> None:
        """Removes what no kept snapshot names: remains of dead imports and files of old snapshots."""
        shutil.rmtree(self.root / "work", ignore_errors=True)
        newest = self._pointed()
        kept = range(max(newest - KEPT_SNAPSHOTS + 1, 1), newest + 1)
        manifests = [self._manifest(number) for number in kept]
        if newest and None in manifests:
            return
        files = {file for manifest in manifests if manifest for file in manifest.files}
        named = {file.path for file in files} | {file.by_pupil for file in files if file.kind == "facts"}
        named |= {f"manifests/{number:08d}.json" for number in kept}
        for folder in (*get_args(Kind), BY_PUPIL, "manifests"):
            for path in (self.root / folder).rglob("*"):
                if path.is_file() and path.relative_to(self.root).as_posix() not in named:
                    path.unlink()


def _fell_back(newest: int, used: int) -> Message:
    return Message.of(
        "Snapshot {newest} of the store is damaged, so the last whole one ({used}) is used. "
        "Import the latest files again.",
        newest=newest,
        used=used,
    )


def _write_durably(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
