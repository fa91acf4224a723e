"""What the checks are told. Days are Swedish days; nothing here is text about a pupil."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from narvaro.domain.absence import Minutes

Party = Literal["pupil", "guardian", "pupil_health"]
Receiver = Literal["organiser", "home_municipality", "csn", "kaa"]
Decision = Literal["start", "unnecessary"]
SpecialSupport = Literal["", "started", "not_indicated"]


@dataclass(frozen=True, slots=True)
class GuardianFacts:
    """``may_see`` is off where a decision keeps this guardian from data about the pupil: then nobody asks there."""

    pk: int
    may_see: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilFacts:
    """``foreign``: the organiser is another than the home municipality; None where the register does not know.
    ``grade`` tells an age where no birth date does."""

    form: str
    birth: date | None = None
    grade: str = ""
    foreign: bool | None = False
    guardians: tuple[GuardianFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class Consulted:
    """Somebody was heard, or it was tried. ``guardian`` is the one guardian's key."""

    party: Party
    outcome: Literal["heard", "tried"]
    day: date
    guardian: int | None = None


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    rule: str
    to: Receiver
    sent_on: date | None
    failed: bool = False

    @property
    def arrived(self) -> bool:
        return self.sent_on is not None and not self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class InvestigationFacts:
    """The latest decision on whether to investigate, and what has come of it."""

    decision: Decision
    decided_on: date
    by_principal: bool = True
    has_reason: bool = True
    ended_on: date | None = None
    special_support: SpecialSupport = ""
    special_support_on: date | None = None
    special_support_reason: bool = False
    consulted: tuple[Consulted, ...] = ()
    notices: tuple[NoticeFacts, ...] = ()

    @property
    def is_started(self) -> bool:
        return self.decision == "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFacts:
    """A pupil's day. ``deferred``: there is a reason why the home was not told that day. ``announced``: by the end of
    the day the home had itself announced absence over every lesson in question."""

    day: date
    lessons: int = 0
    unreported: int = 0
    invalid_lessons: int = 0
    informed_on: date | None = None
    deferred: bool = False
    announced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidFacts:
    """How far a pupil has been away without a valid reason. ``last_20`` are the minutes of the latest 20 school days up
    to ``counted_to``; ``whole_days``, in order, the days of the term on which every reported minute was so."""

    last_20: Minutes
    counted_to: date
    whole_days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveFacts:
    """An application. ``kind`` exemption: from parts of the teaching, which the principal alone decides on."""

    applied_on: date
    school_days: int
    decided_on: date | None = None
    by_principal: bool = True
    kind: Literal["leave", "exemption"] = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFacts:
    """A calendar month of a pupil. ``answered_on``: reported, or decided with a reason not to."""

    month: date
    invalid_min: int
    days: int
    answered_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentFacts:
    """When a pupil came to the organiser or left it: not from one of its schools to another."""

    came_on: date
    grade: str
    left_on: date | None = None
    notices: tuple[NoticeFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedFacts:
    """What another organiser told this home municipality."""

    received_on: date
    assessed_on: date | None = None
