"""The product's numbers equal the reference's, exactly, on invented worlds.

Everything is computed twice from the same lessons: by SQL after the real import, and by plain Python.
"""

import datetime as dt
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from narvaro.facts.manifest import MONTHLY
from narvaro.facts.measures import Snapshot
from tests.reference.lessons import Lesson
from tests.reference.numbers import Question, reference_numbers
from tests.reference.rules import MEASURES, RATES
from tests.reference.worlds import World, make_rule, world_rows, worlds
from tests.spec.engine import asked, differences, engine_numbers, imported, numbers_of, warnings_of

SEEDS = st.integers(0, 2**32 - 1)
LENGTHS = (1, 2, 3, 5, 7, 10, 11, 20, 33, 200)
A_WORLD = World(
    seed=7,
    pupils=2,
    units=2,
    school_days=30,
    start=dt.date(2026, 2, 9),
    keeps_holidays=True,
    untidy=True,
    until=99,
    since=0,
    occasion="spell",
)


def assert_equal(lessons: Sequence[Lesson], question: Question) -> None:
    found = differences(engine_numbers(lessons, question), reference_numbers(lessons, question))
    assert found == [], "\n".join(found)


def assert_equal_and_alone(lessons: Sequence[Lesson], question: Question, rules: Sequence[str]) -> None:
    """Alone, a rule looks at no more days than it needs, and says what it says beside the others."""
    expected = reference_numbers(lessons, question)
    with tempfile.TemporaryDirectory() as folder, asked(imported(Path(folder), lessons), question) as snapshot:
        found = differences(numbers_of(snapshot, question), expected)
        assert found == [], "\n".join(found)
        for rule in rules:
            assert warnings_of(snapshot, replace(question, rules=(rule,))) == {rule: expected.warnings[rule]}


@settings(max_examples=30)
@given(worlds(), SEEDS)
def test_numbers_warnings_and_trials(world: World, seed: int) -> None:
    random, lessons = Random(seed), world_rows(world)
    rules = tuple(make_rule(random) for _ in range(random.randint(1, 9)))
    question = world.question(rules, rules[:4])
    assert_equal_and_alone(lessons, question, rules[-3:])


@settings(max_examples=10)
@given(worlds(), SEEDS)
# --from in the middle of a spell, and an older window in the same question.
@example(replace(A_WORLD, seed=708452615, pupils=6, school_days=82, until=-20, since=25), 3)
# Scaling leaves none of a day's single absent minute.
@example(replace(A_WORLD, seed=2038265566, pupils=6, units=3, start=dt.date(2026, 3, 23), occasion="day"), 0)
def test_every_measure_in_every_kind_of_window(world: World, seed: int) -> None:
    """Rules that nearly always hold, so that each measure's value, window and evidence are seen."""
    random = Random(seed)
    counted = f"{random.choice(('last', 'last', 'previous'))}_{random.choice(LENGTHS)}"
    windows = ("period", counted, random.choice(("last_20", "term", "school_year", "month")))
    rules = tuple(_always(measure, window, random) for measure in MEASURES for window in windows)
    assert_equal(world_rows(world), world.question(rules))


def _always(measure: str, window: str, random: Random) -> str:
    if measure == "trend_points":
        return f"trend_points(last_{random.choice(LENGTHS)}) {random.choice(('>= -100', '<= 100'))}"
    most = "1" if measure in RATES else "100000"
    return f"{measure}({window}) {random.choice(('>= 0', f'<= {most}'))}"


@settings(max_examples=6)
@given(SEEDS)
def test_crowded_days(seed: int) -> None:
    """Lessons over and beside each other, with what sources leave out: their order, their home, and their minutes."""
    random = Random(seed)
    found = [_crowded_lesson(f"p{pupil}", random) for pupil in range(40) for _ in range(random.randint(1, 6))]
    lessons = {lesson.identity: lesson for lesson in found}
    assert_equal(list(lessons.values()), Question(occasion="day"))


