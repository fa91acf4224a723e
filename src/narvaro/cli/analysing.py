"""The main job: files in, an explained list out (M01-M05, M101)."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from narvaro.cli.building import Context, lesson_analysis, period_analysis
from narvaro.cli.list_files import PUPILS, UNITS
from narvaro.cli.pupil_list import PupilList, read_pupil_list
from narvaro.domain.plan import Plan
from narvaro.domain.rows import RowProblem
from narvaro.domain.school_calendar import day_no
from narvaro.facts.engine import Engine
from narvaro.facts.errors import ImportRefused
from narvaro.facts.importing import Imported, import_lessons
from narvaro.facts.layout import Grain
from narvaro.facts.manifest import Kind
from narvaro.facts.measures import Snapshot
from narvaro.facts.period_measures import period_pupils
from narvaro.facts.periods import import_periods
from narvaro.facts.readers import Said, Source, load_mapping, open_recognised
from narvaro.facts.readers.headers import own_name
from narvaro.facts.rejected import rejected_rows
from narvaro.facts.spark_engine import SparkEngine
from narvaro.facts.staging import Progress
from narvaro.facts.store import Store
from narvaro.facts.tables import register_tables
from narvaro.language import Message
from narvaro.plans import load_plan
from narvaro.report.model import Analysis, ImportReport, Reject, SourceInfo

_STORED_AS: tuple[tuple[Grain, Kind], ...] = (("lesson", "facts"), ("period", "periods"))
PLANS: dict[Grain, str] = {"lesson": "tyreso_default", "period": "national_levels"}


class WrongUsage(Exception):
    """Options that do not go together."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.say("en"))
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the person asked for. ``today`` is the clock's date, passed in by the edge."""

    files: tuple[Path, ...]
    today: date
    pupils: Path | None = None
    units: Path | None = None
    mapping: Path | None = None
    plan: str | None = None
    first_day: date | None = None
    as_of: date | None = None
    encoding: str | None = None
    delimiter: str | None = None
    lesson_minutes: int | None = None
    store: Path | None = None
    engine: str | None = None
    confirmed: bool = False

    @property
    def period(self) -> tuple[date, date] | None:
        """What sums that do not say their period are about."""
        return (self.first_day, self.as_of) if self.first_day and self.as_of else None


@dataclass(frozen=True, slots=True)
class Stored:
    """An import that is in place, and what is needed to ask it for numbers. ``elsewhere``: the engine on a server, if
    one was asked for."""

    root: Path
    grain: Grain
    imported: Imported
    sources: tuple[Source, ...]
    pupils: PupilList | None
    plan: Plan
    alarm: Message | None
    elsewhere: Engine | None


@contextmanager
def imported(request: Request, progress: Progress) -> Iterator[Stored]:
    """Reads and stores the files: in ``request.store``, or in a folder that is gone afterwards. Without files it is
    what the store holds, with the lists that lie beside it.

    Raises ImportRefused, with nothing stored.
    """
    sources = _sources(request)
    kept = None if sources else _kept(request)
    grain = _one_grain(sources) if kept is None else _kept_grain(kept)
    plan = load_plan(request.plan or PLANS[grain])
    pupils = _pupil_list(request)
    with _elsewhere(request) as engine, _folder(request.store) as root:
        store = Store(root)
        result = kept or _import(store, sources, grain, request, pupils, progress)
        yield Stored(root, grain, result, sources, pupils, plan, store.alarm, engine)


def _kept(request: Request) -> Imported:
    if request.store is None:
        raise WrongUsage(
            Message.of("Give attendance exports, or --store with a folder that holds what was read before.")
        )
    return Imported(Store(request.store).current(), (), None)


def _kept_grain(kept: Imported) -> Grain:
    for grain, kind in _STORED_AS:
        if kept.manifest.of(kind):
            return grain
    raise ImportRefused(Message.of("The store holds no attendance yet. Read a file or a school system into it first."))


def _pupil_list(request: Request) -> PupilList | None:
    """What was asked for; without files, what ``narvaro sync`` left beside the store."""
    pupils, units = request.pupils, request.units
    if pupils is None and not request.files and request.store and (request.store / PUPILS).exists():
        pupils, units = request.store / PUPILS, units or request.store / UNITS
    return read_pupil_list(pupils, units) if pupils else None


