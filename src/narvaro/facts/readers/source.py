"""A file that has been recognised: what it holds, and its rows in chunks as often as they are asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from narvaro.facts.errors import ImportRefused
from narvaro.facts.layout import Chunk, Layout
from narvaro.language import Message

# Above 32 MiB the C library gives memory back between chunks and asks for it again, which doubles the time.
CHUNK = 24 << 20


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read: ``chunks`` takes a size in bytes and begins from the start each time."""

    layout: Layout
    notes: tuple[Message, ...]
    chunks: Callable[[int], Iterator[Chunk]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Source:
    """``name``: the file's name without its folders, which may tell more than messages should. ``sha256``: of its
    bytes, hex. ``size`` in bytes. ``notes``: what a person should know about how the file was read."""

    name: str
    sha256: str
    size: int
    layout: Layout
    notes: tuple[Message, ...]
    _path: Path = field(repr=False)
    _reading: Reading = field(repr=False)
    _stamp: tuple[int, int, int] = field(repr=False)

    def chunks(self, size: int = CHUNK) -> Iterator[Chunk]:
        """Chunks of about ``size`` bytes of the source. Raise ImportRefused, also after some chunks: then all of them
        are void, because the file is cut off, contradicts its own row count, has no rows, or was changed
        meanwhile."""
        self._check_unchanged()
        try:
            yield from self._reading.chunks(size)
        except (ImportRefused, UnicodeDecodeError, OSError):
            self._check_unchanged()
            raise
        self._check_unchanged()

    def _check_unchanged(self) -> None:
        if stamp_of(self._path) != self._stamp:
            raise ImportRefused(
                Message.of("The file {file} was changed while it was read. Nothing was imported.", file=self.name)
            )


def stamp_of(path: Path) -> tuple[int, int, int]:
    """Changes when the file's content does; zeros when it is gone."""
    try:
        status = path.stat()
    except OSError:
        return (0, 0, 0)
    return (status.st_ino, status.st_size, status.st_mtime_ns)
