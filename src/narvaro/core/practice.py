"""An installation for practice: everybody is invented, and the day is the last of the demo's attendance.

Knows no settings, as they ask it.
"""

from datetime import date
from pathlib import Path

FILE = "practice-day"


def practice_day(data: Path) -> date | None:
    """The day named by the file in the data directory; None where there is no such file."""
    try:
        return date.fromisoformat((data / FILE).read_text("ascii").strip())
    except FileNotFoundError:
        return None


def set_practice_day(data: Path, day: date) -> None:
    (data / FILE).write_text(f"{day}\n", "ascii")
