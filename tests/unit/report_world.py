"""An invented municipality for the tests of what `narvaro analyse` shows: three schools, forty pupils, hostile names.

Made lesson by lesson, so that every number on a page agrees with the others.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby
from random import Random

from narvaro.domain.absence import NO_MINUTES, Minutes, Profile, PupilSummary
from narvaro.domain.plan import CaseRule, Plan, Rule, Step
from narvaro.domain.rules import comparisons, parse_rule
from narvaro.domain.warnings import EvidenceLesson, Warning
from narvaro.language import Message, Words
from narvaro.report.model import (
    Analysis,
    ImportReport,
    PupilRow,
    Reject,
    SourceInfo,
    WeekPoint,
    school_rows,
    total_minutes,
)

AS_OF = date(2026, 11, 20)
BREAK = frozenset(date(2026, 10, 26) + timedelta(days=n) for n in range(5))
SUBJECTS = ("Matematik", "Svenska", "Idrott", "Engelska", "No")
STARTS = (8 * 60 + 20, 9 * 60 + 30, 10 * 60 + 40, 12 * 60 + 30, 13 * 60 + 40)
LESSON_MIN = 60
SCHOOLS = {"bjork": "Björkskolan", "strand": "Strandskolan", "<b>&u3": 'Nya "skolan" <i>'}

MARKUP = '<script>alert("x")</script><img src=x onerror=alert(1)>'
TURNED = "Eva \u202egnag\u202c \u200bS\u00f6der"
TERMINAL = "Bo \x1b[31mR\x1b]0;owned\x07\x9b2J Röd"
FORMULA = '=HYPERLINK("http://example.org";"Klicka")'
LONG = "Maximiliana-Anastasia" * 9
BRACES = "{0.__class__} %s {{x}}"

_DAY = Callable[
    [Random, int, int, int], tuple[int, int, int]
]  # (chance, day from the start, weekday, lesson) -> minutes
PRESENT, VALID, INVALID, LATE, UNKNOWN = (60, 0, 0), (0, 60, 0), (0, 0, 60), (45, 0, 15), (0, 0, 0)


def school_days() -> tuple[date, ...]:
    days = (date(2026, 8, 31) + timedelta(days=n) for n in range(120))
    return tuple(day for day in days if day <= AS_OF and day.weekday() < 5 and day not in BREAK)


def day_number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


@dataclass(frozen=True)
class Lesson:
    day: date
    place: int
    minutes: Minutes

    @property
    def absent(self) -> bool:
        return self.minutes.absent > 0

    @property
    def missed(self) -> bool:
        return self.absent and self.minutes.present == 0


def mostly(valid: float, invalid: float = 0.0, unknown: float = 0.03) -> _DAY:
    def draw(random: Random, _day: int, _weekday: int, _lesson: int) -> tuple[int, int, int]:
        throw = random.random()
        if throw < valid:
            return VALID
        if throw < valid + invalid:
            return INVALID
        return UNKNOWN if throw > 1 - unknown else PRESENT

    return draw


def changing(start: float, end: float) -> _DAY:
    def draw(random: Random, day: int, weekday: int, lesson: int) -> tuple[int, int, int]:
        chance = start + (end - start) * min(1.0, day / 50)
        return mostly(chance * 0.6, chance * 0.4)(random, day, weekday, lesson)

    return draw


def mondays(random: Random, day: int, weekday: int, lesson: int) -> tuple[int, int, int]:
    return INVALID if weekday == 0 else mostly(0.02)(random, day, weekday, lesson)


def one_subject(random: Random, day: int, weekday: int, lesson: int) -> tuple[int, int, int]:
    return INVALID if lesson == 2 and random.random() < 0.8 else mostly(0.02)(random, day, weekday, lesson)


def late_often(random: Random, day: int, weekday: int, lesson: int) -> tuple[int, int, int]:
    return LATE if lesson == 0 and random.random() < 0.5 else mostly(0.03)(random, day, weekday, lesson)


def away_lately(random: Random, day: int, weekday: int, lesson: int) -> tuple[int, int, int]:
    return VALID if day >= 43 else mostly(0.04)(random, day, weekday, lesson)


STEPS = (
    Step(1, Words("Samtal med elev och vårdnadshavare", "Talk with pupil and guardian")),
    Step(2, Words("Möte och enkel kartläggning", "Meeting and simple mapping")),
    Step(3, Words("Elevhälsoteam och utredning", "Pupil health team and investigation")),
    Step(4, Words("Rektorsmöte och samordnade insatser", "Principal's meeting")),
)


def _rule(id_: str, step: int, sv: str, en: str, expression: str) -> Rule:
    return Rule(id_, step, step, parse_rule(expression), Words(sv, en), "")


RULES = (
    _rule("T1-total", 1, "Minst 8 % frånvaro på 4 veckor", "At least 8% absent", "total_rate(last_20) >= 0.08"),
    _rule("T1-sen", 1, "Minst 4 sena ankomster", "At least 4 late arrivals", "late_count(last_20) >= 4"),
    _rule("T2-total", 2, "Minst 12 % frånvaro på 4 veckor", "At least 12% absent", "total_rate(last_20) >= 0.12"),
    _rule("T3-total", 3, "Minst 15 % frånvaro på 4 veckor", "At least 15% absent", "total_rate(last_20) >= 0.15"),
    _rule("T3-ogiltig", 3, "Minst 6 % ogiltig frånvaro", "At least 6% invalid", "invalid_rate(last_20) >= 0.06"),
    _rule("T3-rad", 3, "10 skoldagar i rad", "10 school days in a row", "current_spell(last_20) >= 10"),
    _rule("T4-total", 4, "Minst 30 % frånvaro på 4 veckor", "At least 30% absent", "total_rate(last_20) >= 0.30"),
)
CASE_RULES = (
    CaseRule("inte-hjalpt", 2, Words("Steg 1 hade inte hjälpt", "Step 1 had not helped"), ""),
    CaseRule("ingen-kontakt", 4, Words("Skolan når inte hemmet", "The school cannot reach them"), ""),
)
PERIOD_RULES = (_rule("P15", 3, "Minst 15 % frånvaro", "At least 15% absent", "total_rate(period) >= 0.15"),)
PLAN = Plan(
    name="tyreso_default",
    version="2019",
    title="Närvaroplan för Exempelkommun",
    source="Efter Tyresös fyra steg. <Beslut> 2019-06-12.",
    valid_from=date(2019, 6, 12),
    occasion="spell",
    steps=STEPS,
    rules=RULES,
    case_rules=CASE_RULES,
)


@dataclass(frozen=True)
class Child:
    name: str | None
    group: str | None
    school: str
    shape: _DAY
    days: int = 60
    protected: bool = False
    grade: str | None = None


CAST = (
    Child("Alva Bergqvist", "7B", "bjork", changing(0.1, 0.5)),
    Child("Noah Lindström", "8A", "bjork", one_subject),
    Child("Maja Öberg", "5C", "strand", mondays),
    Child("Elias Haddad", "9B", "bjork", late_often),
    Child("Wilma Sandell", "6A", "strand", away_lately),
    Child("Leo Nyström", "8C", "bjork", changing(0.6, 0.1)),
    Child("Saga Holm", "4B", "strand", changing(0.4, 0.02)),
    Child("Adam Yusuf", "9A", "bjork", mostly(0.1, 0.08)),
    Child("Ella Wikner", "7A", "bjork", mostly(0.3, 0.2, 0.02)),
    Child("Hugo Ström", "3A", "strand", mostly(0.15)),
    Child("Tindra Ek", "8B", "bjork", mostly(0.14, 0.02, 0.12)),
    Child("Oskar Dahl", "8B", "bjork", mostly(0.2, 0.1, 0.35)),
    Child("Vera Skydd", "7C", "bjork", mostly(0.3, 0.1), protected=True),
    Child("Ali Gömd", "2B", "strand", changing(0.5, 0.03), protected=True),
    Child(MARKUP, "7B", "<b>&u3", mostly(0.2, 0.1)),
    Child(TURNED, "7B", "<b>&u3", mostly(0.14, 0.04)),
    Child(TERMINAL, "9'\"C", "<b>&u3", mostly(0.1, 0.03)),
    Child(FORMULA, "8A", "<b>&u3", mostly(0.2, 0.0)),
    Child(LONG, "6B", "<b>&u3", mostly(0.2, 0.0)),
    Child("سارة الأحمد", None, "<b>&u3", mostly(0.2, 0.04), grade="8"),
    Child(BRACES, "5A", "<b>&u3", mostly(0.13)),
    Child(None, "9C", "<b>&u3", mostly(0.4, 0.1)),
    Child("Nils Ny", "1A", "strand", mostly(0.2), days=8),
    *(Child(f"Elev {n}", f"{n % 9 + 1}A", ("bjork", "strand")[n % 2], mostly(0.01 + n / 300)) for n in range(17)),
)


def world(*, cast: Sequence[Child] = CAST, grain: str = "lesson", seed: int = 7) -> Analysis:
    random = Random(seed)
    rows = [_pupil(child, place, random) for place, child in enumerate(cast)]
    if grain == "period":
        rows = [_period_row(row) for row in rows]
    names = {unit: SCHOOLS[unit] for unit in {row.summary.school_unit_id for row in rows}}
    return Analysis(
        as_of=AS_OF,
        first_day=school_days()[0],
        plan=PLAN if grain == "lesson" else replace(PLAN, rules=(*RULES, *PERIOD_RULES)),
        sources=SOURCES,
        schools=school_rows(rows, names),
        pupils=tuple(rows),
        grain="lesson" if grain == "lesson" else "period",
        rules_not_tried=() if grain == "lesson" else tuple(rule.id for rule in RULES),
    )


def municipality(pupils: int = 12_000) -> Analysis:
    """Many pupils of whom a third need attention, by copying a few: for size and speed."""
    quiet = tuple(Child(f"Lugn Lugnsson {n}", "4A", "bjork", mostly(0.01)) for n in range(26))
    small = world(cast=(*CAST, *quiet))
    rows = tuple(_copied(small.pupils[n % len(small.pupils)], n) for n in range(pupils))
    return replace(small, pupils=rows, schools=school_rows(rows, {}))


def _copied(row: PupilRow, number: int) -> PupilRow:
    unit = f"{row.summary.school_unit_id}-{number // 800}"
    return replace(row, summary=replace(row.summary, pupil_id=f"p{number:05d}", school_unit_id=unit))


SOURCES = (
    SourceInfo(
        name='franvaro <"höst">\u202e.csv',
        sha256="9f2c" * 16,
        read=11_020,
        accepted=10_800,
        rejected=200,
        duplicates=20,
        corrected=12,
        notes=(Message.of("The file is read as Windows-1252."),),
    ),
    SourceInfo(name="rättelser.csv", sha256="0a1b" * 16, read=40, accepted=37, rejected=3, duplicates=0),
)


def rejects() -> Iterator[Reject]:
    for n in range(203):
        source = SOURCES[0] if n < 200 else SOURCES[1]
        reason, code, column = (
            ("Unknown school unit.", "unknown-unit", None) if n % 4 else ("Bad date.", "date", "Datum")
        )
        yield Reject(source=source.name, line=n + 2, column=column, reason=Message.of(reason), code=code)


def import_report() -> ImportReport:
    return ImportReport.of(SOURCES, rejects=rejects(), notes=(Message.of("3 pupils had no name."),))


def _pupil(child: Child, place: int, random: Random) -> PupilRow:
    lessons = [
        Lesson(day, lesson, _lesson_minutes(child.shape(random, number, day.weekday(), lesson)))
        for number, day in enumerate(school_days()[-child.days :], start=60 - child.days)
        for lesson in range(5)
    ]
    summary = _summary(f"p{place:05d}", child.school, child.group, lessons)
    return PupilRow(
        summary=summary,
        name=child.name,
        grade=child.grade,
        protected=child.protected,
        weeks=tuple(_weeks(lessons))[-12:],
        weekday_flags=_monday_flag(lessons) if child.shape is mondays else (),
        subject_flags=_subject_flag(lessons) if child.shape is one_subject else (),
        warnings=tuple(_warnings(summary, lessons)),
    )


def _lesson_minutes(parts: tuple[int, int, int]) -> Minutes:
    return Minutes(LESSON_MIN, *parts)


def _days(lessons: Sequence[Lesson]) -> list[tuple[date, list[Lesson]]]:
    return [(day, list(members)) for day, members in groupby(lessons, key=lambda lesson: lesson.day)]


def _sum(lessons: Sequence[Lesson]) -> Minutes:
    return total_minutes(lesson.minutes for lesson in lessons)


def _last(lessons: Sequence[Lesson], count: int, before: int = 0) -> list[Lesson]:
    days = _days(lessons)
    end = len(days) - before
    return [lesson for _, members in days[max(0, end - count) : max(0, end)] for lesson in members]


def _summary(pupil: str, unit: str, group: str | None, lessons: Sequence[Lesson]) -> PupilSummary:
    spells = _spells(lessons)
    late = [lesson for lesson in lessons if lesson.minutes.invalid and lesson.minutes.present]
    return PupilSummary(
        pupil_id=pupil,
        school_unit_id=unit,
        group_id=group,
        school_days=len(_days(lessons)),
        minutes=_sum(lessons),
        last_20=_sum(_last(lessons, 20)),
        previous_20=_sum(_last(lessons, 20, before=20)),
        longest_spell=max(spells, default=0),
        current_spell=spells[-1] if spells and all(lesson.missed for lesson in _days(lessons)[-1][1]) else 0,
        occasions=len(spells),
        scattered_days=0,
        scattered_lessons=0,
        late_count=len(late),
        late_min=sum(lesson.minutes.invalid for lesson in late),
        first_reported=0,
        first_missed=0,
        last_reported=0,
        last_missed=0,
    )


def _spells(lessons: Sequence[Lesson]) -> list[int]:
    absent = (all(lesson.missed for lesson in members) for _, members in _days(lessons))
    return [len(list(run)) for away, run in groupby(absent) if away]


def _weeks(lessons: Sequence[Lesson]) -> Iterator[WeekPoint]:
    def week(lesson: Lesson) -> int:
        return (day_number(lesson.day) + 3) // 7

    for number, members in groupby(lessons, key=week):
        yield WeekPoint(week_no=number, minutes=_sum(list(members)))


def _monday_flag(lessons: Sequence[Lesson]) -> tuple[Profile, ...]:
    days = [members for day, members in _days(lessons) if day.weekday() == 0]
    return (Profile("1", len(days), _sum([lesson for members in days for lesson in members]), True),)


def _subject_flag(lessons: Sequence[Lesson]) -> tuple[Profile, ...]:
    of_subject = [lesson for lesson in lessons if lesson.place == 2]
    return (Profile("Idrott", len(of_subject), _sum(of_subject), True),)


def _warnings(summary: PupilSummary, lessons: Sequence[Lesson]) -> Iterator[Warning]:
    window = _last(lessons, 20)
    minutes = summary.last_20
    if summary.school_days < 10:
        return
    late = sum(1 for lesson in window if lesson.minutes.invalid and lesson.minutes.present)
    for rule in RULES:
        (part,) = comparisons(rule.when)
        measure, limit = part.measure, part.limit
        values = {
            "total_rate": minutes.total_rate,
            "invalid_rate": minutes.invalid_rate,
            "late_count": Fraction(late),
            "current_spell": Fraction(summary.current_spell),
        }
        value = values[measure]
        if value is not None and value >= limit:
            yield _warning(summary, rule, measure, value, limit, window)


def _warning(
    summary: PupilSummary, rule: Rule, measure: str, value: Fraction, limit: Fraction, window: list[Lesson]
) -> Warning:
    return Warning(
        pupil_id=summary.pupil_id,
        rule_id=rule.id,
        plan=PLAN.name,
        step=rule.step,
        measure=measure,
        window="last_20",
        value=value,
        limit=limit,
        window_start=day_number(window[0].day),
        window_end=day_number(window[-1].day),
        coverage=summary.last_20.coverage or Fraction(0),
        evidence=tuple(_evidence(lesson) for lesson in window if _counts(measure, lesson)),
    )


def _counts(measure: str, lesson: Lesson) -> bool:
    if measure == "invalid_rate":
        return lesson.minutes.invalid > 0
    if measure == "late_count":
        return lesson.minutes.invalid > 0 and lesson.minutes.present > 0
    return lesson.absent


def _evidence(lesson: Lesson) -> EvidenceLesson:
    return EvidenceLesson(
        day_no=day_number(lesson.day),
        start_min=STARTS[lesson.place],
        subject=SUBJECTS[lesson.place],
        lesson_id=f"L-{lesson.day:%m%d}-{lesson.place}",
        valid_min=lesson.minutes.valid,
        invalid_min=lesson.minutes.invalid,
    )


def _period_row(row: PupilRow) -> PupilRow:
    """The same pupil from an export with one row a pupil and period."""
    summary = replace(
        row.summary,
        school_days=0,
        last_20=NO_MINUTES,
        previous_20=NO_MINUTES,
        longest_spell=0,
        current_spell=0,
        occasions=0,
    )
    rate, warnings = summary.minutes.total_rate, ()
    if rate is not None and rate >= Fraction(15, 100):
        warnings = (
            Warning(
                pupil_id=summary.pupil_id,
                rule_id="P15",
                plan=PLAN.name,
                step=3,
                measure="total_rate",
                window="period",
                value=rate,
                limit=Fraction(15, 100),
                window_start=day_number(school_days()[0]),
                window_end=day_number(AS_OF),
                coverage=summary.minutes.coverage or Fraction(0),
                evidence=(),
            ),
        )
    return replace(row, summary=summary, weeks=(), weekday_flags=(), subject_flags=(), warnings=warnings)


def steps_of(analysis: Analysis) -> Counter[int]:
    return Counter(row.step for row in analysis.pupils if row.step is not None)
