"""Files that appear whole or not at all: written beside their places, flushed to disk, then renamed together.

Results hold personal data, so only the person who ran the command may read them (mode 0600).
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TextIO, cast

from narvaro.language import N_, Message

if sys.platform != "win32":
    import fcntl

_PREFIX, _SUFFIX = ".narvaro-", ".tmp"

Writer = Callable[[TextIO], None]


class OutputNotWritten(Exception):
    """Carries a message for people. Names the folder or file, never a value of the data."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.say("en"))
        self.message = message


def write_together(folder: Path, writers: Mapping[str, Writer]) -> tuple[Path, ...]:
    """Write every file in order; only when all are safely on disk do they take their names."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _only_writer(folder) as handle:
            return _publish(folder, handle, writers)
    except OSError as error:
        text = N_("The results could not be written to {folder}: {problem}. Make room or choose another folder.")
        raise OutputNotWritten(Message.of(text, folder=str(folder), problem=error.strerror or "?")) from error


def _publish(folder: Path, handle: int | None, writers: Mapping[str, Writer]) -> tuple[Path, ...]:
    targets = tuple(folder / name for name in writers)
    _refuse_folders(targets)
    staged: list[Path] = []
    try:
        for name, write in writers.items():
            staged.append(_stage(folder, name, write))
        for beside, target in zip(staged, targets, strict=True):
            beside.replace(target)
    finally:
        for beside in staged:
            beside.unlink(missing_ok=True)
    if handle is not None:
        os.fsync(handle)
    return targets


def _stage(folder: Path, name: str, write: Writer) -> Path:
    with NamedTemporaryFile(
        "w",
        dir=folder,
        prefix=f"{_PREFIX}{name}-",
        suffix=_SUFFIX,
        delete=False,
        encoding="utf-8",
        errors="backslashreplace",  # half a character is no reason to lose a run
        newline="",
    ) as file:
        path = Path(file.name)
        try:
            write(cast(TextIO, file))
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return path


def _refuse_folders(targets: tuple[Path, ...]) -> None:
    """The one thing that would make a rename fail after others have been made."""
    for target in targets:
        if target.is_dir():
            text = N_("{file} is a folder. Move it or choose another folder for the results.")
            raise OutputNotWritten(Message.of(text, file=str(target)))


@contextmanager
def _only_writer(folder: Path) -> Iterator[int | None]:
    """One run a folder at a time; what a killed run left behind is then surely nobody's and is removed."""
    if sys.platform == "win32":  # pragma: no cover
        yield None  # no locks on folders there: names are unique, so two runs still can not mix
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        _lock(folder, handle)
        for left in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
            with suppress(FileNotFoundError):
                left.unlink()
        yield handle
    finally:
        os.close(handle)


def _lock(folder: Path, handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        text = N_("Another run is writing to {folder}. Wait for it or choose another folder.")
        raise OutputNotWritten(Message.of(text, folder=str(folder))) from error
