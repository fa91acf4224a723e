"""What people do with sent files. Each state changes by one conditional update, so that a form sent twice acts once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from narvaro.contexts.intake import places, tasks
from narvaro.contexts.intake.models import ImportRun, SavedMapping
from narvaro.contexts.intake.permissions import why_not_undone
from narvaro.contexts.intake.preview import Answers, answers_of, preview_of, stored_form
from narvaro.contexts.intake.reading import read_mapping
from narvaro.contexts.intake.uploading import SentFile
from narvaro.core import jobs
from narvaro.core.actor import Actor
from narvaro.core.clock import now
from narvaro.core.errors import Refused
from narvaro.core.scope import acting
from narvaro.language import Message

State = ImportRun.State
OPEN = (State.LOOKING, State.ASKING, State.READY)
ONLY_READY = Message.of("This file is not waiting to be read in. Open it again to see where it stands.")
CONFIRM = Message.of("The file holds far fewer lessons a day than usual. Say that this is right before it is read in.")
NOT_NOW = Message.of("The file is being worked on. Wait until that is done.")


def send(*, by: Actor, files: Sequence[SentFile]) -> tuple[ImportRun, ...]:
    """A run a file, each with its first look under way. A file that the person already has open is not taken again."""
    return tuple(_send_one(by, file) for file in files)


def _send_one(by: Actor, file: SentFile) -> ImportRun:
    with acting(by):
        open_already: ImportRun | None = ImportRun.objects.filter(
            sha256=file.sha256, sent_by_id=by.user_id, state__in=OPEN
        ).first()
        if open_already:
            return open_already
        run = ImportRun.of(
            file_name=file.file_name,
            stored_name=file.claim(),
            size=file.size,
            sha256=file.sha256,
            sent_by_id=by.user_id,
            sent_for=None if by.unit_ids is None else sorted(by.unit_ids),
            sent_at=now(),
        )
        run.save()
        _queue(tasks.look, by, run, "look")
    return run


def answer(*, by: Actor, run: ImportRun, **answers: Any) -> None:
    """Looks again with what the person has said. Raises Refused while the file is being worked on."""
    with acting(by):
        said = replace(answers_of(run.answers), confirmed=False, **answers)
        _look_again(by, run, said)


def describe(*, by: Actor, run: ImportRun, name: str, text: str) -> None:
    """Saves the description under its name (a later one replaces an earlier) and looks again with it.

    Raises ImportRefused, naming the place, when the description contradicts itself.
    """
    read_mapping(text)
    with acting(by):
        SavedMapping.objects.filter(name=name).delete()
        SavedMapping.of(name=name, text=text, saved_by_id=by.user_id, saved_at=now()).save()
        _look_again(by, run, replace(answers_of(run.answers), mapping=text, mapping_name=name, confirmed=False))


def forget_mapping(*, by: Actor, mapping: SavedMapping) -> None:
    with acting(by):
        mapping.delete()


def commit(*, by: Actor, run: ImportRun, confirmed: bool) -> None:
    """Queues the reading. The second of two equal clicks finds it under way and is content with that.

    Raises Refused when the file waits for something else, or needs a confirmation that was not given.
    """
    with acting(by):
        if run.state == State.DONE or (run.state == State.READING and not _is_dead(run)):
            return
        if run.state == State.READING:
            _claim(run, State.READING, State.READY)
        if preview_of(run.preview).held and not confirmed:
            raise Refused(CONFIRM)
        said = stored_form(replace(answers_of(run.answers), confirmed=confirmed))
        if not _claim(run, State.READY, State.READING, answers=said, message=None):
            raise Refused(ONLY_READY)
        _queue(tasks.read, by, run, "read")


def discard(*, by: Actor, run: ImportRun) -> None:
    """The file is removed; that it was sent stays in the history."""
    with acting(by):
        if run.state not in OPEN:
            raise Refused(NOT_NOW)
        gone = ImportRun.objects.filter(pk=run.pk, state__in=OPEN)
        if gone.update(state=State.DISCARDED, finished_at=now()):
            places.upload_file(run.authority_id, run.stored_name).unlink(missing_ok=True)


def undo(*, by: Actor, run: ImportRun) -> None:
    """Queues the return to the snapshot before. Raises Refused with the reason when that cannot be."""
    with acting(by):
        if run.state == State.UNDOING and not _is_dead(run):
            return
        if run.state == State.UNDOING:
            _claim(run, State.UNDOING, State.DONE)
            run.state = State.DONE
        reason = why_not_undone(by, run)
        if reason:
            raise Refused(reason)
        if _claim(run, State.DONE, State.UNDOING):
            _queue(tasks.undo, by, run, "undo")


def _look_again(by: Actor, run: ImportRun, said: Answers) -> None:
    waiting = run.state in (State.ASKING, State.READY) or (run.state == State.LOOKING and _is_dead(run))
    if not waiting or not _claim(run, run.state, State.LOOKING, answers=stored_form(said), message=None):
        raise Refused(NOT_NOW)
    _queue(tasks.look, by, run, "look")


def _claim(run: ImportRun, before: str, after: str, **values: Any) -> bool:
    changed: int = ImportRun.objects.filter(pk=run.pk, state=before).update(state=after, **values)
    return changed == 1


def _queue(task: Any, by: Actor, run: ImportRun, kind: str) -> None:
    with jobs.queued(task, by=by, kind=f"intake.{kind}") as job:
        ImportRun.objects.filter(pk=run.pk).update(job=job)


def _is_dead(run: ImportRun) -> bool:
    """No job is under way for it any more, though its state says so."""
    return run.job is None or not jobs.state_of(run.job).under_way
