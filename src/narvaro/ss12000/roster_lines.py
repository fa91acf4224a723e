"""From the mirror to the roster of one day, as those who store it want it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from narvaro.facts.readers.pupil_list import PupilLine, UnitLine
from narvaro.ss12000.connection import Wanted
from narvaro.ss12000.findings import Findings
from narvaro.ss12000.memory import Mirror
from narvaro.ss12000.objects import Enrolment, Group, Person, holds
from narvaro.ss12000.organisation_tree import SCHOOL_FORMS, Tree
from narvaro.ss12000.relevant import CLASS, GUARDIAN, enrolments
from narvaro.ss12000.told import GuardianLine, Roster, StaffLine

_MENTORED = (CLASS, "Mentor")
_MENTOR = "Mentor"
_OF_AGE = 18
_AREAS = frozenset({"Rektorsområde", "Verksamhetsområde", "Stadsdel"})
_ORGANISER = frozenset({"Huvudman"})
_GRADES = ("F", *(str(year) for year in range(1, 11)))


class RosterOfDay:
    """``numbers``: identity numbers by person. ``marked``: persons whom something else than the roster marks as
    protected. ``mentor_relations``: pairs of a mentor and a pupil on the day."""

    def __init__(
        self,
        mirror: Mirror,
        tree: Tree,
        on: date,
        *,
        numbers: Mapping[str, str],
        marked: frozenset[str],
        wanted: Wanted,
        tells_mentors: bool,
        findings: Findings,
    ) -> None:
        self._mirror, self._tree, self._on, self._day = mirror, tree, on, on.isoformat()
        self._numbers, self._findings, self._tells_mentors = numbers, findings, tells_mentors
        self._wanted = wanted
        self.protected = frozenset(_marked(mirror) | marked)
        self.mentor_relations: set[tuple[str, str]] = set()
        self._classes = _by_member(each for each in mirror.groups.values() if each.kind == CLASS)
        self._mentored = _by_member(each for each in mirror.groups.values() if each.kind in _MENTORED)
        self._duties = [each for each in mirror.duties.values() if holds(each.first_day, each.last_day, self._day)]
        self._mentors = self._mentors_of_groups()

    def roster(self) -> Roster:
        lines = self._pupils()
        return Roster(
            units=self._units(lines),
            pupils=tuple(lines),
            guardians=self._guardians({each.pupil_id for each in lines}) if self._wanted.guardians else (),
            staff=self._staff(),
        )

    def _units(self, lines: list[PupilLine]) -> tuple[UnitLine, ...]:
        grades: defaultdict[str, set[str]] = defaultdict(set)
        taught: defaultdict[str, set[str]] = defaultdict(set)
        for line in lines:
            grades[line.unit_code].add(line.grade)
            taught[line.unit_code].add(line.school_form)
        made: dict[str, UnitLine] = {}
        for id, code in self._tree.units.items():
            place = self._tree.places[id]
            forms = {SCHOOL_FORMS[form] for form in place.forms if form in SCHOOL_FORMS} or taught[code] - {""}
            made[code] = UnitLine(
                line=len(made) + 1,
                code=code,
                name=place.name,
                area=self._tree.above(id, _AREAS),
                school_forms=tuple(form for form in dict.fromkeys(SCHOOL_FORMS.values()) if form in forms),
                grades=_span(grades[code]),
                organiser=self._tree.above(id, _ORGANISER),
            )
        self._findings.set("units_without_code", sum(not self._tree.places[id].unit_code for id in self._tree.units))
        self._findings.set("units_with_same_code", len(self._tree.units) - len(made))
        return tuple(made.values())

    def _pupils(self) -> list[PupilLine]:
        lines: list[PupilLine] = []
        others = without_class = 0
        for person in sorted(self._mirror.persons.values(), key=lambda each: each.id):
            if person.is_deceased:
                continue
            stays = sorted(enrolments(person, self._tree), key=lambda each: each.first_day)
            others += sum(_is_of_another_form(each, self._tree) for each in person.enrolments)
            for stay in stays:
                lines.append(line := self._line(person, stay, len(lines) + 1))
                without_class += not line.group_name and holds(stay.first_day, stay.last_day, self._day)
        self._findings.set("other_school_forms", others)
        self._findings.set("without_class", without_class)
        if not self._wanted.always_marked:
            unmarked = sum(each.marked is None for each in self._mirror.persons.values())
            self._findings.set("no_marking", unmarked)
        return lines

    def _line(self, person: Person, stay: Enrolment, number: int) -> PupilLine:
        return PupilLine(
            line=number,
            pupil_id=person.id,
            unit_code=self._tree.units[stay.unit_id],
            given_name=person.given_name,
            family_name=person.family_name,
            school_form=SCHOOL_FORMS.get(stay.form, ""),
            grade=stay.grade,
            group_name=self._class_of(person.id, stay),
            home_municipality=person.municipality,
            mentor=self._mentor_of(person.id, stay) if self._tells_mentors else None,
            is_protected=person.id in self.protected,
            first_day=stay.first_day,
            last_day=stay.last_day,
            identity_number=self._numbers.get(person.id, ""),
        )

    def _class_of(self, pupil: str, stay: Enrolment) -> str:
        """The class at the unit on the day; of a stay that is over or ahead, the last that the pupil was in during it.
        Of several the one that was joined last."""
        first, last = stay.first_day, stay.last_day
        if holds(first, last, self._day):
            first = last = self._day
        found = sorted(
            (since, group.id, group)
            for since, group in self._groups_of(self._classes, pupil, stay.unit_id, first, last)
        )
        if len(found) > 1 and first == self._day:
            self._findings.note("several_classes")
        return found[-1][2].name if found else ""

    def _groups_of(
        self, members: "_ByMember", pupil: str, unit: str, first: str, last: str
    ) -> Iterable[tuple[str, Group]]:
        """Groups with the pupil at some time between two days, that hang at the unit or above it, and since when."""
        for group, since, until in members.get(pupil, ()):
            at_unit = group.place_id == unit or group.place_id not in self._tree.units
            begins, ends = max(since, group.first_day), min(filter(None, (until, group.last_day)), default="")
            if at_unit and (not last or begins <= last) and (not ends or first <= ends):
                yield since, group

    def _mentors_of_groups(self) -> dict[str, list[str]]:
        """The persons who are mentors on the day, by group."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        unknown = 0
        for duty in self._duties:
            for role in duty.roles:
                unknown += role.kind not in _ROLES
                if role.kind == _MENTOR and holds(role.first_day, role.last_day, self._day) and duty.person_id:
                    found[role.group_id].append(duty.person_id)
        self._findings.set("roles_unknown", unknown)
        return found

    def _mentor_of(self, pupil: str, stay: Enrolment) -> str:
        if not holds(stay.first_day, stay.last_day, self._day):
            return ""
        groups = self._groups_of(self._mentored, pupil, stay.unit_id, self._day, self._day)
        persons = {person for _, group in groups for person in self._mentors.get(group.id, ())}
        self.mentor_relations |= {(person, pupil) for person in persons}
        return ",".join(sorted(filter(None, map(self._work_address, persons))))

    def _work_address(self, id: str) -> str:
        person = self._mirror.persons.get(id)
        return (person.work_email or person.email) if person else ""

    def _guardians(self, pupils: set[str]) -> tuple[GuardianLine, ...]:
        children: defaultdict[str, list[str]] = defaultdict(list)
        ageless = other = 0
        for id in sorted(pupils):
            pupil = self._mirror.persons[id]
            if _is_of_age(pupil.birth, self._on):
                continue
            ageless += not pupil.birth
            other += sum(not each.kind for each in pupil.responsibles)
            for guardian in {each.person_id for each in pupil.responsibles if each.kind == GUARDIAN}:
                children[guardian].append(id)
        self._findings.set("no_birth_date", ageless)
        self._findings.set("responsibles_without_kind", other)
        return tuple(self._guardian(id, children[id]) for id in sorted(children) if self._is_there(id))

    def _guardian(self, id: str, children: list[str]) -> GuardianLine:
        person = self._mirror.persons[id]
        return GuardianLine(
            source_id=id,
            name=_name(person),
            email=person.email or person.work_email,
            phone=person.phone,
            pupil_ids=tuple(children),
            is_protected=id in self.protected,
        )

    def _is_there(self, id: str) -> bool:
        return id in self._mirror.persons and not self._mirror.persons[id].is_deceased

    def _staff(self) -> tuple[StaffLine, ...]:
        places: defaultdict[str, set[str]] = defaultdict(set)
        mentored: defaultdict[str, set[str]] = defaultdict(set)
        for duty in self._duties:
            places[duty.person_id].update(self._tree.units_at(duty.place_id))
        for id, mentors in self._mentors.items():
            group = self._mirror.groups.get(id)
            if group and group.kind in _MENTORED and holds(group.first_day, group.last_day, self._day):
                for person in mentors:
                    mentored[person].update(self._tree.units_at(group.place_id))
        staff = [self._mirror.persons[id] for id in sorted(places) if self._is_there(id)]
        self._findings.set("mentors_without_email", sum(not self._work_address(id) for id in mentored))
        return tuple(
            StaffLine(
                source_id=each.id,
                name=_name(each),
                email=each.work_email or each.email,
                login_names=each.login_names,
                unit_codes=tuple(sorted(places[each.id])),
                mentor_at=tuple(sorted(mentored[each.id])),
                is_protected=each.id in self.protected,
            )
            for each in staff
        )


