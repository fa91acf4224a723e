"""The cast's absence, lesson by lesson. What each story is for is said in cast.py.

The stories are scripts, not draws of the model: they are the same for every seed, up to the lessons of the timetable.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from narvaro.demo.cast import MOVE_MONTH, Story
from narvaro.demo.draws import Draws
from narvaro.demo.roster import Roster
from narvaro.demo.timetable import PHYSICAL_EDUCATION, Slot
from narvaro.domain.school_calendar import SchoolCalendar

_DRAWS = Draws(0)
_MONDAY, _FRIDAY = 1, 5
_JANUARY = 1
HOURS_A_MONTH_MIN = 4 * 60 + 15  # a little more than the four hours that a student grant allows
_WHOLE_MONTH_DAYS = 12


@dataclass(frozen=True, slots=True)
class StoryDay:
    """``place`` counts the year's school days; ``slots`` are the pupil's own lessons that day."""

    place: int
    date: date
    slots: tuple[Slot, ...]

    @property
    def minutes(self) -> int:
        return sum(slot.minutes for slot in self.slots)

    @property
    def week(self) -> int:
        return self.date.isocalendar().week


@dataclass(frozen=True, slots=True)
class Lost:
    """Minutes of one lesson that the pupil missed."""

    place: int
    lesson_no: int
    valid: int = 0
    invalid: int = 0


Days = Sequence[StoryDay]


def script_rows(roster: Roster, calendar: SchoolCalendar) -> Iterator[tuple[int, int, int, int, int]]:
    """Rows of the table ``script``."""
    days = cast_days(roster, calendar)
    for pupil in roster.pupils:
        if pupil.cast is not None:
            for each in _STORIES[pupil.cast.story](days[pupil.number]):
                yield pupil.number, each.place, each.lesson_no, each.valid, each.invalid


def cast_days(roster: Roster, calendar: SchoolCalendar) -> Mapping[int, Days]:
    """Cast pupil's number -> their days in order, over a change of school too."""
    cast = {pupil.number for pupil in roster.pupils if pupil.cast is not None}
    found: defaultdict[int, list[StoryDay]] = defaultdict(list)
    for each in roster.memberships:
        if each.pupil in cast:
            first, last = each.lessons
            for place in range(each.first, each.last + 1):
                day = calendar.school_days()[place]
                slots = (slot for slot in each.group.slots if slot.dow == day.isoweekday())
                found[each.pupil].append(StoryDay(place, day, tuple(s for s in slots if first <= s.lesson_no <= last)))
    return found


def _whole(day: StoryDay, *, is_valid: bool = True) -> Iterator[Lost]:
    return (_lesson(day, slot, is_valid=is_valid) for slot in day.slots)


def _lesson(day: StoryDay, slot: Slot, *, is_valid: bool) -> Lost:
    valid = slot.minutes if is_valid else 0
    return Lost(day.place, slot.lesson_no, valid, slot.minutes - valid)


def _ill(days: Days, first: int, length: int = 1) -> Iterator[Lost]:
    return (lost for day in days[first : first + length] for lost in _whole(day))


def _at_rate(days: Days, rate: Callable[[StoryDay], float], *, length: int, valid_of_ten: int) -> Iterator[Lost]:
    """Spells of ``length`` days that keep up with ``rate``; ``valid_of_ten`` spells of ten are valid."""
    debt, left, spells = 0.0, 0, 0
    for day in days:
        debt += rate(day)
        if not left and debt >= length:
            left, spells = length, spells + 1
        if left:
            left, debt = left - 1, debt - 1
            yield from _whole(day, is_valid=spells * 7 % 10 < valid_of_ten)


def _slow_climb(days: Days) -> Iterator[Lost]:
    """More and more Mondays; in the last twenty days as many Fridays as make the absent days six, 30 %."""
    mondays = [day for day in days if day.date.isoweekday() == _MONDAY]
    fridays = [day for day in days[-20:] if day.date.isoweekday() == _FRIDAY]
    wanted = 6 - sum(day in mondays for day in days[-20:])
    for day in sorted((*mondays, *fridays[:wanted]), key=lambda each: each.place):
        done = day.place / len(days)
        if _DRAWS.share("climb", day.place) < (done - 0.1) / 0.3:
            yield from _whole(day, is_valid=done < 0.5 or day.week % 3 == 0)


