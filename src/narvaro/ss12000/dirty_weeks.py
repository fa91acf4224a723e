"""Which school units' weeks may hold something else than what was read the last time."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from narvaro.facts.store import Store
from narvaro.facts.stored_lessons import days_of_lessons
from narvaro.ss12000.asking import Asker
from narvaro.ss12000.deletions import deleted_since
from narvaro.ss12000.errors import SourceRefused, malformed
from narvaro.ss12000.lesson_reading import UnitWeek
from narvaro.ss12000.lesson_routes import ATTENDANCES, EVENT_LOOKUP, EVENTS, within
from narvaro.ss12000.lessons import Lesson, lesson
from narvaro.ss12000.listings import MODIFIED, Capabilities, has_of, utc
from narvaro.ss12000.paging import Object, lookup, pages
from narvaro.ss12000.parsing import WrongShape, id_of, modified, part
from narvaro.ss12000.school_weeks import latest_weeks, monday_of
from narvaro.ss12000.taught import Course

# Read again where a source cannot say what has changed.
ROLLING_WEEKS = 4


class DirtyWeeks:
    """``rolling``: whether something has changed in weeks that cannot be named, so that the latest are read again."""

    def __init__(
        self,
        asker: Asker,
        capabilities: Capabilities,
        courses: Mapping[str, Course],
        store: Store,
        *,
        first_day: date,
        today: date,
    ) -> None:
        self.found: set[UnitWeek] = set()
        self.rolling = False
        self._asker, self._capabilities, self._courses, self._store = asker, capabilities, courses, store
        self._first_day, self._today = first_day, today

    def look(self, since: datetime) -> None:
        """Asks for what was changed and deleted since. Raises SourceRefused for answers that cannot be used."""
        moved: set[str] = set()
        self._each(EVENTS, within(self._first_day, self._today), since, lambda each: self._note_lesson(each, moved))
        registered: set[str] = set()
        self._each(ATTENDANCES, {}, since, lambda each: registered.add(id_of(part(each, "calendarEvent"))))
        unknown = registered - self._note_stored(moved | registered)
        self._look_up(unknown - moved)
        self._deleted(since)

    def _each(self, path: str, asked: Mapping[str, str], since: datetime, note: Callable[[Object], None]) -> None:
        """Those changed since; a source that does not know the filter is not listened to for a whole year's rows."""
        try:
            for page in pages(self._asker, path, {**asked, MODIFIED: utc(since)}):
                for each in page:
                    if (told := modified(each)) is not None and told <= since:
                        self._capabilities.note_filter(MODIFIED, path, heeded=False)
                        self.rolling = True
                        return
                    note(each)
        except WrongShape as wrong:
            raise malformed(path, wrong) from None
        except SourceRefused as error:
            if (has := has_of(error)) == "failed":
                raise
            self._capabilities.note(MODIFIED if has == "refused" else path, has)
            self.rolling = True

    def _note_lesson(self, obj: Object, moved: set[str]) -> None:
        moved.add(id_of(obj))
        self._note(lesson(obj))

    def _note(self, each: Lesson) -> None:
        course = self._courses.get(each.activity_id)
        if course is not None:
            self.found.add((course.code, monday_of(date.fromisoformat(each.day))))

    def _note_stored(self, ids: Iterable[str]) -> set[str]:
        """Also where a lesson lay before it was moved. Returns those that are stored."""
        stored = days_of_lessons(self._store, set(ids))
        self.found |= {(unit, monday_of(day)) for places in stored.values() for unit, day in places}
        return set(stored)

    def _look_up(self, ids: set[str]) -> None:
        try:
            for page in lookup(self._asker, EVENT_LOOKUP, "ids", sorted(ids)):
                for each in page:
                    self._note(lesson(each))
        except WrongShape as wrong:
            raise malformed(EVENT_LOOKUP, wrong) from None
        except SourceRefused as error:
            if (has := has_of(error)) == "failed":
                raise
            self._capabilities.note(EVENT_LOOKUP, has)
            self.rolling = True

    def _deleted(self, since: datetime) -> None:
        told = deleted_since(self._asker, self._capabilities, since, ("CalendarEvent", "Attendance"))
        if told is None or told.get("attendances"):
            self.rolling = True  # a registration's id says nothing of its lesson
        self._note_stored((told or {}).get("calendarEvents", ()))


def latest(codes: Iterable[str], count: int, today: date) -> set[UnitWeek]:
    weeks = list(latest_weeks(count, today))
    return {(code, week) for code in codes for week in weeks}
