"""One request in the world, and everything that can be wrong with its answer."""

import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from narvaro.core.models import AuditEntry
from tests.databases import ASKED_BESIDES
from tests.permissions.canaries import Kept
from tests.permissions.oracle import Expected, judge, may_show
from tests.permissions.people import CHILDREN, ORGANISER, TODAY, UNITS, Person, Subject, Thing
from tests.permissions.routes import Route
from tests.permissions.world import World

# With the audit's row 20 queries a page; a session's and a chain's first row are written once.
MOST_READS, MOST_BYTES = 19 + ASKED_BESIDES, 150_000
# Pupils with a case, pupils who came or left, and homes to tell: each list is told apart first, and then by set.
MORE_READS = {"duties": 8, "duties_overview": 6}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SIGN_IN = "/account/sign-in"
# Refusals by which the program says no; anything else below 500 is an answer.
REFUSALS = (401, 403, 404, 405)
# Written at any request: who came, and that they did. The token of a form is taken back with what is refused.
ALWAYS_WRITTEN = {"core_auditentry", "core_audithead", "core_spenttoken", "django_session", "cache"}
WRITES = re.compile(r'^\s*(?:insert into|update|delete from)\s+"?(\w+)', re.IGNORECASE)
# Keys, request numbers and tokens against forgery.
CHANGING = re.compile(r'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=")[A-Za-z0-9]{64}(?=")')

NOT_THERE = uuid.UUID(int=2**31 - 1 << 96)
Fill = Callable[[World, Any], Any]


def children(world: World) -> tuple[Subject, ...]:
    return tuple(world.children.values())


def protected_children(world: World) -> tuple[Subject, ...]:
    """A page about the list of a protected child has nothing on the others."""
    return tuple(child if child.protected else Thing(child.key, child.authority, (), True) for child in CHILDREN)


def cases(world: World) -> tuple[Subject, ...]:
    """Each child's, kept at the school that opened it."""
    return tuple(replace(child, by_case=True) for child in world.children.values())


def of_the_teacher(world: World) -> tuple[Subject, ...]:
    return (Thing("own", ORGANISER, owner="teacher"),)


def nothing(world: World) -> tuple[Subject, ...]:
    """Where no row in the world is anybody's to ask about: a handover that nobody has asked for."""
    return (Thing("none", ORGANISER, (), True),)


def first_units(world: World) -> tuple[Subject, ...]:
    """Where rows about a school are."""
    firsts = (f"{authority}-1" for authority in world.authorities)
    return tuple(Thing(unit, UNITS[unit], (unit,)) for unit in firsts if unit in UNITS)


def imports(world: World) -> tuple[Subject, ...]:
    return tuple(Thing(each, each) for each in world.authorities)


def units(world: World) -> tuple[Subject, ...]:
    return tuple(Thing(unit, authority, (unit,)) for unit, authority in UNITS.items())


def staff(world: World) -> tuple[Subject, ...]:
    """Guardians and pupils are no staff."""
    chosen = (
        *("teacher", "principal", "principal_elsewhere", "organiser_officer", "mentor_ended", "social_worker"),
        *("mentor_of_independent", "legal_guardian", "pupil"),
    )
    people = [world.people[key] for key in chosen]
    return tuple(
        Thing(each.key, each.authority, each.units or (), each.role in ("legal_guardian", "pupil")) for each in people
    )


