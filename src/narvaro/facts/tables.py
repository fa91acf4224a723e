"""The files of a snapshot as the tables that the texts read, on any engine."""

from collections.abc import Mapping
from pathlib import Path

from narvaro.facts.engine import Engine
from narvaro.facts.errors import EngineUnusable
from narvaro.facts.manifest import Kind, Manifest
from narvaro.facts.schema import FACTS, PERIODS, PUPIL_DAY, PUPIL_MONTH, PUPILS, SUBJECT_MONTH
from narvaro.language import Message

TABLES: dict[str, tuple[Kind, Mapping[str, str]]] = {
    "facts": ("facts", FACTS),
    "pupil_day": ("pupil_day", PUPIL_DAY),
    "pupil_month": ("pupil_month", PUPIL_MONTH),
    "subject_month": ("subject_month", SUBJECT_MONTH),
    "pupil": ("pupils", PUPILS),
    "periods": ("periods", PERIODS),
}


def register_tables(engine: Engine, manifest: Manifest, root: Path) -> None:
    """Raises EngineUnusable when the engine does not see every row: some leave out a missing file without a word."""
    for name, (kind, columns) in TABLES.items():
        engine.register(name, manifest.paths(kind, root), columns)
    counts = " union all ".join(f"select '{name}' as name, count(*) as n from {name}" for name in TABLES)
    wanted = {name: sum(file.rows for file in manifest.of(kind)) for name, (kind, _columns) in TABLES.items()}
    if dict(engine.query(counts)) != wanted:
        raise EngineUnusable(
            Message.of(
                "The engine does not see every row in {folder}. It must be a folder that the server sees under the "
                "same path.",
                folder=root,
            )
        )
