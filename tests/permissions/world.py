"""The facts of people.py in a database, with a canary in every text of every guarded row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.test import Client

from narvaro.contexts.cases.models import Substitute
from narvaro.contexts.register.models import (
    Authority,
    CircleMember,
    Custody,
    Enrolment,
    Group,
    Guardian,
    Mentorship,
    ProtectedAccess,
    ProtectedIdentity,
    Pupil,
    Unit,
)
from narvaro.core.access import access
from narvaro.core.actor import Actor
from narvaro.core.clock import now
from narvaro.core.guarded import Guarded
from narvaro.core.models import Membership, User
from narvaro.core.scope import acting
from narvaro.domain.school_calendar import day_no, week_no
from narvaro.plans import preset_text
from tests.permissions.canaries import LENGTH, Canaries, Kept
from tests.permissions.people import CHILDREN, KINDS, START, TODAY, UNITS, Child, Person, Tie

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# Where a value must mean something to the program. The rest is filled in by the kind of field.
EARLY = datetime.combine(TODAY, time(7), UTC)
VALUES: Mapping[str, Mapping[str, Any]] = {
    "attendance.PupilMeasure": {
        "offered": 48_000,
        "present": 35_000,
        "valid": 10_000,
        "invalid": 3_000,
        "grade": "7",
        "last_20_offered": 6_000,
        "last_20_present": 4_000,
        "last_20_valid": 1_500,
        "last_20_invalid": 500,
        "previous_20_offered": 6_000,
        "previous_20_present": 6_000,
        "previous_20_valid": 0,
        "previous_20_invalid": 0,
        "last_20_rate": 3333,
        "trend": 3333,
        "weeks": [[week_no(TODAY) - back, 1500, 1000, 400, 100] for back in range(11, -1, -1)],
    },
    "warnings.Warning": {
        "plan": "tyreso_default",
        "plan_version": "1",
        "rule_id": "total_15",
        "step": 3,
        "severity": 3,
        "measure": "total_rate",
        "window": "last_20",
        "numerator": 1,
        "denominator": 3,
        "limit_numerator": 3,
        "limit_denominator": 20,
        "coverage_numerator": 96,
        "coverage_denominator": 100,
        "first_numerator": 1,
        "first_denominator": 4,
        "window_start": TODAY - timedelta(days=27),
        "lessons": [0],
    },
    "duties.AnnouncedAbsence": {"source": UUID(int=1), "starts": EARLY, "ends": EARLY + timedelta(hours=9)},
    "warnings.Decision": {"kind": "await", "decided_as": "mentor", "follow_up_on": TODAY + timedelta(days=7)},
    "cases.Case": {
        "state": "active",
        "school_year": 2025,
        "owner_role": "mentor",
        "origin": "warning",
        "outcome": "",
        "follow_up_on": TODAY,
    },
    "cases.CaseStep": {"began": START, "ended_by": ""},
    "cases.Entry": {"kind": "note", "title": {"text": "Note", "values": {}}, "by_role": "mentor", "about_type": ""},
    "cases.Task": {"source": "own", "owner_role": "mentor", "escalated_to": ""},
    "meetings.Meeting": {
        "kind": "meeting",
        "means": "in_person",
        "planned_at": datetime.combine(TODAY + timedelta(days=9), time(8, 15), UTC),
    },
    "meetings.Participant": {"role": "other"},
    "meetings.Voice": {"whose": "pupil", "tried_how": ""},
    "meetings.Correction": {"by_role": "mentor"},
    "duties.Investigation": {"decision": "start", "decided_as": "principal"},
    "duties.Consultation": {"party": "pupil", "outcome": "heard"},
    "duties.Notice": {"rule_id": "A9", "to": "organiser", "grade": "7"},
    "duties.ReceivedNotice": {"school_form": "GR", "grade": "7", "decision": ""},
    "duties.Leave": {"decision": "", "decided_as": ""},
    "plan.PlanVersion": {
        "number": 1,
        "name": "tyreso_default",
        "preset": "tyreso_default",
        "document": preset_text("tyreso_default"),
        "state": "approved",
        "in_force_from": START,
    },
    "plan.SchoolDeviation": {"place": "steps.1.contact_within", "value": 3, "first_day": START},
    "sources.Source": {
        "base_url": "https://skolsystem.example.se/v2.0",
        "state": "active",
        "organisations": [],
        "capabilities": [],
        "units": [],
    },
    "sources.SourceRun": {
        "state": "done",
        "counts": {"pupils": 1},
        "register": {"new": 1},
        "differences": [],
        "findings": [],
        "capabilities": [],
        "route": "events",
        "started_at": datetime.combine(TODAY, time(3), UTC),
    },
    "attendance.MeasureRun": {"first_day": START},
}


@dataclass
class World:
    people: dict[str, Person]
    children: dict[str, Child]
    users: dict[str, User] = field(default_factory=dict)
    authorities: dict[str, Authority] = field(default_factory=dict)
    memberships: dict[str, Membership] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    pupils: dict[str, Pupil] = field(default_factory=dict)
    canaries: Canaries = field(default_factory=Canaries)
    # The row of each table about a child, or about an authority.
    rows: dict[tuple[str, str], models.Model] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    def client(self, person: Person) -> Client:
        """With an open session; of those whose account is closed it was opened before."""
        if person.key not in self.clients:
            self.clients[person.key] = client = Client()
            user = self.users[person.key]
            user.is_active = True
            client.force_login(user, backend=BACKEND)
        return self.clients[person.key]


def build(people: tuple[Person, ...]) -> World:
    world = World({each.key: each for each in people}, {each.key: each for each in CHILDREN})
    for key, kind in KINDS.items():
        world.authorities[key] = Authority.objects.create(name=f"Authority {key}", kind=kind)
    for key, authority in UNITS.items():
        world.units[key] = Unit.objects.create(
            authority=world.authorities[authority], code=key[-8:], name=f"Unit {key}", school_forms=["GR"]
        )
    for person in people:
        _add_person(world, person)
    for authority in KINDS:
        with acting(Actor.system(world.authorities[authority].pk)):
            _add_nobodys_guardian(world, authority)
            for child in (each for each in CHILDREN if each.authority == authority):
                _add_child(world, child)
            _fill(world, authority)
            _add_substitute(world, authority)
    return world


def _add_person(world: World, person: Person) -> None:
    name = world.canaries.put(Kept(person.authority, None, f"core.User.name {person.key}", "person"))
    mail = world.canaries.put(Kept(person.authority, None, f"core.User.email {person.key}", "contact"))
    user = User.objects.create(email=f"{mail.lower()}@example.se", name=name, is_active=person.active)
    for unit in (None,) if person.units is None else person.units:
        world.memberships[person.key] = Membership.objects.create(
            user=user,
            authority=world.authorities[person.authority],
            unit=None if unit is None else world.units[unit],
            role=person.role,
            first_day=person.period.first,
            last_day=person.period.last,
        )
    world.users[person.key] = user


def _add_child(world: World, child: Child) -> None:
    pupil = Pupil.of(**_values(world, Pupil, child.authority, child.key))
    pupil.identity_encrypted = pupil.identity_hash.encode()
    pupil.user = world.users[child.own] if child.own else None
    pupil.save()
    world.pupils[child.key] = pupil
    _keep(world, pupil, child.key)
    for unit, period in child.stays:
        group, _new = Group.objects.get_or_create(unit=world.units[unit], defaults=_group(world, unit))
        Enrolment.of(
            pupil=pupil, unit=world.units[unit], group=group, school_form="GR", grade="7", **_days(period)
        ).save()
    for tie in child.mentors:
        Mentorship.of(pupil=pupil, user=world.users[tie.person], **_days(tie.period)).save()
    for tie in child.guardians:
        _add_guardian(world, child, pupil, tie)
    for tie in child.circle:
        CircleMember.of(
            pupil=pupil, unit=world.units[child.kept_at], user=world.users[tie.person], **_days(tie.period)
        ).save()
    if child.protected:
        protection = ProtectedIdentity.of(pupil=pupil, since=START)
        protection.save()
        for tie in child.listed:
            ProtectedAccess.of(protection=protection, user=world.users[tie.person], **_days(tie.period)).save()


def _add_substitute(world: World, authority: str) -> None:
    """Of the first person there, who is a teacher at the organiser."""
    users = [world.users[key] for key, each in world.people.items() if each.authority == authority]
    row = Substitute.of(user=users[0], substitute=users[-1], first_day=TODAY, last_day=TODAY, made_at=now())
    row.save()
    _keep(world, row, authority)


def _add_nobodys_guardian(world: World, authority: str) -> None:
    """For rows about a child without one."""
    row = Guardian.of(name="Nobody's")
    row.save()
    _keep(world, row, authority)


def _add_guardian(world: World, child: Child, pupil: Pupil, tie: Tie) -> None:
    about = f"{child.key} {tie.person}"
    values = {
        name: world.canaries.put(Kept(child.authority, child.key, f"register.Guardian.{name} {about}", category))
        for name, category in (("name", "person"), ("email", "contact"), ("phone", "contact"))
    }
    values["email"] = f"{values['email']}@example.se"
    guardian = Guardian.of(user=world.users[tie.person], **values)
    guardian.save()
    _keep(world, guardian, child.key)
    Custody.of(pupil=pupil, guardian=guardian, may_see=tie.sees, **_days(tie.period)).save()


def _group(world: World, unit: str) -> dict[str, Any]:
    name = world.canaries.put(Kept(UNITS[unit], None, f"register.Group.name {unit}", "person"))
    return {"name": name, "authority": world.authorities[UNITS[unit]]}


def _days(period: Any) -> dict[str, Any]:
    return {"first_day": period.first, "last_day": period.last}


def _fill(world: World, authority: str) -> None:
    """A row of every other guarded table about each child, or one for the authority."""
    waiting = [model for model in apps.get_models() if issubclass(model, Guarded) and not _is_made(model)]
    children = [key for key, child in world.children.items() if child.authority == authority]
    while waiting:
        ready = [model for model in waiting if not set(_needed(model)) & set(waiting)]
        assert ready, f"tables that need each other: {waiting}"
        for model in ready:
            waiting.remove(model)
            for about in children if _is_about_a_child(model) else [authority]:
                row = model.of(**_values(world, model, authority, about))
                row.save()
                _keep(world, row, about)


def _keep(world: World, row: models.Model, about: str) -> None:
    world.rows[row._meta.label, about] = row


def _is_made(model: type[models.Model]) -> bool:
    return model is Substitute or (
        model._meta.app_label == "register"
        and model.__name__
        in {
            *(
                "Pupil",
                "Group",
                "Enrolment",
                "Mentorship",
                "Guardian",
                "Custody",
                "ProtectedIdentity",
                "ProtectedAccess",
            ),
            "CircleMember",
        }
    )


def _needed(model: type[models.Model]) -> list[type[models.Model]]:
    return [each.related_model for each in model._meta.concrete_fields if each.is_relation and not each.null]


def _is_about_a_child(model: type[models.Model]) -> bool:
    needed = [each for each in _needed(model) if issubclass(each, Guarded)]
    return any(each is Pupil or _is_about_a_child(each) for each in needed)


def _values(world: World, model: type[models.Model], authority: str, about: str) -> dict[str, Any]:
    given = VALUES.get(model._meta.label, {})
    return dict(_filled(world, model, authority, about, given)) | dict(given)


def _filled(
    world: World, model: type[models.Model], authority: str, about: str, given: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """A value for each field that needs one, and a canary for each that can hold one."""
    for each in model._meta.concrete_fields:
        if each.primary_key or each.name == "authority" or each.name in given:
            continue
        if each.is_relation:
            if not each.null:
                yield each.name, _related(world, each.related_model, authority, about)
        elif isinstance(each, models.CharField | models.TextField) and not each.choices:
            if each.max_length and each.max_length < LENGTH:
                continue  # a code; no text fits in there
            yield each.name, _canary(world, model, each.name, authority, about)
        elif each.choices and not each.null and not each.has_default():
            yield each.name, each.choices[0][0]
        elif isinstance(each, models.JSONField):
            yield each.name, _json(world, model, each, authority, about)
        elif not each.null and not each.has_default():
            yield each.name, _plain(each)


def _related(world: World, model: Any, authority: str, about: str) -> Any:
    if model is User:
        return next(world.users[key] for key, each in world.people.items() if each.authority == authority)
    if model is Unit:
        return world.units[f"{authority}-1"]
    return world.rows.get((model._meta.label, about)) or world.rows[model._meta.label, authority]


def _canary(world: World, model: type[models.Model], name: str, authority: str, about: str) -> str:
    category = category_of(model._meta.label, name)
    child = about if about in world.children else None
    return world.canaries.put(Kept(authority, child, f"{model._meta.label}.{name} {about}", category))


def category_of(model: str, name: str) -> str:
    return next(category for category, fields in access().fields[model].items() if name in fields)


def _json(world: World, model: type[models.Model], each: Any, authority: str, about: str) -> Any:
    if (model._meta.label, each.name) == ("warnings.Evidence", "lessons"):
        subject = _canary(world, model, each.name, authority, about)
        return [[day_no(TODAY) - 1, 480, subject, 0, 60]]
    return each.get_default() if each.has_default() else {}


def _plain(each: models.Field[Any, Any]) -> Any:
    if isinstance(each, models.DateTimeField):
        return now()
    if isinstance(each, models.DateField):
        return TODAY
    if isinstance(each, models.BooleanField):
        return True
    assert isinstance(each, models.IntegerField), f"{each}: say in VALUES what it may hold"
    return 1
