"""Deciding on an investigation, writing it, and finishing it. Every act stands in the case's chronology."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import Http404

from narvaro.contexts.cases.api import (
    CaseCard,
    NewEntry,
    NewTask,
    add_entry,
    add_tasks,
    end_tasks,
    tasks_of,
    visible_case_ids,
)
from narvaro.contexts.duties.known import Known, known_of
from narvaro.contexts.duties.models import Consultation, Investigation
from narvaro.contexts.duties.permissions import DECIDE, WRITE
from narvaro.contexts.duties.queries import PARTS
from narvaro.core import audit
from narvaro.core.actor import Actor
from narvaro.core.clock import now, today
from narvaro.core.errors import Conflict, Forbidden, Refused
from narvaro.core.locking import save_if_unchanged
from narvaro.core.scope import acting
from narvaro.language import N_, Message, Words
from narvaro.ui.formats import words

LONGEST_TEXT = 20_000
ENTRY, ABOUT = "investigation", "duties.Investigation"
# What a plan's step calls the same duty, so that nobody has it twice on their list.
STEP_TASKS = {
    "A6": "decide_investigation",
    "A7": "consult",
    "A8": "special_support",
    "A9": "report_organiser",
    "A10": "home_municipality",
}
TASKS = {
    "A6_end": Words("Slutför frånvaroutredningen.", "Finish the investigation of the absence."),
    "A8": Words("Svara på frågan om särskilt stöd.", "Answer the question of special support."),
    "A9": Words("Anmäl till huvudmannen att utredningen har startat.", "Report to the organiser that it has begun."),
    "A10": Words("Upplys hemkommunen om att utredningen har startat.", "Tell the home municipality that it has begun."),
}
UNDER_WAY = Message.of("An investigation is under way already. Finish it before you decide anew.")
NONE_OPEN = Message.of("There is no investigation under way in the case.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """``decision``: start or unnecessary. ``seen``: the key of the latest decision that the person had before them."""

    decision: str
    reason: str
    leader_id: int | None = None
    planned_end: date | None = None
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a save holds: the texts by part, and the answers beside them. ``version``: of what the person saw."""

    version: int
    texts: Mapping[str, str]
    special_support: str = ""
    special_support_reason: str = ""
    needs_coordination: bool = False
    planned_end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody was heard or looked for. ``guardian`` is a database id."""

    party: str
    outcome: str
    day: date
    guardian: int | None = None
    note: str = ""


def decide_investigation(*, by: Actor, case: CaseCard, decided: Decided) -> UUID:
    """To investigate, or that it is unnecessary and why (A6). Raises Forbidden for others than the principal, Refused
    while one is under way, Conflict when somebody decided meanwhile."""
    with acting(by):
        within_reach(by, case, DECIDE)
        _check_decision(by, case, decided)
        row = Investigation.of(
            case_id=case.pk,
            decision=decided.decision,
            reason=decided.reason.strip(),
            decided_by_id=by.user_id,
            decided_as=by.role,
            decided_on=today(),
            decided_at=now(),
            leader_id=decided.leader_id,
            planned_end=decided.planned_end,
        )
        row.save()
        _enter(by, case, row, _decided_title(row), text=row.reason)
        done(by, case, "A6")
        if row.decision == Investigation.Decision.START:
            _set_tasks(by, case)
        tell(by, "duty.investigation.decide", ABOUT, row.pk, decision=row.decision)
    return row.key


def _check_decision(by: Actor, case: CaseCard, decided: Decided) -> None:
    if by.role != "principal":
        raise Forbidden(Message.of("Whether to investigate is the principal's decision."))
    if decided.decision == Investigation.Decision.UNNECESSARY and not decided.reason.strip():
        raise Refused(Message.of("Write why an investigation is unnecessary."))
    rows = Investigation.objects.select_for_update().filter(case_id=case.pk).order_by("-decided_at", "-pk")
    latest = rows.first()
    if latest is not None and str(latest.key) != decided.seen:
        raise Conflict(
            Message.of("Somebody decided on this while you were writing. Read both and decide again if it is needed."),
            theirs=latest.reason or _decided_title(latest).say("sv"),
            mine=decided.reason,
        )
    if latest is not None and latest.decision == Investigation.Decision.START and latest.ended_on is None:
        raise Refused(UNDER_WAY)


def _decided_title(row: Investigation) -> Message:
    if row.decision == Investigation.Decision.START:
        return Message.of("The principal decided to investigate the absence")
    return Message.of("The principal decided that an investigation is unnecessary")


def write_investigation(*, by: Actor, case: CaseCard, written: Written) -> None:
    """Saves the parts. Raises Conflict with both texts when somebody saved meanwhile, Refused when it is finished."""
    with acting(by):
        within_reach(by, case, WRITE)
        row = under_way(case)
        texts = {part: written.texts.get(part, "").strip() for part in PARTS}
        texts["special_support_reason"] = written.special_support_reason.strip()
        if any(len(text) > LONGEST_TEXT for text in texts.values()):
            raise Refused(Message.of("The text is longer than {most} characters. Shorten it.", most=LONGEST_TEXT))
        answered_on = row.special_support_on if row.special_support == written.special_support else today()
        save_if_unchanged(row, written.version, texts)
        Investigation.objects.filter(pk=row.pk).update(
            special_support=written.special_support,
            special_support_on=answered_on if written.special_support else None,
            needs_coordination=written.needs_coordination,
            planned_end=written.planned_end,
        )
        if written.special_support:
            done(by, case, "A8")
        tell(by, "duty.investigation.write", ABOUT, row.pk, version=row.version)


def finish_investigation(*, by: Actor, case: CaseCard, version: int) -> None:
    """Raises Refused and says what is missing: consultation where the text asks for it (A7), the question of special
    support (A8), and what was found."""
    with acting(by):
        within_reach(by, case, DECIDE)
        row = under_way(case)
        missing = missing_to_finish(known_of(by, [case])[case.pk], row)
        if missing:
            raise Refused(_not_finished(missing))
        save_if_unchanged(row, version, {"ended_on": today()})
        _enter(by, case, row, Message.of("The investigation of the absence is finished"))
        done(by, case, "A6_end")
        tell(by, "duty.investigation.finish", ABOUT, row.pk)


def consult(*, by: Actor, case: CaseCard, asked: Asked) -> None:
    """Somebody was heard, or looked for. Raises Refused for a day that is not within the investigation."""
    with acting(by):
        within_reach(by, case, WRITE)
        row = under_way(case)
        if not row.decided_on <= asked.day <= today():
            raise Refused(Message.of("The day lies between the decision to investigate and today."))
        _check_guardian(by, case, asked)
        Consultation.of(
            investigation=row,
            party=asked.party,
            guardian_id=asked.guardian,
            outcome=asked.outcome,
            day=asked.day,
            note=asked.note.strip(),
            by_id=by.user_id,
            at=now(),
        ).save()
        heard = asked.outcome == Consultation.Outcome.HEARD
        contact = heard and asked.party != Consultation.Party.PUPIL_HEALTH
        _enter(by, case, row, _consult_title(asked), text=asked.note, day=asked.day, contact=contact)
        if not known_of(by, [case])[case.pk].missing_consultations:
            done(by, case, "A7")
        tell(by, "duty.consult", ABOUT, row.pk, party=asked.party)


def _check_guardian(by: Actor, case: CaseCard, asked: Asked) -> None:
    """Only one who may know: nobody is recorded, or asked, past a decision that keeps a guardian away."""
    known = known_of(by, [case])[case.pk].pupil.guardians
    if asked.party == Consultation.Party.GUARDIAN and (asked.guardian or 0) not in {each.pk for each in known}:
        raise Http404


def missing_to_finish(known: Known, row: Investigation) -> tuple[Message, ...]:
    found = [WHO[each.partition(":")[0]] for each in dict.fromkeys(_by_law(known))]
    if not row.special_support or (
        row.special_support == Investigation.SpecialSupport.NOT_INDICATED and not row.special_support_reason
    ):
        found.append(Message.of("the question of special support"))
    if not (row.causes and row.conclusions and row.measures):
        found.append(Message.of("causes, conclusions and measures"))
    return tuple(dict.fromkeys(found))


WHO = {
    "pupil": Message.of("the pupil"),
    "guardian": Message.of("the guardians, each of them"),
    "pupil_health": Message.of("pupil health"),
}


def _by_law(known: Known) -> Iterable[str]:
    """Only where the text asks for consultation; elsewhere it is our default and stops nobody."""
    standing = known.standing("A7")
    return standing.missing if standing.required == "law" else ()


def _not_finished(missing: tuple[Message, ...]) -> Message:
    listed = ", ".join(each.say(words().language) for each in missing)
    return Message.of(
        "Before the investigation can be finished, these are to be heard or answered: {what}.", what=listed
    )


def _consult_title(asked: Asked) -> Message:
    titles = {
        ("pupil", "heard"): N_("The pupil was heard in the investigation"),
        ("pupil", "tried"): N_("The pupil was looked for, and not reached"),
        ("guardian", "heard"): N_("A guardian was heard in the investigation"),
        ("guardian", "tried"): N_("A guardian was looked for, and not reached"),
        ("pupil_health", "heard"): N_("Pupil health was consulted in the investigation"),
        ("pupil_health", "tried"): N_("Pupil health was asked, and has not answered"),
    }
    return Message.of(titles[asked.party, asked.outcome])


def _set_tasks(by: Actor, case: CaseCard) -> None:
    """One for each duty that waits, with the day it is due, unless the plan's step has it already."""
    open_steps = {each.source_id for each in tasks_of(by, case.pk) if each.is_open and each.source == "step"}
    standings = {each.rule: each for each in known_of(by, [case])[case.pk].standings if each.is_open}
    wanted = [
        NewTask(what=what, owner_role="principal", due=standings[rule].due or today(), source="duty", source_id=rule)
        for rule, what in TASKS.items()
        if rule in standings and STEP_TASKS.get(rule) not in open_steps
    ]
    add_tasks(by=by, case=case.pk, tasks=wanted)


