"""Whatever is done to the log afterwards is seen by the verifier, and where."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import typer
from time_machine import Traveller

from narvaro.audit_verifier import FIELDS, Finding, verify_file
from narvaro.cli.accounts import export_log
from narvaro.core import audit, audit_check
from narvaro.core.actor import Actor
from narvaro.core.audit_check import export_audit, verify_audit, words
from narvaro.core.checkpoints import FOLDER, PUBLIC, make_checkpoints

CHAIN, OTHER = "authority-7", "authority-8"
ENTRIES, SEALED = 30, (10, 20)
Row = dict[str, Any]


@dataclass(frozen=True)
class Log:
    """What an attacker can reach, and what lies elsewhere."""

    rows: list[Row]
    heads: list[Row]
    checkpoints: Path
    public_key: Path

    def of(self, number: int, chain: str = CHAIN) -> Row:
        return next(row for row in self.rows if (row["chain"], row["seq"]) == (chain, number))

    def without(self, numbers: range) -> "Log":
        return replace(self, rows=[row for row in self.rows if row["chain"] != CHAIN or row["seq"] not in numbers])

    def head(self) -> Row:
        return next(head for head in self.heads if head["chain"] == CHAIN)


@pytest.fixture
def log(db: None, settings: Any, tmp_path: Path, frozen_day: Traveller) -> Log:
    """Two chains of thirty, sealed after ten and twenty."""
    settings.DATA = tmp_path
    for number in range(1, ENTRIES + 1):
        frozen_day.shift(60)
        for authority in (7, 8):
            touched = audit.Touched()
            touched.saw("register.Pupil", [number], page=1)
            audit.append(by=Actor.system(authority), action="attendance.read", touched=touched, request_id=f"r{number}")
        if number in SEALED:
            make_checkpoints()
    export_audit(tmp_path / "export.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "export.jsonl").read_text("utf-8").splitlines()]
    return Log(
        rows=[line for line in lines if "seq" in line],
        heads=[line["head"] for line in lines if "head" in line],
        checkpoints=tmp_path / FOLDER,
        public_key=tmp_path / PUBLIC,
    )


def as_export(log: Log, folder: Path) -> Path:
    path = folder / "attacked.jsonl"
    lines = [*({"head": head} for head in log.heads), *log.rows]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def as_database(log: Log, folder: Path) -> Path:
    """Without the triggers and constraints: who can do all this can take those away first."""
    path = folder / "attacked.sqlite3"
    with sqlite3.connect(path) as database:
        names = (*FIELDS, "prev", "hash")
        database.execute(f"create table core_auditentry (id integer primary key, {', '.join(names)})")
        database.execute("create table core_audithead (chain, seq, hash)")
        database.execute("create table core_auditcheckpoint (chain, seq, hash, at, signature)")
        for row in log.rows:
            at = row["at"].replace("T", " ").removesuffix("Z").removesuffix(".000000")
            kept = {**row, "at": at, **{name: json.dumps(row[name]) for name in ("objects_seen", "details")}}
            marks = ", ".join("?" * len(names))
            database.execute(
                f"insert into core_auditentry ({', '.join(names)}) values ({marks})", [kept[name] for name in names]
            )
        database.executemany("insert into core_audithead values (:chain, :seq, :hash)", log.heads)
    database.close()
    return path


def restamped(log: Log, first: int, **changed: Any) -> Log:
    """Changed from an entry on, with all the right hashes and the head."""
    rows, prev = list(log.rows), log.of(first)["prev"]
    for place, row in enumerate(rows):
        if row["chain"] == CHAIN and row["seq"] >= first:
            own = {**{name: row[name] for name in FIELDS}, **(changed if row["seq"] == first else {})}
            rows[place] = {**own, "prev": prev, "hash": (prev := audit.link(prev, own))}
    return replace(log, rows=rows, heads=[{**log.head(), "hash": prev}, *_other_heads(log)])


def _other_heads(log: Log) -> list[Row]:
    return [head for head in log.heads if head["chain"] != CHAIN]


def edited(log: Log) -> Log:
    return replace(log, rows=[{**row, "role": "teacher"} if row is log.of(15) else row for row in log.rows])


def swapped(log: Log) -> Log:
    numbers = {15: 16, 16: 15}
    rows = [{**row, "seq": numbers.get(row["seq"], row["seq"])} if row["chain"] == CHAIN else row for row in log.rows]
    return replace(log, rows=sorted(rows, key=lambda row: (row["chain"], row["seq"])))


def inserted(log: Log) -> Log:
    """One more between 15 and 16, with a right hash of its own; those after it move up."""
    own = {**{name: log.of(15)[name] for name in FIELDS}, "seq": 16, "user_id": 99}
    new = {**own, "prev": log.of(15)["hash"], "hash": audit.link(log.of(15)["hash"], own)}
    moved = [{**row, "seq": row["seq"] + (row["chain"] == CHAIN and row["seq"] > 15)} for row in log.rows]
    return replace(log, rows=sorted([*moved, new], key=lambda row: (row["chain"], row["seq"])))


def duplicated(log: Log) -> Log:
    place = log.rows.index(log.of(15))
    return replace(log, rows=[*log.rows[: place + 1], log.of(15), *log.rows[place + 1 :]])


def restored(log: Log) -> Log:
    """Yesterday's database."""
    older = log.without(range(16, ENTRIES + 1))
    return replace(older, heads=[{**log.head(), "seq": 15, "hash": log.of(15)["hash"]}, *_other_heads(log)])


