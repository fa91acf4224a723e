"""Who signs in to Exempelkommun: the named cast, somebody in each role it lacks, and every class's mentor."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from narvaro.demo.cast import CAST_ADULTS, CAST_PUPILS, CastAdult, Role
from narvaro.demo.units import EKBACKEN, INDEPENDENT_ORGANISER, LYKTAN, MUNICIPALITY, STRAND
from narvaro.facts.readers.pupil_list import PupilLine, UnitLine

SOCIAL_SERVICES = f"Socialtjänsten, {MUNICIPALITY}"
REGION = "Barn- och ungdomspsykiatrin, Region Exempel"
KINDS = {
    MUNICIPALITY: "municipal_organiser",
    INDEPENDENT_ORGANISER: "independent_organiser",
    SOCIAL_SERVICES: "social_services",
    REGION: "region",
}
DOMAINS = {
    MUNICIPALITY: "exempelkommun.example",
    INDEPENDENT_ORGANISER: "lyktan.example",
    SOCIAL_SERVICES: "socialtjansten.example",
    REGION: "region.example",
}
# The application knows a class teacher as a mentor and a counsellor as pupil health; the rest have their own names.
ROLES = {Role.CLASS_TEACHER: "mentor", Role.SCHOOL_COUNSELLOR: "pupil_health"}


@dataclass(frozen=True, slots=True)
class Person:
    """``unit_code`` None: the whole authority. ``signs_in``: has a password, and is listed by ``narvaro accounts``."""

    name: str
    role: str
    authority: str
    unit_code: str | None = None
    signs_in: bool = True
    email: str = field(default="", compare=False)


_FURTHER = (
    Person("David Åkesson", "teacher", MUNICIPALITY, STRAND.code),
    Person("Helena Björk", "school_nurse", MUNICIPALITY, STRAND.code),
    Person("Stefan Nyberg", "collaboration_team", MUNICIPALITY),
    Person("Cecilia Rask", "principal", MUNICIPALITY, EKBACKEN.code),
    Person("Monica Alm", "principal", INDEPENDENT_ORGANISER, LYKTAN.code),
    Person("Jonas Vik", "attendance_coordinator", INDEPENDENT_ORGANISER, LYKTAN.code),
    Person("Malin Sköld", "system_administrator", INDEPENDENT_ORGANISER),
)


def people_of(pupils: Iterable[PupilLine], units: Sequence[UnitLine]) -> list[Person]:
    """Each with an e-mail address of their own. The cast comes first, so that their addresses carry no number."""
    organiser = {unit.code: unit.organiser for unit in units}
    codes = {unit.name: unit.code for unit in units}
    named = [_cast_adult(adult, codes) for adult in CAST_ADULTS]
    named += [each for each in _FURTHER if each.unit_code in organiser or each.unit_code is None]
    alva = CAST_PUPILS[0]
    named.append(Person(f"{alva.given_name} {alva.family_name}", "pupil", MUNICIPALITY))
    known = {(each.unit_code, each.name) for each in named}
    mentors = sorted({(line.unit_code, line.mentor or "") for line in pupils} - known)
    others = [Person(name, "mentor", organiser[code], code, signs_in=False) for code, name in mentors if name]
    present = set(organiser.values()) | {SOCIAL_SERVICES, REGION}
    return _with_addresses([each for each in (*named, *others) if each.authority in present])


def _cast_adult(adult: CastAdult, codes: dict[str, str]) -> Person:
    authority = adult.workplace if adult.workplace in KINDS else MUNICIPALITY
    role = ROLES.get(adult.role, adult.role.value)
    return Person(adult.full_name, role, authority, codes.get(adult.workplace))


def _with_addresses(people: Sequence[Person]) -> list[Person]:
    taken: set[str] = set()
    addressed = []
    for each in people:
        local, number = local_part(each.name), 1
        while (email := f"{local}{number if number > 1 else ''}@{DOMAINS[each.authority]}") in taken:
            number += 1
        taken.add(email)
        addressed.append(Person(each.name, each.role, each.authority, each.unit_code, each.signs_in, email))
    return addressed


def local_part(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return ".".join(plain.split())
