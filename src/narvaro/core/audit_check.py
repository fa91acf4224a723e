"""``narvaro verify-audit``: the stand-alone verifier, pointed at the installed database or at an export of it."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dj_database_url
from django.conf import settings
from django.db import connection as installed
from django.db.utils import ConnectionHandler

from narvaro.audit_verifier import FIELDS, Finding, Report, verify_file
from narvaro.core.audit import time_text
from narvaro.core.checkpoints import FOLDER, PUBLIC
from narvaro.language import N_, Message

ENTRIES = f"select {', '.join((*FIELDS, 'prev', 'hash'))} from core_auditentry order by chain, seq, id"  # noqa: S608
HEADS = "select chain, seq, hash from core_audithead where seq > 0 order by chain"
CHECKPOINTS = "select chain, seq, hash, at, signature from core_auditcheckpoint order by chain, seq"
WORDS = {
    "altered": N_("{chain}: entry {first} is not what was written."),
    "removed": N_("{chain}: entries are missing from {first}."),
    "inserted": N_("{chain}: entry {first} was put in afterwards."),
    "cut": N_("{chain}: the end is missing, from entry {first}."),
    "made_anew": N_("{chain}: from entry {first} or later the chain was made anew; it is another than was signed."),
    "forged": N_("{chain}: the checkpoint at entry {first} has a wrong signature."),
    "clock": N_("{chain}: the clock went back at entry {first}."),
}


def words(finding: Finding) -> Message:
    return Message.of(WORDS[finding.kind], chain=finding.chain, first=finding.first)


def verify_audit(
    *,
    database: str | None = None,
    export: Path | None = None,
    checkpoints: Path | None = None,
    public_key: Path | None = None,
) -> Report:
    """Of the export, the database at the address, or the installed one; that one by the checkpoints and key in the
    data directory unless others are given."""
    if database is None and export is None and (settings.DATA / PUBLIC).exists():
        checkpoints, public_key = checkpoints or settings.DATA / FOLDER, public_key or settings.DATA / PUBLIC
    if (file := export or _sqlite_file(database)) is not None:
        return verify_file(file, checkpoints, public_key)
    with tempfile.TemporaryDirectory() as folder:
        export_audit(target := Path(folder) / "audit.jsonl", database=database)
        return verify_file(target, checkpoints, public_key)


def export_audit(target: Path, *, database: str | None = None) -> int:
    """Every chain of the database as a file that the verifier reads; how many entries."""
    written = 0
    with target.open("w", encoding="utf-8") as file, _connected(database) as connection:
        for head in _rows(connection, HEADS):
            file.write(json.dumps({"head": head}) + "\n")
        for row in _rows(connection, CHECKPOINTS):
            file.write(json.dumps({"checkpoint": {**row, "at": _utc(row["at"])}}) + "\n")
        for row in _rows(connection, ENTRIES):
            row.update(at=_utc(row["at"]), objects_seen=_parsed(row["objects_seen"]), details=_parsed(row["details"]))
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            written += 1
    return written


@contextmanager
def _connected(database: str | None) -> Iterator[Any]:
    if database is None:
        yield installed
        return
    connection = ConnectionHandler({"default": dj_database_url.parse(database)})["default"]
    try:
        yield connection
    finally:
        connection.close()


def _sqlite_file(database: str | None) -> Path | None:
    """None for PostgreSQL, and for a database in memory."""
    with _connected(database) as connection:
        path = Path(str(connection.settings_dict["NAME"]))
        return path if connection.vendor == "sqlite" and path.is_file() else None


def _rows(connection: Any, statement: str) -> Iterator[dict[str, Any]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        names = [column[0] for column in cursor.description]
        while chunk := cursor.fetchmany(2000):
            yield from (dict(zip(names, values, strict=True)) for values in chunk)


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _utc(at: datetime) -> str:
    return time_text(at if at.tzinfo else at.replace(tzinfo=UTC))