def forked(log: Log) -> Log:
    """Restored, and gone on from there."""
    return restamped(log, 16, request_id="another")


def without_head(log: Log) -> Log:
    return replace(log.without(range(25, ENTRIES + 1)), heads=_other_heads(log))


ATTACKS: dict[str, tuple[Callable[[Log], Log], str, int]] = {
    "a field is edited": (edited, "altered", 15),
    "a row is removed": (lambda log: log.without(range(15, 16)), "removed", 15),
    "the tail is removed": (lambda log: log.without(range(28, 31)), "cut", 28),
    "all since the last checkpoint is removed": (lambda log: log.without(range(21, 31)), "cut", 21),
    "two rows are swapped": (swapped, "altered", 15),
    "a row is inserted": (inserted, "altered", 17),
    "a row is duplicated": (duplicated, "inserted", 15),
    "the chain is hashed anew from a row on": (lambda log: restamped(log, 15, role="x"), "made_anew", 11),
    "yesterday's database is restored": (restored, "cut", 16),
    "two chains are forked": (forked, "made_anew", 11),
    "the clock is set back": (lambda log: restamped(log, 25, at=log.of(23)["at"]), "clock", 25),
    "the head is removed with the tail": (without_head, "cut", 25),
    "the whole chain is removed": (lambda log: replace(log.without(range(31)), heads=_other_heads(log)), "cut", 1),
    "a row is added at the end": (
        lambda log: replace(log, heads=[{**log.head(), "seq": 29, "hash": log.of(29)["hash"]}, *_other_heads(log)]),
        "inserted",
        30,
    ),
    "a row loses its number": (
        lambda log: replace(log, rows=[{**row, "seq": "x"} if row is log.of(15) else row for row in log.rows]),
        "removed",
        15,
    ),
}


@pytest.mark.parametrize("written", [as_export, as_database])
def test_what_nobody_touched_is_intact(log: Log, tmp_path: Path, written: Callable[[Log, Path], Path]) -> None:
    report = verify_file(written(log, tmp_path), log.checkpoints, log.public_key)
    assert report.findings == []
    assert (report.entries, report.signatures_checked) == (2 * ENTRIES, True)
    assert report.unsealed == {CHAIN: 10, OTHER: 10}


@pytest.mark.parametrize("written", [as_export, as_database])
@pytest.mark.parametrize("attack", ATTACKS)
def test_each_attack_is_found_and_placed(
    log: Log, tmp_path: Path, attack: str, written: Callable[[Log, Path], Path]
) -> None:
    attacker, kind, number = ATTACKS[attack]
    report = verify_file(written(attacker(log), tmp_path), log.checkpoints, log.public_key)
    assert {finding.chain for finding in report.findings} == {CHAIN}
    first = min(report.findings, key=lambda finding: finding.first)
    assert (kind, number) in {(each.kind, each.first) for each in report.findings}, report.findings
    assert first.first == number


