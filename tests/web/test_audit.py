"""The audit chain as it is written: one a chain, in its transaction or not at all, sealed from time to time."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.db import DatabaseError, transaction
from django.test import Client

from narvaro.audit_verifier import FIELDS as VERIFIED
from narvaro.audit_verifier import verify_sqlite
from narvaro.core import audit, checkpoints
from narvaro.core.actor import Actor
from narvaro.core.audit_check import verify_audit
from narvaro.core.checkpoints import FOLDER, PRIVATE, PUBLIC, make_checkpoints
from narvaro.core.errors import NotAudited
from narvaro.core.models import AuditCheckpoint, AuditEntry, AuditHead, Draft, Membership
from narvaro.core.scope import acting
from tests.databases import OwnDatabase, run_together
from tests.web.conftest import As
from tests.web.test_databases import AT_ONCE
from tests.web.world import TODAY, World

ANYBODY = Actor.system(7)


def act(by: Actor | None = ANYBODY, *keys: int, **details: Any) -> None:
    touched = audit.Touched()
    touched.saw("register.Pupil", keys, **details)
    audit.append(by=by, action="attendance.read", touched=touched, request_id="r")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_arguments: Any, **_named: Any) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(AuditEntry.objects, "bulk_create", no_room)


@pytest.fixture
def data(settings: Any, tmp_path: Path) -> Path:
    """A data directory of the test's own, so that keys and files are new."""
    settings.DATA = tmp_path
    return tmp_path


def test_each_entry_holds_the_one_before(db: None) -> None:
    act(ANYBODY, 3, 1, 3)
    act(None)
    act(ANYBODY, searched=True)
    first, second = AuditEntry.objects.filter(chain="authority-7")
    assert (first.seq, first.prev, first.objects_seen) == (1, audit.START, [1, 3])
    assert (second.seq, second.prev, second.details) == (2, first.hash, {"searched": True})
    assert list(AuditHead.objects.order_by("chain").values_list("chain", "seq")) == [("authority-7", 2), ("outside", 1)]


def test_program_and_verifier_hash_the_same(db: None) -> None:
    assert VERIFIED == audit.FIELDS
    act(ANYBODY, 1, why='Åsa, 日本, \n"quoted"', number=1.5, nothing=None, truth=True)
    assert verify_audit().entries == 1
    assert verify_audit().intact


def test_the_act_and_its_entry_fall_together(world: World) -> None:
    actor = world.actor("mentor")

    def fail() -> None:
        with acting(actor):
            act(actor)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert not AuditEntry.objects.exists()
    assert not AuditHead.objects.filter(seq__gt=0).exists()


def test_what_cannot_be_audited_is_not_saved(world: World, broken: None) -> None:
    """Nor when somebody catches the exception on its way."""
    actor = world.actor("mentor")

    def save() -> None:
        with acting(actor):
            Draft.of(user_id=actor.user_id, place="somewhere", fields={}, saved_at="2026-05-20T00:00Z").save()
            with pytest.raises(NotAudited):
                act(actor)

    with transaction.atomic():
        save()
    with acting(actor):
        assert not Draft.objects.exists()


def test_a_page_that_cannot_be_audited_is_not_shown(signed_in: As, broken: None) -> None:
    answer = signed_in("mentor").get("/")
    assert answer.status_code == 503
    assert "Alva" not in answer.content.decode()


def test_whose_assignment_has_ended_is_refused_and_remembered(world: World, signed_in: As) -> None:
    client: Client = signed_in("mentor")
    assert client.get("/").status_code == 200
    Membership.objects.filter(user=world.users["mentor"]).update(first_day=TODAY.replace(year=2027))
    assert client.get("/").status_code == 403
    entry = AuditEntry.objects.get(chain=audit.OUTSIDE, action="today.read")
    assert (entry.decision, entry.objects_seen) == ("refused", [world.users["mentor"].pk])


def test_a_checkpoint_is_signed_and_kept_outside(db: None, data: Path) -> None:
    act(), act(), act(None)
    assert make_checkpoints() == 2
    kept = [json.loads(line) for line in (data / FOLDER / "authority-7.jsonl").read_text("utf-8").splitlines()]
    row = AuditCheckpoint.objects.get(chain="authority-7")
    assert [(each["seq"], each["hash"], each["signature"]) for each in kept] == [(2, row.hash, row.signature)]
    said = {name: kept[0][name] for name in ("chain", "seq", "hash", "at")}
    key: Any = load_pem_public_key((data / PUBLIC).read_bytes())
    key.verify(bytes.fromhex(row.signature), audit.canonical(said))
    assert (data / PRIVATE).stat().st_mode & 0o777 == 0o600


def test_only_chains_that_grew_are_sealed_again(db: None, data: Path) -> None:
    assert make_checkpoints() == 0
    act()
    assert (make_checkpoints(), make_checkpoints()) == (1, 0)
    act()
    assert make_checkpoints() == 1
    report = verify_audit()
    assert (report.intact, report.signatures_checked, report.unsealed) == (True, True, {})
    act()
    assert verify_audit().unsealed == {"authority-7": 1}


def test_four_processes_write_one_chain(db: None, own_database: OwnDatabase, tmp_path: Path) -> None:
    surroundings = own_database(tmp_path)
    run_together(surroundings, 4, *AT_ONCE, "appends", "100")
    address = surroundings.get("DATABASE_URL", f"sqlite:///{tmp_path / 'narvaro.sqlite3'}")
    report = verify_audit(database=address)
    assert (report.entries, report.intact, report.unsealed) == (400, True, {"authority-1": 400})
    if "DATABASE_URL" not in surroundings:
        assert verify_sqlite(tmp_path / "narvaro.sqlite3", None, None) == report


def test_the_worker_makes_checkpoints_meanwhile_and_when_it_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also after one that failed."""
    made: list[str] = []
    third = threading.Event()

    def make() -> int:
        made.append(threading.current_thread().name)
        if len(made) == 1:
            raise DatabaseError
        if len(made) == 3:
            third.set()
        return 0

    monkeypatch.setattr(checkpoints, "make_checkpoints", make)
    with checkpoints.made_meanwhile(every_seconds=0.001):
        assert third.wait(30)
    assert set(made[:-1]) == {"checkpoints"}
    assert made[-1] == threading.current_thread().name
