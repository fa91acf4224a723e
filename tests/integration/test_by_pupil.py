"""One pupil's lessons from their own files, which may be thrown away at any time (ADR 0036)."""

from pathlib import Path

import pytest

from narvaro.facts.by_pupil import PupilLessons, make_by_pupil
from narvaro.facts.store import Store
from tests.lesson_files import import_files, row, write

ALWAYS = {"first_day": 0, "as_of": 100_000}


def _read_in(folder: Path, *days: str, invalid: int = 0) -> Store:
    """Two lessons of two pupils each day."""
    rows = [
        row(
            elev_id=pupil,
            datum=day,
            lektion_id=f"{day}-{hour}",
            start=f"{hour:02d}:00",
            slut=f"{hour + 1:02d}:00",
            narvarominuter=60 - invalid,
            ogiltig_min=invalid,
        )
        for day in days
        for hour in (9, 8)
        for pupil in ("e2", "e1")
    ]
    import_files(folder / "store", write(folder, *rows))
    return Store(folder / "store")


def _lessons(store: Store, pupil: str, **days: int) -> list[tuple[int, int]]:
    with PupilLessons(store.root, store.current(), **{**ALWAYS, **days}) as lessons:
        return sorted(lessons.rows(lessons.pupil_nos[pupil], "day_no, start_min"))


def _files(store: Store) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (store.root / "by_pupil").iterdir()}


def test_one_pupils_lessons_of_all_months(tmp_path: Path) -> None:
    store = _read_in(tmp_path, "2026-04-01", "2026-03-02")
    first, second = (day for day, _ in _lessons(store, "e1")[::2])
    assert _lessons(store, "e1") == [(first, 480), (first, 540), (second, 480), (second, 540)]
    assert second - first == 30


def test_only_months_with_days_that_are_asked_for_are_opened(tmp_path: Path) -> None:
    store = _read_in(tmp_path, "2026-04-01", "2026-03-02")
    april = _lessons(store, "e1")[-1][0]
    for file in (store.root / "by_pupil").iterdir():
        file.unlink()
    assert [day for day, _ in _lessons(store, "e1", first_day=april)] == [april, april]
    assert len(_files(store)) == 1


def test_a_file_is_made_once_and_goes_when_its_facts_go(tmp_path: Path) -> None:
    store = _read_in(tmp_path, "2026-03-02")
    make_by_pupil(store.root, store.current())
    made = _files(store)
    assert len(made) == 1
    assert _lessons(store, "e1")
    assert _files(store) == made
    for invalid in (10, 20, 30, 40):
        store = _read_in(tmp_path, "2026-03-02", invalid=invalid)
        make_by_pupil(store.root, store.current())
    assert not made.keys() & _files(store).keys()


@pytest.mark.parametrize("content", [b"", b"not a database"])
def test_a_damaged_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    store = _read_in(tmp_path, "2026-03-02")
    whole = _lessons(store, "e2")
    (file,) = (store.root / "by_pupil").iterdir()
    file.write_bytes(content or file.read_bytes()[:5000])
    assert _lessons(store, "e2") == whole


def test_two_may_make_and_read_the_same_file_at_once(tmp_path: Path) -> None:
    store = _read_in(tmp_path, "2026-03-02")
    with PupilLessons(store.root, store.current(), **ALWAYS) as one:
        next((store.root / "by_pupil").iterdir()).unlink()
        with PupilLessons(store.root, store.current(), **ALWAYS) as other:
            assert sorted(one.rows(one.pupil_nos["e1"])) == sorted(other.rows(other.pupil_nos["e1"]))


def test_without_facts_there_are_no_lessons(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with PupilLessons(store.root, store.current(), **ALWAYS) as lessons:
        assert lessons.pupil_nos == {}
        assert lessons.rows(1) == []
