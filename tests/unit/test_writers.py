"""The files of an analysis: their exact form, and that they appear whole or not at all."""

import csv
import errno
import io
import json
import os
import signal
import stat
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from narvaro.language import Message
from narvaro.report import staging
from narvaro.report.files import MEASURE_COLUMNS, write_all, write_measures
from narvaro.report.model import Analysis, ImportReport, Reject
from narvaro.report.records import analysis_json
from narvaro.report.rejects import RejectTally, write_import_report
from narvaro.report.staging import OutputNotWritten, write_together
from narvaro.ui.spreadsheet_safety import restored
from tests.unit.report_world import SOURCES, import_report, rejects, world

HEADER = (
    "pupil_id,school_unit_id,offered_min,reported_min,coverage,valid_min,invalid_min,total_rate,valid_rate,invalid_rate,"
    "total_rate_last_20,trend_points,longest_spell,current_spell,occasions,late_count,band"
)
NAMES = {"import-report.json", "measures.csv", "warnings.json", "report.html"}


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return world()


@pytest.fixture(scope="module")
def out(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out") / "made" / "here"
    write_all(analysis, import_report(), folder, "en")
    return folder


def measures(analysis: Analysis) -> list[dict[str, str]]:
    file = io.StringIO()
    write_measures(file, analysis)
    return list(csv.DictReader(io.StringIO(file.getvalue(), newline="")))


def with_ids(analysis: Analysis, *ids: str) -> Analysis:
    rows = (
        replace(row, summary=replace(row.summary, pupil_id=id_)) for row, id_ in zip(analysis.pupils, ids, strict=False)
    )
    return replace(analysis, pupils=tuple(rows))


# measures.csv


def test_measures_header_and_form(out: Path, analysis: Analysis) -> None:
    raw = (out / "measures.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    lines = raw.decode("utf-8").splitlines()
    assert lines[0] == HEADER == ",".join(MEASURE_COLUMNS)
    assert len(lines) == len(analysis.pupils) + 1
    ids = [line.split(",")[0] for line in lines[1:]]
    assert ids == sorted(ids)


def test_measures_of_one_pupil(analysis: Analysis) -> None:
    summary = analysis.pupils[0].summary
    row = measures(analysis)[0]
    assert row["pupil_id"] == summary.pupil_id
    assert int(row["offered_min"]) == summary.minutes.offered
    assert int(row["reported_min"]) == summary.minutes.reported
    assert row["coverage"] == f"{summary.minutes.reported / summary.minutes.offered:.6f}"
    assert row["total_rate"] == f"{summary.minutes.absent / summary.minutes.reported:.6f}"
    points = summary.trend_points
    assert points is not None
    assert row["trend_points"] == f"{float(points):.4f}"
    assert row["band"] == "30-50"


def test_what_can_not_be_calculated_is_empty(analysis: Analysis) -> None:
    rows = [row for row in measures(analysis) if row["coverage"] and float(row["coverage"]) < 0.8]
    assert len(rows) == 1
    for column in ("total_rate", "valid_rate", "invalid_rate", "band"):
        assert rows[0][column] == ""
    assert rows[0]["offered_min"] != ""


def test_period_sums_have_rates_but_no_windows() -> None:
    shown = measures(world(grain="period"))[0]
    assert (shown["total_rate_last_20"], shown["trend_points"]) == ("", "")
    assert shown["total_rate"] != ""


def test_nobody_at_all_is_only_a_header() -> None:
    assert measures(world(cast=())) == []


def test_ids_are_neutralised_and_numbers_are_not(analysis: Analysis) -> None:
    hostile = with_ids(analysis, "=cmd|' /C calc'!A0", "-7", 'a,"b"\nc')
    rows = measures(hostile)
    cells = {row["pupil_id"] for row in rows}
    assert cells == {"'=cmd|' /C calc'!A0", "'-7", 'a,"b"\nc'}
    assert {restored(cell) for cell in cells} == {"=cmd|' /C calc'!A0", "-7", 'a,"b"\nc'}
    assert any(row["trend_points"].startswith("-") for row in measures(analysis))


def test_protected_pupils_have_no_school_in_any_file(out: Path, analysis: Analysis) -> None:
    protected = {row.summary.pupil_id for row in analysis.pupils if row.protected}
    assert len(protected) == 2
    rows = {row["pupil_id"]: row for row in csv.DictReader(io.StringIO((out / "measures.csv").read_text("utf-8")))}
    assert {rows[id_]["school_unit_id"] for id_ in protected} == {""}
    warnings = [w for w in json.loads((out / "warnings.json").read_text()) if w["pupil_id"] in protected]
    assert warnings
    assert {w["school_unit_id"] for w in warnings} == {None}
    lessons = [lesson for warning in warnings for lesson in warning["evidence"]]
    assert lessons
    assert {(lesson["subject"], lesson["lesson_id"]) for lesson in lessons} == {(None, None)}


def test_no_name_leaves_the_report(out: Path) -> None:
    """Names are for the page people asked for; measures and warnings go on to other programs."""
    assert "Alva Bergqvist" in (out / "report.html").read_text()
    for name in ("measures.csv", "warnings.json", "import-report.json"):
        assert "Alva" not in (out / name).read_text()


# warnings.json


def test_warnings_have_every_field(out: Path, analysis: Analysis) -> None:
    text = (out / "warnings.json").read_text("utf-8")
    listed = json.loads(text)
    assert len(listed) == sum(len(row.warnings) for row in analysis.pupils)
    assert list(listed[0]) == [
        *("pupil_id", "school_unit_id", "rule", "plan", "plan_version", "step", "measure", "window"),
        *("window_start", "window_end", "value", "limit", "coverage", "evidence"),
    ]
    one = next(w for w in listed if w["rule"] == "T3-rad")
    assert one | {"evidence": [], "coverage": 0} == {
        "pupil_id": "p00004",
        "school_unit_id": "strand",
        "rule": "T3-rad",
        "plan": "tyreso_default",
        "plan_version": "2019",
        "step": 3,
        "measure": "current_spell",
        "window": "last_20",
        "window_start": "2026-10-19",
        "window_end": "2026-11-20",
        "value": 12,
        "limit": 10,
        "coverage": 0,
        "evidence": [],
    }
    assert one["evidence"][0] == {
        "date": one["evidence"][0]["date"],
        "start": "08:20",
        "subject": "Matematik",
        "lesson_id": one["evidence"][0]["lesson_id"],
        "valid_min": 60,
        "invalid_min": 0,
    }


def test_warnings_are_in_a_stable_order(analysis: Analysis, out: Path, tmp_path: Path) -> None:
    turned = replace(
        analysis,
        pupils=tuple(replace(row, warnings=row.warnings[::-1]) for row in reversed(analysis.pupils)),
    )
    write_all(turned, import_report(), tmp_path, "en")
    for name in ("warnings.json", "measures.csv"):
        assert (tmp_path / name).read_bytes() == (out / name).read_bytes()


def test_no_warnings_is_an_empty_list(tmp_path: Path) -> None:
    write_all(world(cast=()), import_report(), tmp_path)
    assert json.loads((tmp_path / "warnings.json").read_text()) == []


def test_json_for_standard_output_is_the_files_content(analysis: Analysis, out: Path) -> None:
    whole = json.loads(analysis_json(analysis))
    assert whole["warnings"] == json.loads((out / "warnings.json").read_text())
    assert [row["pupil_id"] for row in whole["measures"]] == [row["pupil_id"] for row in measures(analysis)]
    assert list(whole["measures"][0]) == list(MEASURE_COLUMNS)
    assert (whole["as_of"], whole["plan_version"], whole["grain"]) == ("2026-11-20", "2019", "lesson")
    minutes = whole["minutes"]
    parts = ("present_min", "valid_min", "invalid_min", "unknown_min")
    assert sum(minutes[part] for part in parts) == minutes["offered_min"]
    assert analysis_json(analysis).isascii() is False  # Swedish letters stay letters


def test_measures_as_json_have_numbers_or_null(analysis: Analysis) -> None:
    rows = json.loads(analysis_json(analysis))["measures"]
    by_id = {row["pupil_id"]: row for row in measures(analysis)}
    for row in rows:
        for column in ("total_rate", "trend_points", "coverage"):
            cell = by_id[row["pupil_id"]][column]
            assert row[column] == (float(cell) if cell else None)


# import-report.json


def test_import_report_lists_every_row(out: Path) -> None:
    report = json.loads((out / "import-report.json").read_text("utf-8"))
    assert list(report) == [
        *("read", "accepted", "rejected", "duplicates", "corrected", "sources", "rejected_rows", "notes_sv", "notes_en")
    ]
    assert report["read"] == report["accepted"] + report["rejected"] + report["duplicates"]
    assert len(report["rejected_rows"]) == report["rejected"] == 203
    assert list(report["rejected_rows"][0]) == ["source", "line", "column", "code", "reason_sv", "reason_en"]
    assert report["rejected_rows"][0]["reason_en"] == "Bad date."
    assert report["sources"][0]["sha256"] == "9f2c" * 16
    assert report["sources"][0]["notes_en"] == ["The file is read as Windows-1252."]
    assert report["notes_en"] == ["3 pupils had no name."]


def test_import_report_without_rejects(tmp_path: Path, analysis: Analysis) -> None:
    write_all(analysis, ImportReport.of(()), tmp_path)
    assert json.loads((tmp_path / "import-report.json").read_text())["rejected_rows"] == []


def test_many_rejects_are_not_held(tmp_path: Path) -> None:
    source = replace(SOURCES[1], read=100_000, accepted=0, rejected=100_000)
    reason = Message.of("Bad date.")
    many = (Reject(source="a.csv", line=n, column=None, reason=reason, code="date") for n in range(100_000))
    report = ImportReport.of([source], rejects=many)
    tracemalloc.start()
    with (tmp_path / "x.json").open("w", encoding="utf-8") as file:
        write_import_report(file, report, RejectTally().passing(report.rejects))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (tmp_path / "x.json").stat().st_size > 5_000_000
    assert peak < 1_000_000


def test_a_count_that_differs_from_the_list_is_refused(tmp_path: Path, analysis: Analysis) -> None:
    short = replace(import_report(), rejects=list(rejects())[:-1])
    with pytest.raises(ValueError, match="203 rows were counted as rejected, 202 were listed"):
        write_all(analysis, short, tmp_path)
    assert list(tmp_path.iterdir()) == []


# whole or not at all


def test_all_four_and_nothing_else(out: Path) -> None:
    assert {path.name for path in out.iterdir()} == NAMES
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}


def test_paths_are_returned(tmp_path: Path, analysis: Analysis) -> None:
    paths = write_all(analysis, import_report(), tmp_path)
    assert {path.name for path in paths} == NAMES
    assert paths[-1].name == "report.html"


def failing_rejects() -> Iterator[Reject]:
    yield from list(rejects())[:50]
    raise RuntimeError("lost the reader")


def test_a_failure_midway_leaves_the_old_files(tmp_path: Path, analysis: Analysis) -> None:
    write_all(analysis, import_report(), tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(RuntimeError, match="lost the reader"):
        write_all(world(cast=()), replace(import_report(), rejects=failing_rejects()), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_full_disk_is_told_and_leaves_nothing(
    tmp_path: Path, analysis: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(staging.os, "fsync", full)
    with pytest.raises(OutputNotWritten, match="No space left on device"):
        write_all(analysis, import_report(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_way_is_found_before_anything_is_renamed(tmp_path: Path, analysis: Analysis) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(OutputNotWritten, match="is a folder"):
        write_all(analysis, import_report(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_file_where_the_folder_should_be(tmp_path: Path, analysis: Analysis) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputNotWritten, match="could not be written"):
        write_all(analysis, import_report(), tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path) -> None:
    def nested(_file: object) -> None:
        write_together(tmp_path, {"b.txt": lambda file: None})

    with pytest.raises(OutputNotWritten, match="Another run"):
        write_together(tmp_path, {"a.txt": nested})
    assert list(tmp_path.iterdir()) == []
    write_together(tmp_path, {"a.txt": lambda file: None})
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


CHILD = """
import sys, time
from pathlib import Path
from narvaro.report.staging import write_together

def hang(file):
    file.write("half of it")
    file.flush()
    print("writing", flush=True)
    time.sleep(60)

write_together(Path(sys.argv[1]), {"a.txt": lambda file: file.write("new"), "b.txt": hang})
"""


def test_a_killed_run_leaves_the_old_files_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    write_together(tmp_path, {name: lambda file: file.write("old") and None for name in ("a.txt", "b.txt")})
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"writing\n"
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    assert {(tmp_path / name).read_text() for name in ("a.txt", "b.txt")} == {"old"}
    assert len(list(tmp_path.iterdir())) == 4  # two whole old files, two hidden pieces
    write_together(tmp_path, {"a.txt": lambda file: file.write("newer") and None})
    assert {path.name for path in tmp_path.iterdir()} == {"a.txt", "b.txt"}


def test_half_a_character_does_not_lose_the_run(tmp_path: Path, analysis: Analysis) -> None:
    write_all(with_ids(analysis, "p\ud800"), import_report(), tmp_path)
    assert "p\\ud800" in (tmp_path / "measures.csv").read_text("utf-8")
    assert "p⟨U+D800⟩" in (tmp_path / "report.html").read_text("utf-8")


def test_a_source_name_with_a_turned_reading_order_is_escaped_in_json(out: Path) -> None:
    text = (out / "import-report.json").read_text("utf-8")
    assert "\u202e" not in text
    assert json.loads(text)["sources"][0]["name"] == SOURCES[0].name
