"""An import of lesson files: staged, judged, merged, written, and published as one snapshot or not at all."""

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from narvaro.domain.school_calendar import day_no
from narvaro.facts.engine import DuckDBEngine, quoted
from narvaro.facts.errors import ImportRefused
from narvaro.facts.gone import Gone, find_gone, spans_held
from narvaro.facts.held import hold_unusually_many_gone, hold_unusually_small
from narvaro.facts.manifest import DataFile, ImportRecord, Manifest
from narvaro.facts.merging import Merger
from narvaro.facts.readers import Source
from narvaro.facts.schema import PUPILS
from narvaro.facts.staging import Counts, Progress, Register, Staging
from narvaro.facts.store import Store
from narvaro.facts.writing import FileWriter
from narvaro.language import Message

MEMORY = "900MB"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. ``manifest`` is the snapshot that is now current; ``removed`` counts the lessons that were
    taken away because the sources, which are whole there, no longer hold them."""

    manifest: Manifest
    records: tuple[ImportRecord, ...]
    rejects: DataFile | None
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Whole:
    """The sources hold every lesson that the unit gives on these days: what is stored there and is not in them is
    gone."""

    school_unit_id: str
    first_day: date
    last_day: date


def import_lessons(
    store: Store,
    sources: Sequence[Source],
    *,
    today: date,
    register: Register | None = None,
    confirmed: bool = False,
    whole: Sequence[Whole] = (),
    holds_all: bool = False,
    memory: str = MEMORY,
    progress: Progress = lambda share: None,
) -> Imported:
    """Adds the sources, in order, to the store; a later source corrects an earlier one lesson by lesson.

    ``today``: later dates are refused. ``confirmed``: a person has said yes to unusually few lessons. With ``whole``
    there may be no source at all, and where nothing changes the current snapshot stays. ``holds_all``: a person has
    said that the sources hold every lesson of each unit in them, from its first day to its last. ``memory``: the
    engine's limit.
    Raises ImportRefused (or HeldForConfirmation) and leaves the store as it was.
    """
    spans = [(each.school_unit_id, day_no(each.first_day), day_no(each.last_day)) for each in whole]
    with committing(store, today=today, register=register, memory=memory) as (manifest, staging, work):
        stage(staging, sources, progress)
        if not whole:
            refuse_nothing_read(staging)
        if holds_all:
            refuse_partly_read(staging)
        number_pupils(staging, manifest, store.root)
        spans += spans_held(staging) if holds_all else []
        gone = find_gone(staging, manifest.of("facts"), store.root, spans)
        if not confirmed:
            hold_unusually_small(staging, manifest, store.root, {unit for unit, _first, _last in spans})
            hold_unusually_many_gone(gone)
        writer = FileWriter(staging.connection, work, store)
        added, removed = _written(writer, staging, manifest, gone)
        added += (rejects := rejects_file(writer, staging))
        records = _records(sources, staging, today, gone)
        if not (whole and manifest.has(added) and not removed):
            manifest = manifest.next(add=added, remove=removed, imports=records)
            store.publish(manifest)
        return Imported(manifest, records, rejects[0] if rejects else None, gone.rows)


@contextmanager
def committing(
    store: Store, *, today: date, register: Register | None, memory: str = MEMORY
) -> Iterator[tuple[Manifest, Staging, Path]]:
    """The writer's lock, the snapshot to build on, and an empty staging in a work folder."""
    with _refusing_full_disk(), store.writing() as work, _connection(store, work, memory) as connection:
        staging = Staging(connection, work / "staged", today=today, secret=store.secret())
        if register:
            staging.know(register)
        yield store.current(), staging, work


def stage(staging: Staging, sources: Sequence[Source], progress: Progress) -> None:
    total = sum(source.size for source in sources) or 1
    done = 0
    for number, source in enumerate(sources, 1):
        staging.add(
            source,
            number,
            lambda share, size=source.size, before=done: progress(  # type: ignore[misc]
                0.7 * (before + share * size) / total
            ),
        )
        done += source.size


def refuse_nothing_read(staging: Staging) -> None:
    for counts in staging.counts.values():
        if counts.read == 0:
            raise ImportRefused(
                Message.of("The file holds no rows. An empty file is taken as a mistake; nothing was changed.")
            )


def refuse_partly_read(staging: Staging) -> None:
    if rejected := sum(counts.rejected for counts in staging.counts.values()):
        raise ImportRefused(
            Message.of(
                "{rows} rows of the file cannot be right, so it does not hold everything. Nothing was changed.",
                rows=rejected,
            )
        )


