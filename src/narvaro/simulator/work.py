"""Who works where, and what is taught to which groups by whom, as rows of sql/rows.sql."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from narvaro.demo.cast import CAST_ADULTS, Role
from narvaro.demo.draws import Draws
from narvaro.demo.groups import Group
from narvaro.demo.names import full_name
from narvaro.demo.roster import Roster
from narvaro.demo.staff import DOMAINS
from narvaro.demo.tables import Row
from narvaro.demo.timetable import PHYSICAL_EDUCATION
from narvaro.demo.units import HIGH_GRADES, UPPER_GRADES, Unit, school_form
from narvaro.simulator.organisations import Tree
from narvaro.simulator.people import Register

# Subjects that the older pupils have in a group of their own beside the class, and those that are no teaching by the
# timetable but have a register all the same.
SPLIT = ("Moderna språk", "Slöjd", "Hem- och konsumentkunskap")
PUPIL_ACTIVITIES = frozenset({"Skapande och lek", "Rörelse"})
UNTYPED = frozenset({"Teknik", PHYSICAL_EDUCATION})  # the type may be left out
_EHT = {
    Role.PRINCIPAL: "Rektor",
    Role.SCHOOL_COUNSELLOR: "Kurator",
    Role.ATTENDANCE_COORDINATOR: "Annan personal",
}
_TEAMS_A_GROUP, _ACTIVITIES_A_GROUP = 10, 100
_CONFERENCES = 900_000_000


@dataclass(slots=True)
class Work:
    """Duties are numbered as they come; people from ``next_person``."""

    draws: Draws
    roster: Roster
    tree: Tree
    register: Register
    next_person: int
    opened: date
    duties: list[Row] = field(default_factory=list)
    assignments: list[Row] = field(default_factory=list)
    teams: list[Row] = field(default_factory=list)
    activities: list[Row] = field(default_factory=list)
    syllabuses: dict[tuple[str, str], int] = field(default_factory=dict)
    _health: dict[Unit, int] = field(default_factory=dict)
    _people: dict[tuple[str, str], int] = field(default_factory=dict)
    _duty_of: dict[tuple[str, int, int], int] = field(default_factory=dict)

    def build(self) -> None:
        for unit in self.roster.units:
            self._leaders(unit)
        for group in self.roster.groups:
            self._group(group)
        for unit in self.roster.units:
            self._conference(unit)

    def _leaders(self, unit: Unit) -> None:
        cast = [each for each in CAST_ADULTS if each.workplace == unit.name and each.role in _EHT]
        for each in cast:
            description = "Närvarosamordnare" if each.role is Role.ATTENDANCE_COORDINATOR else None
            self._duty(unit, (each.given_name, each.family_name), _EHT[each.role], description)
        if not any(each.role is Role.PRINCIPAL for each in cast):
            # A principal of a whole school, as many systems have it.
            self._duty(unit, full_name(self.draws, "principal", unit.number), "Rektor", at=self.tree.schools[unit])
        # Every nurse has two schools: one person, two duties.
        nurse = full_name(self.draws, "nurse", unit.number // 2)
        self._health[unit] = self._duty(unit, nurse, "Skolsköterska", scope=unit.organiser)

    def _group(self, group: Group) -> None:
        team = group.number * _TEAMS_A_GROUP
        form = school_form(group.grade) if group.grade else None
        organisation = self.tree.units[group.unit]
        kind = "Klass" if group.grade else "Undervisning"
        self.teams.append((team, group.number, group.name, kind, form, organisation, self.opened))
        is_older = group.grade in (*HIGH_GRADES, *UPPER_GRADES)
        if group.grade:
            mentored = team
            if is_older:
                mentored = team + 1
                name = f"Mentorsgrupp {group.name}"
                self.teams.append((mentored, group.number, name, "Mentor", form, organisation, self.opened))
            duty = self._duty(group.unit, _parted(group.mentor), "Förskollärare" if group.grade == "F" else "Lärare")
            self.assignments.append((duty, mentored, "Mentor", self.opened, None))
            self.assignments.append((self._health[group.unit], team, "Elevhälsopersonal", self.opened, None))
            self._lunch(group, team)
        self._teaching(group, team, form, organisation, is_older)

    def _teaching(self, group: Group, team: int, form: str | None, organisation: int, is_older: bool) -> None:
        teachers = {slot.subject: slot.teacher for slot in group.slots}
        for place, (subject, key) in enumerate(sorted(teachers.items())):
            taught = team
            if is_older and subject in SPLIT:
                taught = team + 2 + SPLIT.index(subject)
                name = f"{subject} {group.name}"
                self.teams.append((taught, group.number, name, "Undervisning", form, organisation, self.opened))
            is_pupils = subject in PUPIL_ACTIVITIES
            kind = None if subject in UNTYPED else "Elevaktivitet" if is_pupils else "Undervisning"
            syllabus = None if is_pupils else self._syllabus(subject, form or "GR")
            duty = self._teacher(group, key)
            number = group.number * _ACTIVITIES_A_GROUP + place
            what = (number, f"{subject} {group.name}", kind, organisation, taught, group.number, subject)
            self.activities.append((*what, duty, syllabus, self.opened))

    def _lunch(self, group: Group, team: int) -> None:
        number = group.number * _ACTIVITIES_A_GROUP + _ACTIVITIES_A_GROUP - 1
        where = (self.tree.units[group.unit], team, group.number)
        self.activities.append((number, f"Lunch {group.name}", "Övrigt", *where, "Lunch", None, None, self.opened))

    def _conference(self, unit: Unit) -> None:
        organisation = self.tree.units[unit]
        number = _CONFERENCES + organisation
        self.teams.append((number, None, "Personal", "Personalgrupp", None, organisation, self.opened))
        what = (number, "Konferens", "Läraraktivitet", organisation, number, None, "Konferens")
        self.activities.append((*what, None, None, self.opened))

    def _teacher(self, group: Group, key: str) -> int:
        own = f"{group.unit.code}/{group.name}"
        name = _parted(group.mentor) if key == own and group.mentor else full_name(self.draws, "teacher", key)
        return self._duty(group.unit, name, "Lärare")

    def _syllabus(self, subject: str, form: str) -> int:
        return self.syllabuses.setdefault((subject, form), len(self.syllabuses) + 1)

    def _duty(
        self,
        unit: Unit,
        name: tuple[str, str],
        role: str,
        description: str | None = None,
        *,
        at: int | None = None,
        scope: str = "",
    ) -> int:
        """Within ``scope``, by default the unit, a name is one person; the same role at the same place is one duty."""
        person = self._person(unit, scope or unit.code, name)
        key = (role, person, at or self.tree.units[unit])
        if key not in self._duty_of:
            self._duty_of[key] = len(self.duties) + 1
            signature = "".join(part[:2] for part in name).upper()
            percent = 50 if scope else 100
            what = (self._duty_of[key], person, key[2], role, description, signature, percent)
            self.duties.append((*what, date(self.opened.year, 8, 1), None))
        return self._duty_of[key]

    def _person(self, unit: Unit, scope: str, name: tuple[str, str]) -> int:
        key = (scope, " ".join(name))
        if key not in self._people:
            self._people[key] = self.next_person
            self.register.add_staff(self.next_person, name, DOMAINS[unit.organiser])
            self.next_person += 1
        return self._people[key]

    def syllabus_rows(self) -> Iterator[Row]:
        return ((number, subject, form) for (subject, form), number in self.syllabuses.items())


def _parted(name: str) -> tuple[str, str]:
    given, _, family = name.partition(" ")
    return given, family
