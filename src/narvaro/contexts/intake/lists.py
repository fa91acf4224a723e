"""Lists of pupils and of school units, sent in like any other file: tried by being loaded and taken back at once."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from narvaro.contexts.intake.models import ImportRun
from narvaro.contexts.intake.preview import Counts, Held, ListCounts, Listed, Preview
from narvaro.contexts.register.api import PupilsLoaded, UnitsLoaded, load_pupil_list, load_units
from narvaro.core.actor import Actor
from narvaro.core.errors import Refused
from narvaro.core.jobs import kept
from narvaro.core.scope import acting
from narvaro.facts.errors import ImportRefused
from narvaro.facts.readers.headers import field_of
from narvaro.facts.readers.pupil_list import PUPIL_COLUMNS, UNIT_COLUMNS, read_pupil_lines, read_unit_lines
from narvaro.language import Message

Kind = ImportRun.Kind
Line = TypeVar("Line")
MOST_LISTED = 1_000
_ATTENDANCE = ("date", "offered", "valid", "invalid")
WHOLE_AUTHORITY = Message.of(
    "The file {file} is a list for the whole authority. Somebody whose assignment covers all schools can send it."
)
EMPTY = Message.of("The list {file} has a header but no rows. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Loaded:
    preview: Preview
    counts: Counts


class _TakenBack(Exception):
    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded


def kind_of(preview: Preview) -> str:
    """By the headings: what has attendance in it is attendance, whatever else it holds."""
    headings = {column.header.casefold() for column in preview.columns}
    if any(
        field_of(heading, "lesson") in _ATTENDANCE or field_of(heading, "period") in _ATTENDANCE for heading in headings
    ):
        return Kind.ATTENDANCE
    if preview.encoding and headings.issuperset(PUPIL_COLUMNS):
        return Kind.PUPILS
    if preview.encoding and headings.issuperset(UNIT_COLUMNS):
        return Kind.UNITS
    return Kind.ATTENDANCE


def tried_list(kind: str, path: Path, *, by: Actor) -> Preview:
    """Raises ImportRefused for a file that cannot be read."""
    try:
        return _taken_back(kind, path, by=by, confirmed=False).preview
    except Refused as refused:
        values = dict(refused.message.values)
        held = Held(int(str(values["after"])), int(str(values["before"])))
        return replace(_taken_back(kind, path, by=by, confirmed=True).preview, held=held)


def load_list(kind: str, path: Path, *, by: Actor, confirmed: bool) -> Loaded:
    """Raises Refused when far fewer pupils would be enrolled than are now and nobody said that this is right."""
    if kind == Kind.UNITS:
        units = _all(read_unit_lines(path), path)
        return _loaded(load_units(by=by, lines=units), len(units), ())
    lines = _all(read_pupil_lines(path), path)
    loaded = load_pupil_list(by=by, lines=lines, confirmed=confirmed)
    listed = tuple(Listed(each.line, each.column, kept(each.reason)) for each in loaded.rejects[:MOST_LISTED])
    return _loaded(loaded, len(lines), listed)


def _taken_back(kind: str, path: Path, *, by: Actor, confirmed: bool) -> Loaded:
    try:
        with acting(by):
            raise _TakenBack(load_list(kind, path, by=by, confirmed=confirmed))
    except _TakenBack as done:
        return done.loaded


def _all(lines: Iterator[Line], path: Path) -> list[Line]:
    """A list without any line is refused before it can end everybody's enrolment."""
    found = list(lines)
    if not found:
        raise ImportRefused(Message.of(EMPTY.text, file=path.name))
    return found


def _loaded(loaded: PupilsLoaded | UnitsLoaded, read: int, listed: tuple[Listed, ...]) -> Loaded:
    found: dict[str, Any] = asdict(loaded)
    rejected = len(found.pop("rejects", ()))
    counts = Counts(read=read, accepted=read - rejected, rejected=rejected)
    return Loaded(Preview(counts=counts, list_counts=ListCounts(**found), listed=listed), counts)
