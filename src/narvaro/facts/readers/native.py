"""Närvaro's own table of lessons or periods, recognised by its header (docs/reference/import-formats.md)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from narvaro.facts.errors import ImportRefused, QuestionForPerson, UnknownLayout
from narvaro.facts.layout import Grain, Layout
from narvaro.facts.readers.headers import field_of, folded, looks_like_header, own_name
from narvaro.language import Message

Period = tuple[date, date]
ISO = "%Y-%m-%d"

_REQUIRED: dict[Grain, tuple[tuple[str, ...], ...]] = {
    "lesson": (
        ("pupil_id", "identity_number"),
        ("school_unit_id",),
        ("date",),
        ("start", "lesson_id"),
        ("offered",),
        ("valid",),
        ("invalid",),
        ("reported",),
    ),
    "period": (
        ("pupil_id", "identity_number"),
        ("school_unit_id",),
        ("first_date",),
        ("last_date",),
        ("offered",),
        ("valid",),
        ("invalid",),
    ),
}


@dataclass(frozen=True, slots=True)
class Header:
    """The header row of a table: its cells, its line (1-based) and the name of its file, for messages."""

    cells: tuple[str, ...]
    line: int
    file: str


def native_layout(header: Header, *, delimiter: str, period: Period | None) -> tuple[Layout, tuple[Message, ...]]:
    """Raise ImportRefused for missing or repeated columns, QuestionForPerson when two columns claim one field."""
    if not looks_like_header(header.cells):
        raise _no_header(header)
    refuse_repeated(header)
    grain = _grain(header, period)
    claims = _claims(header, grain)
    constants = period_constants(period) if grain == "period" and period else ()
    claims, swapped = _reported_from_unreported(claims, header, grain)
    _refuse_missing(header, grain, {*claims, *dict(constants)})
    fields = {field: columns[0] for field, columns in claims.items() if field != "reason"}
    constants = tuple((field, text) for field, text in constants if field not in fields)
    layout = Layout(
        name=f"narvaro-{grain}",
        grain=grain,
        columns=tuple(fields.items()),
        width=len(header.cells),
        delimiter=delimiter,
        constants=constants,
    )
    if swapped:
        layout = replace(layout, yes_words=layout.no_words, no_words=layout.yes_words)
    return layout, _notes(header, grain, claims, swapped)


def period_constants(period: Period) -> tuple[tuple[str, str], ...]:
    first, last = period
    return (("first_date", first.strftime(ISO)), ("last_date", last.strftime(ISO)))


def refuse_repeated(header: Header) -> None:
    repeated = [cell for cell, times in Counter(map(folded, header.cells)).items() if cell and times > 1]
    if repeated:
        raise ImportRefused(
            Message.of(
                "Columns occur more than once in {file}: {columns}. Nothing was imported.",
                file=header.file,
                columns=", ".join(repeated),
            )
        )


def unused_columns(header: Header, used: Sequence[int]) -> tuple[Message, ...]:
    unused = [cell.strip() for number, cell in enumerate(header.cells) if number not in used and cell.strip()]
    if not unused:
        return ()
    return (Message.of("Columns that were not used: {columns}.", columns=", ".join(unused)),)


def _no_header(header: Header) -> UnknownLayout:
    return UnknownLayout(
        Message.of(
            "Line {line} of {file} is no header that is known here. Put a header first, or describe the file in"
            " a mapping.",
            line=header.line,
            file=header.file,
        )
    )


def _grain(header: Header, period: Period | None) -> Grain:
    if any(field_of(cell, "lesson") == "date" for cell in header.cells):
        return "lesson"
    dated = any(field_of(cell, "period") in ("first_date", "last_date") for cell in header.cells)
    return "period" if dated or period else "lesson"


def _claims(header: Header, grain: Grain) -> dict[str, tuple[int, ...]]:
    claims: dict[str, tuple[int, ...]] = {}
    for number, cell in enumerate(header.cells):
        if field := field_of(cell, grain):
            claims[field] = (*claims.get(field, ()), number)
    for field, columns in claims.items():
        if len(columns) > 1 and field != "reason":
            raise QuestionForPerson(
                Message.of(
                    "More than one column of {file} may be {field}: {columns}. Say which in a mapping.",
                    file=header.file,
                    field=own_name(field, grain),
                    columns=", ".join(header.cells[column].strip() for column in columns),
                )
            )
    return claims


def _reported_from_unreported(
    claims: dict[str, tuple[int, ...]], header: Header, grain: Grain
) -> tuple[dict[str, tuple[int, ...]], bool]:
    """A column "not reported" is "reported" with yes and no exchanged, as long as no other column has yes and no."""
    if "unreported" not in claims:
        return claims, False
    column = header.cells[claims["unreported"][0]].strip()
    if grain == "period" or "reported" in claims or "late" in claims:
        raise QuestionForPerson(
            Message.of(
                "The column {column} of {file} says what is not reported. Say in a mapping how it is to be read.",
                column=column,
                file=header.file,
            )
        )
    return {("reported" if field == "unreported" else field): columns for field, columns in claims.items()}, True


def _refuse_missing(header: Header, grain: Grain, found: set[str]) -> None:
    missing = [
        "/".join(own_name(field, grain) for field in choices)
        for choices in _REQUIRED[grain]
        if not found.intersection(choices)
    ]
    if missing:
        raise UnknownLayout(
            Message.of(
                "Columns are missing in {file}: {missing}. The header on line {line} has: {found}. Nothing was"
                " imported.",
                file=header.file,
                missing=", ".join(missing),
                line=header.line,
                found=", ".join(cell.strip() for cell in header.cells),
            )
        )


def _notes(header: Header, grain: Grain, claims: dict[str, tuple[int, ...]], swapped: bool) -> tuple[Message, ...]:
    notes: list[Message] = []
    used = [column for columns in claims.values() for column in columns]
    if pairs := _synonyms(header, grain, claims):
        notes.append(Message.of("Headers that were read as ours: {pairs}.", pairs=", ".join(pairs)))
    if swapped:
        notes.append(
            Message.of("Yes in the column for what is not reported was read as no in {field}.", field="rapporterad")
        )
    if "reason" in claims:
        dropped = ", ".join(header.cells[column].strip() for column in claims["reason"])
        notes.append(Message.of("The column {column} holds reasons for absence and was dropped.", column=dropped))
    return (*notes, *unused_columns(header, used))


def _synonyms(header: Header, grain: Grain, claims: dict[str, tuple[int, ...]]) -> list[str]:
    return [
        f"{header.cells[column].strip()} = {own_name(field, grain)}"
        for field, columns in claims.items()
        for column in columns
        if field != "reason" and folded(header.cells[column]) != own_name(field, grain)
    ]
