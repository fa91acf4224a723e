"""What a store holds depends on the lessons, not on the order of rows or on how they came in files and imports."""

import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from narvaro.facts.engine import DuckDBEngine
from narvaro.facts.importing import Imported, Whole, import_lessons
from narvaro.facts.manifest import DERIVED, Kind
from narvaro.facts.readers import open_source
from narvaro.facts.schema import FACTS, PUPIL_DAY, PUPILS
from narvaro.facts.store import Store
from tests.reference.lessons import Lesson, default_late
from tests.reference.numbers import Numbers, Question
from tests.reference.worlds import World, to_csv, world_rows, worlds
from tests.spec.engine import asked, numbers_of

TODAY = dt.date(2030, 1, 1)
SMALL_WORLDS = worlds(max_pupils=3, max_days=25)
QUESTION = Question(rules=("total_rate(last_5) >= 0.15 or longest_spell(term) >= 2", "late_count(month) >= 1"))
RANDOMS = st.integers(0, 2**32 - 1).map(Random)
Rows = list[tuple[object, ...]]
_HISTORY = {name: kind for name, kind in FACTS.items() if name not in ("lesson_no", "added_min")}


class Folder:
    """A store and the files that go into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder / "store")
        self.files = 0

    def take(self, *files: Sequence[Lesson], whole: Sequence[Whole] = ()) -> Imported:
        """One import of these files."""
        sources = [open_source(self._written(to_csv(lessons))) for lessons in files]
        return import_lessons(self.store, sources, today=TODAY, confirmed=True, whole=whole)

    def _written(self, text: str) -> Path:
        self.files += 1
        path = self.folder / f"{self.files}.csv"
        path.write_text(text, encoding="utf-8")
        return path

    def digests(self) -> list[tuple[str, int | None, str]]:
        """Of every file with facts in it, byte for byte."""
        kinds = ("facts", *DERIVED, "pupils")
        return [(file.kind, file.month_no, file.sha256) for file in self.store.current().files if file.kind in kinds]

    def rows(self) -> tuple[Rows, Rows]:
        """Facts and days, with the pupils' own ids: pupil numbers depend on who came first."""
        return self._table("facts", FACTS), self._table("pupil_day", PUPIL_DAY)

    def numbers(self) -> Numbers:
        with asked(self.store, QUESTION) as snapshot:
            return numbers_of(snapshot, QUESTION)

    def lessons(self) -> Rows:
        return self._table("facts", dict.fromkeys(_LESSON, ""))

    def history(self) -> Rows:
        return self._table("history", dict.fromkeys(_LESSON, ""))

    def _table(self, kind: Kind, columns: dict[str, str]) -> Rows:
        manifest = self.store.current()
        names = ", ".join(name for name in columns if name != "pupil_no")
        with DuckDBEngine(folders=[self.store.root]) as engine:
            engine.register("pupil", manifest.paths("pupils", self.store.root), PUPILS)
            engine.register(kind, manifest.paths(kind, self.store.root), FACTS)
            return sorted(engine.query(f"select pupil_id, {names} from {kind} join pupil using (pupil_no)"), key=repr)


_LESSON = (
    *("day_no", "lesson_id", "school_unit_id", "group_id", "start_min", "end_min", "subject", "offered_min"),
    *("reported", "present_min", "valid_min", "invalid_min", "other_min", "late"),
)


def as_stored(lessons: Sequence[Lesson]) -> Rows:
    """The lessons as ``Folder.lessons`` gives them; a lesson with only a start has got its end."""
    named = [(lesson, lesson.span.stop if lesson.span else lesson.end_min) for lesson in lessons]
    found = [replace(lesson, end_min=end) for lesson, end in named]
    return sorted(((row.pupil_id, *(_number(getattr(row, name)) for name in _LESSON)) for row in found), key=repr)


def _number(value: object) -> object:
    return int(value) if isinstance(value, bool) else value


@contextmanager
def folders(count: int) -> Iterator[list[Folder]]:
    with tempfile.TemporaryDirectory() as root:
        each = [Path(root) / str(number) for number in range(count)]
        for path in each:
            path.mkdir()
        yield [Folder(path) for path in each]


def split(lessons: Sequence[Lesson], random: Random, *, most: int = 4) -> list[list[Lesson]]:
    """Shuffled, and dealt out to files; none of them empty."""
    parts: list[list[Lesson]] = [[] for _ in range(random.randint(1, most))]
    for lesson in random.sample(lessons, len(lessons)):
        random.choice(parts).append(lesson)
    return [part for part in parts if part]


def corrected(lesson: Lesson, random: Random) -> Lesson:
    """The same lesson with other values."""
    other = replace(lesson, school_unit_id="10000009")
    if random.random() < 0.2:
        return other
    if lesson.reported and random.random() < 0.2:
        return replace(lesson, reported=False, present_min=0, valid_min=0, invalid_min=0, other_min=0, late=False)
    if lesson.lesson_id is not None and random.random() < 0.3:
        return replace(lesson, start_min=600, end_min=700, subject="Bild", group_id="9X")
    present, invalid = (lesson.offered_min, 0) if lesson.present_min == 0 else (0, lesson.offered_min)
    late = default_late(present, invalid)
    return replace(lesson, reported=True, present_min=present, valid_min=0, invalid_min=invalid, other_min=0, late=late)


