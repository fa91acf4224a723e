"""DuckDB is locked in: it reads the folders it was given, fetches nothing, and cannot be talked out of it."""

from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest

from narvaro.facts.engine import DuckDBEngine, quoted
from narvaro.facts.manifest import EMPTY, DataFile, Manifest
from narvaro.facts.measures import room


@pytest.fixture
def folders(tmp_path):
    for name in ("given", "other"):
        (tmp_path / name).mkdir()
        duckdb.sql("select 1 as n").write_parquet(str(tmp_path / name / "one.parquet"))
    return tmp_path / "given", tmp_path / "other"


@pytest.fixture
def engine(folders):
    with DuckDBEngine(folders=folders[:1]) as engine:
        yield engine


def test_only_the_given_folders_are_read(engine, folders):
    given, other = (folder / "one.parquet" for folder in folders)
    engine.register("fact", [given], {"n": "integer"})
    assert engine.query("select n from fact") == [(1,)]
    for path in (other, folders[0] / ".." / "other" / "one.parquet"):
        with pytest.raises(duckdb.PermissionException):
            engine.query(f"select n from read_parquet({quoted(path)})")


@pytest.mark.parametrize(
    "sql",
    [
        "set enable_external_access = true",
        "set allowed_directories = ['/']",
        "install httpfs",
        "load httpfs",
        "select * from read_parquet('https://example.org/a.parquet')",
        "attach '../other/a.duckdb' as a",
    ],
)
def test_the_lock_cannot_be_opened_from_inside(engine, sql):
    with pytest.raises(duckdb.Error):
        engine.query(sql)
    assert engine.query("select 1") == [(1,)]


def test_nothing_is_fetched_by_itself(engine):
    settings = dict(
        engine.query("select name, value from duckdb_settings() where name like 'auto%known_extensions'"),
    )
    assert settings == {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def test_memory_and_threads_have_a_limit(folders):
    with DuckDBEngine(folders=folders[:1], memory="200MB", threads=1) as engine:
        settings = dict(
            engine.query("select name, value from duckdb_settings() where name in ('memory_limit', 'threads')")
        )
    assert settings == {"memory_limit": "190.7 MiB", "threads": "1"}


def test_two_questions_at_a_time_have_answers_of_their_own(engine, folders):
    engine.register("fact", [folders[0] / "one.parquet"], {"n": "integer"})
    asked = [f"select n * {number}, count(*) from fact, range(20000) group by n" for number in range(40)]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(engine.query, asked)) == [[(number, 20000)] for number in range(40)]


@pytest.mark.parametrize(("lessons", "limit"), [(0, "1000MB"), (12_800_000, "1000MB"), (128_000_000, "5120MB")])
def test_the_limit_of_memory_grows_with_the_lessons(lessons, limit):
    assert room(EMPTY) == "1000MB"
    assert (
        room(Manifest(1, (DataFile("facts", "a", lessons, 0, ""), DataFile("pupil_day", "b", 10**9, 0, "")))) == limit
    )
