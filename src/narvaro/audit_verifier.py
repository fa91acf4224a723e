"""Verifies Närvaro's audit chains, for an auditor who trusts neither the program nor those who run it.

Stands alone: this one file, Python 3.11, and for signatures the package ``cryptography``. It says 0 or 1 at exit.

    python audit_verifier.py narvaro.sqlite3 --checkpoints FOLDER --public-key audit.pub
    python audit_verifier.py export.jsonl --checkpoints FOLDER --public-key audit.pub

Each entry carries SHA-256 of the hash before it and of its own fields as JSON, so what is changed inside a chain shows
in the chain. That it was cut short or made anew shows against checkpoints: signed heads, best kept elsewhere.
"""

import argparse
import hashlib
import json
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FIELDS = (
    *("chain", "seq", "at", "user_id", "role", "membership_id", "action", "object_type", "objects_seen"),
    *("details", "decision", "request_id"),
)
START = "0" * 64
Row = dict[str, Any]
Signed = Callable[[Row], bool]
_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


@dataclass(frozen=True)
class Finding:
    """``kind``: altered, removed, inserted, clock (inside the chain); cut, made_anew (against head and checkpoints);
    forged (a checkpoint). ``first``: the first number that cannot be trusted."""

    kind: str
    chain: str
    first: int
    text: str


@dataclass
class Report:
    """``unsealed``: by chain, entries since its latest checkpoint. Who can write to the whole database can still remove
    those and set the head back, and nothing here would show it."""

    entries: int = 0
    findings: list[Finding] = field(default_factory=list)
    unsealed: dict[str, int] = field(default_factory=dict)
    signatures_checked: bool = False

    @property
    def intact(self) -> bool:
        return not self.findings


@dataclass
class Chain:
    """Where reading stands in one chain. Only the first finding of a kind is told: the others mostly follow from it."""

    name: str
    report: Report
    checkpoints: list[Row]
    seq: int = 0
    hash: str = START
    at: str = ""
    sealed: int = 0

    def found(self, kind: str, first: int, text: str) -> None:
        if not any((each.kind, each.chain) == (kind, self.name) for each in self.report.findings):
            self.report.findings.append(Finding(kind, self.name, first, text))

    def read(self, row: Row) -> None:
        number, own = row["seq"], {name: row[name] for name in FIELDS}
        if not isinstance(number, int):
            self.found("altered", self.seq + 1, f"an entry after {self.seq} has no number")
            return
        if hashlib.sha256((row["prev"] + _json(own)).encode()).hexdigest() != row["hash"]:
            self.found("altered", number, f"entry {number} is not what was written")
        elif number == self.seq + 1 and row["prev"] != self.hash:
            self.found("altered", number, f"entry {number} does not follow the one before it")
        if number > self.seq + 1:
            self.found("removed", self.seq + 1, f"entries {self.seq + 1} to {number - 1} are gone")
        elif number <= self.seq:
            self.found("inserted", number, f"number {number} occurs again after {self.seq}")
        if row["at"] < self.at:
            self.found("clock", number, f"entry {number} is earlier than the one before it")
        self.seq, self.hash, self.at = number, row["hash"], row["at"]
        while self.checkpoints and self.checkpoints[0]["seq"] <= self.seq:
            self._compare(self.checkpoints.pop(0))

    def _compare(self, checkpoint: Row) -> None:
        number, first = checkpoint["seq"], self.sealed + 1
        told = any(each.chain == self.name and each.first >= first for each in self.report.findings)
        if number == self.seq and checkpoint["hash"] != self.hash and not told:
            self.found("made_anew", first, f"somewhere from {first} to {number} the chain is another than was signed")
        self.sealed = number

    def end(self, head: Row | None) -> None:
        if head is None:
            self.found("cut", self.seq + 1, f"where the chain should end is not told; it ends at {self.seq}")
        for told in [*self.checkpoints, *([head] if head else [])]:
            if told["seq"] > self.seq:
                self.found("cut", self.seq + 1, f"the chain ends at {self.seq}, and went to {told['seq']} at least")
            elif told is head and (head["seq"], head["hash"]) != (self.seq, self.hash):
                self.found("inserted", head["seq"] + 1, f"the chain should end at {head['seq']}")
        if self.seq > self.sealed:
            self.report.unsealed[self.name] = self.seq - self.sealed


