"""Two people with the same form open: the second to save is told, and loses nothing of what was written."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from narvaro.core.errors import Conflict
from narvaro.language import Message

CHANGED = Message.of("Somebody else saved this while you were writing. Both texts are below; choose what is to stand.")


def save_if_unchanged(instance: models.Model, version: int, fields: Mapping[str, Any]) -> None:
    """Writes ``fields`` and counts ``version`` up, if the row still is at the ``version`` that the person saw. Raises
    Conflict. Compare and write are one statement, so no lock is needed."""
    rows = type(instance)._default_manager.filter(pk=instance.pk)
    if not rows.filter(version=version).update(**fields, version=version + 1):
        theirs = rows.values(*fields).first() or {}
        raise Conflict(CHANGED, theirs=_text(theirs), mine=_text(fields))
    for name, value in {**fields, "version": version + 1}.items():
        setattr(instance, name, value)


def _text(fields: Mapping[str, Any]) -> str:
    return "\n".join(str(value) for value in fields.values() if value not in (None, ""))