def test_what_was_not_sealed_can_still_be_removed(log: Log, tmp_path: Path) -> None:
    """The limit of it, an hour's acts: with the head set back too, nothing is left to tell of them."""
    shorter = log.without(range(21, ENTRIES + 1))
    back = replace(shorter, heads=[{**log.head(), "seq": 20, "hash": log.of(20)["hash"]}, *_other_heads(log)])
    report = verify_file(as_export(back, tmp_path), log.checkpoints, log.public_key)
    assert (report.intact, report.unsealed) == (True, {OTHER: 10})


def test_a_forged_checkpoint_is_no_witness(log: Log, tmp_path: Path) -> None:
    """It fits the chain that was made anew, but nobody with the key signed it."""
    anew = restamped(log, 15, role="x")
    path = log.checkpoints / f"{CHAIN}.jsonl"
    kept = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    kept[1]["hash"] = anew.of(20)["hash"]
    path.write_text("".join(json.dumps(each) + "\n" for each in kept), encoding="utf-8")
    report = verify_file(as_export(anew, tmp_path), log.checkpoints, log.public_key)
    assert [(each.kind, each.first) for each in report.findings] == [("forged", 20)]
    assert verify_file(as_export(anew, tmp_path), log.checkpoints).intact  # without the key it cannot be told


def test_text_that_is_no_json_is_altered(log: Log, tmp_path: Path) -> None:
    path = as_database(log, tmp_path)
    with sqlite3.connect(path) as database:
        database.execute("update core_auditentry set details = '{' where seq = 15 and chain = ?", [CHAIN])
    database.close()
    report = verify_file(path, log.checkpoints, log.public_key)
    assert [(each.kind, each.first) for each in report.findings] == [("altered", 15)]


@pytest.fixture
def alone(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The verifier by itself, where there is no Närvaro."""
    script = tmp_path / "elsewhere" / "audit_verifier.py"
    script.parent.mkdir()
    script.write_bytes(Path(audit_check.__file__).parents[1].joinpath("audit_verifier.py").read_bytes())

    def run(*arguments: Path | str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(script), *map(str, arguments)]
        return subprocess.run(command, cwd=script.parent, capture_output=True, text=True, check=False)

    return run


def test_it_stands_alone(log: Log, tmp_path: Path, alone: Callable[..., Any]) -> None:
    witness = ("--checkpoints", log.checkpoints, "--public-key", log.public_key)
    good = alone(as_export(log, tmp_path), *witness)
    assert (good.returncode, json.loads(good.stdout)["intact"]) == (0, True), good.stderr
    bad = alone(as_database(edited(log), tmp_path), *witness)
    assert (bad.returncode, json.loads(bad.stdout)["findings"][0]["first"]) == (1, 15)
    script = Path(audit_check.__file__).parents[1].joinpath("audit_verifier.py").read_text("utf-8")
    assert "from narvaro" not in script
    assert "import narvaro" not in script


def test_every_finding_has_its_words(log: Log) -> None:
    assert {kind for _attacker, kind, _number in ATTACKS.values()} | {"forged"} == set(audit_check.WORDS)
    for kind in audit_check.WORDS:
        said = words(Finding(kind, CHAIN, 15, "")).say("en")
        assert said.startswith(CHAIN)
        assert "15" in said


def test_the_installed_database_is_verified_by_its_own_checkpoints(log: Log) -> None:
    report = verify_audit()
    assert (report.intact, report.signatures_checked, report.entries) == (True, True, 2 * ENTRIES)


def test_the_audit_is_exported_by_a_command_and_never_over_a_file(log: Log, tmp_path: Path) -> None:
    target = tmp_path / "to-the-auditor.jsonl"
    export_log(target)
    assert target.stat().st_mode & 0o077 == 0
    assert target.read_text("utf-8") == (tmp_path / "export.jsonl").read_text("utf-8")
    assert verify_file(target, log.checkpoints, log.public_key).intact
    with pytest.raises(typer.Exit):
        export_log(target)
