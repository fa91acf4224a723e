"""A small municipality for tests: two organisers, three schools, someone in every role, pupils in every relation.

Everybody is invented. Days are fixed: TODAY is a Wednesday in term.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from narvaro.contexts.register.models import (
    Authority,
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
from narvaro.core.accounts import actors_of
from narvaro.core.actor import Actor
from narvaro.core.models import Membership, User
from narvaro.core.scope import acting

TODAY = date(2026, 5, 20)
YEAR_START = date(2025, 8, 19)
PASSWORD = "en lång invented fras"

UNIT_ROLES = (
    *("teacher", "mentor", "pupil_health", "school_nurse", "principal", "attendance_coordinator"),
    "collaboration_team",
)
AUTHORITY_ROLES = (*("organiser_officer", "process_leader", "evaluator", "kaa_coordinator", "system_administrator"),)


@dataclass
class World:
    """By short names: ``organiser``, ``strand``, ``ekbacken``; pupils by given name; users by role."""

    organiser: Authority
    other_organiser: Authority
    social_services: Authority
    region: Authority
    strand: Unit
    ekbacken: Unit
    other_school: Unit
    users: dict[str, User]
    pupils: dict[str, Pupil]

    def actor(self, role: str) -> Actor:
        """The person with that key acting in the first of their roles."""
        return actors_of(self.users[role])[0]


def build_world() -> World:
    """``Alva`` and ``Bilal`` at Strand in 7B with the mentor; ``Ida`` there with protected identity; ``Casper`` at
    Ekbacken; ``Omar`` at another organiser; ``Lo`` moved from Strand to Ekbacken."""
    organiser = Authority.objects.create(name="Exempelkommun", kind="municipal_organiser")
    other = Authority.objects.create(name="Friskolan AB", kind="independent_organiser")
    social = Authority.objects.create(name="Socialtjänsten", kind="social_services")
    region = Authority.objects.create(name="Regionen", kind="region")
    strand = Unit.objects.create(authority=organiser, code="1001", name="Strandskolan", school_forms=["GR"])
    ekbacken = Unit.objects.create(authority=organiser, code="1002", name="Ekbackens skola", school_forms=["GR"])
    friskolan = Unit.objects.create(authority=other, code="2001", name="Friskolan", school_forms=["GR"])
    users = {role: _user(role, organiser, strand, role) for role in UNIT_ROLES}
    users |= {role: _user(role, organiser, None, role) for role in AUTHORITY_ROLES}
    users["other_mentor"] = _user("other_mentor", organiser, strand, "mentor")
    users["former_mentor"] = _user("former_mentor", organiser, strand, "mentor", last_day=TODAY - timedelta(days=1))
    users["ekbacken_principal"] = _user("ekbacken_principal", organiser, ekbacken, "principal")
    users["foreign_principal"] = _user("foreign_principal", other, friskolan, "principal")
    users["social_worker"] = _user("social_worker", social, None, "social_worker")
    users["clinician"] = _user("clinician", region, None, "clinician")
    users["legal_guardian"] = _user("legal_guardian", organiser, None, "legal_guardian")
    users["pupil"] = _user("pupil", organiser, None, "pupil")
    world = World(organiser, other, social, region, strand, ekbacken, friskolan, users, {})
    with acting(Actor.system(organiser.pk)):
        _fill(world)
    with acting(Actor.system(other.pk)):
        world.pupils["Omar"] = _pupil("Omar", friskolan, "6A")
    return world


def _user(key: str, authority: Authority, unit: Unit | None, role: str, last_day: date | None = None) -> User:
    user = User(email=f"{key}@example.se", name=f"Person {key}")
    user.set_password(PASSWORD)
    user.save()
    Membership.objects.create(
        user=user, authority=authority, unit=unit, role=role, first_day=YEAR_START, last_day=last_day
    )
    return user


def _fill(world: World) -> None:
    strand, ekbacken, users = world.strand, world.ekbacken, world.users
    made = {name: _pupil(name, strand, "7B") for name in ("Alva", "Bilal", "Ida")}
    made |= {"Casper": _pupil("Casper", ekbacken, "5A"), "Lo": _pupil("Lo", strand, "7B", last_day=date(2026, 1, 9))}
    Enrolment.of(pupil=made["Lo"], unit=ekbacken, school_form="GR", grade="7", first_day=date(2026, 1, 10)).save()
    for name in ("Alva", "Bilal"):
        Mentorship.of(pupil=made[name], user=users["mentor"], first_day=YEAR_START).save()
    ended = TODAY - timedelta(days=1)
    Mentorship.of(pupil=made["Alva"], user=users["former_mentor"], first_day=YEAR_START, last_day=ended).save()
    protection = ProtectedIdentity.of(pupil=made["Ida"], since=YEAR_START)
    protection.save()
    ProtectedAccess.of(protection=protection, user=users["principal"], first_day=YEAR_START).save()
    guardian = Guardian.of(name="Sofia Lindqvist", user=users["legal_guardian"])
    guardian.save()
    Custody.of(pupil=made["Alva"], guardian=guardian, first_day=YEAR_START).save()
    made["Alva"].user = users["pupil"]
    made["Alva"].save(update_fields=["user"])
    world.pupils.update(made)


def _pupil(name: str, unit: Unit, group: str, last_day: date | None = None) -> Pupil:
    pupil = Pupil.of(
        pupil_id=f"e-{name.casefold()}", given_name=name, family_name="Påhittad", search_text=name.casefold()
    )
    pupil.save()
    known = Group.objects.filter(unit=unit, name=group).first()
    if known is None:
        known = Group.of(unit=unit, name=group)
        known.save()
    Enrolment.of(
        pupil=pupil, unit=unit, group=known, school_form="GR", grade=group[0], first_day=YEAR_START, last_day=last_day
    ).save()
    return pupil
