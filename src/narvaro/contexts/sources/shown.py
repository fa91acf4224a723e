"""What the pages of sources show, ready to print."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from narvaro.ui.parts import Figure, Kind, Link, Progress


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source in the list: its state as a word and as a sentence."""

    name: str
    url: str
    sentence: str
    tag: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class CapabilityLine:
    name: str
    has: str
    kind: Kind
    note: str


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    name: str
    new: int
    changed: int
    gone: int


@dataclass(frozen=True, slots=True)
class RunLine:
    url: str
    when: datetime
    what: str
    who: str
    state: str
    kind: Kind
    pupils: int
    rows: int
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    heading: str
    lede: str
    tag: tuple[str, Kind]
    message: str
    crumbs: tuple[Link, ...]
    figures: tuple[Figure, ...]
    route: str
    findings: tuple[str, ...]
    register: tuple[tuple[str, str], ...]
    differences: tuple[DifferenceLine, ...]
    capabilities: tuple[CapabilityLine, ...]


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step of setting up: ``url`` where it can be opened."""

    label: str
    done: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """``held``: what waits for a yes. ``trouble``: why the latest run did not go well. ``stopped``: its worker died."""

    key: UUID
    heading: str
    lede: str
    tag: tuple[str, Kind]
    crumbs: tuple[Link, ...]
    figures: tuple[Figure, ...]
    progress: Progress | None
    held: str
    trouble: str
    steps: tuple[StepLine, ...]
    can_read: bool
    paused: bool
    route: str
    findings: tuple[str, ...]
    differences: tuple[DifferenceLine, ...]
    capabilities: tuple[CapabilityLine, ...]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class KnownPupil:
    name: str
    stays: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MissingView:
    """``reasons`` are about the name that was asked for; ``others`` are what it can be besides."""

    heading: str
    known: tuple[KnownPupil, ...]
    reasons: tuple[str, ...]
    others: tuple[str, ...]