def check_counts(done: Imported, files: Sequence[Sequence[Lesson]]) -> None:
    for record, lessons in zip(done.records, files, strict=True):
        assert record.read == len(lessons) == record.accepted + record.rejected + record.duplicates


@settings(max_examples=12)
@given(SMALL_WORLDS, RANDOMS)
def test_any_order_and_any_split_of_one_import_give_the_same_bytes(world: World, random: Random) -> None:
    lessons = world_rows(world)
    if not lessons:
        return
    with folders(3) as (plain, shuffled, dealt):
        plain.take(lessons)
        assert plain.lessons() == as_stored(lessons)
        check_counts(shuffled.take(mixed := random.sample(lessons, len(lessons))), [mixed])
        files = split(lessons, random)
        check_counts(dealt.take(*files), files)
        assert shuffled.digests() == plain.digests()
        assert dealt.digests() == plain.digests()


@settings(max_examples=10)
@given(SMALL_WORLDS, RANDOMS)
def test_one_import_after_another_gives_the_same_rows(world: World, random: Random) -> None:
    lessons = world_rows(world)
    with folders(2) as (plain, dealt):
        if lessons:
            plain.take(lessons)
        for file in split(lessons, random, most=3):
            check_counts(dealt.take(file), [file])
        assert dealt.rows() == plain.rows()


@settings(max_examples=3)
@given(SMALL_WORLDS, RANDOMS)
def test_a_file_a_day_gives_the_same_rows(world: World, random: Random) -> None:
    """In any order of days, then a file of corrections: months of many small files, which are rewritten as one."""
    lessons = world_rows(replace(world, start=dt.date(2025, 9, 15), school_days=15))
    days = {date: [lesson for lesson in lessons if lesson.date == date] for date in {row.date for row in lessons}}
    wrong = random.sample(lessons, (len(lessons) + 3) // 4)
    right = {lesson.identity: corrected(lesson, random) for lesson in wrong}
    with folders(2) as (plain, daily):
        plain.take([right.get(lesson.identity, lesson) for lesson in lessons])
        for date in random.sample(sorted(days), len(days)):
            daily.take(days[date])
        assert daily.lessons() == as_stored(lessons)
        daily.take(list(right.values()))
        assert daily.rows() == plain.rows()
        assert daily.numbers() == plain.numbers()
        assert daily.history() == as_stored(wrong)


@settings(max_examples=10)
@given(SMALL_WORLDS, RANDOMS)
def test_what_is_imported_again_changes_nothing(world: World, random: Random) -> None:
    lessons = world_rows(world)
    if not lessons:
        return
    with folders(1) as (folder,):
        folder.take(lessons)
        before = folder.digests()
        again = [*split(lessons, random), random.sample(lessons, random.randint(1, len(lessons)))]
        done = folder.take(*again)
        check_counts(done, again)
        assert [record.duplicates for record in done.records] == [len(file) for file in again]
        assert folder.digests() == before
        assert folder.history() == []


@settings(max_examples=10)
@given(SMALL_WORLDS, RANDOMS)
def test_a_later_file_corrects_lesson_by_lesson_and_history_keeps_the_earlier(world: World, random: Random) -> None:
    lessons = world_rows(world)
    if not lessons:
        return
    wrong = random.sample(lessons, random.randint(1, len(lessons)))
    right = {lesson.identity: corrected(lesson, random) for lesson in wrong}
    late = [right.get(lesson.identity, lesson) for lesson in random.sample(lessons, len(lessons))]
    late = [lesson for lesson in late if lesson.identity in right or random.random() < 0.5]
    latest = [right.get(lesson.identity, lesson) for lesson in lessons]
    with folders(3) as (plain, twice, once):
        plain.take(latest)
        first, second = twice.take(lessons), twice.take(late)
        both = once.take(lessons, late)
        for folder, records in ((twice, (*first.records, *second.records)), (once, both.records)):
            assert folder.rows() == plain.rows()
            assert folder.history() == as_stored(wrong)
            counted = [(each.accepted, each.corrected, each.duplicates, each.rejected) for each in records]
            assert counted == [(len(lessons), 0, 0, 0), (len(wrong), len(wrong), len(late) - len(wrong), 0)]
        assert once.digests() == plain.digests()


@settings(max_examples=10)
@given(SMALL_WORLDS, RANDOMS)
def test_repeats_count_once_and_contradictions_not_at_all(world: World, random: Random) -> None:
    """Within one file, in any order of its rows."""
    lessons = world_rows(world)
    if not lessons:
        return
    repeated = random.sample(lessons, len(lessons) // 3)
    contradicted = random.sample(lessons, len(lessons) // 3)
    rows = [*lessons, *repeated, *(corrected(lesson, random) for lesson in contradicted)]
    wrong = {lesson.identity for lesson in contradicted}
    kept = [lesson for lesson in lessons if lesson.identity not in wrong]
    lost = sum(lesson.identity in wrong for lesson in rows)
    with folders(2) as (plain, odd):
        if kept:
            plain.take(kept)
        done = odd.take(random.sample(rows, len(rows)))
        check_counts(done, [rows])
        (record,) = done.records
        assert (record.accepted, record.rejected) == (len(kept), lost)
        assert odd.rows() == plain.rows()
