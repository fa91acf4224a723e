"""The audit chain (trust: who did what with whose data, when, by which right). Same transaction or nothing.

``canonical`` and ``link`` are the whole format; narvaro/audit_verifier.py holds them a second time on purpose.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError, transaction

from narvaro.core.actor import Actor
from narvaro.core.clock import true_now
from narvaro.core.errors import NotAudited
from narvaro.core.models import AuditEntry, AuditHead
from narvaro.core.scope import is_acting
from narvaro.language import Message

FIELDS = (
    *("chain", "seq", "at", "user_id", "role", "membership_id", "action", "object_type", "objects_seen"),
    *("details", "decision", "request_id"),
)
OUTSIDE = "outside"  # the chain of acts before a role is taken: signing in, wrong passwords
START = "0" * 64


def chain_of(authority_id: int | None) -> str:
    return OUTSIDE if authority_id is None else f"authority-{authority_id}"


def canonical(entry: dict[str, Any]) -> bytes:
    """One text for one entry: sorted keys, no spaces, times in UTC with microseconds."""
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def link(prev: str, entry: dict[str, Any]) -> str:
    return hashlib.sha256(prev.encode() + canonical(entry)).hexdigest()


def time_text(at: datetime) -> str:
    """UTC with microseconds, as it is hashed."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(slots=True)
class Touched:
    """What one request read or wrote, told by the view and written by the middleware."""

    object_type: str = ""
    keys: list[int] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    told: bool = False

    def saw(self, object_type: str, keys: Iterable[int], **details: Any) -> None:
        """``keys`` are database ids. ``details`` never hold a name, a number or free text."""
        self.object_type, self.told = object_type, True
        self.keys.extend(keys)
        self.details.update(details)


def append(*, by: Actor | None, action: str, touched: Touched, decision: str = "granted", request_id: str = "") -> None:
    """Adds to the chain of the actor's authority. Raises NotAudited; then the transaction around it must fall."""
    try:
        # Inside acting a failure takes the whole transaction with it, even if somebody should catch the exception.
        with transaction.atomic(savepoint=not is_acting()):
            _append(by, action, touched, decision, request_id)
    except DatabaseError as error:
        raise NotAudited(
            Message.of("The log of who reads what could not be written, so nothing is shown. Try again in a while.")
        ) from error


def _append(by: Actor | None, action: str, touched: Touched, decision: str, request_id: str) -> None:
    chain = chain_of(by.authority_id if by else None)
    heads = AuditHead.objects.select_for_update()
    head = heads.filter(chain=chain).first() or heads.get_or_create(chain=chain)[0]
    at = true_now()
    entry = {
        "chain": chain,
        "seq": head.seq + 1,
        "at": time_text(at),
        "user_id": by.user_id if by else None,
        "role": by.role if by else "",
        "membership_id": by.membership_id if by else None,
        "action": action,
        "object_type": touched.object_type,
        "objects_seen": sorted(set(touched.keys)),
        "details": touched.details,
        "decision": decision,
        "request_id": request_id,
    }
    digest = link(head.hash, entry)
    # A trigger moves the head with it (migration 0005).
    AuditEntry.objects.bulk_create([AuditEntry(**{**entry, "at": at}, prev=head.hash, hash=digest)])
