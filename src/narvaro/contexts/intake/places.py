"""Where an import's files lie in the data directory. Names are random or keys of ours, never the sender's."""

import os
import secrets
from pathlib import Path

from django.conf import settings

from narvaro.contexts.register.api import facts_folder

__all__ = ["facts_folder", "keep_rejects", "new_upload", "rejects_file", "upload_file", "uploads_folder", "workshop"]


def uploads_folder(authority_id: int) -> Path:
    """A folder each, so that what nobody claimed can be found without asking about other authorities."""
    return _made(_data() / "uploads" / str(authority_id))


def upload_file(authority_id: int, stored_name: str) -> Path:
    return uploads_folder(authority_id) / stored_name


def new_upload(authority_id: int) -> Path:
    return uploads_folder(authority_id) / secrets.token_hex(16)


def rejects_file(run_key: object) -> Path:
    """Line and reason of each rejected row, for as long as the history is kept."""
    return _made(_data() / "rejects") / f"{run_key}.parquet"


def keep_rejects(run_key: object, written: Path | None) -> None:
    """The facts store sweeps its own copy some imports later; this one stays with the run."""
    target = rejects_file(run_key)
    target.unlink(missing_ok=True)
    if written is not None:
        os.link(written, target)


def workshop(run_key: object) -> Path:
    """Where an import is tried; on the disk of the facts, as their files are shared. The caller removes it."""
    return _made(_data() / "work") / str(run_key)


def _data() -> Path:
    return Path(settings.DATA)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