_ByMember = Mapping[str, list[tuple[Group, str, str]]]
_ROLES = frozenset(
    {
        _MENTOR,
        "Förskollärare",
        "Barnskötare",
        "Fritidspedagog",
        "Specialpedagog",
        "Elevhälsopersonal",
        "Pedagogisk ledare",
        "Schemaläggare",
        "Lärarassistent",
        "Administrativ personal",
    }
)


def _by_member(groups: Iterable[Group]) -> _ByMember:
    found: defaultdict[str, list[tuple[Group, str, str]]] = defaultdict(list)
    for group in groups:
        for member in group.members:
            found[member.person_id].append((group, member.first_day, member.last_day))
    return found


def _marked(mirror: Mirror) -> set[str]:
    """Protected by their own marking or by that of any reference to them."""
    own = {each.id for each in mirror.persons.values() if each.marked}
    as_member = {member.person_id for each in mirror.groups.values() for member in each.members if member.marked}
    as_staff = {each.person_id for each in mirror.duties.values() if each.marked}
    as_guardian = {each.person_id for person in mirror.persons.values() for each in person.responsibles if each.marked}
    return own | as_member | as_staff | as_guardian


def _is_of_another_form(stay: Enrolment, tree: Tree) -> bool:
    return stay.unit_id in tree.units and bool(stay.form) and stay.form not in SCHOOL_FORMS


def _is_of_age(birth: str, on: date) -> bool:
    """Guardians answer for a child until the day of eighteen years (föräldrabalken 6 kap. 2 §)."""
    if not birth:
        return False
    born = date.fromisoformat(birth)
    return (on.year - born.year - ((on.month, on.day) < (born.month, born.day))) >= _OF_AGE


def _name(person: Person) -> str:
    return " ".join(part for part in (person.given_name, person.family_name) if part)


def _span(grades: set[str]) -> str:
    """As a register writes the grades of a school: F-6."""
    found = [grade for grade in _GRADES if grade in grades]
    return "-".join(dict.fromkeys((found[0], found[-1]))) if found else ""
