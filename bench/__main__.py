"""``make bench``: contenders on one municipality-year, the product's budgets, and how cost grows with the data."""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.budgets import Measured, budgets
from bench.contenders import CONTENDERS
from bench.page import page
from bench.web import web
from narvaro.demo.generator import generate

PUPILS = 12_000


def main() -> None:
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="narvaro-bench-", dir=asked.folder) as folder:
        work = Path(folder)
        csv = _municipality(work, asked.pupils)
        runs = {name: _run(name, csv, work / "run") for name in CONTENDERS if name in asked.contenders}
        own = _budgets(csv, work)
        served = web(work, asked.pupils)
        print(served, file=sys.stderr)
        scale = [_scaled(times, csv, work) for times in asked.scale]
    told = page(csv_rows=own[0], machine=_machine(), runs=runs, budgets=[*own[1], *served.budgets], scale=scale)
    print(told)
    if asked.write:
        Path(asked.write).write_text(told, encoding="utf-8")


def _municipality(work: Path, pupils: int) -> Path:
    made = generate(pupils=pupils, seed=1, school_year=2025, out=work / "demo")
    print(f"{made.lesson_rows} lessons, {made.lessons.stat().st_size / 1e6:.0f} MB", file=sys.stderr)
    return made.lessons


def _run(name: str, csv: Path, folder: Path) -> dict[str, object]:
    command = [sys.executable, "-m", "bench.contenders", name, str(csv), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    print(f"{name}: {found}", file=sys.stderr)
    return found


def _budgets(csv: Path, work: Path) -> tuple[int, list[Measured]]:
    _run("narvaro", csv, work / "own")
    with csv.open("rb") as file:
        rows = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 24), b"")) - 1
    found = budgets(work / "own" / "store", csv, work)
    print(found, file=sys.stderr)
    return rows, found


def _scaled(times: float, csv: Path, work: Path) -> dict[str, object]:
    """A municipality so many times as large; above one, pupils are repeated under new ids."""
    target = work / "scaled.csv"
    _repeat(csv, target, times)
    try:
        found = _run("narvaro", target, work / "scaled")
    finally:
        target.unlink()
    return {"times": times, **found}


def _repeat(csv: Path, target: Path, times: float) -> None:
    import duckdb

    parts = max(round(times), 1)
    connection = duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(target.with_suffix(".spill"))})
    chosen = "" if times >= 1 else f"where md5_number_lower(elev_id) % 1000 < {round(times * 1000)}"
    connection.execute(
        f"""copy (select 'm' || part || '-' || elev_id as elev_id, part || skolenhetskod as skolenhetskod, * exclude
        (elev_id, skolenhetskod, part)
        from read_csv('{csv}', delim=';', header=true, all_varchar=true), range(1, {parts + 1}) m(part) {chosen}
        ) to '{target}' (format csv, delimiter ';', header true)"""
    )


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    today = datetime.now(UTC).date()
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, {today}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--pupils", type=int, default=PUPILS)
    parser.add_argument("--contenders", nargs="*", default=list(CONTENDERS))
    parser.add_argument("--scale", nargs="*", type=float, default=[0.1, 1, 10])
    parser.add_argument("--folder", default=None, help="where the temporary files may lie (30 GB at scale 10)")
    parser.add_argument("--write", default=None, help="also write the page to this file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
