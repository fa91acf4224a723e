"""What happened in a case, in order. That it did is told by a title; what was written is read one at a time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import Http404

from narvaro.contexts.cases.days import due_day
from narvaro.contexts.cases.models import Case, Entry, Task
from narvaro.contexts.cases.permissions import READ, WRITE, held, visible_cases
from narvaro.contexts.cases.titles import stored, told
from narvaro.contexts.plan.api import plan_of_version
from narvaro.core import audit
from narvaro.core.actor import Actor
from narvaro.core.clock import now, today
from narvaro.core.errors import Refused
from narvaro.core.scope import acting
from narvaro.domain.case_states import CaseState
from narvaro.language import Message

WRITABLE = frozenset({CaseState.ACTIVE, CaseState.PARKED, CaseState.RETURNING})
CONTACT_TASK = "contact"  # what a step's first contact is called among its tasks
LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """``contact``: the pupil or a guardian was spoken with; it answers the step's first contact, and the follow-up is
    counted from its day, unless ``follow_up_on`` was agreed on. ``title`` holds no text that somebody wrote about the
    pupil: that is ``text``."""

    kind: str
    title: Message
    text: str = ""
    day: date | None = None
    contact: bool = False
    follow_up_on: date | None = None
    about_type: str = ""
    about_key: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryTold:
    """In the reader's language. The text is not here, only that there is one."""

    key: UUID
    kind: str
    day: date
    step: int
    title: str
    has_text: bool
    contact: bool
    by_name: str
    by_role: str
    at: datetime
    about_type: str
    about_key: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryText:
    """One entry with what was written. ``case`` is its key."""

    entry: EntryTold
    text: str
    case: UUID
    case_pk: int
    pupil: int


def add_entry(*, by: Actor, case: int, entry: NewEntry) -> UUID:
    """Raises Http404 for a case out of reach, Refused for one that is closed or being handed over."""
    with acting(by):
        row = held(visible_cases(by, WRITE), case)
        return written(by, row, entry)


def written(by: Actor, row: Case, entry: NewEntry, *, action: str = "case.entry") -> UUID:
    """For services that have found the case by a right of their own."""
    check_writable(row)
    if len(entry.text) > LONGEST_TEXT:
        raise Refused(Message.of("The text is longer than {most} characters. Shorten it.", most=LONGEST_TEXT))
    made = put(by, row, entry)
    if entry.contact:
        _had_contact(by, row, made.day)
    if entry.follow_up_on is not None:
        row.follow_up_on = entry.follow_up_on
        row.save(update_fields=["follow_up_on"])
    tell(by, action, row, entry=made.pk, kind=entry.kind)
    return made.key


def put(by: Actor, row: Case, entry: NewEntry) -> Entry:
    """The row alone: for what a change of the case itself says, whatever its state."""
    made = Entry.of(
        case=row,
        kind=entry.kind,
        day=entry.day or today(),
        step=row.step,
        title=stored(entry.title),
        text=entry.text.strip(),
        contact=entry.contact,
        about_type=entry.about_type,
        about_key=entry.about_key,
        by_id=by.user_id,
        by_role=by.role,
        at=now(),
    )
    made.save()
    return made


def check_writable(row: Case) -> None:
    if row.state == CaseState.HANDING_OVER:
        raise Refused(Message.of("The case is being handed over and stands still until the other school has answered."))
    if row.state not in WRITABLE:
        raise Refused(Message.of("The case is closed, so nothing can be added. Open it again first."))


def entries_of(actor: Actor, case: int, kinds: Collection[str] = ()) -> tuple[EntryTold, ...]:
    """The latest first. The caller has found the case within reach."""
    has_text = ExpressionWrapper(~Q(text=""), output_field=BooleanField())
    rows = Entry.objects.filter(case_id=case).annotate(has_text=has_text).defer("text").select_related("by")
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    return tuple(_told(row, has_text=row.has_text) for row in rows.order_by("-day", "-pk"))


def entry_text(actor: Actor, key: UUID) -> EntryText:
    """One entry as it was written. Raises Http404; the view says that it was read."""
    row = Entry.objects.filter(key=key, case__in=visible_cases(actor, READ)).select_related("by", "case").first()
    if row is None:
        raise Http404
    return EntryText(
        entry=_told(row, has_text=bool(row.text)),
        text=row.text,
        case=row.case.key,
        case_pk=row.case_id,
        pupil=row.case.pupil_id,
    )


def tell(by: Actor, action: str, row: Case, **details: object) -> None:
    touched = audit.Touched()
    touched.saw("cases.Case", [row.pk], **details)
    audit.append(by=by, action=action, touched=touched)


def _told(row: Entry, *, has_text: bool) -> EntryTold:
    return EntryTold(
        key=row.key,
        kind=row.kind,
        day=row.day,
        step=row.step,
        title=told(row.title),
        has_text=has_text,
        contact=row.contact,
        by_name=row.by.name if row.by else "",
        by_role=row.by_role,
        at=row.at,
        about_type=row.about_type,
        about_key=row.about_key,
    )


def _had_contact(by: Actor, row: Case, day: date) -> None:
    """Answers the step's first contact, and counts the next follow-up from here. It is no change of the case that two
    people could disagree on, so ``version`` stands."""
    first = Task.objects.filter(case=row, source="step", source_id=CONTACT_TASK, done_on=None)
    first.update(done_on=day, done_by_id=by.user_id)
    step = plan_of_version(by, row.plan_version_id, row.unit_id).step(row.step)
    if step is not None:
        row.follow_up_on = due_day(by, row.unit_id, day, step.work.follow_up_after)
        row.save(update_fields=["follow_up_on"])
