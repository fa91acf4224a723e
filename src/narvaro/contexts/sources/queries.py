"""Sources and their readings as pages show them: frozen, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import OuterRef

from narvaro.contexts.sources import places
from narvaro.contexts.sources.connecting import bound_to
from narvaro.contexts.sources.kept import capabilities_of, differences_of, findings_of, organisations_of
from narvaro.contexts.sources.models import Source, SourceRun
from narvaro.contexts.sources.permissions import visible_sources
from narvaro.core import jobs
from narvaro.core.actor import Actor
from narvaro.language import Message
from narvaro.ss12000.told import Capability, Difference, Finding, Organisation

State, Kind = SourceRun.State, SourceRun.Kind
UNIT = "Skolenhet"
RUNS_A_PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """``interrupted``: its worker died."""

    key: UUID
    kind: str
    why: str
    full: bool
    state: str
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    counts: dict[str, int]
    register: dict[str, int]
    differences: tuple[Difference, ...]
    findings: tuple[Finding, ...]
    capabilities: tuple[Capability, ...]
    route: str
    message: Message | None
    interrupted: bool
    job: jobs.JobState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """``latest``: the latest run of any kind. ``read``: the latest reading that was carried through."""

    key: UUID
    name: str
    base_url: str
    state: str
    hour: int | None
    standard: str
    organisations: tuple[Organisation, ...]
    capabilities: tuple[Capability, ...]
    units: frozenset[str]
    subscription_ends: datetime | None
    latest: Run | None
    read: Run | None

    @property
    def school_units(self) -> tuple[Organisation, ...]:
        return tuple(each for each in self.organisations if each.kind == UNIT)


def source_states(actor: Actor) -> tuple[SourceState, ...]:
    rows = list(visible_sources(actor))
    runs = _runs_of(rows)
    return tuple(_state(row, *runs[row.pk]) for row in rows)


def source_state(row: Source) -> SourceState:
    return _state(row, *_runs_of([row])[row.pk])


def history(source: Source, number: int) -> "Page[Run]":
    """Readings and checks, the newest first."""
    rows = SourceRun.objects.filter(source=source).select_related("job", "started_by")
    page: Page[Any] = Paginator(rows.order_by("-started_at", "-pk"), RUNS_A_PAGE).get_page(number)
    page.object_list = [run_of(row) for row in page.object_list]
    return page


def hosts_of(row: Source) -> tuple[str, bool, bool]:
    """What the stored secrets are bound to, and whether there is a token and a secret."""
    return bound_to(row.base_url, row.token_url), bool(row.token_encrypted), bool(row.secret_encrypted)


def files_of(row: Source) -> tuple[bool, bool, bool]:
    """Whether there is a certificate, its key, and an issuer's certificate."""
    return tuple(places.pem_file(row.key, which) is not None for which in ("certificate", "key", "ca"))  # type: ignore[return-value]


def _runs_of(rows: Sequence[Source]) -> dict[int, tuple[SourceRun | None, SourceRun | None]]:
    """By source, its latest run and its latest good reading. Two queries however long the history is."""
    of_source = SourceRun.objects.filter(source=OuterRef("pk")).order_by("-started_at", "-pk").values("pk")
    good = of_source.filter(kind=Kind.READING, state=State.DONE)
    found = Source.objects.filter(pk__in=[row.pk for row in rows])
    pairs = list(found.annotate(latest=of_source[:1], good=good[:1]).values_list("pk", "latest", "good"))
    ids = {run for _source, *of_one in pairs for run in of_one if run}
    runs = SourceRun.objects.select_related("job", "started_by").in_bulk(ids)
    return {source: (runs.get(latest), runs.get(read)) for source, latest, read in pairs}


def _state(row: Source, latest: SourceRun | None, read: SourceRun | None) -> SourceState:
    return SourceState(
        key=row.key,
        name=row.name,
        base_url=row.base_url,
        state=row.state,
        hour=row.hour,
        standard=row.standard,
        organisations=organisations_of(row.organisations),
        capabilities=capabilities_of(row.capabilities),
        units=frozenset(row.units),
        subscription_ends=row.subscription_ends,
        latest=run_of(latest) if latest else None,
        read=run_of(read) if read else None,
    )


def run_of(row: SourceRun) -> Run:
    job = jobs.state_of(row.job) if row.job else None
    return Run(
        key=row.key,
        kind=row.kind,
        why=row.why,
        full=row.full,
        state=row.state,
        started_by=row.started_by.name if row.started_by else "",
        started_at=row.started_at,
        finished_at=row.finished_at,
        counts=row.counts,
        register=row.register,
        differences=differences_of(row.differences),
        findings=findings_of(row.findings),
        capabilities=capabilities_of(row.capabilities),
        route=row.route,
        message=jobs.restored(row.message),
        interrupted=row.state == State.RUNNING and not (job and job.under_way),
        job=job,
    )
