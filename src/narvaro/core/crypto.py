"""Identity numbers at rest: encrypted for showing, keyed hash for matching (ADR 0017)."""

import hashlib
import hmac
import os
import secrets
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES = 12


@cache
def _master(path: Path) -> bytes:
    """32 bytes kept beside the database, readable by its owner only. Lost, the numbers are lost with it."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(made := secrets.token_bytes(32))
    return made


def key_for(use: str) -> bytes:
    """A key of its own for each use, so that one cannot stand in for another."""
    master = _master(settings.DATA / "master.key")
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"narvaro:{use}".encode()).derive(master)


def encrypt(text: str, *, use: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key_for(use)).encrypt(nonce, text.encode(), use.encode())


def decrypt(content: bytes, *, use: str) -> str:
    """Raises InvalidTag when the content was changed or the key is another."""
    content = bytes(content)
    return AESGCM(key_for(use)).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], use.encode()).decode()


def matching_key(text: str, *, use: str) -> str:
    return hmac.new(key_for(use), text.encode(), hashlib.sha256).hexdigest()
