"""A sent file and the attendance facts: opened as the person said, tried on a fork of the store, or read in for good.
No database here."""

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from narvaro.contexts.intake.preview import Answers, Counts, Differing, Held, Holding, Preview, Problem, SeenColumn
from narvaro.domain.school_calendar import date_of, first_of_month
from narvaro.facts.differing import changes
from narvaro.facts.errors import HeldForConfirmation, ImportRefused
from narvaro.facts.importing import Imported, import_lessons
from narvaro.facts.layout import Layout
from narvaro.facts.manifest import ImportRecord, Manifest
from narvaro.facts.periods import import_periods
from narvaro.facts.readers import Mapping, Said, Source, load_mapping, open_recognised
from narvaro.facts.readers.mapping_loading import load_preset, preset_names
from narvaro.facts.readers.peeking import Peek, peek
from narvaro.facts.rejected import rejected_groups
from narvaro.facts.staging import Progress, Register
from narvaro.facts.store import Store
from narvaro.language import Message

VKLASS = "vklass"


@dataclass(frozen=True, slots=True)
class NamedMapping:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Opened:
    """``used``: the saved description that fitted, when the file was not known by itself."""

    source: Source
    used: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What surrounds an import: whose facts, who is known there, the day, and whether a person has said that the file
    is whole."""

    store: Path
    register: Register
    today: date
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """``rejects``: the list of rejected rows in the workshop, or None."""

    preview: Preview
    rejects: Path | None


def opened(path: Path, answers: Answers, saved: Sequence[NamedMapping]) -> Opened:
    """Raises ImportRefused, or QuestionForPerson, as ``open_source``. A file whose columns are not known is tried with
    each saved description, and then with the presets."""
    mapping = _mapping(answers)
    source = open_recognised(path, mapping=mapping, said=_said(answers), saved=list(_readable(saved)))
    known = {*(each.name for each in saved), *(load_preset(name).name for name in preset_names())}
    name = source.layout.name
    return Opened(source, name if name in known and name != VKLASS and not answers.mapping else "")


def without_headings() -> list[tuple[str, str]]:
    """Presets that a person must choose, as nothing in the file tells them: name in files, name on screen."""
    found = ((name, load_preset(name)) for name in preset_names())
    return [(name, mapping.name) for name, mapping in found if not mapping.has_header]


def looked_at(path: Path, answers: Answers) -> Preview:
    """Encoding, delimiter and columns, without judging what they mean. Raises as ``peek``."""
    seen = peek(path, encoding=answers.encoding or None, delimiter=answers.delimiter or None)
    return Preview(
        encoding=seen.encoding,
        delimiter=seen.delimiter,
        header_line=seen.header_line,
        columns=tuple(SeenColumn(each.number, each.header, each.look, each.samples) for each in seen.columns),
        grain=_likely_grain(seen),
    )


def recognised(preview: Preview, found: Opened) -> Preview:
    """The columns with what they were read as."""
    layout = found.source.layout
    fields = {} if layout.name == VKLASS else _fields(layout)
    columns = tuple(replace(each, field=fields.get(each.number - 1, "")) for each in preview.columns)
    return replace(preview, columns=columns, grain=layout.grain, used_mapping=found.used)


def lacks_unit(source: Source, register: Register) -> bool:
    """A report that names no school, or only in words: a person must say which it is."""
    unit = dict(source.layout.constants).get("school_unit_id")
    return unit is not None and unit not in register.school_unit_ids


def tried(source: Source, preview: Preview, setting: Setting, *, folder: Path, progress: Progress) -> Tried:
    """The whole import, on a fork that is thrown away. Raises ImportRefused."""
    before = Store(setting.store).current()
    fork = Store(setting.store).fork(folder / "store")
    held = None
    try:
        result = read_in(fork, source, setting, confirmed=False, progress=progress)
    except HeldForConfirmation as error:
        held = held_of(error)
        result = read_in(fork, source, setting, confirmed=True, progress=progress)
    rejects = fork.root / result.rejects.path if result.rejects else None
    return Tried(
        replace(
            preview,
            counts=counts_of(result.records[0]),
            problems=problems_in(rejects),
            before=holding(before),
            after=holding(result.manifest),
            differing=differing((setting.store, before), (fork.root, result.manifest)),
            held=held,
            no_pupils_known=not setting.register.pupil_ids,
        ),
        rejects,
    )


def read_in(store: Store, source: Source, setting: Setting, *, confirmed: bool, progress: Progress) -> Imported:
    if source.layout.grain == "period":
        return import_periods(store, [source], today=setting.today, register=setting.register, progress=progress)
    return import_lessons(
        store,
        [source],
        today=setting.today,
        register=setting.register,
        confirmed=confirmed,
        holds_all=setting.whole,
        progress=progress,
    )


def counts_of(record: ImportRecord) -> Counts:
    return Counts(
        read=record.read,
        accepted=record.accepted,
        rejected=record.rejected,
        duplicates=record.duplicates,
        corrected=record.corrected,
        clamped=record.clamped,
        incomplete=record.incomplete,
    )


def problems_in(rejects: Path | None) -> tuple[Problem, ...]:
    found = rejected_groups(rejects) if rejects else ()
    return tuple(Problem(each.problem.name, each.rows, each.first_line) for each in found)


def holding(manifest: Manifest) -> Holding:
    facts = manifest.of("facts") or manifest.of("periods")
    days = [day for file in facts for day in (file.first_day, file.last_day) if day is not None]
    return Holding(
        rows=sum(file.rows for file in facts),
        pupils=sum(file.rows for file in manifest.of("pupils")),
        first_day=date_of(min(days)).isoformat() if days else "",
        last_day=date_of(max(days)).isoformat() if days else "",
    )


def differing(before: tuple[Path, Manifest], after: tuple[Path, Manifest]) -> tuple[Differing, ...]:
    return tuple(
        Differing(
            first_of_month(each.month_no).isoformat()[:7], each.school_unit_id, each.new, each.corrected, each.removed
        )
        for each in changes(before, after)
    )


def held_of(error: HeldForConfirmation) -> Held:
    values = dict(error.message.values)
    if "gone" in values:
        return Held(int(str(values["gone"])), int(str(values["stored"])), are_gone=True)
    return Held(int(str(values["fresh"])), int(str(values["usual"])))


def quality_notes(counts: Counts) -> Iterable[Message]:
    if counts.clamped:
        yield Message.of(
            "{rows} rows had more absence than lesson and were cut to the lesson's minutes.", rows=counts.clamped
        )
    if counts.incomplete:
        yield Message.of(
            "{rows} rows leave minutes over; those count as unknown, not as presence.", rows=counts.incomplete
        )


def read_mapping(text: str) -> Mapping:
    """Raises ImportRefused naming the place in the description that is wrong."""
    with tempfile.TemporaryDirectory(prefix="narvaro-") as folder:
        path = Path(folder) / "mapping.yaml"
        path.write_text(text, encoding="utf-8")
        return load_mapping(path)


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _said(answers: Answers) -> Said:
    period = None
    if answers.first_day and answers.last_day:
        period = (date.fromisoformat(answers.first_day), date.fromisoformat(answers.last_day))
    return Said(
        encoding=answers.encoding or None,
        delimiter=answers.delimiter or None,
        period=period,
        lesson_minutes=int(answers.lesson_minutes) if answers.lesson_minutes else None,
        school_unit_id=answers.unit_code or None,
    )


def _mapping(answers: Answers) -> Mapping | None:
    if answers.mapping:
        return read_mapping(answers.mapping)
    return load_preset(answers.preset) if answers.preset else None


def _readable(saved: Iterable[NamedMapping]) -> Iterable[Mapping]:
    """One that an earlier version saved and this one cannot read fits nothing."""
    for each in saved:
        with suppress(ImportRefused):
            yield replace(read_mapping(each.text), name=each.name)


def _fields(layout: Layout) -> dict[int, str]:
    fields: dict[int, str] = {}
    for field, column in (*layout.columns, *layout.made_from):
        fields.setdefault(column, field)  # the teaching time may be made from all the others
    if layout.categories:
        fields[layout.categories.column] = "category"
        if layout.categories.minutes_column is not None:
            fields[layout.categories.minutes_column] = "category_minutes"
    return fields


def _likely_grain(seen: Peek) -> str:
    """Of the two tables that are known, the one with more of the headings."""
    known = {grain: sum(column.field(grain) is not None for column in seen.columns) for grain in ("lesson", "period")}
    return "period" if known["period"] > known["lesson"] else "lesson"