def _crowded_lesson(pupil_id: str, random: Random) -> Lesson:
    lesson_id = random.choice((None, "a", "b", "c", "å"))
    start = random.choice((480, 480, 500, 1430) if lesson_id is None else (None, 480, 480, 500))
    after = random.choice((1, 20, 60, 61))
    end = random.choice((None, 540)) if start is None else random.choice((None, min(start + after, 1439)))
    offered = random.choice((1, 20, 59, 60, 61))
    parts = [random.choice((0, 0, 1, offered // 2, offered)) for _ in range(4)]
    while sum(parts) > offered:
        parts[random.randrange(4)] = 0
    reported = sum(parts) > 0 or random.random() < 0.5
    return Lesson(
        pupil_id=pupil_id,
        school_unit_id=random.choice(("1", "2")),
        group_id=random.choice((None, "7A", "7B", "é")),
        date=dt.date(2026, 3, 2),
        start_min=start,
        end_min=end,
        subject=random.choice((None, "En", "Sv", "Ö")),
        lesson_id=lesson_id,
        offered_min=offered,
        reported=reported,
        present_min=parts[0],
        valid_min=parts[1],
        invalid_min=parts[2],
        other_min=parts[3],
        late=reported and random.random() < 0.3,
    )


def test_windows_reach_back_to_days_long_past() -> None:
    """Pupils who left in the autumn, and one who came back last week, among others with a whole year."""
    lessons = world_rows(replace(A_WORLD, pupils=6, school_days=120, start=dt.date(2025, 8, 18)))
    gone, gone_later, back, *_ = sorted({lesson.pupil_id for lesson in lessons})
    last = {gone: dt.date(2025, 9, 12), gone_later: dt.date(2025, 11, 28), back: dt.date(2025, 10, 10)}
    late = max(lesson.date for lesson in lessons) - dt.timedelta(days=6)
    kept = [row for row in lessons if row.date <= last.get(row.pupil_id, row.date)]
    kept += [row for row in lessons if row.pupil_id == back and row.date > late]
    windows = ("last_1", "last_20", "previous_20", "last_200", "term", "month", "school_year", "period")
    rules = tuple(f"{measure}({window}) >= 0" for measure in ("absent_hours", "occasions") for window in windows)
    assert_equal_and_alone(kept, Question(rules=rules, tries=rules[:2]), rules)


def test_a_store_from_before_there_were_sums_of_months_gives_the_same_numbers(tmp_path: Path) -> None:
    store = imported(tmp_path, world_rows(replace(A_WORLD, seed=3, school_days=60)))
    manifest = store.current()
    without = replace(manifest, files=tuple(file for file in manifest.files if file.kind not in MONTHLY))
    with Snapshot(store.root, manifest) as now, Snapshot(store.root, without) as before:
        assert now.whole_months != before.whole_months
        assert now.subject_profiles() == before.subject_profiles() != {}
        assert now.summaries() == before.summaries() != {}


def test_a_store_without_lessons_has_no_numbers() -> None:
    rules = ("school_days(last_20) < 1", "total_rate(period) >= 0")
    assert_equal([], Question(rules=rules, tries=rules))


def test_a_day_of_a_thousand_lessons_is_added_up_like_any_other() -> None:
    """A source that gives every pupil the same id makes such days."""
    day = world_rows(replace(A_WORLD, school_days=1))
    rows = [replace(day[0], lesson_id=f"a{number}", start_min=None, end_min=None) for number in range(1000)]
    twice = [replace(day[0], lesson_id=f"b{number}", start_min=600, end_min=700) for number in range(2)]
    assert_equal([*rows, *twice], Question(rules=("absent_hours(last_1) >= 0",)))


def test_one_minute_in_one_lesson_is_noticed() -> None:
    lessons = world_rows(A_WORLD)
    place, lesson = next((place, row) for place, row in enumerate(lessons) if row.present_min > 1)
    changed = replace(lesson, present_min=lesson.present_min - 1, invalid_min=lesson.invalid_min + 1)
    question = Question(rules=("invalid_hours(period) >= 0",))
    other = reference_numbers([*lessons[:place], changed, *lessons[place + 1 :]], question)
    tables = {found.partition(":")[0] for found in differences(engine_numbers(lessons, question), other)}
    assert tables >= {"days", "pupils", "weeks", "weekdays", "units", "warnings of invalid_hours(period) >= 0"}
