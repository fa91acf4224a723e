"""One municipality's lessons as one file for each organiser, as each would have exported its own."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from narvaro.facts.readers.pupil_list import PupilLine, UnitLine


@contextmanager
def lessons_by_organiser(
    lessons: Path, pupils: Iterable[PupilLine], units: Sequence[UnitLine]
) -> Iterator[dict[str, Path]]:
    """The files are gone afterwards. Where there is one organiser, it gets the whole file."""
    organiser = {unit.code.encode(): unit.organiser for unit in units}
    organisers = sorted(set(organiser.values()))
    if len(organisers) == 1:
        yield {organisers[0]: lessons}
        return
    with TemporaryDirectory(dir=lessons.parent) as folder:
        targets = {name: Path(folder) / f"{number}.csv" for number, name in enumerate(organisers)}
        _split(lessons, targets, organiser, _schools(pupils))
        yield targets


def _schools(pupils: Iterable[PupilLine]) -> dict[bytes, list[bytes]]:
    schools: dict[bytes, list[bytes]] = {}
    for line in pupils:
        schools.setdefault(line.pupil_id.encode(), []).append(line.unit_code.encode())
    return schools


def _split(
    lessons: Path, targets: dict[str, Path], organiser: dict[bytes, str], schools: dict[bytes, list[bytes]]
) -> None:
    """A group beside the class may meet at a school of the other organiser; those lessons stay with the pupil's own."""
    home = {pupil: organiser[codes[-1]] for pupil, codes in schools.items()}
    here = {(pupil, organiser[code]) for pupil, codes in schools.items() for code in codes}
    with ExitStack() as stack:
        files = {name: stack.enter_context(path.open("wb")) for name, path in targets.items()}
        source = stack.enter_context(lessons.open("rb"))
        header = next(source)
        for file in files.values():
            file.write(header)
        for line in source:
            pupil, code, _ = line.split(b";", 2)
            name = organiser[code]
            files[name if name == home[pupil] or (pupil, name) in here else home[pupil]].write(line)