def done(by: Actor, case: CaseCard, rule: str) -> None:
    """What waited on somebody's list for this is done, whether the duty or the plan's step put it there."""
    end_tasks(by=by, case=case.pk, source="duty", source_id=rule)
    if rule in STEP_TASKS:
        end_tasks(by=by, case=case.pk, source="step", source_id=STEP_TASKS[rule])


def within_reach(by: Actor, case: CaseCard, action: str) -> None:
    """Raises Http404, and Forbidden when the role lacks the right altogether."""
    if not visible_case_ids(by, action).filter(pk=case.pk).exists():
        raise Http404


def under_way(case: CaseCard) -> Investigation:
    rows = Investigation.objects.select_for_update(of=("self",)).filter(case_id=case.pk, ended_on=None)
    row: Investigation | None = rows.filter(decision=Investigation.Decision.START).first()
    if row is None:
        raise Refused(NONE_OPEN)
    return row


def _enter(
    by: Actor,
    case: CaseCard,
    row: Investigation,
    title: Message,
    *,
    text: str = "",
    day: date | None = None,
    contact: bool = False,
) -> None:
    entry = NewEntry(kind=ENTRY, title=title, text=text, day=day, contact=contact, about_type=ABOUT, about_key=row.key)
    add_entry(by=by, case=case.pk, entry=entry)


def tell(by: Actor, action: str, kind: str, row: int, **details: object) -> None:
    touched = audit.Touched()
    touched.saw(kind, [row], **details)
    audit.append(by=by, action=action, touched=touched)
