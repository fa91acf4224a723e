"""A school system that answers as it is told to, in the client's place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from narvaro.contexts.sources.models import Source, SourceRun
from narvaro.contexts.sources.services import Address, Choices, add, choose_reading
from narvaro.core.scope import acting
from narvaro.facts.importing import import_lessons
from narvaro.facts.readers import open_source
from narvaro.facts.staging import Register
from narvaro.facts.store import Store
from narvaro.language import Message
from narvaro.ss12000.connection import Connection, Wanted
from narvaro.ss12000.lesson_import import LessonsRead
from narvaro.ss12000.source import READING_LESSONS, READING_ROSTER, Checked
from narvaro.ss12000.told import AnnouncedAbsences, Capability, Difference, Finding, Organisation, Reading, Roster
from tests.web.test_register_rosters import of_strand, roster
from tests.web.world import World

BASE = "https://skolsystem.example.se/v2.0"
TREE = (
    Organisation(id="o-1", name="Exempelkommun", kind="Huvudman", unit_code="", depth=0),
    Organisation(id="o-2", name="Strandskolan", kind="Skolenhet", unit_code="1001", depth=1),
    Organisation(id="o-3", name="Ekbackens skola", kind="Skolenhet", unit_code="1002", depth=1),
)
THERE = (
    Capability(name="persons", has="yes"),
    Capability(name="attendances", has="no", note=Message.of("A note about it.")),
)


@dataclass
class SchoolSystem:
    """``fails``: what is raised, by method. ``lessons``: a file of ours. ``asked``: what was called, with how."""

    roster: Roster = field(default_factory=lambda: roster(pupils=of_strand()))
    lessons: Path | None = None
    absences: AnnouncedAbsences | None = None
    findings: tuple[Finding, ...] = ()
    fails: dict[str, BaseException] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)
    tell: Callable[[str, float], None] = lambda what, share: None

    @contextmanager
    def opened(self, connection: Connection, wanted: Wanted, folder: Path, **how: Any) -> Iterator["SchoolSystem"]:
        self.connections.append(connection)
        self.wanted.append(wanted)
        self.tell = how["tell"]
        assert how["now"]().tzinfo is not None
        yield self

    def _called(self, name: str, how: Any = None) -> None:
        self.asked.append((name, how))
        if name in self.fails:
            raise self.fails[name]

    def check(self) -> Checked:
        self._called("check")
        return Checked(organisations=TREE, capabilities=THERE, version="2.1")

    def read_roster(self, *, full: bool, confirmed: bool = False) -> Roster:
        self.tell(READING_ROSTER, 0.5)
        self._called("read_roster", (full, confirmed))
        return self.roster

    def read_absences(self) -> AnnouncedAbsences | None:
        self._called("read_absences")
        return self.absences

    def read_lessons(
        self, store: Store, *, register: Register | None, today: date, confirmed: bool = False
    ) -> LessonsRead:
        self.tell(READING_LESSONS, 0.5)
        self._called("read_lessons", confirmed)
        done = None
        if self.lessons:
            done = import_lessons(store, [open_source(self.lessons)], today=today, register=register)
        return LessonsRead(route="events", weeks=1, lessons=2, cancelled=0, attendance_rows=8, imported=done)

    def commit(self) -> Reading:
        self._called("commit")
        counts = {"pupils": len(self.roster.pupils), "attendance_rows": 8, "lessons": 2}
        difference = Difference(kind="pupils", new=3)
        full = next(how[0] for name, how in reversed(self.asked) if name == "read_roster")
        return Reading(
            full=full,
            counts=counts,
            route="events",
            capabilities=THERE,
            findings=self.findings,
            differences=(difference,),
        )

    @property
    def calls(self) -> list[str]:
        return [name for name, _how in self.asked]


ADDRESS = Address(name="Skolsystemet", base_url=BASE, auth="bearer", token="hemlig-nyckel")
CHOICES = Choices(
    guardians=True,
    identity_numbers=True,
    give_assignments=False,
    only_deviations=False,
    always_marked=True,
    hour=3,
)


def connected(world: World, *, choices: Choices | None = CHOICES) -> Source:
    """A source that has been added and, where there are choices, chosen from; not read yet."""
    by = world.actor("system_administrator")
    source = add(by=by, address=ADDRESS)
    if choices:
        choose_reading(by=by, source=source, choices=choices)
    return again(world, source)


def again(world: World, source: Source) -> Source:
    with acting(world.actor("system_administrator")):
        found: Source = Source.objects.get(pk=source.pk)
        return found


def runs(world: World, kind: str = "reading") -> list[SourceRun]:
    """The oldest first."""
    with acting(world.actor("system_administrator")):
        return list(SourceRun.objects.filter(kind=kind).select_related("source").order_by("pk"))
