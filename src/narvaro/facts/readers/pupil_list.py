"""Lists of pupils and of school units, as exported beside the lessons (docs/reference/import-formats.md).

Rows come out as they stand, cleaned of control characters; whether a row can be used is decided by whoever uses it.
"""

import csv
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from narvaro.facts.errors import ImportRefused
from narvaro.language import Message

PUPIL_COLUMNS = ("elev_id", "skolenhetskod")
UNIT_COLUMNS = ("skolenhetskod", "namn")
_READ_AT_ONCE = 1 << 20
LARGEST_BYTES = 200 * 1024 * 1024
_YES = frozenset({"ja", "j", "yes", "y", "true", "1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PupilLine:
    """One row: a pupil at a school unit. Dates are as written. ``mentor`` and ``is_protected`` are None where the list
    has no such column, which is not the same as nobody and no."""

    line: int
    pupil_id: str
    unit_code: str
    given_name: str = ""
    family_name: str = ""
    school_form: str = ""
    grade: str = ""
    group_name: str = ""
    home_municipality: str = ""
    mentor: str | None = None
    is_protected: bool | None = None
    first_day: str = ""
    last_day: str = ""
    identity_number: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    line: int
    code: str
    name: str
    area: str = ""
    school_forms: tuple[str, ...] = ()
    grades: str = ""
    organiser: str = ""


def read_pupil_lines(path: Path) -> Iterator[PupilLine]:
    """Raises ImportRefused when a column that is needed is missing or the file is too large."""
    for line, row in _rows(path, PUPIL_COLUMNS):
        yield PupilLine(
            line=line,
            pupil_id=row["elev_id"],
            unit_code=row["skolenhetskod"],
            given_name=row.get("fornamn", ""),
            family_name=row.get("efternamn", ""),
            school_form=row.get("skolform", ""),
            grade=row.get("arskurs", ""),
            group_name=row.get("klass", ""),
            home_municipality=row.get("hemkommun", ""),
            mentor=row.get("mentor"),
            is_protected=row["skyddad"].casefold() in _YES if "skyddad" in row else None,
            first_day=row.get("fran", ""),
            last_day=row.get("till", ""),
            identity_number=row.get("personnummer", ""),
        )


def read_unit_lines(path: Path) -> Iterator[UnitLine]:
    """Raises ImportRefused as above."""
    for line, row in _rows(path, UNIT_COLUMNS):
        forms = row.get("skolform", "").replace(",", " ").split()
        yield UnitLine(
            line=line,
            code=row["skolenhetskod"],
            name=row["namn"],
            area=row.get("omrade", ""),
            school_forms=tuple(forms),
            grades=row.get("arskurser", ""),
            organiser=row.get("huvudman", ""),
        )


def _rows(path: Path, required: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line in the file, and cells by column. A row without its first needed value is no row."""
    with path.open(encoding=_encoding(path), errors="replace", newline="") as file:
        delimiter = max(";,\t", key=file.readline().count)
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter)
        try:
            header = [clean_text(cell).casefold() for cell in next(reader, [])]
            _demand(required, header, path)
            for cells in reader:
                row = dict(zip(header, map(clean_text, cells), strict=False))
                if row.get(required[0]):
                    yield reader.line_num, dict.fromkeys(header, "") | row
        except csv.Error as error:
            raise ImportRefused(
                Message.of(
                    "The file {file} cannot be read as a table from line {line} on.",
                    file=path.name,
                    line=reader.line_num,
                )
            ) from error


def _demand(required: tuple[str, ...], header: list[str], path: Path) -> None:
    missing = [name for name in required if name not in header]
    if missing:
        raise ImportRefused(
            Message.of(
                "{file} lacks the columns {missing}. Nothing was imported.", file=path.name, missing=", ".join(missing)
            )
        )


def clean_text(cell: str) -> str:
    """Names are kept in one Unicode form; a control character has no place in any cell."""
    if cell.isascii() and cell.isprintable():
        return cell.strip()
    kept = "".join(each for each in cell if unicodedata.category(each) not in ("Cc", "Cf", "Cs"))
    return unicodedata.normalize("NFC", kept).strip()


def _encoding(path: Path) -> str:
    if path.stat().st_size > LARGEST_BYTES:
        raise ImportRefused(Message.of("The file {file} is larger than a list of pupils can be.", file=path.name))
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            while file.read(_READ_AT_ONCE):
                pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"
