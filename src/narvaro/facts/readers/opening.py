"""Opens a file as a Source, whatever it is."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from narvaro.facts.errors import ImportRefused, QuestionForPerson, UnknownLayout
from narvaro.facts.readers.content import Content, content_of
from narvaro.facts.readers.inspection import inspect
from narvaro.facts.readers.mapping import Mapping
from narvaro.facts.readers.mapping_loading import load_preset, preset_names
from narvaro.facts.readers.record_reading import read_table, record_table
from narvaro.facts.readers.source import Source, stamp_of
from narvaro.facts.readers.text_opening import TextFile, read_text
from narvaro.language import Message

_SAID_LATER = ("period", "lesson_minutes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person says about a file besides its columns: see ``open_source``. ``lesson_minutes``: what a lesson is
    worth where lessons are counted. ``school_unit_id``: of a file that names no school."""

    encoding: str | None = None
    delimiter: str | None = None
    period: tuple[date, date] | None = None
    lesson_minutes: int | None = None
    school_unit_id: str | None = None


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
        reading = read_table(record_table(path, content, mapping), mapping, period)
        return Source(path.name, _sha256(path), stamp[1], reading.layout, reading.notes, path, reading, stamp)
    facts = inspect(path, declared=encoding or (mapping.encoding if mapping else None))
    text = TextFile.of(path, facts)
    reading = read_text(text, mapping, delimiter=delimiter or (mapping.delimiter if mapping else None), period=period)
    notes = reading.notes
    if facts.guessed:
        notes = (Message.of("The file is not UTF-8; it was read as {encoding}.", encoding="Windows-1252"), *notes)
    return Source(path.name, facts.sha256, facts.size, reading.layout, notes, path, reading, stamp)


def open_recognised(path: Path, *, said: Said, mapping: Mapping | None = None, saved: Sequence[Mapping] = ()) -> Source:
    """As ``open_source``. Without a mapping, a file that is not known by itself is read by the first of the saved
    mappings, and then of the presets, whose headings it has. Mappings without headings would fit anything, so they are
    left out."""
    try:
        return _open(path, _completed(mapping, said) if mapping else _vklass(said), said)
    except UnknownLayout:
        for each in () if mapping else (*saved, *map(load_preset, preset_names())):
            if each.has_header and not each.preset and (found := _fitting(path, _completed(each, said), said)):
                return found
        raise


def _open(path: Path, mapping: Mapping | None, said: Said) -> Source:
    return open_source(path, mapping=mapping, encoding=said.encoding, delimiter=said.delimiter, period=said.period)


def _vklass(said: Said) -> Mapping | None:
    """Of the files that are known by themselves, only Vklass's report needs to be told its school."""
    return _completed(load_preset("vklass"), said) if said.school_unit_id else None


def _completed(mapping: Mapping, said: Said) -> Mapping:
    constants = dict(mapping.constants)
    if said.school_unit_id and ("school_unit_id" in constants or mapping.preset):
        constants["school_unit_id"] = said.school_unit_id
    return replace(
        mapping, constants=tuple(constants.items()), lesson_minutes=said.lesson_minutes or mapping.lesson_minutes
    )


def _fitting(path: Path, mapping: Mapping, said: Said) -> Source | None:
    """None when the file has not the mapping's columns. A question that is left when the columns fit is asked."""
    try:
        return _open(path, mapping, said)
    except QuestionForPerson as question:
        if question.about in _SAID_LATER:
            raise
        return None
    except ImportRefused:
        return None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