def _long_illness(days: Days) -> Iterator[Lost]:
    first, length, steps = 70, 38, 15
    yield from _ill(days, 20)
    yield from _ill(days, first, length)
    for step, day in enumerate(days[first + length : first + length + steps], 1):
        yield from (_lesson(day, slot, is_valid=True) for slot in day.slots[len(day.slots) * step // steps :])


def _skips_physical_education(days: Days) -> Iterator[Lost]:
    """Two of every three lessons of the subject."""
    ill = days[60:62]
    yield from _ill(days, 60, len(ill))
    lessons = [(day, slot) for day in days for slot in day.slots if slot.subject == PHYSICAL_EDUCATION]
    for place, (day, slot) in enumerate(lessons):
        if place % 3 and day not in ill:
            yield _lesson(day, slot, is_valid=False)


def _improving(days: Days) -> Iterator[Lost]:
    support = next(day.place for day in days if day.date.month == _JANUARY)
    days_left = len(days) - support
    yield from _at_rate(days[:support], lambda _: 0.5, length=3, valid_of_ten=6)
    yield from _at_rate(
        days[support:], lambda day: 0.45 * (len(days) - day.place) / days_left, length=1, valid_of_ten=6
    )


def _late(days: Days) -> Iterator[Lost]:
    yield from _ill(days, 100, 2)
    for day in (each for each in days if each.place not in (100, 101)):
        if _DRAWS.share("late", day.place) < 0.55:
            yield Lost(day.place, day.slots[0].lesson_no, invalid=5 + _DRAWS.whole("late minutes", day.place) % 16)


def _chronic_adapted(days: Days) -> Iterator[Lost]:
    return _at_rate(days, lambda _: 0.58, length=4, valid_of_ten=6)


def _at_the_limit(days: Days) -> Iterator[Lost]:
    """Never above 15 % until the last week, which fills up to the first whole minute at the limit."""
    last_week = 5
    offered = absent = 0
    for day in days[:-last_week]:
        offered += day.minutes
        if 100 * (absent + day.minutes) <= 15 * offered:
            absent += day.minutes
            yield from _whole(day)
    missing = -(-15 * sum(day.minutes for day in days) // 100) - absent
    for day in days[-last_week:]:
        for slot in day.slots:
            taken = min(missing, slot.minutes)
            missing -= taken
            if taken:
                yield Lost(day.place, slot.lesson_no, valid=taken)


def _hidden(days: Days) -> Iterator[Lost]:
    return _at_rate(days, lambda _: 0.2, length=2, valid_of_ten=5)


def _protected(days: Days) -> Iterator[Lost]:
    yield from _ill(days, 40, 4)
    yield from _ill(days, 110, 6)


def _moved(days: Days) -> Iterator[Lost]:
    move = next(day.place for day in days if day.date.month == MOVE_MONTH)
    return _at_rate(days, lambda day: 0.03 if day.place < move else 0.28, length=2, valid_of_ten=6)


def _upper_secondary_hours(days: Days) -> Iterator[Lost]:
    months: defaultdict[tuple[int, int], list[StoryDay]] = defaultdict(list)
    for day in days:
        months[day.date.year, day.date.month].append(day)
    for of_month in months.values():
        if len(of_month) >= _WHOLE_MONTH_DAYS:
            yield from _until(HOURS_A_MONTH_MIN, _some_last_lessons(of_month))
    yield from _ill(months[days[0].date.year, 10], 3)


def _some_last_lessons(days: Days) -> Iterator[Lost]:
    """The last lesson of every second day, then those of the days between."""
    for start in (0, 1):
        yield from (_lesson(day, day.slots[-1], is_valid=False) for day in islice(days, start, None, 2))


def _until(minutes: int, lessons: Iterable[Lost]) -> Iterator[Lost]:
    for lost in lessons:
        if minutes <= 0:
            return
        minutes -= lost.invalid
        yield lost


def _steady(days: Days) -> Iterator[Lost]:
    return (lost for first in (33, 95, 96) for lost in _ill(days, first))


_STORIES: Mapping[Story, Callable[[Days], Iterator[Lost]]] = {
    Story.SLOW_CLIMB: _slow_climb,
    Story.LONG_ILLNESS: _long_illness,
    Story.SKIPS_PHYSICAL_EDUCATION: _skips_physical_education,
    Story.IMPROVING: _improving,
    Story.LATE: _late,
    Story.CHRONIC_ADAPTED: _chronic_adapted,
    Story.AT_THE_LIMIT: _at_the_limit,
    Story.HIDDEN_BY_UNREPORTED: _hidden,
    Story.PROTECTED: _protected,
    Story.MOVED: _moved,
    Story.UPPER_SECONDARY_HOURS: _upper_secondary_hours,
    Story.STEADY: _steady,
}
