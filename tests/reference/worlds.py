"""Small made-up worlds for Hypothesis: every awkward thing a register can hold, fast to make.

Hypothesis draws a handful of numbers, among them one seed; the lessons come out of ``random.Random``. Each pupil and
each day has a generator of its own, so that a world with fewer pupils or days is a part of the larger one, and so
shrinking works.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random

from hypothesis import strategies as st

from .lessons import Lesson, default_late
from .numbers import Question
from .rules import COUNTS, HOURS, RATES
from .shapes import OCCASIONS

UNITS = ("10000001", "10000002", "10000003")
SUBJECTS = ("Ma", "Sv", "En", "Idrott", "SO")

# Mondays and other first days from which a world starts; what each is there for.
STARTS = (
    dt.date(2025, 8, 18),  # the start of the autumn term
    dt.date(2025, 10, 20),  # summer time ends on Sunday 2025-10-26
    dt.date(2025, 12, 8),  # Christmas, the change of term
    dt.date(2025, 12, 29),  # week 1 holds 2026-01-01
    dt.date(2026, 2, 9),  # sport holiday, turn of a month in a week
    dt.date(2026, 3, 23),  # summer time begins on Sunday 2026-03-29, Easter
    dt.date(2026, 5, 25),  # the end of the spring term
    dt.date(2026, 6, 24),  # the change of school year
    dt.date(2026, 12, 21),  # week 53
    dt.date(2024, 2, 26),  # a leap day
)
HOLIDAYS = (
    (dt.date(2025, 10, 27), dt.date(2025, 10, 31)),
    (dt.date(2025, 12, 20), dt.date(2026, 1, 8)),
    (dt.date(2026, 2, 23), dt.date(2026, 2, 27)),
    (dt.date(2026, 4, 3), dt.date(2026, 4, 10)),
    (dt.date(2026, 6, 13), dt.date(2026, 8, 17)),
    (dt.date(2026, 12, 22), dt.date(2027, 1, 10)),
)
KINDS = ("mixed", "spells", "weekday", "subject", "late", "exact", "exact_coverage", "single_day", "sparse", "leaver")
EXACT_DAYS_OF_20 = (1, 2, 3, 3, 3, 4, 6, 10)  # 5 %, 10 %, 15 %, 20 %, 30 %, 50 %
EXACT_KINDS = ("exact", "exact_coverage")


@dataclass(frozen=True)
class World:
    seed: int
    pupils: int
    units: int
    school_days: int
    start: dt.date
    keeps_holidays: bool
    untidy: bool
    until: int  # days that as_of lies after the last school day; negative: before; 99: no as_of given
    since: int  # days that --from lies after the start; 0: no --from given
    occasion: str

    def question(self, rules: tuple[str, ...] = (), tries: tuple[str, ...] = ()) -> Question:
        last = calendar(self)[-1]
        return Question(
            as_of=None if self.until == 99 else last + dt.timedelta(days=self.until),
            first_day=None if self.since == 0 else self.start + dt.timedelta(days=self.since),
            occasion=self.occasion,
            rules=rules,
            tries=tries,
        )


def worlds(max_pupils: int = 6, max_days: int = 70) -> st.SearchStrategy[World]:
    return st.builds(
        World,
        seed=st.integers(0, 2**32 - 1),
        pupils=st.integers(1, max_pupils),
        units=st.integers(1, len(UNITS)),
        school_days=st.integers(1, max_days),
        start=st.sampled_from(STARTS),
        keeps_holidays=st.booleans(),
        untidy=st.booleans(),
        until=st.sampled_from((99, 0, 1, 3, 40, -1, -7, -20)),
        since=st.sampled_from((0, 0, 1, 8, 25)),
        occasion=st.sampled_from(OCCASIONS),
    )


def rule_texts() -> st.SearchStrategy[str]:
    return st.integers(0, 2**32 - 1).map(lambda seed: make_rule(Random(seed)))


def calendar(world: World) -> list[dt.date]:
    """The school days: Monday to Friday outside holidays, or, where holidays are not kept, any day of the year."""
    found: list[dt.date] = []
    day = world.start
    while len(found) < world.school_days:
        if not world.keeps_holidays or is_school_day(day):
            found.append(day)
        day += dt.timedelta(days=1)
    return found


def is_school_day(day: dt.date) -> bool:
    return day.isoweekday() <= 5 and not any(first <= day <= last for first, last in HOLIDAYS)


def world_rows(world: World) -> list[Lesson]:
    rows = [row for number in range(1, world.pupils + 1) for row in _pupil(world, f"elev-{number}")]
    unique = {row.identity: row for row in rows}
    return list(unique.values())


# One pupil


@dataclass(frozen=True)
class Character:
    """What one pupil's register looks like."""

    pupil_id: str
    kind: str
    home: str
    moves_to: str
    moves_on: int  # the number of the school day from which the second unit gives the lessons
    group_id: str | None
    dow: int
    subject: str
    exact_days: int
    spell_starts: tuple[int, ...]
    spell_length: int
    leaves_on: int
    timetable: tuple[tuple[int, int, str], ...]  # start, minutes, subject


