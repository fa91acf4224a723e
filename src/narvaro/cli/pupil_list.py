"""The list of pupils that may be handed in beside the lessons: who is known, their names, classes and schools."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from narvaro.facts.errors import ImportRefused
from narvaro.facts.staging import Register
from narvaro.language import Message

REQUIRED = ("elev_id", "skolenhetskod")
_YES = {"ja", "j", "yes", "y", "true", "1"}


@dataclass(frozen=True, slots=True)
class ListedPupil:
    """``enrolments``: school units, the latest last. ``form``, ``grade`` and ``name`` are of the latest row."""

    name: str | None
    form: str | None
    grade: str | None
    protected: bool
    enrolments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PupilList:
    pupils: dict[str, ListedPupil]
    unit_names: dict[str, str]

    @property
    def register(self) -> Register:
        units = {unit for pupil in self.pupils.values() for unit in pupil.enrolments}
        return Register(frozenset(self.pupils), frozenset(units | set(self.unit_names)))


def read_pupil_list(pupils: Path, units: Path | None) -> PupilList:
    """Columns elev_id, skolenhetskod, and where known fornamn, efternamn, skolform, arskurs, skyddad, fran, till.

    A pupil with several rows has several enrolments. Raises ImportRefused when a required column is missing.
    """
    found: dict[str, ListedPupil] = {}
    rows = sorted(_rows(pupils, REQUIRED), key=lambda row: row.get("fran", ""))
    for row in rows:
        earlier = found.get(row["elev_id"])
        found[row["elev_id"]] = _listed(row, earlier)
    names = {row["skolenhetskod"]: row["namn"] for row in _rows(units, ("skolenhetskod", "namn"))} if units else {}
    return PupilList(found, names)


def _listed(row: dict[str, str], earlier: ListedPupil | None) -> ListedPupil:
    name = " ".join(part for part in (row.get("fornamn", ""), row.get("efternamn", "")) if part)
    protected = row.get("skyddad", "").casefold() in _YES
    return ListedPupil(
        name=name or None,
        form=row.get("skolform") or None,
        grade=row.get("arskurs") or None,
        protected=protected or bool(earlier and earlier.protected),
        enrolments=(*(earlier.enrolments if earlier else ()), row["skolenhetskod"]),
    )


def _rows(path: Path, required: tuple[str, ...]) -> Iterator[dict[str, str]]:
    text = _decoded(path)
    delimiter = max(";,\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [cell.strip().casefold() for cell in next(reader, [])]
    missing = [name for name in required if name not in header]
    if missing:
        raise ImportRefused(
            Message.of(
                "{file} lacks the columns {missing}. Nothing was imported.", file=path.name, missing=", ".join(missing)
            )
        )
    for cells in reader:
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        if row.get(required[0]):
            yield row


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
