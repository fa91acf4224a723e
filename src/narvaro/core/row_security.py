"""PostgreSQL's own wall between authorities, under the one in ``guarded``: raw SQL too finds one authority's rows.

Set up after every migrate, for every guarded table there is, so that a new one cannot be forgotten. The policy reads
what ``scope.acting`` says at the start of its transaction; unsaid, no row is found and none can be written.

Web and worker may have a login of their own, NARVARO_DATABASE_ROLE, that owns nothing: it cannot take the wall down and
may only add to the audit. Without it they share the login that migrates, which the same policies bind (FORCE).
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, models

from narvaro.core.guarded import Guarded

POLICY = "one_authority"
# The number of the authority for as long as the transaction; '' when an earlier transaction had one.
ACTING = "nullif(current_setting('narvaro.authority', true), '')::bigint"
# What is added is never changed.
ONLY_ADDED = ("core_auditentry", "core_auditcheckpoint")


def guarded_tables() -> list[str]:
    return sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, Guarded))


def secure(using: str) -> None:
    """As often as one likes. Other databases have no such thing, and nothing is done."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for table in set(guarded_tables()) & set(connection.introspection.table_names(cursor)):
            _secure(cursor, connection.ops.quote_name(table))
        if settings.DATABASE_ROLE:
            _grant(cursor, connection.ops.quote_name(settings.DATABASE_ROLE))


def _secure(cursor: Any, table: str) -> None:
    cursor.execute(f"alter table {table} enable row level security, force row level security")
    cursor.execute(f"drop policy if exists {POLICY} on {table}")
    cursor.execute(f"create policy {POLICY} on {table} using (authority_id = {ACTING})")


def _grant(cursor: Any, role: str) -> None:
    cursor.execute(f"grant usage on schema public to {role}")
    cursor.execute(f"grant select, insert, update, delete on all tables in schema public to {role}")
    cursor.execute(f"grant usage, select on all sequences in schema public to {role}")
    for table in ONLY_ADDED:
        cursor.execute(f"revoke update, delete on {table} from {role}")


def after_migrate(using: str, **of_the_signal: Any) -> None:
    secure(using)


def connect() -> None:
    models.signals.post_migrate.connect(after_migrate, sender=apps.get_app_config("core"), dispatch_uid="row_security")