# Who or what an address is about, and what stands in it, by route and parameter. A new parameter needs its line here.
ABOUT: Mapping[str, tuple[Callable[[World], tuple[Subject, ...]], Fill]] = {
    "settings_protected_*.pupil": (protected_children, lambda world, child: world.pupils[child.key].key),
    "case_entry.entry": (cases, lambda world, child: key_of(world.rows["cases.Entry", child.key])),
    "case_task_*.task": (cases, lambda world, child: key_of(world.rows["cases.Task", child.key])),
    "case_receive.handover": (nothing, lambda world, each: key_of(world.rows["cases.Case", "near"])),
    "case_away_end.substitute": (of_the_teacher, lambda world, each: key_of(world.rows["cases.Substitute", ORGANISER])),
    "leave.leave": (children, lambda world, child: key_of(world.rows["duties.Leave", child.key])),
    "received_*.notice": (imports, lambda world, each: key_of(world.rows["duties.ReceivedNotice", each.authority])),
    "notice*.notice": (cases, lambda world, child: key_of(world.rows["duties.Notice", child.key])),
    "*.case": (cases, lambda world, child: key_of(world.rows["cases.Case", child.key])),
    "*.pupil": (children, lambda world, child: world.pupils[child.key].key),
    "plan_deviation_end.unit": (first_units, lambda world, unit: world.units[unit.key].key),
    "plan_school.unit": (units, lambda world, unit: world.units[unit.key].key),
    "plan_*.version": (imports, lambda world, each: key_of(world.rows["plan.PlanVersion", each.authority])),
    "plan_*.trial": (imports, lambda world, each: key_of(world.rows["plan.PlanTrial", each.authority])),
    "settings_calendar_*.unit": (units, lambda world, unit: world.units[unit.key].key),
    "settings_unit.unit": (units, lambda world, unit: world.units[unit.key].key),
    "settings_person.person": (staff, lambda world, person: world.users[person.key].key),
    "settings_second_factor.person": (staff, lambda world, person: world.users[person.key].key),
    "settings_a*.person": (staff, lambda world, person: world.users[person.key].key),
    "intake_forget.mapping": (imports, lambda world, each: key_of(world.rows["intake.SavedMapping", each.authority])),
    "source*.key": (imports, lambda world, each: key_of(world.rows["sources.Source", each.authority])),
    "intake_*.key": (imports, lambda world, each: key_of(world.rows["intake.ImportRun", each.authority])),
}
BESIDE: Mapping[str, Fill] = {
    "settings_assignment_end.assignment": lambda world, person: world.memberships[person.key].key,
    "settings_protected_end.person": lambda world, child: listed(world, child).key,
    "case_move.event": lambda world, child: "park",
    "*.meeting": lambda world, child: key_of(world.rows["meetings.Meeting", child.key]),
    "notice_make.rule": lambda world, child: "A11",
    "move_notice.rule": lambda world, child: "A11",
    "*.day": lambda world, child: TODAY,
    "plan_deviation_end.deviation": lambda world, unit: key_of(world.rows["plan.SchoolDeviation", unit.authority]),
    "plan_comment_settle.comment": lambda world, each: key_of(world.rows["plan.PlanComment", each.authority]),
    "plan_part*.part": lambda world, each: "about",
    "source_run.run": lambda world, each: key_of(world.rows["sources.SourceRun", each.authority]),
    "*.year": lambda world, subject: 2025,
    "*.preset": lambda world, subject: "tyreso_default",
}
# What a person would send, where an empty form would not get far. Every form may have a token.
SENT: Mapping[str, Callable[[World, Any], Mapping[str, Any]]] = {
    "warning_decide": lambda world, child: {
        "kind": "acknowledge",
        "seen": str(key_of(world.rows["warnings.Decision", child.key])),
    },
    "conversation_new": lambda world, child: {
        "day": TODAY.isoformat(),
        "means": "phone",
        "pupil-outcome": "came",
        "pupil-words": "Words.",
        "said": "What was said.",
    },
    "meeting_cancel": lambda world, child: {"reason": "A reason.", "version": "0"},
}


def sent_by_another(person: Person) -> bool:
    """Whoever has some of the schools changes only what they sent themselves; in the world somebody else did."""
    return person.units is not None


