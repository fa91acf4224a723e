"""The national format: hours a pupil and term, out and in again."""

import csv
import io
import tracemalloc
from pathlib import Path

import pytest

from narvaro.domain.absence import Minutes
from narvaro.domain.national import Enrolled, NationalRow, days_of_term, national_rows, term_name, term_named
from narvaro.domain.school_calendar import term_no
from narvaro.facts.period_measures import period_pupils
from narvaro.facts.periods import import_periods
from narvaro.facts.readers import Said, open_recognised
from narvaro.facts.store import Store
from narvaro.facts.terms import sums_of_term, terms_of
from narvaro.ui.national_table import national_csv
from tests.integration.test_command_line import narvaro
from tests.lesson_files import TODAY, import_files, row, write

NUMBER = "20130101TF01"
AUTUMN, SPRING = 2025 * 2, 2025 * 2 + 1


def term_lessons(folder: Path) -> Path:
    """e1 changes school in spring; e3 is protected; e4 is in no list."""
    return write(
        folder,
        row(datum="2025-12-01", giltig_min=7, narvarominuter=53),
        row(datum="2026-01-12", ogiltig_min=60, narvarominuter=0),
        row(datum="2026-02-02", skolenhetskod="10000002", rapporterad="nej", narvarominuter="", giltig_min=""),
        row(datum="2026-02-03", skolenhetskod="10000002", giltig_min=1, narvarominuter=59),
        row(elev_id="e2", datum="2026-01-12"),
        row(elev_id="e3", datum="2026-01-12", ogiltig_min=60, narvarominuter=0),
        row(elev_id="e4", datum="2026-01-12"),
    )


def pupil_file(folder: Path) -> Path:
    path = folder / "pupils.csv"
    path.write_text(
        "elev_id;skolenhetskod;fornamn;efternamn;skolform;arskurs;skyddad;fran;till;personnummer\n"
        f"e1;10000001;Ek;Alva;GR;7;nej;2025-08-18;2026-01-31;{NUMBER}\n"
        f"e1;10000002;Ek;Alva;GR;7;nej;2026-02-01;;{NUMBER}\n"
        "e2;10000001;=1+1;Bo;GR;8;nej;2025-08-18;;\n"
        "e2;10000001;=1+1;Bo;GR;9;nej;2026-08-18;;\n"
        "e3;10000001;Hemlig;Hemlig;GR;8;ja;2025-08-18;;20130101TF03\n",
        encoding="utf-8",
    )
    return path


def _table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def _made(folder: Path, *options: object) -> tuple[Path, str]:
    store, out = folder / "store", folder / "out"
    if not store.exists():
        import_files(store, term_lessons(folder))
    done = narvaro("export-national", "--store", store, "--pupils", pupil_file(folder), "--out", out, *options)
    assert (done.returncode, done.stderr) == (0, "")
    (path,) = out.iterdir()
    return path, path.read_text(encoding="utf-8")


def test_the_command_writes_each_pupils_hours_at_each_school(tmp_path: Path) -> None:
    path, text = _made(tmp_path)
    assert path.name == "nationellt-2026-VT.csv"
    rows = _table(text)
    assert [(row["elev_id"], row["skolenhetskod"], row["skolform"], row["arskurs"]) for row in rows] == [
        ("e1", "10000001", "GR", "7"),
        ("e2", "10000001", "GR", "8"),
        ("e1", "10000002", "GR", "7"),
    ]
    hours = [name for name in rows[0] if name.endswith("_h")]
    assert [[row[name] for name in hours] for row in rows] == [
        ["1,00", "1,00", "0,00", "1,00"],
        ["1,00", "1,00", "0,00", "0,00"],
        ["2,00", "1,00", "0,02", "0,00"],
    ]
    assert [row["tackning_procent"] for row in rows] == ["100,0", "100,0", "50,0"]
    assert {(row["termin"], row["fran"], row["till"]) for row in rows} == {("2026-VT", "2026-01-01", "2026-06-30")}
    assert "Hemlig" not in text
    assert NUMBER not in text


def test_another_term_and_a_term_that_is_not_there(tmp_path: Path) -> None:
    path, text = _made(tmp_path, "--term", "2025-ht")
    assert (path.name, len(_table(text))) == ("nationellt-2025-HT.csv", 1)
    done = narvaro(
        *("export-national", "--store", tmp_path / "store", "--pupils", tmp_path / "pupils.csv"),
        *("--out", tmp_path / "none", "--term", "2024-HT", "--lang", "en"),
    )
    assert done.returncode == 3
    assert "It has: 2026-VT, 2025-HT." in done.stderr
    assert not (tmp_path / "none").exists()