def analysis_of(stored: Stored, request: Request) -> Analysis:
    context = Context(stored.plan, stored.pupils, source_infos(stored))
    if stored.grain == "period":
        return period_analysis(period_pupils(stored.root, stored.imported.manifest, stored.elsewhere), context)
    with snapshot(stored, request) as numbers:
        return lesson_analysis(numbers, context)


def snapshot(stored: Stored, request: Request) -> Snapshot:
    numbers = Snapshot(
        stored.root,
        stored.imported.manifest,
        as_of=day_no(request.as_of) if request.as_of else None,
        first_day=day_no(request.first_day) if request.first_day else None,
    )
    if stored.elsewhere:
        register_tables(stored.elsewhere, stored.imported.manifest, stored.root)
        numbers.engine.close()
        numbers.engine = stored.elsewhere
    return numbers


def import_report(stored: Stored) -> ImportReport:
    """Its rejected rows are read while the report is written, so the store must still be there."""
    return ImportReport.of(source_infos(stored), rejects=_rejects(stored), notes=_notes(stored))


def source_infos(stored: Stored) -> tuple[SourceInfo, ...]:
    return tuple(
        SourceInfo(
            name=source.name,
            sha256=source.sha256,
            read=record.read,
            accepted=record.accepted,
            rejected=record.rejected,
            duplicates=record.duplicates,
            corrected=record.corrected,
            notes=(*source.notes, *_quality(record.clamped, record.incomplete)),
        )
        for source, record in zip(stored.sources, stored.imported.records, strict=True)
    )


def _sources(request: Request) -> tuple[Source, ...]:
    mapping = load_mapping(request.mapping) if request.mapping else None
    said = Said(
        encoding=request.encoding,
        delimiter=request.delimiter,
        period=request.period,
        lesson_minutes=request.lesson_minutes,
    )
    return tuple(open_recognised(path, mapping=mapping, said=said) for path in request.files)


def _one_grain(sources: Sequence[Source]) -> Grain:
    grains = {source.layout.grain for source in sources}
    if len(grains) > 1:
        raise ImportRefused(
            Message.of("Files with lessons and files with sums per period cannot be analysed together. Give one kind.")
        )
    return grains.pop()


def _import(
    store: Store,
    sources: Sequence[Source],
    grain: Grain,
    request: Request,
    pupils: PupilList | None,
    progress: Progress,
) -> Imported:
    today = max(request.today, request.as_of or request.today)
    register = pupils.register if pupils else None
    if grain == "period":
        return import_periods(store, sources, today=today, register=register, progress=progress)
    return import_lessons(
        store, sources, today=today, register=register, confirmed=request.confirmed, progress=progress
    )


@contextmanager
def _elsewhere(request: Request) -> Iterator[Engine | None]:
    """Reached before anything is imported, so that a server that does not answer is told at once."""
    if request.engine is None:
        yield None
        return
    if request.store is None:
        raise WrongUsage(
            Message.of("With --engine, give --store too: a folder that the server sees under the same path.")
        )
    with closing(SparkEngine(request.engine)) as engine:
        yield engine


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept:
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="narvaro-") as folder:
        yield Path(folder) / "store"


def _rejects(stored: Stored) -> Iterator[Reject]:
    for row in rejected_rows(stored.root, stored.imported.rejects):
        source = stored.sources[row.source_no - 1]
        yield Reject(
            source=source.name,
            line=row.line,
            column=_column(row.problem, source),
            reason=Message.of(row.problem.text),
            code=row.problem.code,
        )


def _column(problem: RowProblem, source: Source) -> str | None:
    """Our own name of the column; a mapped file's own header may be anything."""
    if problem.field is None or problem.field == "category":
        return problem.field
    return own_name(problem.field, source.layout.grain)


def _quality(clamped: int, incomplete: int) -> Iterator[Message]:
    if clamped:
        yield Message.of("{rows} rows had more absence than lesson and were cut to the lesson's minutes.", rows=clamped)
    if incomplete:
        yield Message.of("{rows} rows leave minutes over; those count as unknown, not as presence.", rows=incomplete)


def _notes(stored: Stored) -> Iterator[Message]:
    if stored.alarm:
        yield stored.alarm
    if stored.imported.records and not any(record.accepted or record.duplicates for record in stored.imported.records):
        yield Message.of("No row could be used; see the rejected rows for the reasons.")
