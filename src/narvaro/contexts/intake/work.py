"""What the worker does with a sent file. Files are read outside any transaction; what came of it is written in short
ones, each with its audit row. The worker acts for the program; ``by`` in the audit is the person who asked."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from narvaro.contexts.intake import places
from narvaro.contexts.intake.lists import WHOLE_AUTHORITY, kind_of, load_list, tried_list
from narvaro.contexts.intake.models import ImportRun, SavedMapping
from narvaro.contexts.intake.preview import Answers, Preview, answers_of, preview_of, stored_form, told
from narvaro.contexts.intake.reading import (
    NamedMapping,
    Setting,
    counts_of,
    held_of,
    holding,
    lacks_unit,
    looked_at,
    opened,
    problems_in,
    quality_notes,
    read_in,
    recognised,
    remove,
    tried,
)
from narvaro.contexts.intake.sweeping import sweep
from narvaro.contexts.register.api import facts_folder, known_by_identity, pupil_by_source_id, unit_names
from narvaro.contexts.warnings.api import run_measures
from narvaro.core import audit, jobs
from narvaro.core.actor import Actor
from narvaro.core.clock import now, today
from narvaro.core.logs import place_of
from narvaro.core.scope import acting
from narvaro.facts.errors import FactsError, HeldForConfirmation, ImportRefused, QuestionForPerson, UnknownLayout
from narvaro.facts.manifest import ImportRecord, Manifest
from narvaro.facts.staging import Register
from narvaro.facts.store import Store
from narvaro.language import Message

MEGABYTE = 1 << 20
COUNTED = ("read", "accepted", "rejected", "duplicates", "corrected")
TRIED = Message.of("The file has been tried. Nothing is stored yet.")
READ_IN = Message.of("The file has been read in, and the numbers are counted anew.")
NOT_COUNTED = Message.of(
    "The file has been read in, but the numbers could not be counted anew. Ask whoever runs Närvaro to look at it."
)
UNDONE = Message.of("The import was undone, and the numbers are counted anew.")
ASKED = Message.of("A question must be answered before the file can be tried.")


@dataclass(frozen=True, slots=True)
class Task:
    """What a job needs to know of its run, read once."""

    run: ImportRun
    answers: Answers
    setting: Setting
    path: Path
    saved: tuple[NamedMapping, ...]

    def told(self, message: Message) -> dict[str, Any]:
        return told(message, stored_name=self.run.stored_name, file_name=self.run.file_name)


def look(running: jobs.Running) -> Message:
    """Sees what the file is and tries the whole import; stores nothing but what came of it."""
    sweep(by=running.by)
    task = _task(running)
    folder = places.workshop(task.run.key)
    remove(folder)
    try:
        preview, rejects = _looked(task, folder, running)
        places.keep_rejects(task.run.key, rejects)
    except ImportRefused as error:
        _turn_away(running, task, error.message)
        raise
    finally:
        remove(folder)
    state = ImportRun.State.ASKING if preview.asks else ImportRun.State.READY
    _write(running, task, "intake.tried", state=state, preview=stored_form(preview), grain=preview.grain)
    return ASKED if preview.asks else TRIED


def read(running: jobs.Running) -> Message:
    """Reads the file in for good, then counts the numbers anew. Begun again after a crash, it finds what was stored."""
    task = _task(running)
    store = Store(task.setting.store)
    try:
        if task.run.kind != ImportRun.Kind.ATTENDANCE:
            return _read_list(running, task)
        record, manifest, rejects = _stored_before(task, store) or _read_in(running, task, store)
    except HeldForConfirmation as error:
        held = replace(preview_of(task.run.preview), held=held_of(error))
        _write(running, task, "intake.held", state=ImportRun.State.READY, preview=stored_form(held))
        raise
    except ImportRefused as error:
        _turn_away(running, task, error.message)
        raise
    except Exception:
        _write(running, task, "intake.failed", state=ImportRun.State.READY)
        raise
    places.keep_rejects(task.run.key, rejects)
    _write_stored(running, task, record, manifest)
    task.path.unlink(missing_ok=True)
    return READ_IN if _measured(running, task) else NOT_COUNTED


def undo(running: jobs.Running) -> Message:
    """The facts return to the snapshot before; history keeps both."""
    task = _task(running)
    store, run = Store(task.setting.store), task.run
    try:
        current = store.current()
        if _holds(current, run):  # else an earlier attempt died when it had done this
            current = store.go_back(run.snapshot_before or 0, from_number=run.snapshot_after or 0)
    except FactsError as error:
        _write(running, task, "intake.undo_failed", state=ImportRun.State.DONE, message=task.told(error.message))
        raise
    by = running.started_by
    with acting(running.by):  # the import before is the newest again, and can be undone in its turn
        before = ImportRun.objects.filter(state=ImportRun.State.DONE, snapshot_after=run.snapshot_before)
        before.update(snapshot_after=current.number)
    _write(running, task, "intake.undone", state=ImportRun.State.UNDONE, undone_by_id=by, undone_at=now(), message=None)
    return UNDONE if _measured(running, task) else NOT_COUNTED


def _task(running: jobs.Running) -> Task:
    with acting(running.by):
        run = ImportRun.objects.get(job__key=running.key)
        saved = SavedMapping.objects.order_by("-saved_at").values_list("name", "text")
        answers, folder = answers_of(run.answers), facts_folder(run.authority_id)
        return Task(
            run=run,
            answers=answers,
            setting=Setting(store=folder, register=_register(run), today=today(), whole=answers.whole),
            path=places.upload_file(run.authority_id, run.stored_name),
            saved=tuple(NamedMapping(*each) for each in saved),
        )


def _register(run: ImportRun) -> Register:
    """Pupils of the whole authority, as they move between schools; units of the sender's assignment only."""
    units = unit_names(run.authority_id)
    codes = frozenset(unit.code for unit in units if run.sent_for is None or unit.pk in run.sent_for)
    system = Actor.system(run.authority_id)
    return Register(frozenset(pupil_by_source_id(system)), codes, known_by_identity(system))


