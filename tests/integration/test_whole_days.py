"""Sources that hold all lessons of a unit's days: what they no longer hold is taken away, never in silence."""

from datetime import date
from pathlib import Path

import pytest

from narvaro.facts.errors import HeldForConfirmation, ImportRefused
from narvaro.facts.importing import Whole
from narvaro.facts.measures import Snapshot
from narvaro.facts.store import Store
from tests.lesson_files import import_files, rejected, row, write

UNIT, OTHER = "10000001", "10000002"


def day(number: int, *, pupils: int = 3, lessons: int = 4, unit: str = UNIT, month: int = 3) -> list[str]:
    return [
        row(
            elev_id=f"{unit}-{pupil}",
            skolenhetskod=unit,
            datum=f"2026-{month:02d}-{number:02d}",
            start=f"{8 + lesson:02d}:00",
            slut=f"{9 + lesson:02d}:00",
            lektion_id=f"{number}-{lesson}",
        )
        for pupil in range(pupils)
        for lesson in range(lessons)
    ]


def whole(first: int, last: int, *, unit: str = UNIT, month: int = 3) -> Whole:
    return Whole(unit, date(2026, month, first), date(2026, month, last))


def rows_by_kind(root: Path) -> dict[str, int]:
    files = Store(root).current().files
    return {kind: sum(file.rows for file in files if file.kind == kind) for kind in {file.kind for file in files}}


def test_without_a_source_all_lessons_of_the_days_are_gone_and_kept_in_history(tmp_path: Path) -> None:
    root = tmp_path / "store"
    import_files(root, write(tmp_path, *day(2), *day(3), *day(3, unit=OTHER)))
    done = import_files(root, whole=[whole(3, 31)])
    assert (done.removed, done.records) == (12, ())
    assert rows_by_kind(root) == {"facts": 24, "pupil_day": 6, "subject_month": 6, "pupils": 6, "history": 12}
    with Snapshot(root, done.manifest) as snapshot:
        assert {each.pupil_id: each.school_days for each in snapshot.summaries().values()} == {
            **{f"{UNIT}-{pupil}": 1 for pupil in range(3)},
            **{f"{OTHER}-{pupil}": 1 for pupil in range(3)},
        }


def test_a_month_that_loses_all_its_lessons_has_no_file(tmp_path: Path) -> None:
    root = tmp_path / "store"
    import_files(root, write(tmp_path, *day(2), *day(2, month=4)))
    import_files(root, write(tmp_path, *day(3)))
    done = import_files(root, whole=[whole(1, 31)])
    assert done.removed == 24
    assert {file.month_no for file in done.manifest.files if file.month_no} == {2026 * 12 + 3}


def test_the_record_of_the_last_source_tells_how_many_are_gone(tmp_path: Path) -> None:
    root = tmp_path / "store"
    import_files(root, write(tmp_path, *day(2), *day(3)))
    files = [write(tmp_path, *day(2)[:-1], name="1.csv"), write(tmp_path, *day(3)[:-2], name="2.csv")]
    done = import_files(root, *files, whole=[whole(2, 3)])
    assert [record.removed for record in done.records] == [0, 3]
    assert Store(root).current().imports == done.manifest.imports != ()
    assert done.manifest.imports[-1].removed == 3


def test_where_nothing_changes_the_snapshot_stays_also_when_rows_are_rejected(tmp_path: Path) -> None:
    root = tmp_path / "store"
    path = write(tmp_path, *day(2), row(datum="2026-02-31"))
    first = import_files(root, path, whole=[whole(2, 3)])
    again = import_files(root, path, whole=[whole(2, 3)])
    assert (first.manifest.number, again.manifest) == (1, first.manifest)
    assert rejected(root, again) == rejected(root, first) == [(14, "bad_date")]
    assert import_files(root, path).manifest.number == 2


