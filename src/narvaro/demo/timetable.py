"""Weekly timetables: which subjects a class has, when, for how long and with which teacher."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from narvaro.demo.draws import Draws

DAYS = range(1, 6)
PHYSICAL_EDUCATION = "Idrott och hälsa"

_SUBJECTS: Mapping[str, Mapping[str, int]] = {
    "F": {
        "Språk och kommunikation": 6,
        "Matematiskt tänkande": 5,
        "Skapande och lek": 6,
        "Natur och teknik": 4,
        "Rörelse": 4,
    },
    "1-3": {
        "Svenska": 8,
        "Matematik": 6,
        "Engelska": 2,
        "SO": 3,
        "NO": 3,
        "Bild": 2,
        "Musik": 1,
        PHYSICAL_EDUCATION: 3,
        "Slöjd": 1,
    },
    "4-6": {
        "Svenska": 6,
        "Matematik": 5,
        "Engelska": 3,
        "SO": 4,
        "NO": 3,
        "Teknik": 1,
        "Bild": 2,
        "Musik": 2,
        PHYSICAL_EDUCATION: 3,
        "Slöjd": 2,
        "Hem- och konsumentkunskap": 1,
    },
    "7-9": {
        "Svenska": 4,
        "Matematik": 5,
        "Engelska": 3,
        "Moderna språk": 3,
        "SO": 4,
        "NO": 4,
        "Teknik": 1,
        "Bild": 1,
        "Musik": 1,
        PHYSICAL_EDUCATION: 3,
        "Slöjd": 2,
        "Hem- och konsumentkunskap": 2,
    },
    "GY": {
        "Svenska": 3,
        "Engelska": 3,
        "Matematik": 4,
        "Historia": 2,
        "Samhällskunskap": 3,
        "Naturkunskap": 2,
        PHYSICAL_EDUCATION: 2,
        "Moderna språk": 3,
        "Programfördjupning": 6,
    },
}
_MINUTES: Mapping[str, tuple[tuple[int, float], ...]] = {
    "F": ((40, 0.6), (45, 0.3), (60, 0.1)),
    "1-3": ((40, 0.5), (45, 0.2), (50, 0.2), (60, 0.1)),
    "4-6": ((40, 0.35), (45, 0.2), (50, 0.25), (60, 0.2)),
    "7-9": ((40, 0.3), (45, 0.2), (50, 0.3), (60, 0.2)),
    "GY": ((40, 0.25), (50, 0.25), (60, 0.35), (90, 0.15)),
}
_SPECIALIST = frozenset({PHYSICAL_EDUCATION, "Musik", "Slöjd", "Hem- och konsumentkunskap", "Rörelse"})
_LESSONS_PER_TEACHER = 20
_FIRST_BELL = 8 * 60
_LUNCH_AFTER = 3
_LUNCH_MIN = 40


@dataclass(frozen=True, slots=True)
class Slot:
    """One lesson of the week. ``teacher`` is a key that is the same for every lesson that the teacher gives."""

    dow: int
    lesson_no: int
    start_min: int
    minutes: int
    subject: str
    teacher: str

    @property
    def end_min(self) -> int:
        return self.start_min + self.minutes


def timetable_kind(grade: str) -> str:
    if grade in ("F", "1", "2", "3"):
        return "F" if grade == "F" else "1-3"
    if grade.startswith("GY"):
        return "GY"
    return "4-6" if grade in ("4", "5", "6") else "7-9"


def weekly_timetable(draws: Draws, *, grade: str, unit: str, group: str, place: int) -> tuple[Slot, ...]:
    """``place`` is the class's number within the unit; subject teachers take the classes in that order."""
    kind = timetable_kind(grade)
    key = (unit, group)
    week = list(_by_day(draws, kind, key))
    return tuple(
        Slot(dow, lesson_no, start, minutes, subject, _teacher(kind, unit, group, subject, place))
        for dow, subjects in week
        for lesson_no, start, minutes, subject in _day(draws, kind, (*key, dow), subjects)
    )


def _by_day(draws: Draws, kind: str, key: tuple[str, str]) -> Iterator[tuple[int, list[str]]]:
    """A subject's lessons go to different days, since its copies stand side by side when dealt out."""
    lessons = [subject for subject, number in _SUBJECTS[kind].items() for _ in range(number)]
    days = draws.shuffled(list(DAYS), "days", *key)
    for place, dow in enumerate(days):
        yield dow, draws.shuffled(lessons[place :: len(days)], "order", *key, dow)


def _day(draws: Draws, kind: str, key: tuple[object, ...], subjects: list[str]) -> Iterator[tuple[int, int, int, str]]:
    clock = _FIRST_BELL + 5 * (draws.whole("bell", *key) % 5)
    for lesson_no, subject in enumerate(subjects, 1):
        minutes = draws.weighted(_MINUTES[kind], "minutes", *key, lesson_no)
        yield lesson_no, clock, minutes, subject
        pause = _LUNCH_MIN if lesson_no == _LUNCH_AFTER else 5 + 5 * (draws.whole("pause", *key, lesson_no) % 3)
        clock += minutes + pause


def _teacher(kind: str, unit: str, group: str, subject: str, place: int) -> str:
    if kind in ("F", "1-3", "4-6") and subject not in _SPECIALIST:
        return f"{unit}/{group}"
    classes_each = max(1, _LESSONS_PER_TEACHER // _SUBJECTS[kind][subject])
    return f"{unit}/{subject}/{place // classes_each}"
