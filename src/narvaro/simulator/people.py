"""Pupils with guardians and enrolments, and the staff, as rows of sql/rows.sql."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from narvaro.demo.cast import CAST_ADULTS
from narvaro.demo.draws import Draws
from narvaro.demo.names import full_name
from narvaro.demo.people import Pupil
from narvaro.demo.staff import local_part
from narvaro.demo.tables import Row
from narvaro.demo.units import ALL_GRADES, grade_label, school_form
from narvaro.simulator.civic_numbers import CivicNumbers, Sex
from narvaro.simulator.organisations import home_code

Marking = Literal["Ingen", "Sekretessmarkering", "Skyddad folkbokföring"]
HIDDEN: Marking = "Skyddad folkbokföring"
_STARTS_AT = 6  # the age at which a pupil comes to the preschool class
_FAMILY = {each.pupils[0]: [a for a in CAST_ADULTS if a.pupils == each.pupils] for each in CAST_ADULTS if each.pupils}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    nr: int
    given_name: str
    family_name: str
    login: str | None = None
    source_key: str | None = None
    civic_no: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    marking: Marking = "Ingen"
    email: str | None = None
    email_type: str | None = None
    phone: str | None = None
    street: str | None = None
    municipality_code: int | None = None


@dataclass(slots=True)
class Register:
    """Makes people as they are asked for. ``responsibles`` and ``staff`` fill up on the way."""

    draws: Draws
    school_year: int
    responsibles: list[Row] = field(default_factory=list)
    staff: list[Person] = field(default_factory=list)
    _civic: CivicNumbers = field(default_factory=CivicNumbers)
    _addresses: Counter[str] = field(default_factory=Counter)

    def pupil(self, pupil: Pupil) -> Person:
        sex = self._sex("pupil", pupil.number)
        birth = self.school_year - _STARTS_AT - ALL_GRADES.index(pupil.grade)
        day, civic = self._civic.give(birth, sex, is_coordination=self._share("visitor", pupil.number) < 0.01)
        login = f"{pupil.elev_id}@elev.exempelkommun.example"
        return Person(
            nr=pupil.number,
            given_name=pupil.given_name,
            family_name=pupil.family_name,
            login=login,
            source_key=pupil.elev_id,
            civic_no=civic or None,
            birth_date=day,
            sex=sex,
            marking=self._marking(pupil),
            email=login,
            email_type="Skola elev",
            street=None if pupil.is_protected else f"Exempelgatan {pupil.number}",
            municipality_code=home_code(pupil.home),
        )

    def guardians(self, pupils: Iterable[Pupil], first: int) -> Iterator[Person]:
        """Those of each pupil, numbered from ``first``."""
        number = first
        for pupil in pupils:
            for name in self._guardian_names(pupil):
                self.responsibles.append((pupil.number, number, self._relation(number)))
                yield self._guardian(number, name, pupil)
                number += 1

    def _guardian_names(self, pupil: Pupil) -> list[tuple[str, str]]:
        if pupil.elev_id in _FAMILY:
            return [(each.given_name, each.family_name) for each in _FAMILY[pupil.elev_id]]
        count = 2 if self._share("guardians", pupil.number) < 0.8 else 1
        given = [full_name(self.draws, "guardian", pupil.number, place)[0] for place in range(count)]
        return [(each, pupil.family_name) for each in given]

    def add_staff(self, number: int, name: tuple[str, str], domain: str) -> None:
        local = local_part(" ".join(name))
        self._addresses[local] += 1
        turn = self._addresses[local]
        email = f"{local}{turn if turn > 1 else ''}@{domain}"
        self.staff.append(
            Person(
                nr=number,
                given_name=name[0],
                family_name=name[1],
                login=email,
                sex=self._sex("staff", number),
                email=email,
                email_type="Skola personal",
            )
        )

    def _guardian(self, number: int, name: tuple[str, str], pupil: Pupil) -> Person:
        sex = self._sex("guardian", number)
        year = self.school_year - 28 - ALL_GRADES.index(pupil.grade) - self.draws.whole("parent", number) % 12
        day, civic = self._civic.give(year, sex)
        return Person(
            nr=number,
            given_name=name[0],
            family_name=name[1],
            civic_no=civic or None,
            birth_date=day,
            sex=sex,
            marking=self._marking(pupil),
            email=f"vh{number}@post.example",
            email_type="Privat",
            # A series that the telephone authority keeps for fiction.
            phone=None if pupil.is_protected else f"07017406{5 + number % 95:02d}",
            street=None if pupil.is_protected else f"Exempelgatan {pupil.number}",
            municipality_code=home_code(pupil.home),
        )

    def _relation(self, number: int) -> str | None:
        kinds = (("Vårdnadshavare", 0.96), ("Annan ansvarig", 0.015), ("God man", 0.01), (None, 0.015))
        return self.draws.weighted(kinds, "relation", number)

    def _marking(self, pupil: Pupil) -> Marking:
        if not pupil.is_protected:
            return "Ingen"
        return HIDDEN if self._share("marking", pupil.number) < 0.5 else "Sekretessmarkering"

    def _sex(self, *key: object) -> Sex:
        return "Man" if self._share("sex", *key) < 0.5 else "Kvinna"

    def _share(self, *key: object) -> float:
        return self.draws.share(*key)


def enrolment_rows(
    draws: Draws, pupil: Pupil, stays: list[tuple[int, date, date]], school_year: int, units: Sequence[int]
) -> Iterator[Row]:
    """``stays``: organisation, first and last school day at each school, in order. An enrolment is open at its end;
    some pupils' earlier year is told too, and a few have an enrolment that was called off."""
    kind, year = school_form(pupil.grade), _year(pupil.grade)
    for place, (organisation, first, _) in enumerate(stays):
        start = first if place else date(school_year, 8, 10)
        end = stays[place + 1][1] - timedelta(days=1) if place + 1 < len(stays) else None
        yield pupil.number, organisation, kind, year, start, end, False
    if pupil.grade in ("3", "6", "8", "9", "GY2") and draws.share("earlier year", pupil.number) < 0.4:
        earlier = (date(school_year - 1, 8, 12), date(school_year, 6, 13))
        yield pupil.number, stays[0][0], kind, year - 1, *earlier, False
    if draws.share("called off", pupil.number) < 0.01:
        other = draws.one_of(units, "called off", pupil.number)
        yield pupil.number, other, kind, year, date(school_year, 9, 1), date(school_year + 1, 6, 30), True


def _year(grade: str) -> int:
    return 0 if grade == "F" else int(grade_label(grade))