def test_a_lesson_whose_row_is_wrong_is_not_taken_away(tmp_path: Path) -> None:
    root = tmp_path / "store"
    import_files(root, write(tmp_path, *day(2)))
    wrong = day(2)[0].replace(";ja;", ";kanske;")
    contradicted = [day(2)[1], day(2)[1].replace(";ja;", ";nej;")]
    done = import_files(root, write(tmp_path, wrong, *contradicted, *day(2)[3:]), whole=[whole(2, 2)])
    assert [(record.rejected, record.removed) for record in done.records] == [(3, 1)]
    assert rows_by_kind(root)["facts"] == 11


def test_a_lesson_that_another_unit_gives_now_has_moved(tmp_path: Path) -> None:
    root = tmp_path / "store"
    import_files(root, write(tmp_path, *day(2)))
    moved = [line.replace(f";{UNIT};", f";{OTHER};") for line in day(2)]
    done = import_files(root, write(tmp_path, *moved), whole=[whole(2, 2), whole(2, 2, unit=OTHER)])
    assert (done.removed, done.records[0].corrected) == (0, 12)


def test_many_gone_wait_for_a_yes_and_a_few_do_not(tmp_path: Path) -> None:
    root = tmp_path / "store"
    import_files(root, write(tmp_path, *day(2, pupils=40), *day(3, pupils=40), *day(3, unit=OTHER)))
    before = Store(root).current()
    half = write(tmp_path, *day(2, pupils=23), *day(3, pupils=24), name="half.csv")
    spans = [whole(2, 3), whole(3, 3, unit=OTHER)]
    with pytest.raises(HeldForConfirmation, match="144 of the 332 lessons"):
        import_files(root, half, whole=spans)
    assert Store(root).current() == before
    assert import_files(root, half, whole=spans, confirmed=True).removed == 144
    assert import_files(root, whole=[whole(2, 2, unit=OTHER)]).removed == 0
    few = import_files(root, write(tmp_path, *day(2, pupils=23), *day(3, pupils=12), name="few.csv"), whole=spans)
    assert few.removed == 48


def test_a_units_new_day_is_compared_with_its_own_days(tmp_path: Path) -> None:
    root = tmp_path / "store"
    days = range(2, 8)
    import_files(root, write(tmp_path, *(line for n in days for u in (UNIT, OTHER) for line in day(n, unit=u))))
    own = write(tmp_path, *day(9), name="own.csv")
    with pytest.raises(HeldForConfirmation, match="12 lessons a day where 24 are usual"):
        import_files(root, own)
    with pytest.raises(HeldForConfirmation, match="4 lessons a day where 12 are usual"):
        import_files(root, write(tmp_path, *day(9, pupils=1), name="less.csv"), whole=[whole(9, 9)])
    assert import_files(root, own, whole=[whole(9, 9)]).records[0].accepted == 12


def test_an_older_month_that_is_emptied_does_not_come_back_when_files_are_put_together(tmp_path: Path) -> None:
    root = tmp_path / "store"
    import_files(root, write(tmp_path, *day(2)))
    import_files(root, write(tmp_path, *day(3)))
    done = import_files(root, write(tmp_path, *day(1, month=4)), whole=[whole(1, 31), whole(1, 30, month=4)])
    assert (done.removed, rows_by_kind(root)["facts"]) == (24, 12)


def test_an_empty_import_is_refused_unless_it_says_what_is_whole(tmp_path: Path) -> None:
    root = tmp_path / "store"
    import_files(root, write(tmp_path, *day(2)))
    with pytest.raises(ImportRefused, match="no rows"):
        import_files(root, write(tmp_path, name="empty.csv"))
    assert import_files(root, whole=[whole(20, 27)]).manifest == Store(root).current()


def test_five_hundred_weeks_of_units_are_looked_up_in_a_table(tmp_path: Path) -> None:
    root = tmp_path / "store"
    import_files(root, write(tmp_path, *day(2), *day(3)))
    spans = [Whole(f"2{unit:07d}", date(2026, 3, 1), date(2026, 3, 7)) for unit in range(500)]
    done = import_files(root, whole=[*spans, whole(3, 3), Whole(OTHER, date.min, date.max)])
    assert done.removed == 12
