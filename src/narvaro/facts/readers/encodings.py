"""How a text file's bytes become letters: declared, marked, proven as UTF-8, or guessed only when the guess is safe."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from narvaro.facts.errors import ImportRefused, QuestionForPerson
from narvaro.language import Message

CHOICES = (
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "windows-1252",
    "iso-8859-1",
    "iso-8859-15",
    "cp850",
    "mac-roman",
)
BLOCK = 1 << 20

_CODECS = {codecs.lookup(choice).name: choice for choice in CHOICES}
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ASCII = bytes(range(128))
# Letters of Western Europe and the few signs that occur in Nordic tables. Left out on purpose: what the letters å, ä
# and ö of DOS and old Mac files turn into (quotes, daggers, Œ, Š, š, Ž, ...).
_NORDIC = frozenset([*range(0xC0, 0x100), *b"\xa0\xa7\xb0\xb4\xbd\x80\x92\x96"]) - frozenset(b"\xd7\xf7")
_EURO_IN_WORD = re.compile(rb"\x80[A-Za-z\xc0-\xff]")
_UTF8_LETTERS = (re.compile(rb"\xc3[\x80-\xbf]"), re.compile(rb"\xc2[\xa0-\xbf]"), re.compile(rb"\xe2\x80[\x90-\xa6]"))


@dataclass(frozen=True, slots=True)
class Encoding:
    """``mark``: number of bytes of the byte order mark that the file begins with."""

    name: str
    mark: int = 0

    @property
    def wide(self) -> bool:
        return self.name.startswith("utf-16")


def declared_encoding(name: str) -> str:
    """Our name of an encoding as people write it ("latin1", "cp1252"); ImportRefused when it is not one of ours."""
    try:
        found = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        found = ""
    found = "utf-8" if found == "utf-8-sig" else found
    if found not in _CODECS:
        choices = ", ".join(CHOICES)
        raise ImportRefused(
            Message.of("The encoding {name} is not known here. Choose one of {choices}.", name=name, choices=choices)
        )
    return _CODECS[found]


def marked_encoding(head: bytes) -> Encoding | None:
    """The encoding that a byte order mark states."""
    return next((Encoding(name, len(mark)) for mark, name in _MARKS if head.startswith(mark)), None)


def guess_single_byte(path: Path, *, first_bad: int) -> Encoding:
    """Windows-1252 for a file that is not UTF-8, if every sign of it is plausible there.

    ``first_bad``: offset of the first byte that is not UTF-8. Raise ImportRefused when other parts are UTF-8, and
    QuestionForPerson when the letters would come out wrong.
    """
    seen: set[int] = set()
    for block in _overlapping_blocks(path):
        if any(pattern.search(block) for pattern in _UTF8_LETTERS):
            line = line_of_offset(path, first_bad)
            raise ImportRefused(
                Message.of(
                    "The file {file} mixes encodings: line {line} is not UTF-8 but other lines are.",
                    file=path.name,
                    line=line,
                )
            )
        seen.update(block.translate(None, _ASCII))
        if _EURO_IN_WORD.search(block):
            seen.add(0x81)
    if seen <= _NORDIC:
        return Encoding("windows-1252")
    raise QuestionForPerson(
        Message.of(
            "The encoding of {file} is unclear: line {line} is not UTF-8, and as Windows-1252 its letters would come"
            " out wrong. Say which it is with --encoding: {choices}.",
            file=path.name,
            line=line_of_offset(path, first_bad),
            choices=", ".join(CHOICES),
        ),
        about="encoding",
    )


def line_of_offset(path: Path, offset: int) -> int:
    """Line, 1-based, of the byte at ``offset``; the file is read again, since this is only asked when it is refused."""
    feeds = returns = 0
    with path.open("rb") as file:
        while offset > 0 and (block := file.read(min(BLOCK, offset))):
            feeds += block.count(b"\n")
            returns += block.count(b"\r")
            offset -= len(block)
    return 1 + (feeds or returns)


def _overlapping_blocks(path: Path) -> Iterator[bytes]:
    """Blocks that repeat the last two bytes of the one before, so that no sequence is cut in two."""
    kept = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield kept + block
            kept = block[-2:]
