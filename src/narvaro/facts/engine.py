"""Running SQL text over Parquet files. DuckDB here; any engine that can ``register`` and ``query`` will do (ADR
0005)."""

import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import duckdb

Row = tuple[Any, ...]
_WIDE = "HUGEINT"


class Engine(Protocol):
    """Named tables over Parquet files, and portable SQL text over them."""

    def register(self, name: str, paths: Sequence[Path], columns: Mapping[str, str]) -> None:
        """Make the files one table; without files an empty table with these columns (name -> SQL type)."""

    def query(self, sql: str, *, summed: bool = True) -> list[Row]:
        """May be asked from several threads at a time. ``summed``: False says that no column is a sum."""

    def close(self) -> None: ...


class DuckDBEngine(AbstractContextManager["DuckDBEngine"]):
    """An in-memory DuckDB that may read the given folders and nothing else."""

    def __init__(
        self,
        *,
        folders: Sequence[Path],
        memory: str = "1GB",
        threads: int | None = None,
        spill: Path | None = None,
        writing: bool = False,
    ) -> None:
        """``writing``: the same rows give the same Parquet file, byte for byte, however they came to be."""
        settings = _settings(memory, threads)
        if writing:  # else what statistics happen to know of nulls decides the type of a column in the file
            settings["disabled_optimizers"] = "statistics_propagation"
        self.connection = duckdb.connect(config=settings)
        self.connection.execute("set parquet_metadata_cache = true")  # a file of the store never changes
        self._confine(folders, spill)

    def register(self, name: str, paths: Sequence[Path], columns: Mapping[str, str]) -> None:
        self.connection.execute(f"create or replace view {name} as {_source(paths, columns)}")

    def query(self, sql: str, *, summed: bool = True) -> list[Row]:
        """DuckDB sums to 128 bits, which Python takes ten times as long to read; no sum of ours needs more than 64.
        To know the columns before it runs takes as long as to plan it."""
        with self.connection.cursor() as cursor:
            if not summed:
                return cursor.execute(sql).fetchall()
            found = cursor.sql(sql)
            kinds = [str(kind) for kind in found.types]
            if _WIDE not in kinds:
                return found.fetchall()
            columns = zip(found.columns, kinds, strict=True)
            return found.project(", ".join(_narrowed(name, kind) for name, kind in columns)).fetchall()

    def close(self) -> None:
        self.connection.close()

    def _confine(self, folders: Sequence[Path], spill: Path | None) -> None:
        """The order matters: once external access is off, nothing of this can be changed again."""
        allowed = ", ".join(quoted(f"{folder.resolve()}/") for folder in folders)
        self.connection.execute(f"set temp_directory = {quoted(spill or '')}")
        self.connection.execute(f"set allowed_directories = [{allowed}]")
        self.connection.execute("set enable_external_access = false")
        self.connection.execute("set lock_configuration = true")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def quoted(value: str | Path) -> str:
    """A text literal in SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def _narrowed(name: str, kind: str) -> str:
    return f'cast("{name}" as bigint) as "{name}"' if kind == _WIDE else f'"{name}"'


def _source(paths: Sequence[Path], columns: Mapping[str, str]) -> str:
    if paths:
        files = ", ".join(quoted(path) for path in paths)
        return f"select * from read_parquet([{files}])"
    empty = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in columns.items())
    return f"select {empty} where false"


def _settings(memory: str, threads: int | None) -> dict[str, Any]:
    return {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": memory,
        "threads": str(threads or cores()),
    }
