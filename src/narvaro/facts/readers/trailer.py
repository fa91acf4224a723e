"""The last line of some exports states how many rows there are. It shows whether the file is whole."""

import re

from narvaro.facts.errors import ImportRefused
from narvaro.language import Message

_STATED = re.compile(
    r"\W*(?:totalt\s+)?(?:antal(?:\s+(?:rader|poster))?|rader|rows|row\s?count|records)\W{1,5}(\d[\d\s]*)\W*",
    re.IGNORECASE,
)

_LONGEST = 500


def stated_rows(line: str) -> int | None:
    """12345 for ``#antal;12345``, ``Antal rader: 12 345`` and ``# rows=12345``; None for any other line."""
    found = _STATED.fullmatch(line) if len(line) <= _LONGEST else None
    return int("".join(found[1].split())) if found else None


def trailer_in(tail: bytes) -> bytes:
    """The trailer line at the end of the text, without line end; empty when there is none."""
    last = tail.rstrip(b"\r\n\t ").replace(b"\r", b"\n").rpartition(b"\n")[2]
    return last if stated_rows(last.decode(errors="replace")) is not None else b""


def check_stated(stated: int | None, found: int, *, file: str) -> None:
    """Raise ImportRefused unless the file has as many rows as it says."""
    if stated is not None and stated != found:
        raise ImportRefused(
            Message.of(
                "The file {file} says that it has {stated} rows, but {found} were read. It may be cut off."
                " Nothing was imported.",
                file=file,
                stated=stated,
                found=found,
            )
        )


def refuse_no_rows(*, file: str) -> ImportRefused:
    return ImportRefused(
        Message.of(
            "The file {file} has a header but no rows. That is an error, not an empty period. Nothing was imported.",
            file=file,
        )
    )


def refuse_cut_off(line: int, *, file: str) -> ImportRefused:
    return ImportRefused(
        Message.of(
            "The file {file} ends in the middle of the row on line {line}. Nothing was imported.", file=file, line=line
        )
    )


def refuse_open_quote(line: int, *, file: str) -> ImportRefused:
    return ImportRefused(
        Message.of(
            "A quotation mark opens on line {line} of {file} and is not closed where its cell ends. Nothing was"
            " imported.",
            file=file,
            line=line,
        )
    )


def refuse_long_row(text: bytes, line: int, *, file: str) -> ImportRefused:
    """``text``: the row so far. A quote that is never closed swallows the rows after it."""
    if b'"' in text:
        return refuse_open_quote(line, file=file)
    return ImportRefused(Message.of("Line {line} of {file} is too long to be a row of a table.", file=file, line=line))