# Rules of a page's own, told to the person with the reason (403), where the object itself may be seen.
REFUSED_BESIDES: Mapping[str, Callable[[Person], bool]] = {
    f"POST intake_{what}": sent_by_another for what in ("answer", "columns", "commit", "look", "discard", "undo")
}


def key_of(row: Any) -> uuid.UUID:
    key: uuid.UUID = row.key
    return key


def listed(world: World, child: Any) -> Any:
    """Somebody on the child's list; anybody, where there is no list."""
    ties = getattr(child, "listed", ())
    return world.users[ties[0].person if ties else "mentor"]


def subjects(world: World, route: Route) -> tuple[Subject | None, ...]:
    """About whom the address can be asked; nobody in particular when it does not say."""
    for each in route.parameters:
        if found := _match(ABOUT, f"{route.name}.{each}"):
            return found[0](world)
    return (None,)


def address(world: World, route: Route, subject: Subject | None, *, unknown: bool = False) -> str:
    """``unknown``: the same of something that does not exist."""
    filled = {}
    for each in route.parameters:
        name = f"{route.name}.{each}"
        about, beside = _match(ABOUT, name), _match(BESIDE, name)
        assert about or beside, f"say in tests/permissions/asking.py what stands in the address for {name}"
        value = about[1](world, subject) if about else beside(world, subject)  # type: ignore[misc]
        not_there = NOT_THERE.time_low if isinstance(value, int) else NOT_THERE
        filled[each] = not_there if unknown and about else value
    return reverse(route.name, kwargs=filled)


def _match(table: Mapping[str, Any], name: str) -> Any:
    return next((found for pattern, found in table.items() if fnmatch(name, pattern)), None)


@dataclass
class Answer:
    """``saved``: the tables written, but those of any request. ``reads``: how often the database was asked."""

    status: int
    location: str
    body: str
    headers: str
    saved: set[str]
    audited: list[Mapping[str, Any]]
    reads: int

    @property
    def text(self) -> str:
        return self.body + self.headers


@dataclass(frozen=True)
class Case:
    route: Route
    method: str
    person: Person | None  # None: nobody is signed in
    subject: Subject | None

    def __str__(self) -> str:
        by, about = self.person and self.person.key, self.subject and self.subject.key
        return f"{self.method} {self.route.name} by {by} about {about}"


