"""The product's own budgets, on a municipality that is stored already (design: 12 000 pupils, 12.8 million lessons)."""

import gc
import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.contenders import TODAY
from narvaro.cli.main import FEW_COLLECTIONS
from narvaro.domain.rules import parse_rule
from narvaro.domain.school_calendar import day_no
from narvaro.facts.by_pupil import PupilLessons, make_by_pupil
from narvaro.facts.importing import import_lessons
from narvaro.facts.measures import Snapshot
from narvaro.facts.overview import overview
from narvaro.facts.readers import open_source
from narvaro.facts.store import Store
from narvaro.facts.trying import try_rule
from narvaro.plans import load_plan


@dataclass(frozen=True, slots=True)
class Measured:
    what: str
    seconds: float
    budget: float | None


def budgets(store: Path, csv: Path, work: Path) -> list[Measured]:
    gc.set_threshold(*FEW_COLLECTIONS)  # as the command does
    plan = load_plan("tyreso_default")
    manifest = Store(store).current()

    def everything() -> None:
        with Snapshot(store, manifest) as snapshot:
            overview(snapshot, plan, {})

    def one_pupil() -> float:
        make_by_pupil(store, manifest)
        with PupilLessons(store, manifest, first_day=0, as_of=day_no(TODAY)) as lessons:
            numbers = sorted(lessons.pupil_nos.values())[:: max(len(lessons.pupil_nos) // 20, 1)]
            return statistics.median(_seconds(lambda each=each: lessons.rows(each)) for each in numbers)  # type: ignore[misc]

    def tried() -> None:
        with Snapshot(store, manifest) as snapshot:
            try_rule(snapshot, parse_rule("total_rate(last_20) >= 0.15"))

    return [
        Measured("all measures and warnings, every pupil", _median(everything), 1.5),
        Measured("one day more: file to stored facts, measures and warnings", _one_day(store, csv, work, plan), 0.5),
        Measured("a rule tried on the year", _median(tried), 1.0),
        Measured("one pupil's year (median pupil)", one_pupil(), 0.020),
    ]


def _one_day(store: Path, csv: Path, work: Path, plan) -> float:  # type: ignore[no-untyped-def]
    """The last day is cut from the file and added to a store that holds the days before."""
    folder = work / "increment"
    shutil.rmtree(folder, ignore_errors=True)
    before, day = work / "before.csv", work / "day.csv"
    _split_last_day(csv, before, day)
    import_lessons(Store(folder), [open_source(before)], today=TODAY)
    kept = work / "kept"
    times = []
    for _ in range(3):
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(folder, kept)
        times.append(_seconds(lambda: _add_day(kept, day, plan)))
    return statistics.median(times)


def _add_day(folder: Path, day: Path, plan) -> None:  # type: ignore[no-untyped-def]
    done = import_lessons(Store(folder), [open_source(day)], today=TODAY)
    with Snapshot(folder, done.manifest) as snapshot:
        overview(snapshot, plan, {})


def _split_last_day(csv: Path, before: Path, day: Path) -> None:
    """Rows lie in time order, so the last day is the end of the file."""
    with csv.open("rb") as file:
        header = file.readline()
        file.seek(-200, 2)
        last = file.read().splitlines()[-1].split(b";")[3]
    with csv.open("rb") as file, before.open("wb") as early, day.open("wb") as late:
        late.write(header)
        for line in file:
            (late if line.split(b";", 4)[3] == last else early).write(line)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _median(work: Callable[[], object]) -> float:
    return statistics.median(_seconds(work) for _ in range(3))
