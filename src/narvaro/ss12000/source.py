"""Reading a source from beginning to end: the roster of the day, the lessons, and what is remembered for next time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from narvaro.facts.importing import Imported
from narvaro.facts.staging import Register
from narvaro.facts.store import Store
from narvaro.ss12000.connection import Connection, Wanted
from narvaro.ss12000.told import Capability, Organisation, Reading, Roster, Route

Tell = Callable[[str, float], None]


def _nobody(what: str, share: float) -> None: ...


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """``organisations``: the tree, parents before children. ``version``: "2.0" or "2.1", as far as can be told."""

    organisations: tuple[Organisation, ...]
    capabilities: tuple[Capability, ...]
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonsRead:
    """``weeks``: school units' weeks that were read. ``imported`` is None when there was nothing to read in: no week
    had changed, or the source has no attendance (``route`` is "file")."""

    route: Route
    weeks: int
    lessons: int
    cancelled: int
    attendance_rows: int
    imported: Imported | None


@contextmanager
def opened(
    connection: Connection,
    wanted: Wanted,
    folder: Path,
    *,
    now: Callable[[], datetime] = _utc_now,
    tell: Tell = _nobody,
) -> Iterator["Source"]:
    """A source, signed in when it is first asked. ``folder`` is its own memory (the roster as last known, how far it
    was read), mode 0700, made when missing. ``now`` gives aware times. ``tell`` hears what is being read ("roster",
    "lessons") and how far that has come, 0..1.

    Raises SourceRefused (``narvaro.ss12000.errors``): it has a ``message`` for people."""
    raise NotImplementedError
    yield


class Source:
    """One reading. ``read_roster`` comes before ``read_lessons``, and ``commit`` when all that they told is applied."""

    def check(self) -> Checked:
        """Signs in, asks for the organisations, and finds out what the source can tell. Changes nothing."""
        raise NotImplementedError

    def read_roster(self, *, full: bool, confirmed: bool = False) -> Roster:
        """The whole roster of the day, put together from what is known and what has changed since. ``full`` asks for
        everything anew and compares.

        Raises SourceRefused, also for a full reading without pupils; ``facts.errors.HeldForConfirmation`` for one that
        would end many persons, unless ``confirmed``."""
        raise NotImplementedError

    def read_lessons(
        self, store: Store, *, register: Register | None, today: date, confirmed: bool = False
    ) -> LessonsRead:
        """Imports the lessons of the weeks that may have changed. Raises SourceRefused and ImportRefused; the store is
        then as it was."""
        raise NotImplementedError

    def commit(self) -> Reading:
        """Remembers what was read, so that the next reading begins there. Only here is the memory written."""
        raise NotImplementedError