def _written(
    writer: FileWriter, staging: Staging, manifest: Manifest, gone: Gone
) -> tuple[list[DataFile], list[DataFile]]:
    """The files that come with the next snapshot, and those that go."""
    merger = Merger(staging, writer.store.root, gone.months)
    added: list[DataFile] = []
    removed: list[DataFile] = []
    for files in writer.months(_merged_months(merger, manifest, removed)):
        added += files
    if added and staging.months():
        removed += manifest.of("pupils")
        added.append(writer.write("pupils", "select * from pupil order by pupil_no"))
    added += _compact_older(writer, manifest, [*added, *removed], removed)
    return added + _history(writer, staging.connection), removed


def _merged_months(merger: Merger, manifest: Manifest, removed: list[DataFile]) -> Iterator[tuple[int, str]]:
    """Each month with something new, and its rows; the files that it replaces go to ``removed``."""
    for month_no in merger.months():
        merged = merger.month(month_no, _of_month(manifest, month_no))
        if merged:
            removed += [file for fact in merged.replaces for file in manifest.made_from(fact)]
        if merged and merged.rows:
            yield month_no, merged.rows


def _of_month(manifest: Manifest, month_no: int) -> tuple[DataFile, ...]:
    return tuple(file for file in manifest.of("facts") if file.month_no == month_no)


def _compact_older(
    writer: FileWriter, manifest: Manifest, changed: list[DataFile], removed: list[DataFile]
) -> list[DataFile]:
    """Rewrites one earlier month that lies in several files as one: the price of small daily commits, paid once."""
    touched = {file.month_no for file in changed}
    newest = max((month for month in touched if month is not None), default=0)
    for month_no in sorted({file.month_no for file in manifest.of("facts") if file.month_no}):
        files = _of_month(manifest, month_no)
        if month_no < newest and month_no not in touched and len(files) > 1:
            paths = ", ".join(quoted(writer.store.root / file.path) for file in files)
            removed += [file for fact in files for file in manifest.made_from(fact)]
            kept = "exclude (lesson_no, added_min, dow, week_no, month_no, term_no, school_year)"
            rows = f"(select * {kept} from read_parquet([{paths}], hive_partitioning=false))"
            return [file for files in writer.months([(month_no, rows)]) for file in files]
    return []


def number_pupils(staging: Staging, manifest: Manifest, root: Path) -> None:
    """Table ``pupil``: those already numbered, then the new ones by school and id: the order of rows does not matter,
    and a
    school's pupils lie together."""
    connection = staging.connection
    paths = manifest.paths("pupils", root)
    known = f"select * from read_parquet({quoted(paths[0])})" if paths else _no_pupils()
    connection.execute(f"create or replace table pupil as {known}")
    if not staging.months():
        return
    connection.execute(
        f"""insert into pupil
        select (select coalesce(max(pupil_no), 0) from pupil) + row_number() over (order by school_unit_id, pupil_id),
        pupil_id
        from (select pupil_id, min(school_unit_id) as school_unit_id from {staging.rows()} group by pupil_id)
        anti join pupil using (pupil_id)"""
    )


def _no_pupils() -> str:
    return "select " + ", ".join(f"cast(null as {kind}) as {name}" for name, kind in PUPILS.items()) + " where false"


def _history(writer: FileWriter, connection: duckdb.DuckDBPyConnection) -> list[DataFile]:
    """Earlier values of corrected rows are kept: what was known when a decision was made must stay findable."""
    if not (connection.execute("select count(*) from replaced").fetchone() or (0,))[0]:
        return []
    return [
        writer.write("history", "select * from replaced order by pupil_no, day_no, coalesce(lesson_id, ''), start_min")
    ]


def rejects_file(writer: FileWriter, staging: Staging) -> list[DataFile]:
    if not any(counts.rejected for counts in staging.counts.values()):
        return []
    return [writer.write("rejects", f"{staging.rejects()} order by file_no, line, problem")]


def _records(sources: Sequence[Source], staging: Staging, today: date, gone: Gone) -> tuple[ImportRecord, ...]:
    records = [record(source, staging.counts[number], today) for number, source in enumerate(sources, 1)]
    return (*records[:-1], *(replace(last, removed=gone.rows) for last in records[-1:]))


def record(source: Source, counts: Counts, today: date) -> ImportRecord:
    return ImportRecord(
        source=source.name,
        sha256=source.sha256,
        at=today.isoformat(),
        read=counts.read,
        accepted=counts.accepted,
        rejected=counts.rejected,
        duplicates=counts.duplicates,
        corrected=counts.corrected,
        clamped=counts.clamped,
        incomplete=counts.incomplete,
    )


@contextmanager
def _connection(store: Store, work: Path, memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    with DuckDBEngine(folders=[store.root], memory=memory, spill=work / "spill", writing=True) as engine:
        yield engine.connection


@contextmanager
def _refusing_full_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise _disk_full() from error
    except duckdb.Error as error:
        if not any(sign in str(error) for sign in ("No space left", "File too large", "Disk quota")):
            raise
        raise _disk_full() from error


def _disk_full() -> ImportRefused:
    return ImportRefused(Message.of("The disk is full. Nothing was stored; free some space and import again."))