def test_identity_numbers_only_when_asked_for_and_only_when_all_are_known(tmp_path: Path) -> None:
    store, out = tmp_path / "store", tmp_path / "out"
    import_files(store, term_lessons(tmp_path))
    command = (
        "export-national",
        "--store",
        store,
        "--pupils",
        pupil_file(tmp_path),
        "--out",
        out,
        "--identity-numbers",
    )
    done = narvaro(*command, "--lang", "en")
    assert (done.returncode, out.exists()) == (3, False)
    assert "1 pupils have no valid identity number" in done.stderr
    done = narvaro(*command, "--term", "2025-HT")
    assert done.returncode == 0
    (row,) = _table((out / "nationellt-2025-HT-personnummer.csv").read_text(encoding="utf-8"))
    assert (row["personnummer"], "elev_id" in row) == (NUMBER, False)
    assert NUMBER not in done.stdout


@pytest.mark.parametrize("with_identity", [False, True])
def test_what_goes_out_comes_in_again_with_the_same_sums(tmp_path: Path, with_identity: bool) -> None:
    """Odd minutes on purpose: hours are written with two decimals."""
    rows = [
        NationalRow(
            pupil=f"20130101TF0{number}" if with_identity else f"e{number}",
            form="GR",
            school_unit_id="10000001",
            grade="7",
            term=AUTUMN,
            minutes=Minutes(10_007 + number, 9_001 + number, 301 + 2 * number, 59 - number),
        )
        for number in range(1, 8)
    ]
    path = tmp_path / "out.csv"
    path.write_text("".join(national_csv(rows, with_identity=with_identity)), encoding="utf-8", newline="")
    source = open_recognised(path, said=Said())
    assert source.layout.name.startswith("Nationellt format")
    done = import_periods(Store(tmp_path / "store"), [source], today=TODAY)
    assert (done.records[0].accepted, done.records[0].rejected) == (7, 0)
    found = period_pupils(tmp_path / "store", done.manifest)
    assert sorted(pupil.summary.minutes.offered for pupil in found) == sorted(row.minutes.offered for row in rows)
    if not with_identity:
        assert [pupil.summary.minutes for pupil in found] == [row.minutes for row in rows]
        assert {pupil.grade for pupil in found} == {"7"}
    assert import_periods(Store(tmp_path / "store"), [open_recognised(path, said=Said())], today=TODAY).records[
        0
    ].duplicates == len(rows)


def test_who_is_not_enrolled_at_the_unit_is_in_no_row(tmp_path: Path) -> None:
    import_files(tmp_path / "store", term_lessons(tmp_path))
    manifest = Store(tmp_path / "store").current()
    assert terms_of(manifest) == (SPRING, AUTUMN)
    sums = list(sums_of_term(tmp_path / "store", manifest, SPRING))
    assert len(sums) == 5
    rows = national_rows(sums, {("e1", "10000002"): Enrolled("GR", "7"), ("e2", "10000002"): Enrolled("GR", "8")})
    assert [(row.pupil, row.school_unit_id) for row in rows] == [("e1", "10000002")]


@pytest.mark.parametrize("hostile", ['=HYPERLINK("x")', "+1", "@SUM", '";\n=1+1', "\t=1", "-2"])
def test_a_text_is_no_formula_in_a_spreadsheet(hostile: str) -> None:
    row = NationalRow(
        pupil=hostile, form="GR", school_unit_id="1", grade="7", term=AUTUMN, minutes=Minutes(60, 60, 0, 0)
    )
    (read,) = _table("".join(national_csv([row], with_identity=False)))
    assert read["elev_id"] != hostile
    assert "'" in read["elev_id"]
    assert not read["elev_id"].lstrip().startswith(("=", "+", "@", "-"))
    assert read["erbjuden_tid_h"] == "1,00"


def test_many_rows_are_written_a_few_at_a_time() -> None:
    one = NationalRow(pupil="e1", form="GR", school_unit_id="1", grade="7", term=AUTUMN, minutes=Minutes(60, 60, 0, 0))
    rows = sum(part.count("\r\n") for part in national_csv((one for _ in range(50_000)), with_identity=False))
    assert rows == 50_001
    tracemalloc.start()
    for _part in national_csv((one for _ in range(20_000)), with_identity=False):
        pass
    (_, most), _ = tracemalloc.get_traced_memory(), tracemalloc.stop()
    assert most < 20 << 20


@pytest.mark.parametrize(("term", "name"), [(AUTUMN, "2025-HT"), (SPRING, "2026-VT")])
def test_terms_have_names(term: int, name: str) -> None:
    assert (term_name(term), term_named(name), term_named(name.lower())) == (name, term, term)
    assert {term_no(day) for day in days_of_term(term)} == {term}


@pytest.mark.parametrize("text", ["", "2025", "HT-2025", "2025-XT", "25-HT", "２０２５-HT"])
def test_what_is_no_term(text: str) -> None:
    assert term_named(text) is None