def _looked(task: Task, folder: Path, running: jobs.Running) -> tuple[Preview, Path | None]:
    preview = Preview()
    try:
        preview = looked_at(task.path, task.answers)
        if (kind := kind_of(preview)) != ImportRun.Kind.ATTENDANCE:
            return _list_tried(running, task, preview, kind), None
        found = opened(task.path, task.answers, task.saved)
    except QuestionForPerson as question:
        return replace(preview, asks=question.about, problem=task.told(question.message)), None
    except UnknownLayout as error:
        return replace(preview, asks="columns", problem=task.told(error.message)), None
    preview = replace(recognised(preview, found), notes=tuple(map(task.told, found.source.notes)))
    if lacks_unit(found.source, task.setting.register) and not task.answers.mapping:
        return replace(preview, asks="unit"), None
    done = tried(found.source, preview, task.setting, folder=folder, progress=_progress(running, task.run.size))
    notes = (*preview.notes, *map(task.told, quality_notes(done.preview.counts)))
    return replace(done.preview, notes=notes), done.rejects


def _list_tried(running: jobs.Running, task: Task, seen: Preview, kind: str) -> Preview:
    if task.run.sent_for is not None:
        raise ImportRefused(Message.of(WHOLE_AUTHORITY.text, file=task.run.stored_name))
    with acting(running.by):
        ImportRun.objects.filter(pk=task.run.pk).update(kind=kind)
    done = tried_list(kind, task.path, by=running.by)
    return replace(done, encoding=seen.encoding, delimiter=seen.delimiter, header_line=seen.header_line)


def _read_list(running: jobs.Running, task: Task) -> Message:
    """The register and the run change together, so a list is read in once or not at all."""
    confirmed, before = task.answers.confirmed, preview_of(task.run.preview)
    with acting(running.by):
        done = load_list(task.run.kind, task.path, by=running.by, confirmed=confirmed)
        seen = replace(before, counts=done.counts, list_counts=done.preview.list_counts, listed=done.preview.listed)
        _write_done(running, task, seen)
    task.path.unlink(missing_ok=True)
    return READ_IN if _measured(running, task) else NOT_COUNTED


def _read_in(running: jobs.Running, task: Task, store: Store) -> tuple[ImportRecord, Manifest, Path | None]:
    before = store.current().number
    with acting(running.by):
        ImportRun.objects.filter(pk=task.run.pk).update(snapshot_before=before)
    found = opened(task.path, task.answers, task.saved)
    progress = _progress(running, task.run.size)
    result = read_in(store, found.source, task.setting, confirmed=task.answers.confirmed, progress=progress)
    return result.records[0], result.manifest, store.root / result.rejects.path if result.rejects else None


def _stored_before(task: Task, store: Store) -> tuple[ImportRecord, Manifest, Path | None] | None:
    """What an earlier attempt stored, if it died between the facts' commit and the database's."""
    manifest, run = store.current(), task.run
    if run.snapshot_before is None or manifest.number != run.snapshot_before + 1:
        return None
    if not _holds(manifest, run):
        return None
    record = manifest.imports[-1]
    rejects = manifest.paths("rejects", store.root) if record.rejected else []
    return record, manifest, max(rejects, key=lambda path: path.stat().st_mtime_ns, default=None)


def _holds(manifest: Manifest, run: ImportRun) -> bool:
    return any(record.source == run.stored_name for record in manifest.imports)


def _progress(running: jobs.Running, size: int) -> Any:
    total = max(1, round(size / MEGABYTE))
    return lambda share: running.progress(min(total, round(share * total)), total)


def _write_stored(running: jobs.Running, task: Task, record: ImportRecord, manifest: Manifest) -> None:
    problems = problems_in(places.rejects_file(task.run.key))
    seen = preview_of(task.run.preview)
    seen = replace(seen, counts=counts_of(record), problems=problems, after=holding(manifest))
    _write_done(running, task, seen, snapshot_after=manifest.number)


def _write_done(running: jobs.Running, task: Task, seen: Preview, **values: Any) -> None:
    counts = {name: getattr(seen.counts, name) for name in COUNTED}
    values |= {"state": ImportRun.State.DONE, "message": None, "finished_at": now()}
    _write(running, task, "intake.read_in", preview=stored_form(seen), **counts, **values)


def _turn_away(running: jobs.Running, task: Task, message: Message) -> None:
    _write(
        running, task, "intake.refused", state=ImportRun.State.REFUSED, message=task.told(message), finished_at=now()
    )
    task.path.unlink(missing_ok=True)


def _write(running: jobs.Running, task: Task, action: str, **values: Any) -> None:
    """The run's new values and the audit row, together. Only counts and states are told in it."""
    with acting(running.by):
        # A file that was thrown away meanwhile stays so.
        ImportRun.objects.filter(pk=task.run.pk, state=task.run.state).update(**values)
        touched = audit.Touched()
        details = {name: values[name] for name in COUNTED if name in values}
        touched.saw("intake.ImportRun", [task.run.pk], by=running.started_by, **details)
        audit.append(by=running.by, action=action, touched=touched)


def _measured(running: jobs.Running, task: Task) -> bool:
    """The facts are in place whatever happens here; the next import counts anew."""
    try:
        run_measures(by=running.by, store=task.setting.store)
    except Exception as error:
        jobs.log.error("%s at %s while measuring", type(error).__name__, place_of(error))
        return False
    return True
