"""Which of a pupil's lessons stand behind a number, as an address that can be opened."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from narvaro.domain.pupil_year import Day, Lesson


def _any(_lesson: Lesson) -> bool:
    return True


# Which lessons count, by the word in the address.
KINDS: Mapping[str, Callable[[Lesson], bool]] = {
    "absent": lambda lesson: lesson.absent > 0,
    "missed": lambda lesson: lesson.missed,
    "late": lambda lesson: lesson.late,
    "unknown": lambda lesson: lesson.unknown > 0,
}
EDGES: Mapping[str, slice] = {"first": slice(0, 1), "last": slice(-1, None)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Lessons from ``first`` to ``last``, both included; what is empty does not limit them."""

    first: date
    last: date
    what: str = ""
    edge: str = ""
    weekday: int | None = None
    subject: str = ""

    def url(self, key: object) -> str:
        given = {"first": self.first, "last": self.last, "what": self.what, "edge": self.edge}
        given |= {"weekday": self.weekday, "subject": self.subject}
        query = urlencode({name: value for name, value in given.items() if value})
        return f"{reverse('pupil_lessons', args=[key])}?{query}"

    def of(self, days: Sequence[Day]) -> Iterator[tuple[Day, Lesson]]:
        """Oldest first."""
        counts = KINDS.get(self.what, _any)
        for day in days:
            if self._holds(day):
                lessons = day.lessons[EDGES[self.edge]] if self.edge in EDGES else day.lessons
                yield from ((day, lesson) for lesson in lessons if counts(lesson) and self._about(lesson))

    def _holds(self, day: Day) -> bool:
        return self.first <= day.date <= self.last and self.weekday in (None, day.date.isoweekday())

    def _about(self, lesson: Lesson) -> bool:
        return not self.subject or lesson.subject == self.subject