@dataclass
class Asker:
    """Asks in one world, each time as if for the first time."""

    world: World
    rules: Mapping[str, Any]
    asked: int = 0
    shown: set[Kept] = field(default_factory=set)
    _unknown: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def faults(self, case: Case) -> list[str]:
        expected = self.expected(case)
        answer = self.ask(case)
        self.asked += 1
        found = [
            *self._status(case, expected, answer),
            *self._canaries(case, expected, answer),
            *self._audit(case, expected, answer),
            *self.weight(case, answer),
        ]
        if answer.saved and (expected.status != 200 or case.method in ("GET", "HEAD", "OPTIONS")):
            found.append(f"wrote {sorted(answer.saved)}")
        if "no-store" not in answer.headers:
            found.append("may be kept by a cache")
        if expected.status == 404 and answer.status == 404 and answer.body != self._of_unknown(case):
            found.append("another's object can be told from one that does not exist")
        return [f"{case}: {fault}" for fault in found]

    def expected(self, case: Case) -> Expected:
        if case.person is None:
            return Expected(302)
        expected = judge(self.rules, case.person, case.route.name, case.method, case.subject)
        besides = REFUSED_BESIDES.get(f"{case.method} {case.route.name}")
        if expected.status == 200 and besides and besides(case.person):
            return replace(expected, status=403)
        return expected

    def ask(self, case: Case, *, unknown: bool = False) -> Answer:
        url = address(self.world, case.route, case.subject, unknown=unknown)
        client = Client() if case.person is None else self.world.client(case.person)
        form = SENT.get(case.route.name, lambda world, subject: {})
        sent = {"token": str(NOT_THERE), **form(self.world, case.subject)}
        with as_if_nothing_happened() as happened:
            response = client.post(url, sent) if case.method == "POST" else client.generic(case.method, url)
            content = b"".join(response) if response.streaming else response.content
            reads = happened.reads
            audited = list(AuditEntry.objects.values())
        return Answer(
            status=response.status_code,
            location=response.get("Location", ""),
            body=CHANGING.sub("...", content.decode("utf-8", "replace")),
            headers=str(dict(response.items())),
            saved=happened.saved,
            audited=audited,
            reads=reads,
        )

    def _status(self, case: Case, expected: Expected, answer: Answer) -> Iterator[str]:
        if expected.status == 200:
            if answer.status in REFUSALS or answer.status >= 500 or answer.location.startswith(SIGN_IN):
                yield f"{answer.status}, although it is allowed"
        elif answer.status != expected.status:
            yield f"{answer.status} instead of {expected.status}"
        elif expected.status == 302 and not answer.location.startswith(SIGN_IN):
            yield f"sent to {answer.location}"

    def _canaries(self, case: Case, expected: Expected, answer: Answer) -> Iterator[str]:
        seen = self.world.canaries.seen_in(answer.text)
        own = {kept for kept in seen if case.person and kept.place == f"core.User.name {case.person.key}"}
        for kept in seen - own:
            if expected.status != 200 or not self._may_see(case, expected, kept):
                yield f"shows {kept}"
            else:
                self.shown.add(kept)

    def _may_see(self, case: Case, expected: Expected, kept: Kept) -> bool:
        assert case.person
        assert expected.action
        if kept.child is not None and case.subject and case.subject.key in {*self.world.children} - {kept.child}:
            return False
        child = self.world.children[kept.child] if kept.child else None
        return may_show(self.rules, case.person, expected.action, kept.category, kept.authority, child)

    def _audit(self, case: Case, expected: Expected, answer: Answer) -> Iterator[str]:
        rows = [row for row in answer.audited if self._user(case) in (row["user_id"], *row["objects_seen"])]
        decision = "granted" if expected.status == 200 else "refused"
        due = expected.action is not None and (expected.personal or expected.status != 200)
        if due and not any((row["action"], row["decision"]) == (expected.action, decision) for row in rows):
            yield f"no audit row {decision}, but {[(row['action'], row['decision']) for row in rows]}"
        if self.world.canaries.seen_in(json.dumps([row["details"] for row in answer.audited])):
            yield "the audit holds what it only should point at"

    def weight(self, case: Case, answer: Answer) -> Iterator[str]:
        """What is quick here, with a row or two in each table, is to be quick for a school."""
        if case.method == "GET":
            if answer.reads > MOST_READS + MORE_READS.get(case.route.name, 0):
                yield f"asks the database {answer.reads} times"
            if (size := len(answer.body.encode())) > MOST_BYTES:
                yield f"weighs {size} bytes"

    def _user(self, case: Case) -> int | None:
        return None if case.person is None else self.world.users[case.person.key].pk

    def _of_unknown(self, case: Case) -> str:
        key = (case.route.name, case.method, case.person.key if case.person else "")
        if key not in self._unknown:
            self._unknown[key] = self.ask(case, unknown=True).body
        return self._unknown[key]


@dataclass
class Happened:
    """``saved``: the tables written, but those of any request."""

    saved: set[str] = field(default_factory=set)
    reads: int = 0

    def record(self, execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if (found := WRITES.match(sql)) and found[1] not in ALWAYS_WRITTEN:
            self.saved.add(found[1])
        self.reads += sql.upper().startswith("SELECT")
        return execute(sql, parameters, many, context)


@contextmanager
def as_if_nothing_happened() -> Iterator[Happened]:
    """At the end nothing did."""
    happened = Happened()
    with transaction.atomic(), connection.execute_wrapper(happened.record):
        yield happened
        transaction.set_rollback(True)