def _pupil(world: World, pupil_id: str) -> list[Lesson]:
    who = _character(world, pupil_id)
    rows: list[Lesson] = []
    for number, date in enumerate(calendar(world)):
        random = Random(f"{world.seed} {pupil_id} {date}")
        if _goes_to_school(who, number, random):
            rows += _day(world, who, number, date, random)
    return rows


def _character(world: World, pupil_id: str) -> Character:
    random = Random(f"{world.seed} {pupil_id}")
    units = UNITS[: world.units]
    kind = random.choice(KINDS)
    return Character(
        pupil_id=pupil_id,
        kind=kind,
        home=random.choice(units),
        moves_to=random.choice(units),
        moves_on=random.choice((1, 7, 20, 33)),
        group_id=random.choice(("7A", "7B", None)),
        dow=random.randint(1, 5),
        subject=random.choice(SUBJECTS),
        exact_days=random.choice(EXACT_DAYS_OF_20),
        spell_starts=tuple(random.sample(range(60), 3)),
        spell_length=random.choice((1, 2, 3, 5, 10, 20, 30)),
        leaves_on=random.choice((1, 5, 19, 20, 21, 40)),
        timetable=_exact_timetable() if kind in EXACT_KINDS else _timetable(random),
    )


def _timetable(random: Random) -> tuple[tuple[int, int, str], ...]:
    start, rows = random.choice((480, 495, 540)), []
    for _ in range(random.randint(1, 5)):
        minutes = random.choice((40, 45, 50, 60, 60, 75))
        rows.append((start, minutes, random.choice(SUBJECTS)))
        start += minutes + random.choice((0, 5, 10))
    return tuple(rows)


def _exact_timetable() -> tuple[tuple[int, int, str], ...]:
    return tuple((480 + 60 * number, 60, SUBJECTS[number]) for number in range(5))


def _goes_to_school(who: Character, number: int, random: Random) -> bool:
    if who.kind == "single_day":
        return number == 0
    if who.kind == "leaver":
        return number < who.leaves_on
    if who.kind == "sparse":
        return number % 3 == 0 or random.random() < 0.2
    return who.kind in EXACT_KINDS or random.random() < 0.95


# One day


def _day(world: World, who: Character, number: int, date: dt.date, random: Random) -> list[Lesson]:
    status = _day_status(who, number, date, random)
    rows = [
        _lesson(world, who, number, date, place, entry, _lesson_status(who, status, number, place, entry[2], random))
        for place, entry in enumerate(who.timetable)
    ]
    if world.untidy and who.kind not in EXACT_KINDS:
        rows = _made_untidy(world, rows, random)
    return rows


