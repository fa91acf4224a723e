"""Signed heads of the audit chains, also kept as files that can be sent away.

A chain alone shows what was changed inside it. That it was cut short or made anew is shown by a signature over where it
stood, made with a key that is not in the database. What was added since the latest one is not yet sealed.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.db import transaction

from narvaro.core.audit import canonical, time_text
from narvaro.core.clock import true_now
from narvaro.core.meanwhile import repeated
from narvaro.core.models import AuditCheckpoint, AuditHead

HOUR = 3600.0
PRIVATE, PUBLIC, FOLDER = "audit.key", "audit.pub", "checkpoints"


def make_checkpoints() -> int:
    """Seals every chain that has grown since its latest checkpoint; how many. Hourly, and when the worker stops."""
    return sum(_seal(head.chain) for head in AuditHead.objects.order_by("chain"))


@contextmanager
def made_meanwhile(*, every_seconds: float = HOUR) -> Iterator[None]:
    """Checkpoints now, at each interval while the worker runs, and when it stops."""
    try:
        with repeated(make_checkpoints, name="checkpoints", every_seconds=every_seconds):
            yield
    finally:
        make_checkpoints()


def _seal(chain: str) -> bool:
    """File first: a signature that stayed outside only is no loss, one that never got there is."""
    with transaction.atomic():
        head = AuditHead.objects.select_for_update().get(chain=chain)
        sealed = AuditCheckpoint.objects.filter(chain=chain, seq__gte=head.seq).exists()
        if sealed or head.seq == 0:
            return False
        at = true_now()
        said = {"chain": chain, "seq": head.seq, "hash": head.hash, "at": time_text(at)}
        signature = _key(settings.DATA / PRIVATE).sign(canonical(said)).hex()
        _keep(settings.DATA / FOLDER / f"{chain}.jsonl", {**said, "signature": signature})
        AuditCheckpoint.objects.create(chain=chain, seq=head.seq, hash=head.hash, at=at, signature=signature)
    return True


def _keep(path: Path, checkpoint: dict[str, object]) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(checkpoint) + "\n")
        file.flush()
        os.fsync(file.fileno())


@cache
def _key(path: Path) -> Ed25519PrivateKey:
    """Made at first use, readable by its owner only. Its public half lies beside it, for the auditor to take away."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = load_pem_private_key(path.read_bytes(), password=None)
    else:
        key = Ed25519PrivateKey.generate()
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{PRIVATE} is no Ed25519 key")
    path.with_name(PUBLIC).write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return key
