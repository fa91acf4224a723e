"""What the databases themselves keep: no update lost between two, the audit unchanged, one authority at a time."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from narvaro.config.sqlite import LIBRARY_VERSION, SAFE_WAL, journal_mode
from narvaro.core import row_security
from narvaro.core.guarded import Guarded
from narvaro.core.models import AuditEntry
from tests.databases import OwnDatabase, run, run_together
from tests.web.conftest import As

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="about PostgreSQL")
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite")
# They carry an authority's number and no personal data, or are read before there is an actor.
OPEN = {"core.Membership", "register.Unit", "register.SchoolYear"}
AT_ONCE = ("-c", "import django; django.setup(); from tests.web import at_once; at_once.main()")


@pytest.fixture(scope="module")
def shared(own_database: OwnDatabase, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return own_database(tmp_path_factory.mktemp("shared"))


def unguarded(model_classes: list[type[models.Model]]) -> list[str]:
    return [
        model._meta.label
        for model in model_classes
        if any(field.column == "authority_id" for field in model._meta.concrete_fields)
        and not issubclass(model, Guarded)
        and model._meta.label not in OPEN
    ]


def test_what_belongs_to_an_authority_is_guarded() -> None:
    assert unguarded(apps.get_models()) == []
    guarded = [model for model in apps.get_models() if issubclass(model, Guarded)]
    assert len(guarded) > 10


def test_an_unguarded_table_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.web.test_databases.OPEN", OPEN - {"register.Unit"})
    assert unguarded(apps.get_models()) == ["register.Unit"]


@pytest.mark.parametrize(
    "statement", ["update core_auditentry set role = 'x'", "delete from core_auditentry", "truncate core_auditentry"]
)
def test_an_audit_row_is_neither_changed_nor_removed(signed_in: As, statement: str) -> None:
    if statement.startswith("truncate") and connection.vendor == "sqlite":
        pytest.skip("SQLite has no truncate")
    signed_in("mentor").get("/")
    before = list(AuditEntry.objects.values())
    assert before
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(AuditEntry.objects.values()) == before


def test_a_thousand_races_lose_no_update(shared: dict[str, str]) -> None:
    run(shared, *AT_ONCE, "make", "0")
    told = run_together(shared, 4, *AT_ONCE, "edits", "250")
    ended = [tuple(map(int, each.split())) for each in told]
    assert sum(conflicts for conflicts, _number, _version in ended) > 0, "nobody met anybody"
    assert max((number, version) for _conflicts, number, version in ended) == (1000, 1001)


@on_sqlite
@pytest.mark.parametrize(
    ("version", "journal"),
    [((3, 40, 1), "TRUNCATE"), ((3, 51, 2), "TRUNCATE"), ((3, 51, 3), "WAL"), ((3, 53, 4), "WAL"), ((4, 0, 0), "WAL")],
)
def test_wal_only_where_it_is_safe(version: tuple[int, int, int], journal: str) -> None:
    assert journal_mode(version) == journal


@on_sqlite
def test_what_sqlite_is_told_is_in_force(shared: dict[str, str]) -> None:
    journal, synchronous, foreign_keys = run(shared, *AT_ONCE, "pragmas", "0").split()
    assert journal == ("wal" if LIBRARY_VERSION >= SAFE_WAL else "truncate")
    assert (synchronous, foreign_keys) == ("2", "1")  # 2 is FULL
    assert connection.Database.sqlite_version_info == LIBRARY_VERSION


@on_sqlite
def test_a_transaction_waits_at_its_start(shared: dict[str, str]) -> None:
    """IMMEDIATE: one that reads and then writes cannot find that somebody wrote in between."""
    assert run(shared, *AT_ONCE, "begins", "0").strip() == "OperationalError"


@on_sqlite
def test_a_transaction_gets_in_between_those_of_a_measure_run(shared: dict[str, str]) -> None:
    """After the one that it met. SQLite's own way of waiting lets five and more go by, and at times fifty."""
    assert 0 < int(run(shared, *AT_ONCE, "waits", "25")) <= 50


@on_postgresql
def test_the_login_of_the_tests_is_nobody_special(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select rolsuper, rolbypassrls from pg_roles where rolname = current_user")
        assert cursor.fetchone() == (False, False)


@on_postgresql
def test_every_guarded_table_has_its_wall(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class join pg_policies on tablename = relname and policyname = %s "
            "where relrowsecurity and relforcerowsecurity and cmd = 'ALL' and permissive = 'PERMISSIVE'",
            [row_security.POLICY],
        )
        walled = {name for (name,) in cursor.fetchall()}
    assert walled == set(row_security.guarded_tables())
    row_security.secure("default")  # again does no harm


@on_postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "update core_auditentry set role = 'x'",
        "delete from core_auditentry",
        "truncate core_auditentry",
        "delete from core_auditcheckpoint",
        "alter table core_auditentry disable trigger all",
        "drop trigger core_auditentry_no_change on core_auditentry",
        "alter table register_pupil disable row level security",
        "alter table register_pupil no force row level security",
        f"drop policy {row_security.POLICY} on register_pupil",
        "set session authorization postgres",
    ],
)
def test_the_lesser_login_cannot_take_anything_down(db: None, settings: object, statement: str) -> None:
    settings.DATABASE_ROLE = "lesser"  # type: ignore[attr-defined]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("create role lesser")
        cursor.execute(f"grant lesser to {connection.settings_dict['USER']}")
        row_security.secure("default")
        cursor.execute("set local role lesser")
        cursor.execute("select count(*) from core_auditentry")
        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
            cursor.execute(statement)
        transaction.set_rollback(True)


def test_the_migrations_are_in_step_with_the_models(db: None) -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