def _day_status(who: Character, number: int, date: dt.date, random: Random) -> str:
    if who.kind == "spells":
        ill = any(first <= number < first + who.spell_length for first in who.spell_starts)
        return "present" if not ill else "unreported" if random.random() < 0.03 else "valid"
    if who.kind == "weekday" and date.isoweekday() == who.dow:
        return random.choice(("invalid", "invalid", "invalid", "present"))
    if who.kind == "exact":
        return "valid" if number % 20 < who.exact_days else "present"
    if who.kind in ("weekday", "subject", "late", "exact_coverage"):
        return "present" if random.random() < 0.95 else "valid"
    return random.choice(("present", "present", "present", "valid", "invalid", "varied", "varied", "unreported"))


def _lesson_status(who: Character, status: str, number: int, place: int, subject: str, random: Random) -> str:
    if who.kind == "exact_coverage":
        return "unreported" if (number + place) % 5 == 0 else status
    if who.kind == "subject" and subject == who.subject and random.random() < 0.8:
        return "invalid"
    if who.kind == "late" and place == 0 and random.random() < 0.6:
        return "late"
    if status == "varied":
        return random.choice(
            ("present", "present", "valid", "invalid", "other", "late", "partly", "left over", "unreported")
        )
    return status


def _lesson(
    world: World, who: Character, number: int, date: dt.date, place: int, entry: tuple[int, int, str], status: str
) -> Lesson:
    start, minutes, subject = entry
    random = Random(f"{world.seed} {who.pupil_id} {date} {place}")
    present, valid, invalid, other = _parts(status, minutes, random)
    return Lesson(
        pupil_id=who.pupil_id,
        school_unit_id=who.home if number < who.moves_on else who.moves_to,
        group_id=who.group_id,
        date=date,
        start_min=start,
        end_min=start + minutes,
        subject=subject,
        lesson_id=f"L{date.isoweekday()}-{place + 1}",
        offered_min=minutes,
        reported=status != "unreported",
        present_min=present,
        valid_min=valid,
        invalid_min=invalid,
        other_min=other,
        late=default_late(present, invalid),
    )


