"""An import of period sums: one row a pupil and period, kept in one small file a snapshot."""

from collections.abc import Sequence
from datetime import date

from narvaro.domain.rows import RowProblem
from narvaro.facts.engine import quoted
from narvaro.facts.importing import (
    Imported,
    committing,
    number_pupils,
    record,
    refuse_nothing_read,
    rejects_file,
    stage,
)
from narvaro.facts.manifest import DataFile, Manifest
from narvaro.facts.readers import Source
from narvaro.facts.schema import PERIODS
from narvaro.facts.staging import Progress, Register, Staging
from narvaro.facts.store import Store
from narvaro.facts.writing import FileWriter

_KEY = "pupil_no, school_unit_id, first_day, last_day"
_COLUMNS = ", ".join(PERIODS)
_VALUES = "row(offered_min, present_min, valid_min, invalid_min, late_count, name, grade, group_id)"


def import_periods(
    store: Store,
    sources: Sequence[Source],
    *,
    today: date,
    register: Register | None = None,
    progress: Progress = lambda share: None,
) -> Imported:
    """Adds period sums to the store; the same pupil, unit and period again corrects the earlier row.

    Raises ImportRefused and leaves the store as it was.
    """
    with committing(store, today=today, register=register) as (manifest, staging, work):
        stage(staging, sources, progress)
        refuse_nothing_read(staging)
        writer = FileWriter(staging.connection, work, store)
        number_pupils(staging, manifest, store.root)
        _merge(staging, manifest, store)
        added = [
            writer.write("pupils", "select * from pupil order by pupil_no"),
            writer.write("periods", f"select {_COLUMNS} from merged order by {_KEY}"),
        ]
        rejects = rejects_file(writer, staging)
        records = tuple(record(source, staging.counts[number], today) for number, source in enumerate(sources, 1))
        removed: list[DataFile] = [*manifest.of("pupils"), *manifest.of("periods")]
        fresh = manifest.next(add=[*added, *rejects], remove=removed, imports=records)
        store.publish(fresh)
        return Imported(fresh, records, rejects[0] if rejects else None)


def _merge(staging: Staging, manifest: Manifest, store: Store) -> None:
    """Table ``merged``. Order of judgement: contradictions within a file, then overlaps, then what is new or
    corrected."""
    connection = staging.connection
    stored = manifest.paths("periods", store.root)
    empty = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in PERIODS.items())
    source = f"select {_COLUMNS} from read_parquet({quoted(stored[0])})" if stored else f"select {empty} where false"
    connection.execute(f"create or replace table stored as {source}")
    staged = f"(select * from {staging.rows()} join pupil using (pupil_id))" if staging.months() else None
    if staged is None:
        connection.execute("create or replace table merged as select * from stored")
        return
    connection.execute(
        f"""create or replace table keyed as select *,
        row_number() over (partition by {_KEY}, file_no order by chunk_no, row_no) as copy,
        min(hash({_VALUES})) over (partition by {_KEY}, file_no) <> max(hash({_VALUES})) over (partition by {_KEY},
        file_no)
            as contradicted
        from {staged}"""
    )
    _mark_overlaps(staging)
    _count(staging)
    connection.execute(
        f"""create or replace table merged as
        select {_COLUMNS} from (
            select *, row_number() over (partition by {_KEY} order by file_no desc) as newest
            from chosen) where newest = 1
        union all by name select {_COLUMNS} from stored anti join chosen using ({_KEY})"""
    )


def _mark_overlaps(staging: Staging) -> None:
    """Two different periods of a pupil at a unit that share days would count those days twice; the first one given
    stands."""
    staging.connection.execute(
        f"""create or replace table chosen as
        with candidate as (select * from keyed where not contradicted and copy = 1),
        earlier as (
            select {_KEY}, 0 as file_no, 0 as chunk_no, 0 as row_no from stored
            union all select {_KEY}, file_no, chunk_no, row_no from candidate)
        select c.*, exists (
            select 1 from earlier e
            where e.pupil_no = c.pupil_no and e.school_unit_id = c.school_unit_id
                and e.first_day <= c.last_day and c.first_day <= e.last_day
                and (e.first_day <> c.first_day or e.last_day <> c.last_day)
                and (e.file_no, e.chunk_no, e.row_no) < (c.file_no, c.chunk_no, c.row_no)) as overlapping
        from candidate c"""
    )
    staging.connection.execute(
        f"""insert into rejected_row select file_no, chunk_no, row_no, {RowProblem.CONFLICT.number} from keyed where
        contradicted
        union all select file_no, chunk_no, row_no, {RowProblem.OVERLAPPING_PERIOD.number} from chosen where
        overlapping"""
    )


def _count(staging: Staging) -> None:
    connection = staging.connection
    for file_no, contradicted, repeated in connection.execute(
        "select file_no, sum(contradicted::int), sum((not contradicted and copy > 1)::int) from keyed group by 1"
    ).fetchall():
        staging.counts[file_no].rejected += contradicted
        staging.counts[file_no].duplicates += repeated
    for file_no, overlapping in connection.execute(
        "select file_no, sum(overlapping::int) from chosen group by 1"
    ).fetchall():
        staging.counts[file_no].rejected += overlapping
    connection.execute("delete from chosen where overlapping")
    versions = connection.execute(
        f"""with version as (
            select {_KEY}, 0 as file_no, {_VALUES} as own from stored semi join chosen using ({_KEY})
            union all select {_KEY}, file_no, {_VALUES} as own from chosen),
        compared as (select *, lag(own) over (partition by {_KEY} order by file_no) as before from version)
        select file_no, sum((before is null)::int), sum((before <> own)::int), sum((before = own)::int)
        from compared where file_no > 0 group by 1"""
    ).fetchall()
    for file_no, new, corrected, same in versions:
        counts = staging.counts[file_no]
        counts.accepted += new + (corrected or 0)
        counts.corrected += corrected or 0
        counts.duplicates += same or 0
