"""The database itself refuses to change or remove an audit row, whoever asks."""

from typing import Any

from django.db import migrations

SQLITE = [
    f"create trigger core_auditentry_no_{act} before {act} on core_auditentry "
    "begin select raise(abort, 'the audit chain is append-only'); end"
    for act in ("update", "delete")
]
POSTGRESQL = [
    "create function core_auditentry_refuse() returns trigger language plpgsql as "
    "$$ begin raise exception 'the audit chain is append-only'; end $$",
    "create trigger core_auditentry_no_change before update or delete on core_auditentry "
    "for each row execute function core_auditentry_refuse()",
    "create trigger core_auditentry_no_truncate before truncate on core_auditentry "
    "for each statement execute function core_auditentry_refuse()",
]
_REMOVE = {
    "sqlite": ["drop trigger core_auditentry_no_update", "drop trigger core_auditentry_no_delete"],
    "postgresql": ["drop function core_auditentry_refuse() cascade"],
}


def _apply(apps: Any, schema_editor: Any) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def _remove(apps: Any, schema_editor: Any) -> None:
    for statement in _REMOVE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("core", "0002_initial")]
    operations = [migrations.RunPython(_apply, _remove)]
