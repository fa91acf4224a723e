"""Windows of school days, as rules name them (docs/explanation/numbers.md)."""

import re
from dataclasses import dataclass
from typing import Literal

from narvaro.domain.absence import BASE_SCHOOL_DAYS

LONGEST = 200
WindowKind = Literal["last", "previous", "term", "school_year", "month", "period"]
_CALENDAR: tuple[WindowKind, ...] = ("term", "school_year", "month", "period")
_COUNTED = re.compile(r"(last|previous)_([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class Window:
    """``last_N``: the pupil's N latest school days; ``previous_N``: the N before them; or the calendar's own parts."""

    kind: WindowKind
    days: int = 0

    def __post_init__(self) -> None:
        if self.kind in ("last", "previous") and not 1 <= self.days <= LONGEST:
            raise ValueError(f"a window holds 1 to {LONGEST} school days")
        if self.kind in _CALENDAR and self.days:
            raise ValueError(f"{self.kind} has the calendar's own length")

    def __str__(self) -> str:
        return f"{self.kind}_{self.days}" if self.days else self.kind

    @property
    def base_days(self) -> int:
        """School days needed before a percentage may warn."""
        return min(BASE_SCHOOL_DAYS, self.days) if self.days else BASE_SCHOOL_DAYS

    @classmethod
    def parse(cls, text: str) -> "Window":
        """Raises ValueError for a text that names no window."""
        match = _COUNTED.fullmatch(text)
        if match:
            return cls("last" if match[1] == "last" else "previous", int(match[2]))
        for kind in _CALENDAR:
            if text == kind:
                return cls(kind)
        raise ValueError(text)
