"""Where a source's files lie in the data directory: certificates as they were sent, and the client's own memory."""

import os
import shutil
from pathlib import Path
from typing import Literal
from uuid import UUID

from django.conf import settings

Pem = Literal["certificate", "key", "ca"]


def folder(source: UUID) -> Path:
    return Path(settings.DATA) / "sources" / str(source)


def memory(source: UUID) -> Path:
    """Made by the client when it is missing."""
    _made(folder(source))
    return folder(source) / "memory"


def pem_file(source: UUID, which: Pem) -> Path | None:
    """None where none was sent."""
    path = folder(source) / f"{which}.pem"
    return path if path.exists() else None


def keep_pem(source: UUID, which: Pem, content: bytes) -> None:
    """Readable by its owner only; takes the place of the one before."""
    path = _made(folder(source)) / f"{which}.pem"
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    fresh.replace(path)


def drop_pem(source: UUID, which: Pem) -> None:
    (folder(source) / f"{which}.pem").unlink(missing_ok=True)


def forget(source: UUID) -> None:
    shutil.rmtree(folder(source), ignore_errors=True)


def _made(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path
