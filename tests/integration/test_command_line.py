"""The command as a person uses it: what it prints, writes and refuses, and its exit status."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lesson_files import HEADER, row, write

ENGLISH = re.compile(r"(?<!-)\b(the|and|of)\b")


def narvaro(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from narvaro.cli.main import run; run()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd)


def lessons(folder: Path, *, absent_days: int = 6) -> Path:
    """Two pupils over 20 school days of 5 lessons; e2 misses the last ``absent_days`` days."""
    days = [f"2026-03-{day:02d}" for week in (2, 9, 16, 23) for day in range(week, week + 5)]
    rows = []
    for number, day in enumerate(days):
        for lesson in range(5):
            times = {"datum": day, "start": f"{8 + lesson:02d}:00", "slut": f"{9 + lesson:02d}:00"}
            absent = number >= len(days) - absent_days
            rows.append(row(**times))
            rows.append(row(elev_id="e2", narvarominuter=0 if absent else 60, giltig_min=60 if absent else 0, **times))
    return write(folder, *rows)


def test_analyse_writes_four_files_that_agree(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = narvaro("analyse", lessons(tmp_path), "--out", out)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in out.iterdir()) == [
        "import-report.json",
        "measures.csv",
        "report.html",
        "warnings.json",
    ]
    with (out / "measures.csv").open(encoding="utf-8", newline="") as file:
        measures = {found["pupil_id"]: found for found in csv.DictReader(file)}
    assert {name: float(measures["e2"][name]) for name in ("offered_min", "valid_min", "total_rate")} == {
        "offered_min": 6000,
        "valid_min": 1800,
        "total_rate": 0.3,
    }
    assert (measures["e2"]["band"], measures["e2"]["current_spell"], measures["e1"]["band"]) == ("30-50", "6", "0-5")
    raised = json.loads((out / "warnings.json").read_text(encoding="utf-8"))
    rate = next(found for found in raised if found["measure"] == "total_rate")
    assert (rate["pupil_id"], rate["value"], rate["coverage"]) == ("e2", 0.3, 1)
    assert (rate["window_start"], rate["window_end"], len(rate["evidence"])) == ("2026-03-02", "2026-03-27", 30)
    report = json.loads((out / "import-report.json").read_text(encoding="utf-8"))
    assert (report["read"], report["accepted"], report["rejected"], report["duplicates"]) == (200, 200, 0, 0)
    assert "e2" in (out / "report.html").read_text(encoding="utf-8")
    assert "e2" in done.stdout


def test_swedish_is_the_default_and_english_one_word_away(tmp_path: Path) -> None:
    path = lessons(tmp_path)
    swedish, english = narvaro("analyse", path), narvaro("analyse", path, "--lang", "en")
    assert "närvaro" in swedish.stdout.casefold() or "frånvaro" in swedish.stdout.casefold()
    assert not ENGLISH.search(swedish.stdout)
    assert ENGLISH.search(english.stdout)
    assert not ENGLISH.search(narvaro("analyse", "--help").stdout)
    assert ENGLISH.search(narvaro("analyse", "--help", "--lang", "en").stdout)


def test_json_holds_the_same(tmp_path: Path) -> None:
    done = narvaro("analyse", lessons(tmp_path), "--format", "json", "--as-of", "2026-03-20")
    found = json.loads(done.stdout)
    assert found["as_of"] == "2026-03-20"
    assert {each["pupil_id"]: each["offered_min"] for each in found["measures"]} == {"e1": 4500, "e2": 4500}


@pytest.mark.parametrize("text", ["", HEADER, "elev_id;datum\ne1;2026-03-02\n", f"{HEADER}\n{row()}\n{row()[:30]}"])
def test_a_refused_file_gives_status_3_and_writes_nothing(tmp_path: Path, text: str) -> None:
    path, out = tmp_path / "bad.csv", tmp_path / "out"
    path.write_text(text, encoding="utf-8")
    done = narvaro("analyse", path, "--out", out, "--store", tmp_path / "store")
    assert done.returncode == 3
    assert done.stderr.strip()
    assert not ENGLISH.search(done.stderr)
    assert not out.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("analyse",),
        ("analyse", "no-such-file.csv"),
        ("analyse", "{file}", "--as-of", "yesterday"),
        ("analyse", "{file}", "--plan", "no-such-plan"),
        ("try-rule", "{file}", "--rule", "total_rate(last_20)"),
        ("try-rule", "{file}"),
        ("measures", "--explain", "nothing"),
        ("nonsense",),
    ],
)
def test_wrong_usage_gives_status_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    file = lessons(tmp_path)
    done = narvaro(*(each.format(file=file) for each in arguments))
    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_rows_that_cannot_be_used_are_listed_and_the_rest_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "out"
    path = write(tmp_path, row(), row(elev_id="e2", giltig_min="-1"), row(elev_id="=1+1"))
    assert narvaro("analyse", path, "--out", out).returncode == 0
    report = json.loads((out / "import-report.json").read_text(encoding="utf-8"))
    (found,) = report["rejected_rows"]
    assert (found["line"], found["column"], found["code"]) == (3, "giltig_min", "bad_valid")
    assert found["reason_sv"] != found["reason_en"]
    assert "'=1+1" in (out / "measures.csv").read_text(encoding="utf-8")


def test_a_store_is_kept_and_grows_between_runs(tmp_path: Path) -> None:
    store = tmp_path / "store"
    first = lessons(tmp_path / "a")
    assert narvaro("analyse", first, "--store", store).returncode == 0
    later = write(tmp_path / "b", row(datum="2026-03-30"), row(elev_id="e2", datum="2026-03-30"))
    held = narvaro("analyse", later, "--store", store, "--format", "json")
    assert held.returncode == 3
    done = narvaro("analyse", later, "--store", store, "--format", "json", "--confirm-fewer")
    assert {each["pupil_id"]: each["offered_min"] for each in json.loads(done.stdout)["measures"]} == {
        "e1": 6060,
        "e2": 6060,
    }


def test_a_store_is_analysed_without_a_file(tmp_path: Path) -> None:
    store, asked = tmp_path / "store", ("--format", "json", "--as-of", "2026-03-20")
    empty = narvaro("analyse", "--store", store)
    assert (empty.returncode, store.exists()) == (3, False)
    narvaro("analyse", lessons(tmp_path), "--store", store)
    before = (store / "CURRENT").read_text()
    found = json.loads(narvaro("analyse", "--store", store, *asked).stdout)
    assert {each["pupil_id"]: each["offered_min"] for each in found["measures"]} == {"e1": 4500, "e2": 4500}
    assert (store / "CURRENT").read_text() == before


def test_pupil_lists_give_names_and_unmatched_rows(tmp_path: Path) -> None:
    out = tmp_path / "out"
    pupils = tmp_path / "pupils.csv"
    pupils.write_text(
        "elev_id;fornamn;efternamn;skolform;arskurs;klass;skolenhetskod;skyddad;fran;till\n"
        "e2;Elsa;Påhittad;GR;7;7A;10000001;nej;2025-08-19;\n",
        encoding="utf-8",
    )
    assert narvaro("analyse", lessons(tmp_path), "--pupils", pupils, "--out", out).returncode == 0
    assert "Elsa Påhittad" in (out / "report.html").read_text(encoding="utf-8")
    report = json.loads((out / "import-report.json").read_text(encoding="utf-8"))
    assert (report["accepted"], report["rejected"]) == (100, 100)
    assert {found["code"] for found in report["rejected_rows"]} == {"unknown_pupil"}


def test_a_rule_is_tried_on_history(tmp_path: Path) -> None:
    done = narvaro("try-rule", lessons(tmp_path), "--rule", "total_rate(last_20) >= 0.15", "--format", "json")
    found = json.loads(done.stdout)
    assert (found["pupils"], found["flagged"], found["reached_30"], found["flagged_never_15"]) == (2, 1, 1, 0)
    weeks = {each["week"]: (each["pupils"], each["flagged"], each["new"]) for each in found["weeks"]}
    assert weeks == {"2026-W10": (2, 0, 0), "2026-W11": (2, 0, 0), "2026-W12": (2, 0, 0), "2026-W13": (2, 1, 1)}
    assert "1" in narvaro("try-rule", lessons(tmp_path), "--rule", "current_spell(last_20) >= 3").stdout


def test_period_sums_give_rates_and_say_what_they_cannot(tmp_path: Path) -> None:
    path, out = tmp_path / "sums.csv", tmp_path / "out"
    path.write_text(
        "elev_id;skolenhetskod;arskurs;klass;fran;till;erbjuden_min;rapporterad_min;narvaro_min;giltig_min;ogiltig_min\n"
        "e1;10000001;7;7A;2025-08-19;2025-12-19;20000;20000;19000;1000;0\n"
        "e2;10000001;7;7A;2025-08-19;2025-12-19;20000;19000;12000;4000;3000\n",
        encoding="utf-8",
    )
    done = narvaro("analyse", path, "--out", out)
    assert (done.returncode, done.stderr) == (0, "")
    with (out / "measures.csv").open(encoding="utf-8", newline="") as file:
        measures = {found["pupil_id"]: found for found in csv.DictReader(file)}
    assert (measures["e2"]["total_rate"], measures["e2"]["coverage"]) == ("0.368421", "0.950000")
    assert measures["e2"]["total_rate_last_20"] == ""
    raised = json.loads((out / "warnings.json").read_text(encoding="utf-8"))
    assert {found["pupil_id"] for found in raised} == {"e2"}
    assert narvaro("try-rule", path, "--rule", "total_rate(last_20) >= 0.15").returncode == 3


def test_measures_are_listed_and_explained() -> None:
    assert {"pupil_summary", "total_rate"} <= set(narvaro("measures", "--list").stdout.split())
    assert "rapporterade minuter" in narvaro("measures", "--explain", "total_rate").stdout
    assert "select" in narvaro("measures", "--explain", "pupil_summary").stdout


def test_demo_is_deterministic_and_feeds_analyse(tmp_path: Path) -> None:
    for name in ("one", "two"):
        made = narvaro("demo", "--pupils", 60, "--seed", 3, "--school-year", 2025, "--out", tmp_path / name)
        assert made.returncode == 0
    assert (tmp_path / "one/lessons.csv").read_bytes() == (tmp_path / "two/lessons.csv").read_bytes()
    folder = tmp_path / "one"
    done = narvaro(
        "analyse", folder / "lessons.csv", "--pupils", folder / "pupils.csv", "--units", folder / "units.csv"
    )
    assert done.returncode == 0
    assert "Strandskolan" in done.stdout
