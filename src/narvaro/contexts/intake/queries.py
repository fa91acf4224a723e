"""Imports as pages show them: frozen, in a fixed number of queries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator

from narvaro.contexts.intake import places
from narvaro.contexts.intake.models import ImportRun, SavedMapping
from narvaro.contexts.intake.permissions import find_run, may_change, visible_runs, why_not_undone
from narvaro.contexts.intake.preview import Answers, Preview, answers_of, preview_of
from narvaro.contexts.register.api import unit_names
from narvaro.core import jobs
from narvaro.core.actor import Actor
from narvaro.domain.rows import RowProblem
from narvaro.facts.rejected import rejected_page
from narvaro.language import Message

State = ImportRun.State
OPEN = (State.LOOKING, State.ASKING, State.READY, State.READING, State.UNDOING)
ROWS_A_PAGE = 20
REJECTS_A_PAGE = 50
REJECTS_AT_A_TIME = 10_000


@dataclass(frozen=True, slots=True)
class Run:
    """A line of the history, and the head of a run's own page."""

    key: UUID
    file_name: str
    size: int
    state: str
    sent_by: str
    sent_at: datetime
    finished_at: datetime | None
    undone_by: str
    undone_at: datetime | None
    read: int
    accepted: int
    rejected: int
    duplicates: int
    corrected: int
    grain: str
    kind: str
    job: jobs.JobState | None


@dataclass(frozen=True, slots=True)
class RunPage:
    """``again``: when and by whom the same file was read in before. ``schools``: names by unit code, where the import
    changes anything. ``undo_refusal``: why it cannot be undone, or None.
    ``may_change``: whether this person may go on with it."""

    run: Run
    preview: Preview
    answers: Answers
    message: Message | None
    again: Run | None
    schools: Mapping[str, str]
    may_change: bool
    undo_refusal: Message | None


@dataclass(frozen=True, slots=True)
class Saved:
    key: UUID
    name: str
    saved_at: datetime
    saved_by: str


@dataclass(frozen=True, slots=True)
class RejectedLine:
    line: int
    problem: RowProblem


def open_runs(actor: Actor) -> tuple[Run, ...]:
    """What waits for a person or is being worked on, the newest first."""
    found = visible_runs(actor).filter(state__in=OPEN).order_by("-sent_at", "-pk")
    return tuple(map(_run, found[:ROWS_A_PAGE]))


def history(actor: Actor, number: int) -> "Page[Run]":
    """What has come to an end, the newest first."""
    found = visible_runs(actor).exclude(state__in=OPEN).order_by("-sent_at", "-pk")
    page: Page[Any] = Paginator(found, ROWS_A_PAGE).get_page(number)
    page.object_list = [_run(row) for row in page.object_list]
    return page


def last_read(actor: Actor) -> datetime | None:
    done: Any = (
        visible_runs(actor).filter(state=State.DONE).order_by("-finished_at").values_list("finished_at", flat=True)
    )
    moment: datetime | None = done.first()
    return moment


def saved_mappings(actor: Actor) -> tuple[Saved, ...]:
    rows = SavedMapping.objects.filter(authority_id=actor.authority_id).order_by("name")
    return tuple(Saved(*row) for row in rows.values_list("key", "name", "saved_at", "saved_by__name"))


def run_page(actor: Actor, key: UUID | str) -> RunPage:
    """Raises Http404 when the run is not within the actor's reach."""
    row = find_run(actor, key)
    earlier = visible_runs(actor).filter(sha256=row.sha256, state=State.DONE).exclude(pk=row.pk)
    before = earlier.order_by("-finished_at").first() if row.state in OPEN else None
    preview = preview_of(row.preview)
    units = unit_names(actor.authority_id) if preview.differing else ()
    return RunPage(
        run=_run(row),
        preview=preview,
        answers=answers_of(row.answers),
        message=jobs.restored(row.message),
        again=_run(before) if before else None,
        schools={unit.code: unit.name for unit in units},
        may_change=may_change(actor, row),
        undo_refusal=why_not_undone(actor, row),
    )


def rejected_lines(page: RunPage, number: int) -> "Page[RejectedLine]":
    """A page of the rows that were, or would be, rejected; read from the list kept with the run."""
    paginator = Paginator(_Rejected(page), REJECTS_A_PAGE)
    return paginator.get_page(number)


def all_rejected(page: RunPage, at_a_time: int) -> Iterator[Sequence[RejectedLine]]:
    rows = _Rejected(page)
    for start in range(0, len(rows), at_a_time):
        yield rows[start : start + at_a_time]


class _Rejected(Sequence[RejectedLine]):
    """Slices are read from the file; the count is the run's own."""

    def __init__(self, page: RunPage) -> None:
        self.page = page

    def __len__(self) -> int:
        listed = self.page.preview.listed
        return len(listed) if self.page.run.kind != ImportRun.Kind.ATTENDANCE else self.page.preview.counts.rejected

    def __getitem__(self, wanted: Any) -> Any:
        if self.page.run.kind != ImportRun.Kind.ATTENDANCE:
            return self.page.preview.listed[wanted]
        path = places.rejects_file(self.page.run.key)
        found = rejected_page(path, start=wanted.start, count=wanted.stop - wanted.start)
        return [RejectedLine(each.line, each.problem) for each in found]


def _run(row: ImportRun) -> Run:
    return Run(
        key=row.key,
        file_name=row.file_name,
        size=row.size,
        state=row.state,
        sent_by=row.sent_by.name,
        sent_at=row.sent_at,
        finished_at=row.finished_at,
        undone_by=row.undone_by.name if row.undone_by else "",
        undone_at=row.undone_at,
        read=row.read,
        accepted=row.accepted,
        rejected=row.rejected,
        duplicates=row.duplicates,
        corrected=row.corrected,
        grain=row.grain,
        kind=row.kind,
        job=jobs.state_of(row.job) if row.job else None,
    )


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
