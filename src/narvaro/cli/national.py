"""The national format from a store of lessons and a list of pupils."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TextIO

import typer

from narvaro.cli.help_words import Command
from narvaro.cli.options import today_here
from narvaro.cli.telling import Lang, LanguageName, say, telling
from narvaro.domain.identity import InvalidIdentity, normalise
from narvaro.domain.national import (
    Enrolled,
    NationalRow,
    Place,
    TermSums,
    days_of_term,
    national_rows,
    term_name,
    term_named,
)
from narvaro.facts.errors import ImportRefused
from narvaro.facts.readers.pupil_list import PupilLine, read_pupil_lines
from narvaro.facts.store import Store
from narvaro.facts.terms import sums_of_term, terms_of
from narvaro.language import N_, Message
from narvaro.report.staging import write_together
from narvaro.ui.national_table import file_name, national_csv

StoreFolder = Annotated[
    Path, typer.Option("--store", exists=True, file_okay=False, help=N_("The folder that holds the facts."))
]
PupilFile = Annotated[Path, typer.Option("--pupils", exists=True, dir_okay=False, help=N_("List of pupils."))]
Out = Annotated[Path, typer.Option("--out", file_okay=False, help=N_("Folder for the file."))]
Term = Annotated[str | None, typer.Option("--term", help=N_("As in 2025-HT (default: the latest in the store)."))]
Identity = Annotated[
    bool,
    typer.Option("--identity-numbers", help=N_("Identity numbers instead of the pupils' keys. Only where needed.")),
]


def add_to(app: typer.Typer) -> None:
    app.command("export-national", cls=Command, help=N_("Hours of each pupil and term, in the national format."))(
        export_national
    )


def export_national(
    store: StoreFolder,
    pupils: PupilFile,
    out: Out,
    term: Term = None,
    identity_numbers: Identity = False,
    lang: Lang = LanguageName.SV,
) -> None:
    with telling(lang):
        chosen, sums = _sums(store, term)
        enrolled = enrolled_in(read_pupil_lines(pupils), chosen)
        rows = national_rows(sums(), enrolled)
        if identity_numbers:
            numbers = numbers_of((row.pupil for row in rows), read_pupil_lines(pupils))
            rows = (replace(row, pupil=numbers[row.pupil]) for row in national_rows(sums(), enrolled))
        name = file_name(chosen, with_identity=identity_numbers)
        written = 0

        def counted() -> Iterator[NationalRow]:
            nonlocal written
            for row in rows:
                written += 1
                yield row

        def write(file: TextIO) -> None:
            file.writelines(national_csv(counted(), with_identity=identity_numbers))

        write_together(out, {name: write})
    say(
        Message.of("{rows} rows of the term {term} in {file}.", rows=written, term=term_name(chosen), file=out / name),
        lang,
    )


def _sums(root: Path, name: str | None) -> tuple[int, Callable[[], Iterator[TermSums]]]:
    """The term, and its sums: the same however often they are asked for."""
    manifest = Store(root).current()
    known = terms_of(manifest)
    chosen = term_named(name) if name else (known[0] if known else None)
    if chosen is None or chosen not in known:
        raise ImportRefused(
            Message.of(
                "The store holds no lessons of that term. It has: {terms}.",
                terms=", ".join(map(term_name, known)) or "–",
            )
        )
    return chosen, lambda: sums_of_term(root, manifest, chosen)


def enrolled_in(lines: Iterable[PupilLine], term: int) -> Mapping[Place, Enrolled]:
    """The latest row of each pupil and school that began before the term was over. A pupil with protected identity in
    any row is left out altogether."""
    _first, last = days_of_term(term)
    protected: set[str] = set()
    found: dict[Place, Enrolled] = {}
    since: dict[Place, str] = {}
    same: dict[Enrolled, Enrolled] = {}  # few differ, and a municipality has many pupils
    for line in lines:
        if line.is_protected:
            protected.add(line.pupil_id)
        place = (line.pupil_id, sys.intern(line.unit_code))
        if since.get(place, "") <= line.first_day <= last.isoformat():
            since[place] = sys.intern(line.first_day)
            how = Enrolled(sys.intern(line.school_form), sys.intern(line.grade))
            found[place] = same.setdefault(how, how)
    for place in [place for place in found if place[0] in protected]:
        del found[place]
    return found


def numbers_of(pupils: Iterable[str], lines: Iterable[PupilLine]) -> Mapping[str, str]:
    """Raises ImportRefused when one of the pupils has no valid identity number in the list: half a file is no file."""
    numbers = {line.pupil_id: number for line in lines if (number := _number(line))}
    lacking = {each for each in pupils if each not in numbers}
    if lacking:
        raise ImportRefused(
            Message.of(
                "{count} pupils have no valid identity number in the list of pupils. Nothing was written.",
                count=len(lacking),
            )
        )
    return numbers


def _number(line: PupilLine) -> str | None:
    try:
        return normalise(line.identity_number, today=today_here()).canonical if line.identity_number else None
    except InvalidIdentity:
        return None
