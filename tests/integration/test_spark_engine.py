"""``--engine``: the same files come out whoever computes, and a server that cannot do it is told in a sentence."""

import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from narvaro.cli.main import app
from narvaro.facts.errors import EngineUnusable
from narvaro.facts.spark_engine import SparkEngine
from narvaro.facts.store import Store
from narvaro.facts.tables import register_tables
from tests.lesson_files import import_files, row, write

HEADER = "elev_id;skolenhetskod;fran;till;erbjuden_min;narvaro_min;giltig_min;ogiltig_min\n"


@pytest.fixture(params=["sail", "spark"])
def server(request: pytest.FixtureRequest) -> str:
    address: str = request.getfixturevalue(request.param)
    return address


@pytest.fixture
def engine(server: str) -> Iterator[SparkEngine]:
    with closing(SparkEngine(server)) as opened:
        yield opened


def narvaro(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def lessons(folder: Path) -> Path:
    """Two months, and a folder whose name no address could hold as it is."""
    days = [f"2026-{month:02d}-{day:02d}" for month in (2, 3) for day in range(2, 14)]
    absent = {"narvarominuter": 0, "giltig_min": 60}
    return write(folder / "år 1", *(row(elev_id=who, datum=day, **absent) for who in "ab" for day in days))


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_analyse_gives_the_same_files(tmp_path: Path, server: str) -> None:
    asked = ("analyse", lessons(tmp_path), "--store", tmp_path / "år 1/store")
    here = narvaro(*asked, "--out", tmp_path / "here")
    there = narvaro(*asked, "--out", tmp_path / "there", "--engine", server)
    assert (here.exit_code, there.exit_code, there.stderr) == (0, 0, "")
    found = written(tmp_path / "there")
    assert len(found["warnings.json"]) > 1000
    # The second run finds the lessons in the store already; what is computed from them is the same.
    for name in ("measures.csv", "warnings.json"):
        assert found[name] == written(tmp_path / "here")[name]


def test_a_rule_is_tried_there(tmp_path: Path, server: str) -> None:
    asked = ("try-rule", lessons(tmp_path), "--rule", "total_rate(last_10) >= 0.15", "--format", "json")
    here, there = narvaro(*asked), narvaro(*asked, "--store", tmp_path / "store", "--engine", server)
    assert here.stdout == there.stdout
    assert '"flagged": 2' in there.stdout


def test_period_sums_are_summed_there(tmp_path: Path, server: str) -> None:
    path = tmp_path / "sums.csv"
    path.write_text(f"{HEADER}b;1;2025-08-19;2025-12-19;9000;6000;3000;0\na;1;2025-08-19;2025-12-19;9000;9000;0;0\n")
    asked = ("analyse", path, "--format", "json")
    here, there = narvaro(*asked), narvaro(*asked, "--store", tmp_path / "store", "--engine", server)
    assert here.stdout == there.stdout
    assert '"total_rate":0.333333' in there.stdout


def test_a_file_that_the_server_lacks_is_noticed(tmp_path: Path, engine: SparkEngine) -> None:
    """Sail leaves it out without a word: the numbers would be too small."""
    imported = import_files(tmp_path / "store", lessons(tmp_path)).manifest
    gone = imported.of("facts")[0]
    (tmp_path / "store" / gone.path).unlink()
    with pytest.raises(EngineUnusable, match="the same path"):
        register_tables(engine, imported, tmp_path / "store")
    whole = replace(imported, files=tuple(file for file in imported.files if file != gone))
    register_tables(engine, whole, tmp_path / "store")


def test_an_empty_table_has_its_columns(tmp_path: Path, engine: SparkEngine) -> None:
    register_tables(engine, Store(tmp_path).current(), tmp_path)
    assert engine.query("select count(*), sum(valid_min), max(subject) from facts") == [(0, None, None)]


def test_errors_hold_no_value_of_a_row(engine: SparkEngine, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(EngineUnusable) as raised:
        engine.query("select cast('Alva Ek' as integer)")
    assert "Alva" in str(raised.value.__cause__)  # the server did say it
    assert "Alva" not in raised.value.message.say("sv")
    assert "Alva" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1", "no address"),
        ("sc://127.0.0.1:x", "no address"),
        ("sc://example.org/;token", "no address"),
        ("sc://example.org", "in the clear"),
        ("sc://example.org/;use_ssl=false", "in the clear"),
    ],
)
def test_addresses_that_are_refused(address: str, said: str) -> None:
    with pytest.raises(EngineUnusable, match=said):
        SparkEngine(address)


def test_nobody_answers(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    asked = ("analyse", lessons(tmp_path), "--lang", "en", "--engine", f"sc://127.0.0.1:{free}/;token=s3cret")
    refused = narvaro(*asked, "--store", tmp_path / "store")
    assert (refused.exit_code, "No Spark server answers" in refused.stderr) == (3, True)
    assert "s3cret" not in refused.stderr
    assert not (tmp_path / "store").exists()  # told before anything was imported


def test_a_store_is_needed(tmp_path: Path) -> None:
    refused = narvaro("analyse", lessons(tmp_path), "--engine", "sc://127.0.0.1", "--lang", "en")
    assert (refused.exit_code, "--store" in refused.stderr) == (2, True)
