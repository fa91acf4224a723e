"""What a person says of a meeting, from form to service."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Outcome = Literal["", "came", "tried"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """To be asked to a meeting: a colleague, a guardian, the pupil, or another by function and name."""

    role: str
    user_id: int | None = None
    guardian: int | None = None
    name: str = ""
    function: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """``place`` is empty or says where or how; it goes into calendars, so nobody is named in it."""

    at: datetime
    minutes: int
    means: str
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    kind: str
    when: When
    purpose: str
    call: str = ""
    people: tuple[Someone, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The pupil's or a guardian's part: took part, was looked for, or neither; and own words, also such as were given
    beforehand."""

    who: Someone
    outcome: Outcome
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """``role``: of the access file, also legal_guardian and pupil."""

    what: str
    role: str
    due: date
    user_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What took place. ``came`` are ids of participants among the staff, ``also`` those who were not asked before.
    ``version`` is the one the person had before them; it does not matter for a conversation."""

    day: date
    said: str
    came_to: str = ""
    follow_up_on: date | None = None
    told: tuple[Told, ...] = ()
    came: frozenset[int] = frozenset()
    also: tuple[Someone, ...] = ()
    agreed: tuple[Agreed, ...] = ()
    version: int = 0
