"""What a snapshot of the store consists of: immutable files with checksums, and the imports that made it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

Kind = Literal["facts", "pupil_day", "pupil_month", "subject_month", "periods", "pupils", "history", "rejects"]
MONTHLY: tuple[Kind, ...] = ("pupil_month", "subject_month")
DERIVED: tuple[Kind, ...] = ("pupil_day", *MONTHLY)  # made from each facts file, and replaced with it
BY_PUPIL = "by_pupil"


@dataclass(frozen=True, slots=True)
class DataFile:
    """An immutable file. ``month_no``, ``first_day`` and ``last_day`` are None where the file is not about days."""

    kind: Kind
    path: str
    rows: int
    size: int
    sha256: str
    month_no: int | None = None
    first_day: int | None = None
    last_day: int | None = None

    def is_whole(self, root: Path) -> bool:
        file = root / self.path
        return file.is_file() and file.stat().st_size == self.size and checksum(file) == self.sha256

    @property
    def by_pupil(self) -> str:
        """Where the same lessons lie in the form of ``facts.by_pupil``, if they do: no part of the snapshot."""
        return f"{BY_PUPIL}/{Path(self.path).stem}.duckdb"

    @property
    def span(self) -> tuple[int | None, int | None, int | None]:
        return self.month_no, self.first_day, self.last_day

    def covers(self, first_day: int, last_day: int) -> bool:
        return (
            self.first_day is not None
            and self.last_day is not None
            and (self.first_day <= last_day and first_day <= self.last_day)
        )


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One source of one import. read = accepted + rejected + duplicates; corrected rows are among the accepted.
    ``removed``: rows that were stored and that no source of the import holds any more, told by the last of them."""

    source: str
    sha256: str
    at: str
    read: int
    accepted: int
    rejected: int
    duplicates: int
    corrected: int
    clamped: int = 0
    incomplete: int = 0
    removed: int = 0

    def __post_init__(self) -> None:
        if self.read != self.accepted + self.rejected + self.duplicates:
            raise ValueError("read rows are not accepted, rejected or duplicates")


@dataclass(frozen=True, slots=True)
class Manifest:
    """A complete snapshot. ``number`` grows by one with each commit; 0 is the empty store."""

    number: int
    files: tuple[DataFile, ...]
    imports: tuple[ImportRecord, ...] = ()

    def of(self, kind: Kind) -> tuple[DataFile, ...]:
        return tuple(file for file in self.files if file.kind == kind)

    def paths(self, kind: Kind, root: Path) -> list[Path]:
        return [root / file.path for file in self.of(kind)]

    def has(self, files: Iterable[DataFile]) -> bool:
        """All of them."""
        return set(files) <= set(self.files)

    def made_from(self, facts: DataFile) -> list[DataFile]:
        """The facts file and those derived from it, which are about the same days of the same month."""
        return [facts, *(file for kind in DERIVED for file in self.of(kind) if file.span == facts.span)]

    def next(
        self, *, add: Iterable[DataFile], remove: Iterable[DataFile], imports: Iterable[ImportRecord]
    ) -> "Manifest":
        gone = set(remove)
        kept = [file for file in self.files if file not in gone]
        files = sorted({*kept, *add}, key=lambda file: (file.kind, file.month_no or 0, file.first_day or 0, file.path))
        return replace(self, number=self.number + 1, files=tuple(files), imports=(*self.imports, *imports))

    def damaged(self, root: Path) -> list[DataFile]:
        return [file for file in self.files if not file.is_whole(root)]

    def to_json(self) -> str:
        body = asdict(self)
        return json.dumps({"checksum": _text_checksum(body), "manifest": body}, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Raises ValueError when the text is not a whole manifest."""
        outer = json.loads(text)
        body = outer["manifest"]
        if outer["checksum"] != _text_checksum(body):
            raise ValueError("the manifest's checksum does not match")
        return cls(
            number=body["number"],
            files=tuple(DataFile(**file) for file in body["files"]),
            imports=tuple(ImportRecord(**record) for record in body["imports"]),
        )


EMPTY = Manifest(number=0, files=())


def checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _text_checksum(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
