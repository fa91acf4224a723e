"""One text for every engine (ADR 0005): the measures, rules and trials give the same rows on DuckDB, on SQLite, and by
Spark Connect on Sail and on Spark itself, where it is at hand. And the texts keep to a small part of SQL.

The four are unrelated to each other; the product runs on them unchanged, as its ``Engine``.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from narvaro.domain.rules import parse_rule
from narvaro.facts.engine import DuckDBEngine, Engine, Row
from narvaro.facts.measures import Snapshot
from narvaro.facts.rules_sql import as_of_query, history_query
from narvaro.facts.schema import PERIODS
from narvaro.facts.spark_engine import SparkEngine
from narvaro.facts.sql_text import SqlText
from narvaro.facts.store import Store
from narvaro.facts.tables import TABLES
from tests.reference.numbers import Question
from tests.reference.rules import MEASURES
from tests.reference.shapes import OCCASIONS
from tests.reference.worlds import KINDS, STARTS, World, make_rule, world_rows
from tests.spec.engine import asked, differences, imported, numbers_of

WINDOWS = ("last_20", "last_5", "previous_10", "term", "school_year", "month", "period")
FIRST_DAY, AS_OF = 20500, 20560
PERIOD_ROWS = (
    (1, "e1", "Alva Ek", "10000001", "7", "7A", 20454, 20500, 3000, 2400, 300, 100, 3),
    (1, "e1", None, "10000002", None, None, 20501, 20550, 2000, 1900, 0, 100, None),
    (2, "e2", "Bo Ek", "10000001", "8", "8B", 20454, 20500, 3000, 0, 0, 0, 0),
    (3, "e3", None, "10000002", None, None, 20600, 20650, 100, 100, 0, 0, None),
)
Tables = dict[str, tuple[list[Path], Mapping[str, str]]]


class SQLiteEngine:
    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")

    def register(self, name: str, paths: Sequence[Path], columns: Mapping[str, str]) -> None:
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        with DuckDBEngine(folders=[path.parent for path in paths]) as files:
            files.register(name, paths, columns)
            rows = files.query(f"select {names} from {name}")
        self.connection.execute(f"create table {name} ({names})")
        self.connection.executemany(f"insert into {name} values ({marks})", rows)

    def query(self, sql: str) -> list[Row]:
        return self.connection.execute(sql).fetchall()

    def close(self) -> None:
        self.connection.close()


@dataclass
class Listening:
    """Passes everything on, and keeps the texts."""

    engine: Engine
    texts: list[str] = field(default_factory=list)

    def register(self, name: str, paths: Sequence[Path], columns: Mapping[str, str]) -> None:
        self.engine.register(name, paths, columns)

    def query(self, sql: str) -> list[Row]:
        self.texts.append(sql)
        return self.engine.query(sql)

    def close(self) -> None:
        self.engine.close()


# A small town


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A pupil of every kind, all over the winter, some of them with untidy registers; moves, holidays, two terms."""
    lessons = []
    for number in range(4 * len(KINDS)):
        random = Random(number)
        world = World(number, 1, 3, random.randint(3, 70), STARTS[2 + number % 3], True, number % 3 > 0, 99, 0, "spell")
        lessons += [replace(lesson, pupil_id=f"elev-{number}") for lesson in world_rows(world)]
    return imported(tmp_path_factory.mktemp("portable"), lessons)


