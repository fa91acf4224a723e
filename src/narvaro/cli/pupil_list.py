"""The list of pupils that may be handed in beside the lessons: who is known, their names, classes and schools."""

from dataclasses import dataclass
from pathlib import Path

from narvaro.facts.readers.pupil_list import PupilLine, read_pupil_lines, read_unit_lines
from narvaro.facts.staging import Register


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
    """A pupil with several rows has several enrolments. Raises ImportRefused when a required column is missing."""
    found: dict[str, ListedPupil] = {}
    for row in sorted(read_pupil_lines(pupils), key=lambda row: row.first_day):
        found[row.pupil_id] = _listed(row, found.get(row.pupil_id))
    names = {row.code: row.name for row in read_unit_lines(units)} if units else {}
    return PupilList(found, names)


def _listed(row: PupilLine, earlier: ListedPupil | None) -> ListedPupil:
    name = " ".join(part for part in (row.given_name, row.family_name) if part)
    return ListedPupil(
        name=name or None,
        form=row.school_form or None,
        grade=row.grade or None,
        protected=bool(row.is_protected) or bool(earlier and earlier.protected),
        enrolments=(*(earlier.enrolments if earlier else ()), row.unit_code),
    )
