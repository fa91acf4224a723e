"""Small native files for tests: a row is a dict of what differs from an ordinary attended lesson. All pupils are
invented."""

from datetime import date
from pathlib import Path

from narvaro.facts.importing import Imported, import_lessons
from narvaro.facts.readers import open_source
from narvaro.facts.rejected import rejected_rows
from narvaro.facts.store import Store

HEADER = (
    "elev_id;skolenhetskod;klass;datum;start;slut;amne;lektionsminuter;narvarominuter;giltig_min;ogiltig_min;annan_min;"
    "rapporterad;lektion_id"
)
TODAY = date(2026, 11, 22)
ORDINARY = {
    "elev_id": "e1",
    "skolenhetskod": "10000001",
    "klass": "7A",
    "datum": "2026-03-02",
    "start": "08:00",
    "slut": "09:00",
    "amne": "Matematik",
    "lektionsminuter": "60",
    "narvarominuter": "60",
    "giltig_min": "0",
    "ogiltig_min": "0",
    "annan_min": "0",
    "rapporterad": "ja",
    "lektion_id": "",
}


def row(**changes: object) -> str:
    return ";".join(str(value) for value in {**ORDINARY, **changes}.values())


def table(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


def write(folder: Path, *rows: str, name: str = "lessons.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(table(*rows), encoding="utf-8")
    return path


def import_files(root: Path, *paths: Path, **options: object) -> Imported:
    sources = [open_source(path) for path in paths]
    return import_lessons(Store(root), sources, today=TODAY, **options)  # type: ignore[arg-type]


def rejected(root: Path, result: Imported) -> list[tuple[int, str]]:
    """(line, code) of every rejected row."""
    return [(found.line, found.problem.code) for found in rejected_rows(root, result.rejects)]
