"""A text file as blocks of UTF-8, whatever its encoding; and its two ends."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from narvaro.facts.readers.encodings import Encoding

HEAD = 1 << 20
TAIL = 1 << 16


@dataclass(frozen=True, slots=True)
class Block:
    """UTF-8 text cut anywhere. ``done``: bytes of the source read so far."""

    data: bytes
    done: int
    last: bool


def utf8_blocks(path: Path, encoding: Encoding, *, size: int) -> Iterator[Block]:
    """Blocks of about ``size`` source bytes, without the byte order mark. UTF-8 is passed on as it is."""
    decoder = codecs.getincrementaldecoder(encoding.name)("strict")
    plain = encoding.name == "utf-8"
    total = path.stat().st_size
    with path.open("rb") as file:
        file.seek(encoding.mark)
        done = encoding.mark
        while True:
            raw = file.read(size)
            done += len(raw)
            last = done >= total or not raw
            yield Block(raw if plain else decoder.decode(raw, last).encode(), done, last)
            if last:
                return


def head_of(path: Path, encoding: Encoding) -> Block:
    """The first MiB, which must hold the header and is enough to know a file by."""
    blocks = utf8_blocks(path, encoding, size=HEAD)
    try:
        return next(blocks)
    finally:
        blocks.close()  # type: ignore[attr-defined]


def tail_of(path: Path, encoding: Encoding) -> bytes:
    """The last 64 KiB as UTF-8; the first character of it may be damaged by the cut."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        # A cut in UTF-16 must fall between code units, counted from the start.
        file.seek(max(encoding.mark, (end - TAIL) // 2 * 2 + encoding.mark % 2))
        return file.read().decode(encoding.name, "replace").encode()
