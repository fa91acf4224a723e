"""What an import changes is told by month and school, and is what really changed."""

from datetime import date
from pathlib import Path

from narvaro.domain.school_calendar import month_no
from narvaro.facts.differing import Changed, changes
from narvaro.facts.periods import import_periods
from narvaro.facts.readers import open_source
from narvaro.facts.store import Store
from tests.lesson_files import TODAY, import_files, row, write
from tests.unit.test_readers_support import PERIOD_HEADER, csv_file

MARCH, APRIL = month_no(date(2026, 3, 1)), month_no(date(2026, 4, 1))
HERE, THERE = "10000001", "10000002"


def test_a_first_import_is_new_altogether(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    before = store.current()
    import_files(store.root, write(tmp_path, row(), row(datum="2026-04-01", skolenhetskod=THERE)))
    assert changes((store.root, before), (store.root, store.current())) == (
        Changed(MARCH, HERE, 1, 0, 0),
        Changed(APRIL, THERE, 1, 0, 0),
    )


def test_new_and_corrected_lessons_are_told_apart_from_those_that_stay(tmp_path: Path) -> None:
    root = tmp_path / "store"
    first = [row(), row(start="10:00", slut="11:00"), row(elev_id="e2"), row(elev_id="e3", datum="2026-04-01")]
    import_files(root, write(tmp_path, *first))
    before, fork = Store(root).current(), Store(root).fork(tmp_path / "fork")
    second = [
        row(),
        row(start="10:00", slut="11:00", narvarominuter=0, giltig_min=60),
        row(elev_id="e2", skolenhetskod=THERE),
        row(elev_id="e9", start="13:00", slut="14:00"),
    ]
    import_files(fork.root, write(tmp_path, *second, name="2.csv"))
    assert changes((root, before), (fork.root, fork.current())) == (
        Changed(MARCH, HERE, 1, 1, 0),
        Changed(MARCH, THERE, 0, 1, 0),
    )
    assert Store(root).current() == before


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    root, path = tmp_path / "store", write(tmp_path, row())
    import_files(root, path)
    before = Store(root).current()
    import_files(root, path)
    assert changes((root, before), (root, Store(root).current())) == ()


def test_what_is_there_no_more_is_taken_away(tmp_path: Path) -> None:
    """Seen the other way around, as an undo does it."""
    root = tmp_path / "store"
    import_files(root, write(tmp_path, row(), row(start="10:00", slut="11:00")))
    before = Store(root).current()
    import_files(root, write(tmp_path, row(elev_id="e2"), row(datum="2026-04-01"), name="2.csv"))
    assert changes((root, Store(root).current()), (root, before)) == (
        Changed(MARCH, HERE, 0, 0, 1),
        Changed(APRIL, HERE, 0, 0, 1),
    )


def test_periods_count_in_the_month_they_begin(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    lines = [f"e{n};{HERE};7;7A;2026-03-02;2026-04-30;1000;{n};0" for n in (1, 2)]
    import_periods(store, [open_source(csv_file(tmp_path, PERIOD_HEADER, *lines))], today=TODAY)
    before = store.current()
    lines = [lines[0], lines[1].replace(";2;0", ";7;0"), f"e3;{THERE};7;7A;2026-04-01;2026-04-30;1000;1;0"]
    import_periods(store, [open_source(csv_file(tmp_path, PERIOD_HEADER, *lines))], today=TODAY)
    assert changes((store.root, before), (store.root, store.current())) == (
        Changed(MARCH, HERE, 0, 1, 0),
        Changed(APRIL, THERE, 1, 0, 0),
    )
