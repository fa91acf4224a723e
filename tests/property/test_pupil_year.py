"""A pupil's own page and the lists agree: one pupil in Python equals everybody in SQL, on invented worlds."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from hypothesis import example, given, settings

from narvaro.contexts.attendance.one_pupil import lessons_of
from narvaro.domain.pupil_year import PupilYear, total
from narvaro.facts.by_pupil import PupilLessons
from narvaro.facts.measures import Snapshot
from tests.property.test_engine import A_WORLD
from tests.reference.numbers import Question
from tests.reference.worlds import World, world_rows, worlds
from tests.spec.engine import asked, imported


@settings(max_examples=12)
@given(worlds())
@example(replace(A_WORLD, seed=708452615, pupils=6, school_days=82, until=-20, since=25))
@example(replace(A_WORLD, seed=2038265566, pupils=6, units=3))
def test_one_pupil_in_python_is_everybody_in_sql(world: World) -> None:
    question = world.question()
    with tempfile.TemporaryDirectory() as folder, _asked(Path(folder), world, question) as (sql, lessons):
        summaries, weeks = sql.summaries(), sql.weeks(first_day=sql.first_day)
        weekdays, subjects = sql.weekday_profiles(), sql.subject_profiles()
        for pupil_no, summary in summaries.items():
            year = PupilYear.of(lessons_of(lessons, pupil_no), first_day=sql.first_day)
            assert _summed(year) == (
                *(summary.school_days, summary.minutes, summary.last_20, summary.previous_20),
                *(summary.longest_spell, summary.current_spell, summary.occasions),
                *(summary.scattered_days, summary.late_count, summary.late_min),
                *(summary.first_reported, summary.first_missed, summary.last_reported, summary.last_missed),
                summary.school_unit_id,
            )
            assert list(year.weeks.items()) == weeks.get(pupil_no, [])
            assert [(str(each.dow), each.minutes, each.flagged) for each in year.weekdays] == [
                (each.key, each.minutes, each.flagged) for each in weekdays.get(pupil_no, [])
            ]
            assert [(each.subject, each.reported, each.minutes, each.flagged) for each in year.subjects] == [
                (each.key, each.lessons_or_days, each.minutes, each.flagged) for each in subjects.get(pupil_no, [])
            ]


@contextmanager
def _asked(folder: Path, world: World, question: Question) -> Iterator[tuple[Snapshot, PupilLessons]]:
    """With all the pupils' days, as windows of school days may begin before the period."""
    store = imported(folder, world_rows(world))
    with (
        asked(store, question) as sql,
        PupilLessons(store.root, store.current(), first_day=0, as_of=sql.as_of) as lessons,
    ):
        yield sql, lessons


def _summed(year: PupilYear) -> tuple[object, ...]:
    first, last = year.first_lessons, year.last_lessons
    return (
        *(len(year.period), total(year.period), total(year.latest), total(year.earlier)),
        *(len(year.longest_spell), len(year.current_spell), len(year.spells)),
        *(_count(year, "part_day"), _count(year, "late_count"), _count(year, "late_min")),
        *(first.reported, first.missed, last.reported, last.missed),
        year.days[-1].school_unit_id,
    )


def _count(year: PupilYear, name: str) -> int:
    return sum(getattr(day, name) for day in year.period)
