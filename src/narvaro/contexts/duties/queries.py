"""Rows as facts and as what is told. Texts are read one investigation at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.http import Http404

from narvaro.contexts.duties.models import Consultation, Investigation, Leave, Notice, SameDayInformation
from narvaro.contexts.meetings.api import everybody_spoken_with
from narvaro.contexts.register.api import kept_where
from narvaro.core.actor import Actor
from narvaro.core.clock import STOCKHOLM
from narvaro.core.scope import asked_once
from narvaro.domain.duties import Consulted, InvestigationFacts, NoticeFacts

PARTS = ("question", "sources", "causes", "conclusions", "measures")
_ARRIVED = (Notice.State.SENT, Notice.State.RECEIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvestigationTold:
    """Without its text, which ``investigation_text`` reads."""

    pk: int
    key: UUID
    case: int
    decision: str
    decided_by: str
    decided_as: str
    decided_on: date
    leader: str
    planned_end: date | None
    special_support: str
    needs_coordination: bool
    ended_on: date | None
    version: int
    written: tuple[str, ...]

    @property
    def is_started(self) -> bool:
        return self.decision == Investigation.Decision.START

    @property
    def is_open(self) -> bool:
        return self.is_started and self.ended_on is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationTold:
    party: str
    guardian: str
    outcome: str
    day: date
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeTold:
    """Everything that a notice holds, as it holds so little."""

    pk: int
    key: UUID
    pupil: int
    unit: int
    case_key: UUID | None
    rule_id: str
    to: str
    pupil_ref: str
    pupil_name: str
    unit_name: str
    grade: str
    starts_on: date
    ends_on: date | None
    absent_min: int | None
    invalid_min: int | None
    reported_min: int | None
    planned_end: date | None
    needs_coordination: bool
    receiver_function: str
    made_by: str
    made_at: datetime
    state: str
    way: str
    sent_on: date | None
    received_on: date | None
    received_by: str
    failed_on: date | None
    withheld_reason: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveTold:
    """``has_text``: reasons are read on the application's own page."""

    pk: int
    key: UUID
    pupil: int
    kind: str
    first_day: date
    last_day: date
    school_days: int
    applicant: str
    applied_on: date
    decision: str
    decided_by: str
    decided_as: str
    decided_on: date | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationTold:
    pupil: int
    day: date
    told_at: datetime | None
    channel: str
    deferred: bool
    by: str
    to: tuple[str, ...]


def investigations_of(actor: Actor, cases: Collection[int]) -> dict[int, tuple[InvestigationTold, ...]]:
    """By case, the latest first. The cases are within reach. One query."""
    found: defaultdict[int, list[InvestigationTold]] = defaultdict(list)
    rows = Investigation.objects.filter(case_id__in=list(cases)).select_related("decided_by", "leader")
    for row in rows.order_by("-decided_at", "-pk"):
        found[row.case_id].append(_investigation(row))
    return {case: tuple(of_case) for case, of_case in found.items()}


def _investigation(row: Investigation) -> InvestigationTold:
    return InvestigationTold(
        pk=row.pk,
        key=row.key,
        case=row.case_id,
        decision=row.decision,
        decided_by=row.decided_by.name,
        decided_as=row.decided_as,
        decided_on=row.decided_on,
        leader=row.leader.name if row.leader else "",
        planned_end=row.planned_end,
        special_support=row.special_support,
        needs_coordination=row.needs_coordination,
        ended_on=row.ended_on,
        version=row.version,
        written=tuple(part for part in PARTS if getattr(row, part)),
    )


def texts_of(actor: Actor, investigation: int) -> dict[str, str]:
    """Everything that was written in one; the view says that it was read."""
    columns = ("reason", *PARTS, "special_support_reason")
    found: dict[str, str] = Investigation.objects.values(*columns).get(pk=investigation)
    return found