def verify(rows: Iterable[Row], heads: Iterable[Row], checkpoints: Iterable[Row], signed: Signed | None) -> Report:
    """``rows`` chain by chain, each in its order. ``signed`` says whether a checkpoint's signature is right."""
    report = Report(signatures_checked=signed is not None)
    chains: dict[str, Chain] = {}

    def chain(name: str) -> Chain:
        return chains.setdefault(name, Chain(name, report, []))

    for each in sorted(checkpoints, key=lambda row: int(row["seq"])):
        if signed and not signed(each):
            chain(each["chain"]).found("forged", each["seq"], f"the checkpoint at {each['seq']} has a wrong signature")
        else:
            chain(each["chain"]).checkpoints.append(each)
    for row in rows:
        chain(row["chain"]).read(row)
        report.entries += 1
    ends = {head["chain"]: head for head in heads}
    for name in sorted({*chains, *ends}):
        chain(name).end(ends.get(name))
    return report


def rows_in_sqlite(database: sqlite3.Connection) -> Iterator[Row]:
    names = (*FIELDS, "prev", "hash")
    for values in database.execute(f"select {', '.join(names)} from core_auditentry order by chain, seq, id"):  # noqa: S608
        row = {**dict(values), "at": _utc(values["at"])}
        with suppress(ValueError, TypeError):  # no JSON: then the hash will not fit either
            row["objects_seen"], row["details"] = json.loads(row["objects_seen"]), json.loads(row["details"])
        yield row


def _utc(stored: object) -> str:
    """As it was hashed. SQLite keeps "2026-05-20 08:00:00", with a fraction when there is one."""
    day, _, time = str(stored).partition(" ")
    return f"{day}T{time if '.' in time else time + '.'}".ljust(26, "0") + "Z"


def verify_sqlite(path: Path, checkpoints: list[Row] | None, signed: Signed | None) -> Report:
    """Without checkpoints from elsewhere, by those in the database."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        heads = [dict(row) for row in database.execute("select chain, seq, hash from core_audithead where seq > 0")]
        own = database.execute("select chain, seq, hash, at, signature from core_auditcheckpoint")
        kept = [{**dict(row), "at": _utc(row["at"])} for row in own] if checkpoints is None else checkpoints
        return verify(rows_in_sqlite(database), heads, kept, signed)


def verify_export(path: Path, checkpoints: list[Row] | None, signed: Signed | None) -> Report:
    """One JSON object a line: heads and checkpoints, then the entries."""

    def lines(kind: str) -> Iterator[Row]:
        with path.open(encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                if kind == "entry" and "seq" in row:
                    yield row
                elif kind in row and "seq" not in row:
                    yield row[kind]

    kept = lines("checkpoint") if checkpoints is None else checkpoints
    return verify(lines("entry"), lines("head"), kept, signed)


def read_checkpoints(folder: Path) -> list[Row]:
    files = sorted(folder.glob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text("utf-8").splitlines()]


def signed_by(public_key: Path) -> Signed:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key: Any = load_pem_public_key(public_key.read_bytes())

    def signed(checkpoint: Row) -> bool:
        said = {name: checkpoint[name] for name in ("chain", "seq", "hash", "at")}
        try:
            key.verify(bytes.fromhex(checkpoint["signature"]), _json(said).encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    return signed


def verify_file(path: Path, checkpoints: Path | None = None, public_key: Path | None = None) -> Report:
    kept = None if checkpoints is None else read_checkpoints(checkpoints)
    with path.open("rb") as file:
        of_file = verify_sqlite if file.read(15) == b"SQLite format 3" else verify_export
    return of_file(path, kept, signed_by(public_key) if public_key else None)


def main() -> int:
    asked = argparse.ArgumentParser(description="Verify Närvaro's audit chains.")
    asked.add_argument("path", type=Path, help="the SQLite database, or an export")
    asked.add_argument("--checkpoints", type=Path, help="folder of checkpoints kept elsewhere")
    asked.add_argument("--public-key", type=Path, help="audit.pub, to check their signatures")
    report = verify_file(**vars(asked.parse_args()))
    print(json.dumps({**asdict(report), "intact": report.intact}, indent=2, ensure_ascii=False))
    return 0 if report.intact else 1


if __name__ == "__main__":
    sys.exit(main())
