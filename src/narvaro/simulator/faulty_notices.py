"""How a notice looks from a server that spells it otherwise: the right spelling, and one key or the other."""

from typing import Any


def misspelt(notice: dict[str, Any]) -> dict[str, Any]:
    if notice.get("deletedEntities"):
        return {"deletedEntities": True}
    return {"modifiedEntities": notice["modifiedEntites"]}