def consultations_of(actor: Actor, investigation: int) -> tuple[ConsultationTold, ...]:
    rows = Consultation.objects.filter(investigation_id=investigation).select_related("guardian", "by")
    return tuple(
        ConsultationTold(
            party=row.party,
            guardian=row.guardian.name if row.guardian else "",
            outcome=row.outcome,
            day=row.day,
            by=row.by.name,
        )
        for row in rows.order_by("day", "pk")
    )


def facts_of(actor: Actor, cases: Collection[int]) -> dict[int, InvestigationFacts]:
    """By case, the latest decision with what came of it. Three queries."""
    latest, own = _latest(cases)
    spoken = everybody_spoken_with(actor, list(latest))
    sent = _notices_about(tuple(sorted({row.case.pupil_id for row in latest.values()})))
    return {
        case: InvestigationFacts(
            decision="start" if row.decision == Investigation.Decision.START else "unnecessary",
            decided_on=row.decided_on,
            by_principal=row.decided_as == "principal",
            has_reason=bool(row.reason) or row.decision == Investigation.Decision.START,
            ended_on=row.ended_on,
            special_support=row.special_support,  # type: ignore[arg-type]
            special_support_on=row.special_support_on,
            special_support_reason=bool(row.special_support_reason),
            consulted=(*own[row.pk], *_since(spoken.get(case, ()), row.decided_on)),
            notices=tuple(fact for _pupil, of_case, fact in sent if of_case == case),
        )
        for case, row in latest.items()
    }


def _latest(cases: Collection[int]) -> tuple[dict[int, Investigation], dict[int, list[Consulted]]]:
    """By case the latest, and by investigation who was consulted in it: a row for each who was."""
    latest: dict[int, Investigation] = {}
    own: defaultdict[int, list[Consulted]] = defaultdict(list)
    heard = {name: F(f"consultations__{name}") for name in ("party", "outcome", "day", "guardian_id")}
    rows = Investigation.objects.filter(case_id__in=list(cases)).select_related("case").annotate(**heard)
    for row in rows.order_by("decided_at", "pk", "day", "consultations__pk"):
        latest[row.case_id] = row
        if row.party:
            own[row.pk].append(Consulted(row.party, row.outcome, row.day, row.guardian_id or _unknown(row.party)))
    return latest, own


def _since(spoken: Iterable[Any], day: date) -> tuple[Consulted, ...]:
    """Only what was said since it began is consultation in the investigation."""
    return tuple(
        Consulted(each.party, "heard" if each.heard else "tried", each.day, each.guardian or _unknown(each.party))
        for each in spoken
        if each.day >= day
    )


def _unknown(party: str) -> int | None:
    """The one guardian of a pupil for whom the register knows none."""
    return 0 if party == Consultation.Party.GUARDIAN else None


def notice_facts(actor: Actor, pupils: Collection[int]) -> dict[int, tuple[NoticeFacts, ...]]:
    """By pupil, also those of no case. One query."""
    found: defaultdict[int, list[NoticeFacts]] = defaultdict(list)
    for pupil, _case, fact in _notices_about(tuple(sorted(set(pupils)))):
        found[pupil].append(fact)
    return {pupil: tuple(of_pupil) for pupil, of_pupil in found.items()}


@asked_once
def _notices_about(pupils: tuple[int, ...]) -> tuple[tuple[int, int | None, NoticeFacts], ...]:
    """Pupil, case, and the notice."""
    rows = Notice.objects.filter(pupil_id__in=pupils)
    return tuple(
        (pupil, case, NoticeFacts(rule, to, sent_on, failed=state == Notice.State.FAILED))
        for pupil, case, rule, to, sent_on, state in rows.values_list(
            "pupil_id", "case_id", "rule_id", "to", "sent_on", "state"
        )
    )


def visible_notices(actor: Actor, action: str) -> "QuerySet[Any]":
    """A notice is kept at the school that made it. Raises Forbidden."""
    found: QuerySet[Any] = Notice.objects.filter(kept_where(actor, action))
    return found


