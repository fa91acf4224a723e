"""What a reading of a source came to, for those who store or show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from narvaro.facts.readers.pupil_list import PupilLine, UnitLine
from narvaro.language import Message

Route = Literal["events", "event_lookup", "attendances", "sums", "file"]
Has = Literal["yes", "no", "empty", "refused", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianLine:
    """``source_id``: the person's id at the source. ``pupil_ids``: the children, by theirs."""

    source_id: str
    name: str = field(repr=False)
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    pupil_ids: tuple[str, ...] = ()
    is_protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLine:
    """Somebody with a duty. ``login_names``: eduPersonPrincipalNames. ``unit_codes``: where they work now;
    ``mentor_at``: where they are mentor of a class or group."""

    source_id: str
    name: str = field(repr=False)
    email: str = field(default="", repr=False)
    login_names: tuple[str, ...] = field(default=(), repr=False)
    unit_codes: tuple[str, ...] = ()
    mentor_at: tuple[str, ...] = ()
    is_protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """``unit_code`` is Skolverket's, "" where there is none; ``depth`` is its place in the tree."""

    id: str
    name: str
    kind: str
    unit_code: str
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """As things are on the day. A pupil has a line for each enrolment; ``mentor`` in it holds the e-mail addresses of
    the mentors, comma between."""

    units: tuple[UnitLine, ...]
    pupils: tuple[PupilLine, ...] = field(repr=False)
    guardians: tuple[GuardianLine, ...] = field(default=(), repr=False)
    staff: tuple[StaffLine, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """Absence that a guardian of the pupil has announced. ``announced_at``: when it was last told so."""

    source_id: str
    pupil_id: str
    guardian_id: str
    starts: datetime
    ends: datetime
    announced_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedAbsences:
    """``read``: how many the source told, of every kind. ``told``: those of homes. ``gone``: ids of those that the home
    no longer tells. ``since`` says that ``told`` is all that ends after it; None is what has changed."""

    read: int
    told: tuple[Announced, ...] = field(repr=False)
    gone: frozenset[str]
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One thing that the program needs of a source: a path of the standard without its first slash, or a parameter.
    ``note`` says what is missing, or how it is got instead."""

    name: str
    has: Has
    note: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about the data that somebody should know. ``code`` is stable; never a name or a value of a person."""

    code: str
    count: int
    told: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is new, changed and gone of one kind since the reading before."""

    kind: str
    new: int = 0
    changed: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """``counts`` by the names of ``narvaro sync`` (organisations, school_units, pupils, staff, guardians, groups,
    mentor_relations, activities, lessons, cancelled, attendance_rows, absences, protected,
    deleted)."""

    full: bool
    counts: Mapping[str, int]
    route: Route
    capabilities: tuple[Capability, ...]
    findings: tuple[Finding, ...]
    differences: tuple[Difference, ...] = ()
