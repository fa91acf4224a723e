"""Bad inputs 6-17 and 20-21: every row is accepted, rejected with its line and reason, or a duplicate; none
disappears."""

import logging
from pathlib import Path

import pytest

from narvaro.facts.errors import HeldForConfirmation, ImportRefused
from narvaro.facts.importing import Imported
from narvaro.facts.measures import Snapshot
from narvaro.facts.staging import Register
from narvaro.facts.store import Store
from tests.lesson_files import import_files, rejected, row, write

COUNTS = tuple[int, int, int, int]


def counts(result: Imported) -> list[COUNTS]:
    """(read, accepted, rejected, duplicates) of each source."""
    return [(each.read, each.accepted, each.rejected, each.duplicates) for each in result.records]


def minutes(root: Path, result: Imported) -> dict[str, tuple[int, int, int]]:
    """pupil -> offered, valid, invalid minutes."""
    with Snapshot(root, result.manifest) as snapshot:
        found = snapshot.summaries().values()
    return {s.pupil_id: (s.minutes.offered, s.minutes.valid, s.minutes.invalid) for s in found}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"elev_id": ""}, "no_pupil"),
        ({"skolenhetskod": " "}, "no_unit"),
        ({"datum": "2026-02-31"}, "bad_date"),
        ({"datum": ""}, "bad_date"),
        ({"datum": "0026-03-02"}, "old_date"),
        ({"datum": "2027-03-02"}, "future_date"),
        ({"start": "24:00", "slut": ""}, "bad_start"),
        ({"start": "8 o'clock"}, "bad_start"),
        ({"slut": "25:10"}, "bad_end"),
        ({"slut": "07:30"}, "end_before_start"),
        ({"start": "", "slut": ""}, "no_lesson"),
        ({"lektionsminuter": "0"}, "bad_offered"),
        ({"lektionsminuter": "NaN"}, "bad_offered"),
        ({"lektionsminuter": "1e9"}, "bad_offered"),
        ({"lektionsminuter": ""}, "bad_offered"),
        ({"lektionsminuter": "-60"}, "bad_offered"),
        ({"giltig_min": "-5"}, "bad_valid"),
        ({"ogiltig_min": "many"}, "bad_invalid"),
        ({"narvarominuter": "-1"}, "bad_present"),
        ({"annan_min": "x"}, "bad_other"),
        ({"rapporterad": "kanske"}, "bad_reported"),
        ({"rapporterad": ""}, "bad_reported"),
        ({"narvarominuter": "30", "giltig_min": "40"}, "over_offered"),
        ({"narvarominuter": "", "ogiltig_min": "61"}, "over_offered"),
    ],
)
def test_a_bad_row_is_listed_with_its_line_and_reason(tmp_path: Path, changes: dict[str, str], code: str) -> None:
    path = write(tmp_path, row(), row(elev_id="e2", **changes) if "elev_id" not in changes else row(**changes))
    result = import_files(tmp_path / "store", path)
    assert counts(result) == [(2, 1, 1, 0)]
    assert rejected(tmp_path / "store", result) == [(3, code)]