def find_notice(actor: Actor, key: UUID, action: str) -> NoticeTold:
    """Raises Http404."""
    for notice in _notices(visible_notices(actor, action).filter(key=key)):
        return notice
    raise Http404


def notices_of_case(actor: Actor, case: int) -> tuple[NoticeTold, ...]:
    return _notices(Notice.objects.filter(case_id=case))


def reported(actor: Actor, action: str, unit: int | None = None) -> tuple[NoticeTold, ...]:
    """What the organiser was told of started investigations (A9), the latest first: at most a hundred."""
    rows = visible_notices(actor, action).filter(rule_id="A9", state__in=_ARRIVED)
    return _notices(rows.filter(Q() if unit is None else Q(unit_id=unit)))[:100]


def _notices(rows: "QuerySet[Any]") -> tuple[NoticeTold, ...]:
    """A name that was written before the pupil's identity was protected is told to nobody."""
    apart = ("made_by", "pupil", "unit", "case_key", "pupil_name")
    names = [each for each in NoticeTold.__slots__ if each not in apart]
    rows = rows.annotate(protected=Count("pupil__protection"))
    return tuple(
        NoticeTold(
            made_by=row.made_by.name,
            pupil=row.pupil_id,
            unit=row.unit_id,
            case_key=row.case.key if row.case else None,
            pupil_name="" if row.protected else row.pupil_name,
            **{name: getattr(row, name) for name in names},
        )
        for row in rows.select_related("made_by", "case").order_by("-made_at", "-pk")
    )


def leaves_of(actor: Actor, pupils: Any, since: date) -> tuple[LeaveTold, ...]:
    """Of pupils within reach: what waits, and what was applied for from the day. One query."""
    waits = Q(decision="") | Q(applied_on__gte=since)
    return _leaves(Leave.objects.filter(waits, pupil_id__in=pupils))


def find_leave(actor: Actor, key: UUID, pupils: Any) -> LeaveTold:
    """Raises Http404."""
    for leave in _leaves(Leave.objects.filter(key=key, pupil_id__in=pupils)):
        return leave
    raise Http404


def leave_texts(actor: Actor, leave: int) -> tuple[str, str]:
    """The reason of the application and of the decision."""
    found: tuple[str, str] = Leave.objects.values_list("reason", "decision_reason").get(pk=leave)
    return found


def _leaves(rows: "QuerySet[Any]") -> tuple[LeaveTold, ...]:
    names = [each for each in LeaveTold.__slots__ if each not in ("decided_by", "pupil")]
    return tuple(
        LeaveTold(
            decided_by=row.decided_by.name if row.decided_by else "",
            pupil=row.pupil_id,
            **{name: getattr(row, name) for name in names},
        )
        for row in rows.select_related("decided_by").order_by("decision", "first_day", "pk")
    )


def told_home(actor: Actor, pupils: Any, day: date) -> dict[int, InformationTold]:
    """By pupil within reach. Two queries."""
    rows = SameDayInformation.objects.filter(day=day, pupil_id__in=pupils)
    return {
        row.pupil_id: InformationTold(
            pupil=row.pupil_id,
            day=row.day,
            told_at=row.told_at,
            channel=row.channel,
            deferred=bool(row.deferral_reason),
            by=row.by.name,
            to=tuple(each.guardian.name for each in row.guardians.all()),
        )
        for row in rows.select_related("by").prefetch_related("guardians__guardian")
    }


def answered_months(actor: Actor, pupils: Any, month: date) -> dict[int, date]:
    """By pupil, the day on which CSN was told of the month, or it was decided why not."""
    answered = (*_ARRIVED, Notice.State.WITHHELD)
    rows = Notice.objects.filter(rule_id="A16", starts_on=month, state__in=answered, pupil_id__in=pupils)
    return {
        pupil: sent or made.astimezone(STOCKHOLM).date()
        for pupil, sent, made in rows.values_list("pupil_id", "sent_on", "made_at")
    }
