"""What guardians have announced, as school systems tell it: kept, and whether it covers what was missed (ADR 0035)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from narvaro.contexts.attendance.api import invalid_times
from narvaro.contexts.duties.models import AnnouncedAbsence
from narvaro.contexts.register.api import (
    GuardianCard,
    PupilCard,
    guardian_by_source_id,
    pupil_by_source_id,
)
from narvaro.core import audit
from narvaro.core.actor import Actor
from narvaro.core.clock import STOCKHOLM, today
from narvaro.core.scope import acting
from narvaro.domain.duties import Span, all_covered
from narvaro.domain.school_calendar import first_of_term, school_year_of
from narvaro.ss12000.told import Announced, AnnouncedAbsences

Each = TypeVar("Each")
ABOUT = "duties.AnnouncedAbsence"
_AT_ONCE = 500
_VALUES = ("pupil_id", "guardian_id", "starts", "ends", "announced_at")
_DAY_MIN = 24 * 60


def load_announced(*, by: Actor, source: UUID, read: AnnouncedAbsences) -> int:
    """Takes over what a source told, and lets go of what is of an earlier school year; how many rows changed. A source
    that tells nothing at all when it is asked for everything is taken to be out of order: what was known stands."""
    with acting(by):
        told = {row.source_id: row for row in _rows(by, source, read.told)} if read.told else {}
        written = sum(_write(source, part) for part in _parts(list(told.values())))
        gone = sum(_delete(_of(source).filter(source_id__in=part)) for part in _parts(_gone(source, read, told)))
        gone += _delete(_of(source).filter(ends__lt=_bounds(first_of_term(2 * school_year_of(today())))[0]))
        _audited(by, source, written=written, gone=gone)
    return written + gone


def forget_announced(*, by: Actor, source: UUID) -> None:
    """When nobody reads the source any more, nobody would say that something is taken back."""
    with acting(by):
        _audited(by, source, written=0, gone=_delete(_of(source)))


def announced_by_home(
    actor: Actor, cards: Mapping[int, PupilCard], guardians: Mapping[int, Sequence[GuardianCard]], day: date
) -> frozenset[int]:
    """Pupils all of whose lessons without a valid reason that day a guardian who may be told had announced, by the end
    of the day."""
    starts, ends = _bounds(day)
    rows = AnnouncedAbsence.objects.filter(starts__lt=ends, ends__gt=starts, announced_at__lt=ends, pupil_id__in=cards)
    spans: defaultdict[int, list[Span]] = defaultdict(list)
    for pupil, guardian, first, last in rows.values_list("pupil_id", "guardian_id", "starts", "ends"):
        if any(each.pk == guardian for each in guardians.get(pupil, ())):
            spans[pupil].append(_span(first, last, day))
    missed = invalid_times(actor, day) if spans else {}
    return frozenset(pk for pk, found in spans.items() if all_covered(missed.get(cards[pk].pupil_id, ()), found))


def _audited(by: Actor, source: UUID, *, written: int, gone: int) -> None:
    if written or gone:
        touched = audit.Touched()
        touched.saw(ABOUT, [], source=str(source), written=written, gone=gone)
        audit.append(by=by, action="duty.announced.load", touched=touched)


def _rows(by: Actor, source: UUID, told: Iterable[Announced]) -> Iterator[AnnouncedAbsence]:
    """Of pupils and guardians whom the register knows."""
    pupils, guardians = pupil_by_source_id(by), guardian_by_source_id(by)
    for each in told:
        if each.pupil_id in pupils and each.guardian_id in guardians:
            yield AnnouncedAbsence.of(
                source=source,
                source_id=each.source_id,
                pupil_id=pupils[each.pupil_id].pk,
                guardian_id=guardians[each.guardian_id],
                starts=each.starts,
                ends=each.ends,
                announced_at=each.announced_at,
            )


def _write(source: UUID, told: Sequence[AnnouncedAbsence]) -> int:
    """What the home told and has not changed since was told when it was first told so, whatever the source stamps."""
    known = {row.source_id: row for row in _of(source).filter(source_id__in=[each.source_id for each in told])}
    changed = []
    for each in told:
        if (row := known.get(each.source_id)) is not None:
            each.pk = row.pk
            if _said(row) == _said(each):
                each.announced_at = min(row.announced_at, each.announced_at)
        if row is None or (_said(row), row.announced_at) != (_said(each), each.announced_at):
            changed.append(each)
    AnnouncedAbsence.objects.bulk_create(each for each in changed if each.pk is None)
    AnnouncedAbsence.objects.bulk_update([each for each in changed if each.pk is not None], _VALUES)
    return len(changed)


def _said(row: AnnouncedAbsence) -> tuple[object, ...]:
    return row.pupil_id, row.guardian_id, row.starts, row.ends


def _gone(source: UUID, read: AnnouncedAbsences, told: Collection[str]) -> list[str]:
    if read.since is None:
        return sorted(read.gone | ({each.source_id for each in read.told} - set(told)))
    if not read.read:
        return []
    stored = _of(source).filter(ends__gt=read.since).values_list("source_id", flat=True)
    return sorted(set(stored) - set(told))


def _delete(rows: Any) -> int:
    deleted: int = rows.delete()[0]
    return deleted


def _of(source: UUID) -> Any:
    return AnnouncedAbsence.objects.filter(source=source)


def _parts(things: Sequence[Each]) -> Iterator[Sequence[Each]]:
    """A database takes so many values in one question."""
    return (things[first : first + _AT_ONCE] for first in range(0, len(things), _AT_ONCE))


def _bounds(day: date) -> tuple[datetime, datetime]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=STOCKHOLM)
    return midnight, midnight + timedelta(days=1)


def _span(first: datetime, last: datetime, day: date) -> Span:
    """In minutes of the Swedish clock of the day."""
    return _minute(first, day), _minute(last, day)


def _minute(moment: datetime, day: date) -> int:
    local = moment.astimezone(STOCKHOLM)
    if local.date() != day:
        return 0 if local.date() < day else _DAY_MIN
    return local.hour * 60 + local.minute + (local.second > 0)  # a day often ends at 23:59:59