def test_exact_repeats_count_once_and_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    root, path = tmp_path / "store", write(tmp_path, row(), row(), row(start="10:00", slut="11:00"))
    first = import_files(root, path)
    assert counts(first) == [(3, 2, 0, 1)]
    again = import_files(root, path)
    assert counts(again) == [(3, 0, 0, 3)]
    assert again.manifest.of("facts") == first.manifest.of("facts")
    assert counts(import_files(tmp_path / "other", path, path)) == [(3, 2, 0, 1), (3, 0, 0, 3)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_contradictions_within_a_file_are_all_rejected_in_any_order(tmp_path: Path, order: tuple[int, ...]) -> None:
    rows = [row(), row(narvarominuter="0", giltig_min="60"), row(elev_id="e2")]
    root = tmp_path / "store"
    result = import_files(root, write(tmp_path, *(rows[place] for place in order)))
    assert counts(result) == [(3, 1, 2, 0)]
    assert {code for _, code in rejected(root, result)} == {"conflict"}
    assert minutes(root, result) == {"e2": (60, 0, 0)}


def test_a_later_file_corrects_lesson_by_lesson_and_the_earlier_values_are_kept(tmp_path: Path) -> None:
    root = tmp_path / "store"
    first = write(tmp_path, row(), row(start="10:00", slut="11:00"), name="1.csv")
    second = write(tmp_path, row(narvarominuter="0", ogiltig_min="60"), name="2.csv")
    result = import_files(root, first, second)
    assert counts(result) == [(2, 2, 0, 0), (1, 1, 0, 0)]
    assert [each.corrected for each in result.records] == [0, 1]
    assert minutes(root, result) == {"e1": (120, 0, 60)}
    with Snapshot(root, result.manifest) as snapshot:
        snapshot.engine.register("history", result.manifest.paths("history", root), {})
        assert snapshot.engine.query("select present_min, invalid_min from history") == [(60, 0)]


def test_overlapping_lessons_are_kept_and_the_day_is_capped_at_their_union(tmp_path: Path) -> None:
    root = tmp_path / "store"
    double = row(start="08:30", slut="09:30", amne="Svenska", narvarominuter="0", giltig_min="60")
    result = import_files(root, write(tmp_path, row(), double))
    assert counts(result) == [(2, 2, 0, 0)]
    assert minutes(root, result) == {"e1": (90, 45, 0)}


def test_wall_clock_time_is_kept_over_daylight_saving(tmp_path: Path) -> None:
    root = tmp_path / "store"
    days = ("2026-03-29", "2026-10-25")
    result = import_files(root, write(tmp_path, *(row(datum=day, start="02:30", slut="03:30") for day in days)))
    assert counts(result) == [(2, 2, 0, 0)]
    with Snapshot(root, result.manifest) as snapshot:
        assert snapshot.engine.query("select start_min, end_min, added_min from facts") == [(150, 210, 60)] * 2


def test_unknown_pupils_and_units_are_unmatched_and_no_person_is_made(tmp_path: Path) -> None:
    root = tmp_path / "store"
    register = Register(frozenset({"e1"}), frozenset({"10000001"}))
    path = write(tmp_path, row(), row(elev_id="stranger"), row(skolenhetskod="99", start="10:00", slut="11:00"))
    result = import_files(root, path, register=register)
    assert rejected(root, result) == [(3, "unknown_pupil"), (4, "unknown_unit")]
    assert set(minutes(root, result)) == {"e1"}


def test_a_pupil_who_changes_school_mid_week_has_each_lesson_at_its_own_school(tmp_path: Path) -> None:
    root = tmp_path / "store"
    moved = row(datum="2026-03-04", skolenhetskod="10000002", klass="7B")
    result = import_files(root, write(tmp_path, row(), moved))
    with Snapshot(root, result.manifest) as snapshot:
        assert {unit: each.offered for unit, each in snapshot.unit_minutes().items()} == {
            "10000001": 60,
            "10000002": 60,
        }
        (summary,) = snapshot.summaries().values()
    assert (summary.school_unit_id, summary.minutes.offered) == ("10000002", 120)


def _check_digit(nine: str) -> int:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(nine))
    return -sum(value // 10 + value % 10 for value in doubled) % 10


SHORT = "120314238"
NUMBER = f"{SHORT}{_check_digit(SHORT)}"
"""Invented, with a right check digit."""
SPELLINGS = (f"20{NUMBER[:6]}-{NUMBER[6:]}", f"20{NUMBER}", f"{NUMBER[:6]}-{NUMBER[6:]}", NUMBER, f"20{NUMBER}.0")


def _identity_file(folder: Path, *numbers: str) -> Path:
    rows = [
        row(elev_id=text, start=f"{8 + place:02d}:00", slut=f"{9 + place:02d}:00") for place, text in enumerate(numbers)
    ]
    path = write(folder, *rows)
    path.write_text(path.read_text(encoding="utf-8").replace("elev_id", "personnummer", 1), encoding="utf-8")
    return path


def test_identity_numbers_are_one_pupil_in_every_spelling_and_never_stored(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root, wrong = tmp_path / "store", NUMBER[:9] + str((int(NUMBER[9]) + 1) % 10)
    path = _identity_file(tmp_path, *SPELLINGS, wrong)
    assert NUMBER in path.read_text(encoding="utf-8")
    with caplog.at_level(logging.DEBUG):
        result = import_files(root, path)
    assert rejected(root, result) == [(2 + len(SPELLINGS), "bad_identity")]
    assert [offered for offered, _, _ in minutes(root, result).values()] == [60 * len(SPELLINGS)]
    stored = b"".join(file.read_bytes() for file in root.rglob("*") if file.is_file())
    assert NUMBER.encode() not in stored
    assert NUMBER[6:] not in caplog.text


def test_temporary_and_coordination_numbers_are_numbers_too(tmp_path: Path) -> None:
    coordination = f"{NUMBER[:4]}74238"
    root = tmp_path / "store"
    result = import_files(root, _identity_file(tmp_path, "20130101TF01", f"{coordination}{_check_digit(coordination)}"))
    assert counts(result) == [(2, 2, 0, 0)]
    assert len(minutes(root, result)) == 2


def test_a_file_with_far_fewer_rows_than_usual_waits_for_a_yes(tmp_path: Path) -> None:
    root = tmp_path / "store"
    week = [row(elev_id=f"e{n}", datum=f"2026-03-{day:02d}") for day in range(2, 7) for n in range(10)]
    import_files(root, write(tmp_path, *week))
    before = Store(root).current()
    thin = write(tmp_path, *(row(elev_id=f"e{n}", datum="2026-03-09") for n in range(5)), name="thin.csv")
    with pytest.raises(HeldForConfirmation, match="5 lessons a day where 10 are usual"):
        import_files(root, thin)
    assert Store(root).current() == before
    assert counts(import_files(root, thin, confirmed=True)) == [(5, 5, 0, 0)]
    correction = write(tmp_path, row(elev_id="e1", narvarominuter="0", giltig_min="60"), name="correction.csv")
    assert counts(import_files(root, correction)) == [(1, 1, 0, 0)]


@pytest.mark.parametrize("hostile", ["=1+1", "<script>alert(1)</script>", "\u202egnp.exe", "\x1b[31mred", "Åsa 👩‍👩‍👧"])
def test_hostile_text_is_stored_as_data(tmp_path: Path, hostile: str) -> None:
    root = tmp_path / "store"
    result = import_files(root, write(tmp_path, row(elev_id=hostile, amne=hostile)))
    assert set(minutes(root, result)) == {hostile}


def test_unreported_lessons_and_minutes_left_over_are_unknown(tmp_path: Path) -> None:
    root = tmp_path / "store"
    unreported = row(rapporterad="nej", narvarominuter="", giltig_min="", ogiltig_min="", annan_min="")
    short = row(start="10:00", slut="11:00", narvarominuter="20", giltig_min="20")
    result = import_files(root, write(tmp_path, unreported, short))
    assert result.records[0].incomplete == 1
    with Snapshot(root, result.manifest) as snapshot:
        (summary,) = snapshot.summaries().values()
    assert (summary.minutes.offered, summary.minutes.reported, summary.minutes.unknown) == (120, 40, 80)


def test_decimal_commas_are_decimals(tmp_path: Path) -> None:
    root = tmp_path / "store"
    result = import_files(root, write(tmp_path, row(narvarominuter="47,5", giltig_min="12,5")))
    assert minutes(root, result) == {"e1": (60, 13, 0)}


def test_an_import_where_nothing_is_whole_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.csv"
    path.write_text(
        "\n".join([*write(tmp_path, row()).read_text(encoding="utf-8").splitlines(), row()[:40]]), encoding="utf-8"
    )
    with pytest.raises(ImportRefused):
        import_files(tmp_path / "store", path)
    assert Store(tmp_path / "store").current().number == 0
