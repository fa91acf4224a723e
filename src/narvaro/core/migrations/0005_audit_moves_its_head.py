"""An added row moves the head of its chain, in the database: one statement less for every page that is read."""

from typing import Any

from django.db import migrations

_MOVE = "update core_audithead set seq = new.seq, hash = new.hash where chain = new.chain"
SQLITE = [f"create trigger core_auditentry_moves_head after insert on core_auditentry begin {_MOVE}; end"]
POSTGRESQL = [
    f"create function core_auditentry_move() returns trigger language plpgsql as $$ begin {_MOVE}; return new; end $$",
    "create trigger core_auditentry_moves_head after insert on core_auditentry "
    "for each row execute function core_auditentry_move()",
]
_REMOVE = {
    "sqlite": ["drop trigger core_auditentry_moves_head"],
    "postgresql": ["drop function core_auditentry_move() cascade"],
}


def _apply(apps: Any, schema_editor: Any) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def _remove(apps: Any, schema_editor: Any) -> None:
    for statement in _REMOVE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("core", "0004_membership_given_by")]
    operations = [migrations.RunPython(_apply, _remove)]
