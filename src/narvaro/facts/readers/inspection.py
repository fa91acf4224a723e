"""First pass over a text file: its hash, its encoding, and whether it can be text at all. One block in memory at a
time."""

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from narvaro.facts.errors import ImportRefused
from narvaro.facts.readers.encodings import (
    BLOCK,
    Encoding,
    declared_encoding,
    guess_single_byte,
    line_of_offset,
    marked_encoding,
)
from narvaro.language import Message


@dataclass(frozen=True, slots=True)
class TextFacts:
    """``quotes``: whether there is any ``"``. ``guessed``: the encoding was neither declared, marked nor proven."""

    size: int
    sha256: str
    encoding: Encoding
    quotes: bool
    guessed: bool = False


class _Strict:
    """Decodes block by block until the first byte that does not fit, and remembers where that was."""

    def __init__(self, codec: str) -> None:
        self.decoder = codecs.getincrementaldecoder(codec)("strict")
        self.wide = codec.startswith("utf-16")
        self.done = 0
        self.failed_at: int | None = None
        self.beyond_ascii = False
        self.nul = False

    def feed(self, block: bytes, *, final: bool = False) -> None:
        if self.failed_at is not None:
            return
        waiting = self._waiting()
        # Plain ASCII needs no decoding and is by far the commonest block.
        if not (block.isascii() and not waiting and not self.wide and not final):
            self._decode(block, waiting, final=final)
        self.done += len(block)

    def _decode(self, block: bytes, waiting: int, *, final: bool) -> None:
        try:
            text = self.decoder.decode(block, final)
        except UnicodeDecodeError as error:
            self.failed_at = self.done - waiting + error.start
            return
        self.beyond_ascii = self.beyond_ascii or not text.isascii()
        self.nul = self.nul or (self.wide and "\0" in text)

    def _waiting(self) -> int:
        state = self.decoder.getstate()[0]
        return len(state)


def inspect(path: Path, *, declared: str | None) -> TextFacts:
    """Raise ImportRefused when the bytes contradict the declared encoding or hold NUL; QuestionForPerson when
    unsure."""
    with path.open("rb") as file:
        marked = marked_encoding(file.read(4))
    encoding = _expected(path, declared, marked)
    names = {encoding.name} if encoding.wide else {encoding.name, "utf-8"}
    checks = {name: _Strict(name) for name in names}
    size, sha256, quotes = _pass_over(path, checks, skip=encoding.mark, wide=encoding.wide)
    failed_at = checks[encoding.name].failed_at
    if failed_at is None:
        _refuse_if_really_utf8(path, encoding, checks.get("utf-8"))
        return TextFacts(size, sha256, encoding, quotes)
    if declared is None and marked is None:
        guess = guess_single_byte(path, first_bad=failed_at)
        return TextFacts(size, sha256, guess, quotes, guessed=True)
    line = line_of_offset(path, failed_at + encoding.mark)
    raise ImportRefused(
        Message.of("Line {line} of {file} is not valid {encoding}.", file=path.name, line=line, encoding=encoding.name)
    )


def _expected(path: Path, declared: str | None, marked: Encoding | None) -> Encoding:
    if declared is None:
        return marked or Encoding("utf-8")
    name = declared_encoding(declared)
    if marked is None:
        return Encoding("utf-16-le" if name == "utf-16" else name)
    if name != marked.name and not (name == "utf-16" and marked.wide):
        raise ImportRefused(
            Message.of(
                "The file {file} was declared as {declared} but begins with the mark of {found}.",
                file=path.name,
                declared=name,
                found=marked.name,
            )
        )
    return marked


def _pass_over(path: Path, checks: dict[str, _Strict], *, skip: int, wide: bool) -> tuple[int, str, bool]:
    """Size, sha256 and presence of quotes; the checks are fed all but the mark."""
    digest, size, quotes = hashlib.sha256(), 0, False
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            quotes = quotes or b'"' in block
            if not wide and b"\0" in block:
                raise _nul(path, line_of_offset(path, size + block.index(b"\0")))
            for check in checks.values():
                check.feed(block[skip:])
            size, skip = size + len(block), 0
    for check in checks.values():
        check.feed(b"", final=True)
        if wide and check.nul:
            raise _nul(path, None)
    return size, digest.hexdigest(), quotes


def _nul(path: Path, line: int | None) -> ImportRefused:
    if line is None:
        return ImportRefused(Message.of("The file {file} holds NUL characters, so it is not a table.", file=path.name))
    return ImportRefused(
        Message.of(
            "The file {file} holds a NUL byte on line {line}, so it is not a text table. If it is UTF-16, say"
            " so with --encoding.",
            file=path.name,
            line=line,
        )
    )


def _refuse_if_really_utf8(path: Path, encoding: Encoding, utf8: _Strict | None) -> None:
    """A declaration that no longer holds would turn å into Ã¥ without anybody noticing."""
    if utf8 and encoding.name != "utf-8" and utf8.failed_at is None and utf8.beyond_ascii:
        raise ImportRefused(
            Message.of(
                "The file {file} was declared as {declared}, but it is UTF-8. Leave out the encoding.",
                file=path.name,
                declared=encoding.name,
            )
        )