@pytest.fixture(scope="module")
def tables(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    manifest, root = store.current(), store.root
    periods = tmp_path_factory.mktemp("periods") / "periods.parquet"
    with DuckDBEngine(folders=[periods.parent]) as engine:
        columns = ", ".join(f"{name} {kind}" for name, kind in PERIODS.items())
        engine.connection.execute(f"create table periods ({columns})")
        engine.connection.executemany(f"insert into periods values ({', '.join('?' * len(PERIODS))})", PERIOD_ROWS)
        engine.connection.execute(f"copy periods to '{periods}'")
    stored = {name: (manifest.paths(kind, root), columns) for name, (kind, columns) in TABLES.items()}
    return {**stored, "periods": ([periods], PERIODS)}


def with_tables(engine: Engine, tables: Tables) -> Engine:
    for name, (paths, columns) in tables.items():
        engine.register(name, paths, columns)
    return engine


@pytest.fixture(scope="module")
def duckdb(tables: Tables) -> Iterator[Engine]:
    with DuckDBEngine(folders=[path.parent for paths, _columns in tables.values() for path in paths]) as engine:
        yield with_tables(engine, tables)


@pytest.fixture(scope="module", params=["sqlite", "sail", "spark"])
def other(request: pytest.FixtureRequest, tables: Tables) -> Iterator[Engine]:
    if request.param == "sqlite":
        engine: Engine = SQLiteEngine()
    else:
        engine = SparkEngine(request.getfixturevalue(request.param))
    yield with_tables(engine, tables)
    engine.close()


# Equal results


def numbers() -> dict[str, int]:
    calendar = {"as_of_term": 4051, "as_of_year": 2025, "as_of_month": 24315}
    calendar |= {"first_whole_month": 24314, "last_whole_month": 24314}
    return {"as_of": AS_OF, "first_day": FIRST_DAY, "pupil_no": 3, **calendar}


def rows_of(engine: Engine, sql: str) -> list[str]:
    """Written out, so that 1 and 1.0 differ."""
    return sorted(map(repr, engine.query(sql)))


@pytest.mark.parametrize("name", SqlText.names())
def test_measures(name: str, duckdb: Engine, other: Engine) -> None:
    sql = SqlText.load(name).filled(**numbers())
    expected = rows_of(duckdb, sql)
    assert len(expected) > 1
    assert rows_of(other, sql) == expected


def rules_about(window: str) -> list[str]:
    trend = f"trend_points({window if window.startswith('last') else 'last_10'}) >= -100"
    return [trend, *(f"{measure}({window}) >= 0" for measure in MEASURES if measure != "trend_points")]


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("query", [as_of_query, history_query])
def test_rules(window: str, query: Any, duckdb: Engine, other: Engine) -> None:
    occasion = OCCASIONS[WINDOWS.index(window) % len(OCCASIONS)]
    text = query([parse_rule(rule) for rule in rules_about(window)], occasion=occasion).sql
    sql = SqlText("", "", "", "", "", "", text).filled(**numbers())
    expected = rows_of(duckdb, sql)
    assert len(expected) > 1
    assert rows_of(other, sql) == expected


def questions() -> list[Question]:
    """Rules as people write them, judged and tried."""
    random = Random(1)
    rules = [tuple(make_rule(random) for _ in range(6)) for _ in OCCASIONS]
    return [
        Question(occasion=occasion, rules=some, tries=some[:3]) for occasion, some in zip(OCCASIONS, rules, strict=True)
    ]


@pytest.mark.parametrize("question", questions(), ids=OCCASIONS)
def test_the_product_on_another_engine(question: Question, store: Store, other: Engine) -> None:
    """Everything that comes out: summaries, weeks, profiles, warnings with their evidence, trials."""
    with asked(store, question) as snapshot:
        expected = numbers_of(snapshot, question)
        assert any(expected.warnings.values())
        own, snapshot.engine = snapshot.engine, other
        found = differences(numbers_of(snapshot, question), expected)
        snapshot.engine = own
    assert found == [], "\n".join(found)


# A small part of SQL

FUNCTIONS = {"cast", "coalesce", "count", "first_value", "lag", "lead", "max", "min", "nullif", "row_number", "sum"}
TYPES = {"integer", "bigint"}
# Words that a parenthesis may follow without being functions.
WORDS = {
    "and",
    "as",
    "between",
    "by",
    "case",
    "else",
    "from",
    "in",
    "join",
    "not",
    "on",
    "or",
    "over",
    "select",
    "then",
}
WORDS |= {"when", "where", "with"}
NOT_PORTABLE = re.compile(
    r"::|//|\|\||[\[\]{}\"`]|\b(?:(?:group|order)\s+by\s+all|qualify|exclude|filter|using|limit|ilike|"
    r"semi|anti|asof|lateral|unnest|pivot|interval|date|timestamp|time|extract|true|false)\b"
)
# The only division leaves no rest, so that whole and broken division are the same.
WHOLE_DIVISION = re.compile(r"% (\w+)\) / \1 as integer\)")


def not_portable(sql: str) -> list[str]:
    text = re.sub(r"'[^']*'", "''", re.sub(r"--[^\n]*", "", sql)).lower()
    called = set(re.findall(r"([a-z_]\w*)\s*\(", text)) - WORDS - FUNCTIONS
    names = set(re.findall(r"([a-z_]\w*)\s+as\s*\(", text))
    types = set(re.findall(r"\bas (\w+)\)", text)) - TYPES
    divisions = text.count("/") - len(WHOLE_DIVISION.findall(text))
    found = [f"function {name}" for name in sorted(called - names)]
    found += [f"type {name}" for name in sorted(types)]
    found += sorted({match[0].strip() for match in NOT_PORTABLE.finditer(text)})
    return [*found, "division"] if divisions else found


@pytest.mark.parametrize("name", SqlText.names())
def test_measures_keep_to_the_small_part(name: str) -> None:
    assert not_portable(SqlText.load(name).body) == []


def test_rules_keep_to_the_small_part() -> None:
    rules = [parse_rule(rule) for window in WINDOWS for rule in rules_about(window)]
    for occasion in OCCASIONS:
        assert not_portable(as_of_query(rules, occasion=occasion).sql) == []  # type: ignore[arg-type]
        assert not_portable(history_query(rules, occasion=occasion).sql) == []  # type: ignore[arg-type]


def test_whatever_a_snapshot_asks_keeps_to_the_small_part(store: Store) -> None:
    question = questions()[0]
    with Snapshot(store.root, store.current()) as snapshot:
        snapshot.engine = listening = Listening(snapshot.engine)
        numbers_of(snapshot, question)
    assert len(listening.texts) > 9
    assert [(fault, sql) for sql in listening.texts for fault in not_portable(sql)] == []


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("select isodow(day) from facts", "function isodow"),
        ("select date_trunc('week', day) from facts", "function date_trunc"),
        ("select a::int from facts", "::"),
        ("select a // 7 from facts", "//"),
        ("select a / 7 from facts", "division"),
        ("select cast((a - a % b) / c as integer) from facts", "division"),
        ("select cast(a as hugeint) from facts", "type hugeint"),
        ("select cast(a as double) from facts", "type double"),
        ("select count(*) filter (where a > 1) from facts", "filter"),
        ("select a from facts qualify row_number() over (order by a) = 1", "qualify"),
        ("select a, sum(b) from facts group by all", "group by all"),
        ("select * exclude (a) from facts", "exclude"),
        ("select a from facts where day >= date '2026-01-01'", "date"),
        ("select a from facts limit 3", "limit"),
        ('select "a" from facts', '"'),
        ("select [1, 2]", "["),
        ("select median(a) from facts", "function median"),
    ],
)
def test_what_is_not_portable_is_found(sql: str, fault: str) -> None:
    assert fault in not_portable(sql)


def test_comments_texts_and_whole_division_are_no_faults() -> None:
    sql = "-- median(a) :: 7 / 2\nwith x as (select cast((a - a % b) / b as integer) as c from facts where d = '::')"
    assert not_portable(f"{sql}\nselect sum(c) from x union all select 1 from x") == []
