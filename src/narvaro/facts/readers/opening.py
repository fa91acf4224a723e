"""Opens a file as a Source, whatever it is."""

import hashlib
from datetime import date
from pathlib import Path

from narvaro.facts.readers.content import Content, content_of
from narvaro.facts.readers.inspection import inspect
from narvaro.facts.readers.mapping import Mapping
from narvaro.facts.readers.record_reading import read_sheet
from narvaro.facts.readers.sheets import check_sheet_file
from narvaro.facts.readers.source import Source, stamp_of
from narvaro.facts.readers.text_opening import TextFile, read_text
from narvaro.language import Message


def open_source(
    path: Path,
    *,
    mapping: Mapping | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    period: tuple[date, date] | None = None,
) -> Source:
    """Recognise the file and its columns; rows are read later, by ``Source.chunks``.

    ``encoding`` and ``delimiter`` win over the mapping's, and those over what the file looks like. ``period``: first
    and last day of sums that do not say it themselves. Raise ImportRefused, or QuestionForPerson when a person can
    decide.
    """
    stamp = stamp_of(path)
    content = content_of(path)
    if content is not Content.TEXT:
        check_sheet_file(path, content)
        reading = read_sheet(path, mapping, period)
        return Source(path.name, _sha256(path), stamp[1], reading.layout, reading.notes, path, reading, stamp)
    facts = inspect(path, declared=encoding or (mapping.encoding if mapping else None))
    text = TextFile.of(path, facts)
    reading = read_text(text, mapping, delimiter=delimiter or (mapping.delimiter if mapping else None), period=period)
    notes = reading.notes
    if facts.guessed:
        notes = (Message.of("The file is not UTF-8; it was read as {encoding}.", encoding="Windows-1252"), *notes)
    return Source(path.name, facts.sha256, facts.size, reading.layout, notes, path, reading, stamp)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
