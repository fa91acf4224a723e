"""What was seen of a file and what came of trying it, as it is kept in ``ImportRun``. No row and no whole value of the
file is in it: headings, counts, and samples such as "e-0***"."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter

from narvaro.core.jobs import kept
from narvaro.language import Message

About = Literal["", "encoding", "delimiter", "period", "lesson_minutes", "unit", "columns"]
StoredMessage = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the person has said. Days as text of the form 2026-03-02, all may be empty. ``mapping`` is YAML, ``preset``
    the name of one that was chosen, as the file has no headings to know it by. ``whole``: the file holds every lesson
    of its schools and days, so that what it lacks is taken away."""

    encoding: str = ""
    delimiter: str = ""
    first_day: str = ""
    last_day: str = ""
    lesson_minutes: str = ""
    unit_code: str = ""
    preset: str = ""
    mapping: str = ""
    mapping_name: str = ""
    whole: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """``field``: what it was read as, "" for nothing."""

    number: int
    header: str
    look: str
    samples: tuple[str, ...]
    field: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Rows that would be, or were, rejected for one reason; ``code`` is a RowProblem's name."""

    code: str
    rows: int
    first_line: int


@dataclass(frozen=True, slots=True)
class Holding:
    """What the store holds at one moment. Days as text, empty when there is nothing."""

    rows: int = 0
    pupils: int = 0
    first_day: str = ""
    last_day: str = ""


@dataclass(frozen=True, slots=True)
class Differing:
    """Rows of one month ("2026-03") and school unit that are new, corrected, or there no more."""

    month: str
    unit_code: str
    new: int
    corrected: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """read = accepted + rejected + duplicates; corrected, clamped and incomplete are among the accepted."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    corrected: int = 0
    clamped: int = 0
    incomplete: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCounts:
    """Of a list: pupils, or school units, that are new to the register, changed, moved, ended or as before."""

    new: int = 0
    changed: int = 0
    moved: int = 0
    ended: int = 0
    unchanged: int = 0
    protected: int = 0
    without_mentor: int = 0
    same_identity: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A rejected row of a list. Those of attendance are in a file of their own, as they can be many."""

    line: int
    column: str
    reason: StoredMessage


@dataclass(frozen=True, slots=True)
class Held:
    """The new days hold ``fresh`` lessons a day where ``usual`` are usual; of a list, pupils who would be enrolled and
    who are. ``are_gone``: ``fresh`` of ``usual`` stored lessons would be taken away."""

    fresh: int
    usual: int
    are_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """``asks``: what a person must say before the file can be tried. ``used_mapping``: a saved description that fitted
    by itself."""

    encoding: str = ""
    delimiter: str = ""
    header_line: int | None = None
    columns: tuple[SeenColumn, ...] = ()
    grain: str = "lesson"
    asks: About = ""
    problem: StoredMessage | None = None
    notes: tuple[StoredMessage, ...] = ()
    used_mapping: str = ""
    counts: Counts = Counts()
    problems: tuple[Problem, ...] = ()
    before: Holding = Holding()
    after: Holding = Holding()
    differing: tuple[Differing, ...] = ()
    held: Held | None = None
    no_pupils_known: bool = False
    list_counts: ListCounts | None = None
    listed: tuple[Listed, ...] = ()


_ANSWERS, _PREVIEW = TypeAdapter(Answers), TypeAdapter(Preview)


def answers_of(stored: dict[str, Any]) -> Answers:
    return _ANSWERS.validate_python(stored)


def preview_of(stored: dict[str, Any]) -> Preview:
    return _PREVIEW.validate_python(stored)


def stored_form(value: Answers | Preview) -> dict[str, Any]:
    adapter: TypeAdapter[Any] = _ANSWERS if isinstance(value, Answers) else _PREVIEW
    form: dict[str, Any] = adapter.dump_python(value, mode="json")
    return form


def told(message: Message, *, stored_name: str, file_name: str) -> StoredMessage:
    """Files lie under random names; a person knows them by their own. JSON holds numbers and text only."""
    values = {
        key: file_name if value == stored_name else value if isinstance(value, int) else str(value)
        for key, value in message.values
    }
    return kept(Message.of(message.text, **values))
