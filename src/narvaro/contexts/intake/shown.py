"""What the pages of imports show, ready to print: frozen values between the presenters and the templates."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from narvaro.ui.parts import Figure, Kind, Link, Progress


@dataclass(frozen=True, slots=True)
class Line:
    """A file in a list."""

    key: UUID
    url: str
    file_name: str
    state: str
    kind: Kind
    who: str
    when: datetime
    read: int
    accepted: int
    rejected: int
    duplicates: int
    under_way: bool


@dataclass(frozen=True, slots=True)
class ColumnLine:
    name: str
    meaning: str
    look: str
    samples: str


@dataclass(frozen=True, slots=True)
class ProblemLine:
    reason: str
    column: str
    rows: int
    first_line: int


@dataclass(frozen=True, slots=True)
class RejectLine:
    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """What is stored at one moment: how much, and between which days."""

    label: str
    rows: str
    days: str


@dataclass(frozen=True, slots=True)
class ChangedPart:
    """A school's share of what changes in a month."""

    label: str
    rows: str


@dataclass(frozen=True, slots=True)
class ChangedMonth:
    label: str
    rows: str
    schools: tuple[ChangedPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """``message``: what went wrong. ``stopped``: the work died and can be started again. ``whole``: a person has said
    that the file holds every lesson of its schools and days; ``may_be_whole``: it can be said."""

    key: UUID
    state: str
    heading: str
    lede: str
    tags: tuple[tuple[str, Kind], ...]
    crumbs: tuple[Link, ...]
    figures: tuple[Figure, ...]
    progress: Progress | None
    stopped: bool
    asks: str
    question: str
    message: str
    again: str
    columns: tuple[ColumnLine, ...]
    how_read: tuple[str, ...]
    notes: tuple[str, ...]
    problems: tuple[ProblemLine, ...]
    changes: tuple[Change, ...]
    months: tuple[ChangedMonth, ...]
    nothing_new: bool
    undo_changes: tuple[Change, ...]
    held: str
    no_pupils_known: bool
    is_period: bool
    is_attendance: bool
    rejected: int
    whole: bool
    may_be_whole: bool
    may_change: bool
    can_undo: bool
    why_not_undone: str