def _parts(status: str, minutes: int, random: Random) -> tuple[int, int, int, int]:
    """Present, valid, invalid and other minutes."""
    cut = random.choice((1, 5, 9, 10, 11, minutes // 2, minutes - 1))
    return {
        "present": (minutes, 0, 0, 0),
        "valid": (0, minutes, 0, 0),
        "invalid": (0, 0, minutes, 0),
        "other": (0, 0, 0, minutes),
        "late": (minutes - cut, 0, cut, 0),
        "partly": (minutes - cut, cut, 0, 0),
        "left over": random.choice(((cut, 0, 0, 0), (0, cut, 0, 0), (0, 0, cut, 0), (0, 0, 0, 0), (0, 0, 1, 1))),
        "unreported": (0, 0, 0, 0),
    }[status]


# What makes a day untidy


def _made_untidy(world: World, rows: list[Lesson], random: Random) -> list[Lesson]:
    rows = [_without_something(row, random) for row in rows]
    if random.random() < 0.3:
        rows.append(_double_booking(world, random.choice(rows), random))
    if random.random() < 0.05:
        rows.append(_double_booking(world, random.choice(rows), random))
    return rows


def _without_something(row: Lesson, random: Random) -> Lesson:
    """Some sources leave out times, subjects, classes or ids; some timetables are cut; one is longer than its span.

    Never both start and id: such a row is refused.
    """
    chance = random.random()
    if chance < 0.04:
        return replace(row, start_min=None, end_min=None)
    if chance < 0.05:
        return replace(row, start_min=None)
    if chance < 0.07:
        return replace(row, end_min=None)
    if chance < 0.10:
        return replace(row, lesson_id=None)
    if chance < 0.13:
        return replace(row, subject=None)
    if chance < 0.15:
        return replace(row, group_id=None)
    if chance < 0.18 and row.end_min is not None:
        return replace(row, end_min=row.end_min + 30)
    if chance < 0.20 and row.start_min is not None and row.end_min is not None:
        return replace(row, start_min=row.start_min + 10)
    if chance < 0.21:
        return replace(row, start_min=135, end_min=135 + row.offered_min)  # the hour that a DST day lacks, or has twice
    if chance < 0.24 and row.reported:
        return replace(row, late=not row.late)
    return row


def _double_booking(world: World, row: Lesson, random: Random) -> Lesson:
    """A second lesson that overlaps, equals, or lies within the first, with a register of its own."""
    start = 600 if row.start_min is None else row.start_min
    minutes = row.offered_min
    start, minutes = random.choice(((start, minutes), (start + 20, minutes), (start + 5, 20), (start - 7, 30)))
    status = random.choice(("present", "valid", "invalid", "other", "late", "left over", "unreported"))
    present, valid, invalid, other = _parts(status, minutes, random)
    return replace(
        row,
        school_unit_id=random.choice((row.school_unit_id, random.choice(UNITS[: world.units]))),
        group_id=random.choice((row.group_id, "Stöd", None)),
        subject=random.choice((row.subject, "Stöd")),
        lesson_id=f"D{random.randint(1, 99)}",
        start_min=start,
        end_min=start + minutes,
        offered_min=minutes,
        reported=status != "unreported",
        present_min=present,
        valid_min=valid,
        invalid_min=invalid,
        other_min=other,
        late=default_late(present, invalid),
    )


# Rules

WINDOWS = (
    "last_20",
    "last_5",
    "last_1",
    "last_10",
    "previous_20",
    "previous_5",
    "term",
    "school_year",
    "month",
    "period",
)
RATE_LIMITS = ("0.05", "0.10", "0.15", "0.20", "0.30", "0.5", "0.80", "0.95", "0", "1")
COUNT_LIMITS = ("0", "1", "2", "3", "4", "5", "10", "20", "2.5")


def make_rule(random: Random, depth: int = 2) -> str:
    chance = random.random()
    if depth > 0 and chance < 0.25:
        return f"{make_rule(random, depth - 1)} {random.choice(('and', 'or'))} {make_rule(random, depth - 1)}"
    if depth > 0 and chance < 0.35:
        return f"({make_rule(random, depth - 1)})"
    return _make_comparison(random)


def _make_comparison(random: Random) -> str:
    sign = random.choice((">=", ">=", ">", "<=", "<"))
    kind = random.choice(("rate", "rate", "count", "count", "hours", "trend"))
    if kind == "trend":
        return f"trend_points(last_{random.choice((1, 5, 10, 20))}) {sign} {random.choice(('0', '5', '-5', '12.5'))}"
    if kind == "rate":
        return f"{random.choice(RATES)}({random.choice(WINDOWS)}) {sign} {random.choice(RATE_LIMITS)}"
    measures = HOURS if kind == "hours" else COUNTS
    return f"{random.choice(measures)}({random.choice(WINDOWS)}) {sign} {random.choice(COUNT_LIMITS)}"


# The native import form

COLUMNS = (
    "elev_id",
    "skolenhetskod",
    "klass",
    "datum",
    "start",
    "slut",
    "amne",
    "lektionsminuter",
    "narvarominuter",
    "giltig_min",
    "ogiltig_min",
    "annan_min",
    "rapporterad",
    "lektion_id",
    "sen",
)


def to_csv(lessons: Iterable[Lesson]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_csv_row(lesson) for lesson in lessons)
    return text.getvalue()


def _csv_row(lesson: Lesson) -> list[object]:
    usual = lesson.late == default_late(lesson.present_min, lesson.invalid_min)
    minutes = (lesson.present_min, lesson.valid_min, lesson.invalid_min, lesson.other_min)
    return [
        lesson.pupil_id,
        lesson.school_unit_id,
        lesson.group_id or "",
        lesson.date.isoformat(),
        _clock(lesson.start_min),
        _clock(lesson.end_min),
        lesson.subject or "",
        lesson.offered_min,
        *(minutes if lesson.reported else ("", "", "", "")),
        "ja" if lesson.reported else "nej",
        lesson.lesson_id or "",
        "" if usual else "ja" if lesson.late else "nej",
    ]


def _clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"
